package io.muster.examples;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Puts a large value on a worker once, and lets several tasks use it there, rather than sending it with each. */
public final class ScatterAndReuse {
    private ScatterAndReuse() {}

    /**
     * Runs the program.
     *
     * @param arguments how many numbers the value has, default a million
     */
    public static void main(final String[] arguments) {
        int size = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        double[] numbers = new SplittableRandom(1).doubles(size).toArray();
        try (LocalCluster cluster = LocalCluster.builder().workers(2).start();
                Client client = cluster.connect()) {
            TaskFuture<double[]> there = client.scatter(numbers);
            TaskFuture<Double> least =
                    there.then(all -> Arrays.stream(all).min().orElse(Double.NaN));
            TaskFuture<Double> mean =
                    there.then(all -> Arrays.stream(all).average().orElse(Double.NaN));
            TaskFuture<Double> most = there.then(all -> Arrays.stream(all).max().orElse(Double.NaN));
            there.release();
            List<Double> found = client.gather(List.of(least, mean, most));
            System.out.printf("least %.3f, mean %.3f, most %.3f%n", found.get(0), found.get(1), found.get(2));
        }
    }
}
