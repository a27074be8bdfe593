package io.muster.scheduler;

/**
 * By how much another process's clock is behind this one's, from messages that say when they were sent: the one that was under way for the
 * shortest time is nearest to the truth. Old ones are forgotten, as clocks drift apart.
 */
final class ClockOffset {
    private static final int WINDOW = 30;

    private long before = Long.MAX_VALUE;
    private long current = Long.MAX_VALUE;
    private int count;

    /** A message came now that was sent then, each by its own clock. */
    void heard(final long nowNs, final long sentNs) {
        if (count++ == WINDOW) {
            count = 0;
            before = current;
            current = Long.MAX_VALUE;
        }
        current = Math.min(current, nowNs - sentNs);
    }

    /** What is to be added to the other's times; 0 before the first message. */
    long ns() {
        final long least = Math.min(before, current);
        return least == Long.MAX_VALUE ? 0 : least;
    }
}
