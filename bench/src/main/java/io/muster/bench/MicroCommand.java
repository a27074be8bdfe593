package io.muster.bench;

import io.muster.MusterException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Small benchmarks, of one thing each. */
@Command(
        name = "micro",
        description = {
            "Runs small benchmarks after dask's and coiled's of the same names, scaled to seconds; all of them without a NAME.",
            "seconds is the median of the rounds, after untimed runs. Where tasks only sleep, ideal_seconds is what their time"
                    + " takes on all threads, and over_ideal how many times as long it took. moves is how often a task went"
                    + " from a worker to another before it started: the most of a round.",
            "With --peer=dask the same runs on it in turn, in the order A B B A, on as many workers and threads; ratio is how"
                    + " many times as long the peer took, the median of the pairs, with its 95%% interval by bootstrap."
        })
final class MicroCommand implements Callable<Integer> {
    private static final int WARM_UPS = 5;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "single_future, large_map, large_map_deps, large_map_first_work, memory_efficient,"
                    + " trivial_work_not_stolen, inhomogeneous, scaling_up, straggler.")
    private List<String> names = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "How many timed runs; default ${DEFAULT-VALUE}.")
    private int rounds = 2;

    @Option(names = "--peer", paramLabel = "PEER", description = "dask: race this peer.")
    private @Nullable String peerName;

    @Mixin
    private PeerOptions homes = new PeerOptions();

    @Override
    public Integer call() {
        if (rounds < 1) {
            throw new MusterException("rounds=" + rounds + " must be >= 1");
        }
        final Peer peer = peerName == null ? null : Peer.of(peerName);
        if (peer != null && peer != Peer.DASK) {
            throw new MusterException("peer=" + peerName + " must be dask");
        }
        final PeerHome home = peer == null ? null : homes.home(peer);
        final List<Micro> micros = names.isEmpty()
                ? List.of(Micro.values())
                : names.stream().map(Micro::of).toList();
        for (final Micro micro : micros) {
            try (MusterMicro ours = new MusterMicro(micro);
                    PeerMicro theirs = peer == null || home == null ? null : new PeerMicro(peer, home, micro)) {
                for (int i = 0; i < (micro.isAsleep() ? 1 : WARM_UPS); i++) {
                    ours.run();
                }
                race(micro, ours, theirs);
            } finally {
                output.endStages();
            }
        }
        return 0;
    }

    private void race(final Micro micro, final MusterMicro ours, final @Nullable PeerMicro theirs) {
        if (theirs != null) {
            theirs.run();
        }
        final Side our = new Side(rounds);
        final Side their = new Side(rounds);
        for (int i = 0; i < rounds; i++) {
            output.stage(micro.label(), i, rounds);
            if (theirs != null && i % 2 == 1) {
                their.add(i, theirs.run());
                our.add(i, ours.run());
            } else {
                our.add(i, ours.run());
                if (theirs != null) {
                    their.add(i, theirs.run());
                }
            }
        }
        final BenchResult result = new BenchResult("micro")
                .with("name", micro.label())
                .with("tasks", micro.tasks())
                .with("workers", micro.workers())
                .with("threads", micro.threads());
        our.tell(result, micro, "");
        if (theirs != null) {
            final double[] ratios = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                ratios[i] = their.seconds[i] / our.seconds[i];
            }
            result.with("peer", String.valueOf(peerName)).with("peer_version", theirs.version());
            their.tell(result, micro, "peer_");
            result.with("ratio", Ratios.median(ratios)).with("ci95", Ratios.interval(ratios));
        }
        output.print(result);
    }

    /** What one of the two showed in all rounds. */
    private static final class Side {
        private final double[] seconds;
        private long moves;
        private long peakBytes;

        Side(final int rounds) {
            seconds = new double[rounds];
        }

        void add(final int round, final Micro.Outcome outcome) {
            seconds[round] = outcome.seconds();
            moves = Math.max(moves, outcome.moves());
            peakBytes = Math.max(peakBytes, outcome.peakBytes());
        }

        void tell(final BenchResult result, final Micro micro, final String prefix) {
            final double median = Ratios.median(seconds);
            result.with(prefix + "seconds", median);
            if (micro.isAsleep()) {
                if (prefix.isEmpty()) {
                    result.with("ideal_seconds", micro.idealSeconds());
                }
                result.with(prefix + "over_ideal", median / micro.idealSeconds());
            }
            if (micro.hasMoves()) {
                result.with(prefix + "moves", moves);
            }
            if (peakBytes > 0) {
                result.with(prefix + "peak_bytes", peakBytes);
            }
        }
    }
}
