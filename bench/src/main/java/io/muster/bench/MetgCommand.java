package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.bench.taskbench.TaskBench;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How short tasks may be for half of what the processors can do to be left for them. */
@Command(
        name = "metg",
        description = {
            "Finds the METG(50%%) of Task Bench: the smallest mean granularity, which is wall time x cores / tasks, at"
                    + " which half of the peak FLOP/s is reached.",
            "Halves the iterations of compute_bound from run to run; the peak is the best of all runs and of one without"
                    + " communication. The width is the number of cores, which by default one worker has all to itself;"
                    + " with --workers=2 inputs move between two.",
            "Untimed runs come first, of empty and of longer tasks in turn, until the JVMs have compiled what a task takes.",
            "With --peer=dask or spark the peer's follows, and ratio, how many times as large it is. Dask has a process with"
                    + " one thread for each core, and a kernel in Python; Spark runs in one JVM, and sends outputs by"
                    + " shuffles. Both check each input. A granularity is by the clock, and an efficiency is of the peak of"
                    + " the same kernel, so it does not matter how fast a kernel is."
        })
final class MetgCommand implements Callable<Integer> {
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final int ROWS = 1000;
    private static final int ROWS_WITH_PEER = 100;
    private static final double LONG_S = 0.1;
    private static final int REPETITIONS = 5;
    private static final int BELOW = 2;
    private static final long WARM_ITERATIONS = 512;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions("inproc", 1);

    @Option(names = "--type", paramLabel = "NAME", description = "The dependence; default ${DEFAULT-VALUE}.")
    private String type = "stencil_1d";

    @Option(names = "--radix", paramLabel = "N", description = "Its radix; default ${DEFAULT-VALUE}.")
    private int radix = 3;

    @Option(names = "--steps", paramLabel = "N", description = "How many rows; default 1000, with a peer 100.")
    private @Nullable Integer steps;

    @Option(
            names = "--most-iterations",
            paramLabel = "N",
            description = "The iterations of the first run of Muster; default ${DEFAULT-VALUE}.")
    private long mostIterations = 1 << 16;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long untimed runs come first; default ${DEFAULT-VALUE}.")
    private double warmUpSeconds = 20;

    @Option(
            names = "--peer",
            paramLabel = "PEER",
            description = "dask or spark: find the METG of this peer too, with as many rows.")
    private @Nullable String peerName;

    @Mixin
    private PeerOptions homes = new PeerOptions();

    @Override
    public Integer call() {
        final Peer peer = peerName == null ? null : Peer.of(peerName);
        if (peer != null && peer != Peer.DASK && peer != Peer.SPARK) {
            throw new MusterException("peer=" + peerName + " must be dask or spark");
        }
        final PeerHome home = peer == null ? null : homes.home(peer);
        final Metg ours;
        try (LocalCluster local = cluster.builder().start();
                Client client = local.connect()) {
            final Run run = options -> TaskBench.parse(options).run(client) / 1e9;
            warmUp(run, WARM_ITERATIONS);
            ours = print(
                    cluster.kind().describe(new BenchResult("metg")).with("workers", cluster.workers()),
                    run,
                    mostIterations,
                    null);
        } finally {
            output.endStages();
        }
        if (peer != null && home != null) {
            try (TaskBenchPeer process = new TaskBenchPeer(peer, home, CORES)) {
                warmUp(process::run, 1);
                print(
                        new BenchResult("metg").with("peer", peer.label()).with("peer_version", process.version()),
                        process::run,
                        firstIterations(process::run),
                        ours);
            } finally {
                output.endStages();
            }
        }
        return 0;
    }

    private Metg print(final BenchResult result, final Run run, final long firstIterations, final @Nullable Metg ours) {
        double peak = flopsPerS("no_comm", firstIterations, run.seconds(options("no_comm", rows(), firstIterations)));
        final List<Metg.Point> points = new ArrayList<>();
        int below = 0;
        for (long iterations = firstIterations; iterations > 0 && below < BELOW; iterations /= 2) {
            output.stage("metg", points.size(), Long.SIZE - Long.numberOfLeadingZeros(firstIterations));
            final double seconds = best(run, options(type, rows(), iterations));
            final double flops = flopsPerS(type, iterations, seconds);
            peak = Math.max(peak, flops);
            below = flops < peak / 2 ? below + 1 : 0;
            points.add(new Metg.Point(
                    seconds * 1e6 * CORES / bench(type, iterations).tasks(), flops));
        }
        final Metg found = Metg.of(points, peak);
        result.with("type", type)
                .with("radix", radix)
                .with("steps", rows())
                .with("width", CORES)
                .with("cores", CORES);
        if (ours == null) {
            result.with("peak_flops", peak);
        }
        result.with("metg_us", found.granularityUs())
                .with("reached", found.reached())
                .with("least_wall_us_per_task", found.leastUs() / CORES)
                .with("granularities_us", Metg.granularitiesUs(points))
                .with("efficiencies", Metg.efficiencies(points, peak));
        if (ours != null) {
            result.with("ratio", found.granularityUs() / ours.granularityUs());
        }
        output.print(result);
        return found;
    }

    private void warmUp(final Run run, final long longer) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < warmUpSeconds * 1e9) {
            run.seconds(options(type, rows(), 1));
            run.seconds(options(type, rows(), longer));
        }
    }

    /** As many as one task needs for long tasks, by a peer's own kernel. */
    private long firstIterations(final Run run) {
        long iterations = 1;
        while (run.seconds(options("no_comm", 1, iterations)) < LONG_S) {
            iterations *= 2;
        }
        return iterations;
    }

    private int rows() {
        return steps != null ? steps : peerName == null ? ROWS : ROWS_WITH_PEER;
    }

    private List<String> options(final String dependence, final int rows, final long iterations) {
        return List.of(
                "-type", dependence,
                "-radix", Integer.toString(radix),
                "-steps", Integer.toString(rows),
                "-width", Integer.toString(CORES),
                "-kernel", "compute_bound",
                "-iter", Long.toString(iterations));
    }

    private TaskBench bench(final String dependence, final long iterations) {
        return TaskBench.parse(options(dependence, rows(), iterations));
    }

    /** The least of some runs, which are more the shorter they are. */
    private static double best(final Run run, final List<String> options) {
        double best = run.seconds(options);
        for (int i = 1; i < REPETITIONS && best < 1; i++) {
            best = Math.min(best, run.seconds(options));
        }
        return best;
    }

    private double flopsPerS(final String dependence, final long iterations, final double seconds) {
        return bench(dependence, iterations).flops() / seconds;
    }

    /** Runs a graph, given as options of Task Bench, and tells how many seconds it took. */
    @FunctionalInterface
    private interface Run {
        double seconds(List<String> options);
    }
}
