package io.muster.examples;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Estimates pi by throwing darts at a square: many alike tasks, whose results are taken as they come. */
public final class PiDarts {
    private PiDarts() {}

    /**
     * Runs the program.
     *
     * @param arguments how many tasks, default 40, and how many darts each throws, default a million
     */
    public static void main(final String[] arguments) {
        int tasks = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 40;
        long darts = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1_000_000;
        List<Long> seeds = LongStream.range(0, tasks).boxed().toList();
        try (LocalCluster cluster = LocalCluster.builder().start();
                Client client = cluster.connect()) {
            long hits = 0;
            int done = 0;
            for (TaskFuture<Long> future : client.asCompleted(client.map(seed -> hits(seed, darts), seeds))) {
                hits += future.join();
                done++;
                System.out.printf("%3d of %d tasks: pi is about %.5f%n", done, tasks, 4.0 * hits / (done * darts));
            }
        }
    }

    private static long hits(final long seed, final long darts) {
        SplittableRandom random = new SplittableRandom(seed);
        long hits = 0;
        for (long i = 0; i < darts; i++) {
            double x = random.nextDouble();
            double y = random.nextDouble();
            hits += x * x + y * y < 1 ? 1 : 0;
        }
        return hits;
    }
}
