package io.muster.testing;

import java.util.BitSet;
import java.util.StringJoiner;

/** Numbers of steps as text: {@code 0-4,7}. */
public final class Steps {
    private static final int MOST = 100_000;

    private Steps() {}

    /**
     * Reads numbers.
     *
     * @param text numbers and ranges, separated by commas; may be empty
     * @return the numbers
     * @throws IllegalArgumentException if it is something else
     */
    public static BitSet parse(final String text) {
        final BitSet steps = new BitSet();
        if (text.isBlank()) {
            return steps;
        }
        for (final String part : text.split(",", -1)) {
            final String[] ends = part.trim().split("-", 2);
            try {
                final int first = Integer.parseInt(ends[0]);
                final int last = ends.length == 1 ? first : Integer.parseInt(ends[1]);
                if (first <= last && last < MOST) {
                    steps.set(first, last + 1);
                    continue;
                }
            } catch (final NumberFormatException e) {
                throw wrong(text, part);
            }
            throw wrong(text, part);
        }
        return steps;
    }

    private static IllegalArgumentException wrong(final String text, final String part) {
        return new IllegalArgumentException(
                "steps='" + text + "' must be numbers and ranges such as 0-4,7, but has '" + part + "'");
    }

    /**
     * Writes numbers.
     *
     * @param steps the numbers
     * @return the text; empty if there are none
     */
    public static String format(final BitSet steps) {
        final StringJoiner text = new StringJoiner(",");
        for (int first = steps.nextSetBit(0); first >= 0; ) {
            final int after = steps.nextClearBit(first);
            text.add(after == first + 1 ? String.valueOf(first) : first + "-" + (after - 1));
            first = steps.nextSetBit(after);
        }
        return text.toString();
    }
}
