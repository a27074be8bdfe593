package io.muster.bench;

import io.muster.MusterException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Muster and a peer, turn by turn on the same graph. */
@Command(
        name = "compare",
        description = {
            "Runs a graph on Muster (A) and on a peer (B), in the order A B B A, and checks that both find the same.",
            "PEER: dask, ray, or executor, a pool of threads in this JVM. ratio is how many times as long the peer took: the"
                    + " median of the pairs, with its 95%% interval by bootstrap.",
            "Dask runs with threads and with processes; the faster is compared. Untimed runs of both come first."
        })
final class CompareCommand implements Callable<Integer> {
    private static final String EXECUTOR = "executor";
    private static final String DASK = "dask";
    private static final String RAY = "ray";
    private static final String THREADS = "threads";
    private static final String PROCESSES = "processes";

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--peer", paramLabel = "PEER", required = true, description = "dask, ray or executor.")
    private String peer = EXECUTOR;

    @Option(names = "--graph", paramLabel = "NAME", description = "As in bench graph; default ${DEFAULT-VALUE}.")
    private String graphName = "merge";

    @Option(names = "--tasks", paramLabel = "N", description = "About how many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 10_000;

    @Option(names = "--rounds", paramLabel = "N", description = "How many pairs of runs; default ${DEFAULT-VALUE}.")
    private int rounds = 6;

    @Option(
            names = "--warm-ups",
            paramLabel = "N",
            description =
                    "How many untimed runs of Muster, which needs them for its compilers; default ${DEFAULT-VALUE}.")
    private int warmUps = 5;

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            description = "Muster's: inproc or processes; default ${DEFAULT-VALUE}.")
    private String cluster = "processes";

    @Option(
            names = "--peer-home",
            paramLabel = "FOLDER",
            description = "The Python environment with the peer; default ~/.cache/muster/peers/PEER.")
    private @Nullable Path peerHome;

    @Option(names = "--install", description = "Have pip install the peer there if it is missing.")
    private boolean install;

    @Override
    public Integer call() {
        if (rounds < 1 || warmUps < 0) {
            throw new MusterException("rounds=" + rounds + " must be >= 1 and warm-ups=" + warmUps + " must be >= 0");
        }
        final GraphShape.Family family = GraphShape.Family.of(graphName);
        final GraphShape graph = family.ofTasks(tasks);
        final double[] ours = new double[rounds];
        final double[] theirs = new double[rounds];
        final double[] ratios = new double[rounds];
        final String version;
        try (Contender other = peer(family, graph);
                Contender muster = new MusterContender(ClusterKind.of(cluster, "aeron"), family, graph)) {
            version = other.version();
            final long sum = other.run().sum();
            for (int i = 0; i < warmUps; i++) {
                muster.run().checked(sum);
            }
            for (int i = 0; i < rounds; i++) {
                output.stage("compare", i, rounds);
                final boolean first = i % 2 == 0;
                final Contender.Run one = (first ? muster : other).run().checked(sum);
                final Contender.Run two = (first ? other : muster).run().checked(sum);
                ours[i] = (first ? one : two).seconds();
                theirs[i] = (first ? two : one).seconds();
                ratios[i] = theirs[i] / ours[i];
            }
        } finally {
            output.endStages();
        }
        output.print(new BenchResult("compare")
                .with("peer", peer)
                .with("peer_version", version)
                .with("graph", family.label())
                .with("tasks", tasks)
                .with("nodes", graph.tasks())
                .with("cluster", cluster)
                .with("muster_seconds", Ratios.median(ours))
                .with("peer_seconds", Ratios.median(theirs))
                .with("ratio", Ratios.median(ratios))
                .with("ci95", Ratios.interval(ratios)));
        return 0;
    }

    private Contender peer(final GraphShape.Family family, final GraphShape graph) {
        return switch (peer) {
            case EXECUTOR -> new ExecutorContender(family, graph);
            case DASK -> fasterDask(family, graph);
            case RAY -> new PythonContender(python(RAY), RAY, family, graph, PROCESSES);
            default -> throw new MusterException("peer=" + peer + " must be one of dask, ray, executor");
        };
    }

    private Contender fasterDask(final GraphShape.Family family, final GraphShape graph) {
        final Path python = python("distributed");
        final double threads;
        try (Contender layout = new PythonContender(python, DASK, family, graph, THREADS)) {
            threads = layout.run().seconds();
        }
        final Contender processes = new PythonContender(python, DASK, family, graph, PROCESSES);
        if (processes.run().seconds() <= threads) {
            return processes;
        }
        processes.close();
        return new PythonContender(python, DASK, family, graph, THREADS);
    }

    private Path python(final String module) {
        final Path home = peerHome != null
                ? peerHome
                : Path.of(System.getProperty("user.home"), ".cache", "muster", "peers", peer);
        return new PythonHome(home, module).python(install);
    }
}
