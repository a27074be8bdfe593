package io.muster.bench;

import io.muster.MusterException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Muster and a peer, turn by turn on the same graph. */
@Command(
        name = "compare",
        description = {
            "Runs a graph on Muster (A) and on a peer (B), in the order A B B A, and checks that both find the same.",
            "PEER: dask, hyperqueue, ray, hazelcast, ignite, pekko, or executor, a pool of threads in this JVM; all: each that"
                    + " is installed, one after the other, then the geometric mean of their ratios. ratio is how many times"
                    + " as long the peer took: the median of the pairs, with its 95%% interval by bootstrap.",
            "Untimed runs of both come first: as long for peers in Java as for Muster, one for the others; what the first"
                    + " took is told as cold. Dask first runs at most 5,000 tasks with threads and with processes; the"
                    + " faster is compared. Hazelcast, Ignite and Pekko run in two JVMs, a client and a member with a thread"
                    + " for each core; they know no dependencies, so the client submits a task when the last of its inputs"
                    + " has come. HyperQueue's tasks are processes without results: each must end well."
        })
final class CompareCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final String THREADS = "threads";
    private static final String PROCESSES = "processes";
    private static final int TRIAL_TASKS = 5_000;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--peer", paramLabel = "PEER", required = true, description = "Whom to compare with; all: each.")
    private String peerName = ALL;

    @Option(names = "--graph", paramLabel = "NAME", description = "As in bench graph; default ${DEFAULT-VALUE}.")
    private String graphName = "merge";

    @Option(names = "--tasks", paramLabel = "N", description = "About how many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 10_000;

    @Option(names = "--rounds", paramLabel = "N", description = "How many pairs of runs; default ${DEFAULT-VALUE}.")
    private int rounds = 6;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long JVMs run it untimed, for their compilers; default ${DEFAULT-VALUE}.")
    private double warmUpSeconds = 10;

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            description = "Muster's: inproc or processes; default ${DEFAULT-VALUE}.")
    private String cluster = "processes";

    @Mixin
    private PeerOptions homes = new PeerOptions();

    @Override
    public Integer call() {
        if (rounds < 1 || !(warmUpSeconds >= 0)) {
            throw new MusterException(
                    "rounds=" + rounds + " must be >= 1 and warm-up=" + warmUpSeconds + " must be >= 0 seconds");
        }
        final GraphShape.Family family = GraphShape.Family.of(graphName);
        final GraphShape graph = family.ofTasks(tasks);
        if (!peerName.equals(ALL)) {
            final Peer peer = Peer.of(peerName);
            if (!peer.isComparable()) {
                throw new MusterException("peer=" + peerName + " must be one that runs graphs of tasks: " + peerName
                        + " is for bench metg only");
            }
            compare(peer, family, graph);
            return 0;
        }
        final List<Peer> peers =
                Arrays.stream(Peer.values()).filter(Peer::isComparable).toList();
        final List<Peer> installed = homes.installed(peers.stream());
        final Map<String, Double> ratios = new LinkedHashMap<>();
        installed.forEach(peer -> ratios.put(peer.label(), compare(peer, family, graph)));
        output.print(new BenchResult("compare")
                .with("peer", ALL)
                .with("graph", family.label())
                .with("tasks", tasks)
                .with("geometric_mean", Ratios.geometricMean(ratios.values()))
                .with("members", ratios)
                .with(
                        "not_installed",
                        peers.stream()
                                .filter(peer -> !installed.contains(peer))
                                .map(Peer::label)
                                .toList()));
        return 0;
    }

    private double compare(final Peer peer, final GraphShape.Family family, final GraphShape graph) {
        final double[] ours = new double[rounds];
        final double[] theirs = new double[rounds];
        final double[] ratios = new double[rounds];
        final String version;
        final Contender.Run ourFirst;
        final Contender.Run theirFirst;
        try (Contender other = contender(peer, family, graph);
                Contender muster = new MusterContender(ClusterKind.of(cluster, "aeron"), family, graph)) {
            version = other.version();
            theirFirst = other.run();
            final long sum = theirFirst.sum();
            if (peer.isJava()) {
                warmUp(other, sum);
            }
            ourFirst = muster.run().checked(sum);
            warmUp(muster, sum);
            for (int i = 0; i < rounds; i++) {
                output.stage("compare " + peer.label(), i, rounds);
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
        final double ratio = Ratios.median(ratios);
        output.print(new BenchResult("compare")
                .with("peer", peer.label())
                .with("peer_version", version)
                .with("graph", family.label())
                .with("tasks", tasks)
                .with("nodes", graph.tasks())
                .with("cluster", cluster)
                .with("muster_seconds", Ratios.median(ours))
                .with("peer_seconds", Ratios.median(theirs))
                .with("muster_cold_seconds", ourFirst.seconds())
                .with("peer_cold_seconds", theirFirst.seconds())
                .with("ratio", ratio)
                .with("ci95", Ratios.interval(ratios)));
        return ratio;
    }

    private void warmUp(final Contender contender, final long sum) {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < warmUpSeconds * 1e9) {
            contender.run().checked(sum);
        }
    }

    private Contender contender(final Peer peer, final GraphShape.Family family, final GraphShape graph) {
        return switch (peer) {
            case EXECUTOR -> new ExecutorContender(family, graph);
            case DASK -> dask(family, graph);
            default -> new PeerContender(peer, homes.home(peer), family, graph, PROCESSES);
        };
    }

    private Contender dask(final GraphShape.Family family, final GraphShape graph) {
        final PeerHome home = homes.home(Peer.DASK);
        final GraphShape trial = family.ofTasks(Math.min(tasks, TRIAL_TASKS));
        final boolean isThreads =
                trialSeconds(home, family, trial, THREADS) < trialSeconds(home, family, trial, PROCESSES);
        return new PeerContender(Peer.DASK, home, family, graph, isThreads ? THREADS : PROCESSES);
    }

    /** How long a second run of a small graph takes, of what is told by its layout. */
    private static double trialSeconds(
            final PeerHome home, final GraphShape.Family family, final GraphShape trial, final String layout) {
        try (Contender dask = new PeerContender(Peer.DASK, home, family, trial, layout)) {
            dask.run();
            return dask.run().seconds();
        }
    }
}
