package io.muster.config;

import java.util.Collection;
import java.util.Comparator;

/** Finds what someone who mistyped a name may have meant. */
public final class NearestName {
    private NearestName() {}

    /**
     * The name with the fewest letters to change, insert or remove; of equals the first one.
     *
     * @param name what was written
     * @param names what there is, at least one
     * @return one of the names
     */
    public static String of(final String name, final Collection<String> names) {
        return names.stream()
                .min(Comparator.comparingInt(each -> distance(name, each)))
                .orElseThrow();
    }

    private static int distance(final String from, final String to) {
        int[] above = new int[to.length() + 1];
        for (int j = 0; j < above.length; j++) {
            above[j] = j;
        }
        for (int i = 0; i < from.length(); i++) {
            final int[] row = new int[above.length];
            row[0] = i + 1;
            for (int j = 0; j < to.length(); j++) {
                final int change = from.charAt(i) == to.charAt(j) ? 0 : 1;
                row[j + 1] = Math.min(above[j] + change, 1 + Math.min(above[j + 1], row[j]));
            }
            above = row;
        }
        return above[to.length()];
    }
}
