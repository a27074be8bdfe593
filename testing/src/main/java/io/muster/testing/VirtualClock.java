package io.muster.testing;

import java.util.PriorityQueue;

/** A clock that jumps from event to event: what is due first happens first, of what is due at once what was planned first. */
public final class VirtualClock {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private double now;
    private long planned;

    /** Makes a clock that shows 0 and has nothing planned. */
    public VirtualClock() {
        now = 0;
    }

    /**
     * The time.
     *
     * @return in seconds
     */
    public double now() {
        return now;
    }

    /**
     * The time in nanoseconds.
     *
     * @return the same time
     */
    public long nowNs() {
        return Math.round(now * 1e9);
    }

    /**
     * Plans an event.
     *
     * @param seconds how long from now, 0 or more
     * @param action what happens then
     */
    public void after(final double seconds, final Runnable action) {
        events.add(new Event(now + seconds, planned++, action));
    }

    /**
     * Lets the next event happen.
     *
     * @return false if nothing was planned
     */
    public boolean advance() {
        final Event next = events.poll();
        if (next == null) {
            return false;
        }
        now = next.at;
        next.action.run();
        return true;
    }

    private record Event(double at, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(final Event other) {
            final int byTime = Double.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
