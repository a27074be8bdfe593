package io.muster.bench;

import java.util.Arrays;
import java.util.Collection;
import java.util.Random;
import java.util.stream.DoubleStream;

/** How many times as long a peer took, from runs in pairs. */
final class Ratios {
    private static final int RESAMPLES = 2000;
    private static final long SEED = 1;

    private Ratios() {}

    static double median(final double... values) {
        final double[] sorted = DoubleStream.of(values).sorted().toArray();
        final int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double geometricMean(final Collection<Double> values) {
        return Math.exp(values.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
    }

    /** Returns the ends of the 95 % interval of the median, by bootstrap: the same for the same values. */
    static double[] interval(final double... values) {
        final Random random = new Random(SEED);
        final double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            medians[i] = median(random.ints(values.length, 0, values.length)
                    .mapToDouble(at -> values[at])
                    .toArray());
        }
        Arrays.sort(medians);
        return new double[] {medians[RESAMPLES / 40], medians[RESAMPLES - 1 - RESAMPLES / 40]};
    }
}
