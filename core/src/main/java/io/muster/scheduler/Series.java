package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last samples of some figures, all taken at the same times. */
final class Series {
    private final String[] names;
    private final long[] values;
    private int count;
    private int at;

    /**
     * Makes one without samples.
     *
     * @param length how many samples are kept
     * @param names of the figures
     */
    Series(final int length, final String... names) {
        this.names = names;
        this.values = new long[length * names.length];
    }

    void add(final long... sample) {
        System.arraycopy(sample, 0, values, at, names.length);
        at = (at + names.length) % values.length;
        count = Math.min(count + 1, values.length / names.length);
    }

    /** The latest sample; zeros before the first. */
    long[] last() {
        final int from = (at - names.length + values.length) % values.length;
        return Arrays.copyOfRange(values, from, from + names.length);
    }

    /**
     * Lists of values by name, oldest first.
     *
     * @param since only samples whose first figure is larger
     * @param most how many of them at most, the newest
     */
    Map<String, Object> toJson(final long since, final int most) {
        final Map<String, Object> json = new LinkedHashMap<>();
        int told = 0;
        while (told < Math.min(count, most)
                && values[(at - (told + 1) * names.length + values.length) % values.length] > since) {
            told++;
        }
        final int first = (at - told * names.length + values.length) % values.length;
        for (int name = 0; name < names.length; name++) {
            final List<Object> column = new ArrayList<>(told);
            for (int i = 0; i < told; i++) {
                column.add(values[(first + i * names.length + name) % values.length]);
            }
            json.put(names[name], column);
        }
        return json;
    }
}
