package io.muster.scheduler;

import java.util.BitSet;

/**
 * Places in a table that were given back, to be taken again in rising order, round after round: so what is added together lies together,
 * in whatever order its predecessors went, and is found in few cache lines.
 */
final class FreeNumbers {
    static final int NONE = -1;

    /** A new round begins when at least this part of the table is free, so that looking for the next one is no long way. */
    private static final int LEAST_SHARE = 8;

    private final BitSet free = new BitSet();
    private int count;
    private int from;

    void add(final int number) {
        free.set(number);
        count++;
    }

    /** One of the free ones among the first {@code used}, or {@link #NONE}: then the table has to grow, though some may be free. */
    int take(final int used) {
        if (count == 0) {
            return NONE;
        }
        int number = count == used ? 0 : free.nextSetBit(from);
        if (number < 0) {
            if ((long) count * LEAST_SHARE < used) {
                return NONE;
            }
            number = free.nextSetBit(0);
        }
        free.clear(number);
        count--;
        from = number + 1;
        return number;
    }
}
