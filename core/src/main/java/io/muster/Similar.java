package io.muster;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the name that someone may have meant. */
final class Similar {
    private Similar() {}

    /**
     * The name with the fewest edits from the given one, the first in alphabetical order among equals; null if there is
     * none.
     */
    static @Nullable String nearest(final String name, final Collection<String> names) {
        String best = null;
        int fewest = Integer.MAX_VALUE;
        for (final String each : names) {
            final int edits = edits(name, each);
            if (edits < fewest || edits == fewest && best != null && each.compareTo(best) < 0) {
                fewest = edits;
                best = each;
            }
        }
        return best;
    }

    private static int edits(final String a, final String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            final int[] row = new int[above.length];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                final int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[b.length()];
    }
}
