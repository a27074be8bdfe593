package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.bench.taskbench.TaskBench;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How short tasks may be for half of what the processors can do to be left for them. */
@Command(
        name = "metg",
        description = {
            "Finds the METG(50%) of Task Bench: the smallest mean granularity, which is wall time x cores / tasks, at"
                    + " which half of the peak FLOP/s is reached.",
            "Halves the iterations of compute_bound from run to run; the peak is the best of all runs and of one without"
                    + " communication. The width is the number of cores."
        })
final class MetgCommand implements Callable<Integer> {
    private static final int REPETITIONS = 3;
    private static final int BELOW = 2;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions("inproc");

    @Option(names = "--type", paramLabel = "NAME", description = "The dependence; default ${DEFAULT-VALUE}.")
    private String type = "stencil_1d";

    @Option(names = "--radix", paramLabel = "N", description = "Its radix; default ${DEFAULT-VALUE}.")
    private int radix = 3;

    @Option(names = "--steps", paramLabel = "N", description = "How many rows; default ${DEFAULT-VALUE}.")
    private int steps = 1000;

    @Option(
            names = "--most-iterations",
            paramLabel = "N",
            description = "The iterations of the first run; default ${DEFAULT-VALUE}.")
    private long mostIterations = 1 << 16;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long untimed runs come first; default ${DEFAULT-VALUE}.")
    private double warmUpSeconds = 5;

    @Override
    public Integer call() {
        final int cores = Runtime.getRuntime().availableProcessors();
        final List<Metg.Point> points = new ArrayList<>();
        final double peak;
        try (LocalCluster local = cluster.builder().start();
                Client client = local.connect()) {
            warmUp(bench(type, cores, 1), client);
            final TaskBench alone = bench("no_comm", cores, mostIterations);
            double best = flopsPerS(alone, alone.run(client));
            int below = 0;
            for (long iterations = mostIterations; iterations > 0 && below < BELOW; iterations /= 2) {
                output.stage("metg", points.size(), Long.SIZE - Long.numberOfLeadingZeros(mostIterations));
                final TaskBench bench = bench(type, cores, iterations);
                final long elapsedNs = best(bench, client);
                final double flops = flopsPerS(bench, elapsedNs);
                best = Math.max(best, flops);
                below = flops < best / 2 ? below + 1 : 0;
                points.add(new Metg.Point(elapsedNs / 1e3 * cores / bench.tasks(), flops));
            }
            peak = best;
        } finally {
            output.endStages();
        }
        final Metg found = Metg.of(points, peak);
        output.print(cluster.kind()
                .describe(new BenchResult("metg"))
                .with("type", type)
                .with("radix", radix)
                .with("steps", steps)
                .with("width", cores)
                .with("cores", cores)
                .with("peak_flops", peak)
                .with("metg_us", found.granularityUs())
                .with("reached", found.reached())
                .with("least_wall_us_per_task", found.leastUs() / cores)
                .with("granularities_us", Metg.granularitiesUs(points))
                .with("efficiencies", Metg.efficiencies(points, peak)));
        return 0;
    }

    private void warmUp(final TaskBench bench, final Client client) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < warmUpSeconds * 1e9) {
            bench.run(client);
        }
    }

    private TaskBench bench(final String dependence, final int width, final long iterations) {
        return TaskBench.parse(List.of(
                "-type", dependence,
                "-radix", Integer.toString(radix),
                "-steps", Integer.toString(steps),
                "-width", Integer.toString(width),
                "-kernel", "compute_bound",
                "-iter", Long.toString(iterations)));
    }

    /** The least of some runs, which are more the shorter they are. */
    private static long best(final TaskBench bench, final Client client) {
        long bestNs = bench.run(client);
        for (int i = 1; i < REPETITIONS && bestNs < 1_000_000_000; i++) {
            bestNs = Math.min(bestNs, bench.run(client));
        }
        return bestNs;
    }

    private static double flopsPerS(final TaskBench bench, final long elapsedNs) {
        return bench.flops() * 1e9 / elapsedNs;
    }
}
