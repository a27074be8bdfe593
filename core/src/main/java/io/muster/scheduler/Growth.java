package io.muster.scheduler;

/**
 * How arrays grow that have an element for each task or edge: so that, with their header, they fill powers of two, or beyond a million
 * elements whole half millions. G1 gives large arrays whole regions, of up to 32 MB, and the rest of the last one is wasted.
 */
final class Growth {
    /** The first capacity. */
    static final int INITIAL = 48;

    private static final int HEADER = 16;
    private static final int DOUBLED_UP_TO = 1 << 20;
    private static final int STEP = 1 << 19;

    private Growth() {}

    /** The capacity that follows one that does not suffice. */
    static int beyond(final int capacity) {
        if (capacity < DOUBLED_UP_TO - HEADER) {
            return 2 * capacity + HEADER;
        }
        return Math.addExact(capacity, Math.max(STEP, capacity / 2 & -STEP));
    }
}
