package io.muster.scheduler;

import java.util.Arrays;

/**
 * Places in a table that were given back, to be taken again in rising order, round after round: so what is added together lies together,
 * in whatever order its predecessors went, and is found in few cache lines.
 */
final class FreeNumbers {
    static final int NONE = -1;

    /** A new round begins when at least this part of the table is free, so that looking for the next one is no long way. */
    private static final int LEAST_SHARE = 8;

    private static final int BITS = 6;

    private long[] words = new long[16];
    private int count;
    private int from;

    void add(final int number) {
        final int word = number >>> BITS;
        if (word >= words.length) {
            words = Arrays.copyOf(words, Math.max(2 * words.length, word + 1));
        }
        words[word] |= 1L << number;
        count++;
    }

    /** One of the free ones among the first {@code used}, or {@link #NONE}: then the table has to grow, though some may be free. */
    int take(final int used) {
        if (count == 0) {
            return NONE;
        }
        int number = next(count == used ? 0 : from);
        if (number == NONE) {
            from = used;
            if ((long) count * LEAST_SHARE < used) {
                return NONE;
            }
            number = next(0);
        }
        words[number >>> BITS] &= ~(1L << number);
        count--;
        from = number + 1;
        return number;
    }

    private int next(final int start) {
        int word = start >>> BITS;
        if (word >= words.length) {
            return NONE;
        }
        long bits = words[word] & -1L << start;
        while (bits == 0) {
            if (++word == words.length) {
                return NONE;
            }
            bits = words[word];
        }
        return (word << BITS) + Long.numberOfTrailingZeros(bits);
    }
}
