package io.muster.cli;

import io.muster.Client;
import io.muster.TaskFuture;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Estimates pi: of darts thrown at a square, the part that hits the quarter of a circle in it is pi / 4. */
final class Darts {
    private static final String NAME = "darts";
    private static final int TASKS = 100;
    private static final int LEAST = 100_000;
    private static final int MOST = 1_000_000;
    private static final long SEED = 31_415_926;
    private static final double TOLERANCE = 5;

    private final Client client;
    private final Watcher watcher;

    Darts(final Client client, final Watcher watcher) {
        this.client = client;
        this.watcher = watcher;
    }

    DemoResult run() {
        final List<Batch> batches = batches();
        final long startNs = watcher.nanoTime();
        final List<TaskFuture<long[]>> futures = client.map(Darts::thrown, batches);
        watcher.watch(NAME, client, futures);
        long inside = 0;
        long total = 0;
        for (final long[] counts : client.gather(futures)) {
            inside += counts[0];
            total += counts[1];
        }
        final double seconds = (watcher.nanoTime() - startNs) / 1e9;
        final double estimate = 4.0 * inside / total;
        final double errors = Math.abs(estimate - Math.PI) / standardError(total);
        final boolean complete =
                total == batches.stream().mapToLong(Batch::darts).sum();
        return new DemoResult(
                NAME, TASKS, seconds, estimate, summary(estimate, total, errors), complete && errors < TOLERANCE);
    }

    private static List<Batch> batches() {
        final SplittableRandom random = new SplittableRandom(SEED);
        final List<Batch> batches = new ArrayList<>();
        for (int i = 0; i < TASKS; i++) {
            batches.add(new Batch(random.nextLong(), random.nextInt(LEAST, MOST + 1)));
        }
        return batches;
    }

    /** How many hit, and how many were thrown. */
    private static long[] thrown(final Batch batch) {
        final SplittableRandom random = new SplittableRandom(batch.seed());
        long inside = 0;
        for (int i = 0; i < batch.darts(); i++) {
            final double x = random.nextDouble();
            final double y = random.nextDouble();
            if (x * x + y * y < 1) {
                inside++;
            }
        }
        return new long[] {inside, batch.darts()};
    }

    private static double standardError(final long total) {
        return Math.sqrt(Math.PI * (4 - Math.PI) / total);
    }

    private static String summary(final double estimate, final long total, final double errors) {
        return String.format(
                Locale.ROOT, "pi is about %.5f after %,d darts, %.1f standard errors off", estimate, total, errors);
    }

    private record Batch(long seed, int darts) implements Serializable {}
}
