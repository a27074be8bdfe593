package io.muster.bench;

import io.muster.MusterException;
import io.muster.bench.quality.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How good the scheduler's decisions are, beside those of the schedulers of a published comparison. */
@Command(
        name = "quality",
        description = {
            "How long workflows take in virtual time under Muster's scheduler and under those of a published comparison",
            "(Estee: blevel, tlevel, mcp, etf, dls, single, random, the greedy-transfer variants, work stealing), as a ratio",
            "to the best of those. The scheduler and the workers' state machine are the ones in use; tasks take as long as",
            "the workflow says, and transfers share the network max-min fairly. The others know all durations and sizes",
            "(exact), their means by kind of task (user) or over all tasks (mean), and the bandwidth, which Muster is given",
            "as scheduler.network-bandwidth. Muster is told nothing else where it is cold, and where it is warm, which is the",
            "second time that it computes the workflow. Told: it has not seen the workflow before, and each task says how",
            "long it is expected to take (TaskOptions.expected), by what the others know of it; sizes are told to them only.",
            "A job with several results is to Muster a task with one, and tasks of no length that pick from it."
        })
final class QualityCommand implements Callable<Integer> {
    private static final double MUST = 1.10;
    private static final double REACH = 1.05;
    private static final long SEED = 42;
    private static final long HELD_OUT_SEED = 7;
    private static final double ROUNDING = 0.00001;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--graph", split = ",", paramLabel = "NAME", description = "The workflows; default: all 27.")
    private List<String> graphs = new ArrayList<>(Comparison.graphs());

    @Option(
            names = "--cluster",
            split = ",",
            paramLabel = "WORKERSxCORES",
            description = "The clusters; default 8x4,16x4,32x4,16x8,32x16.")
    private List<String> clusters = List.of();

    @Option(
            names = "--bandwidth",
            split = ",",
            paramLabel = "MIB",
            description = "What a worker sends, and receives, in MiB per second; default 32,256,2048,8192.")
    private double[] bandwidths = {};

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description = "What the workflows' durations and sizes are drawn with; default 42.")
    private @Nullable Long seed;

    @Option(
            names = "--held-out",
            description = {
                "Cases that no constant of the scheduler was chosen on: unless said otherwise, seed 7, clusters",
                "4x8,12x4,24x6,20x12 and bandwidths 16,64,512,4096."
            })
    private boolean isHeldOut;

    @Override
    public Integer call() {
        if (clusters.isEmpty()) {
            clusters = isHeldOut
                    ? List.of("4x8", "12x4", "24x6", "20x12")
                    : List.of("8x4", "16x4", "32x4", "16x8", "32x16");
        }
        if (bandwidths.length == 0) {
            bandwidths = isHeldOut ? new double[] {16, 64, 512, 4096} : new double[] {32, 256, 2048, 8192};
        }
        final long drawnWith = seed != null ? seed : isHeldOut ? HELD_OUT_SEED : SEED;
        final List<Comparison> all = new ArrayList<>();
        for (final String graph : graphs) {
            for (final String cluster : clusters) {
                for (final double bandwidth : bandwidths) {
                    final int[] size = size(cluster);
                    final Map<String, Comparison> some = Comparison.of(graph, size[0], size[1], bandwidth, drawnWith);
                    all.addAll(some.values());
                    some.values().forEach(this::print);
                }
            }
        }
        for (final String knowledge : List.of("exact", "user", "mean")) {
            sum(
                    knowledge,
                    all.stream()
                            .filter(one -> one.knowledge().equals(knowledge))
                            .toList());
        }
        return 0;
    }

    private static int[] size(final String cluster) {
        if (!cluster.matches("[1-9][0-9]{0,3}x[1-9][0-9]{0,2}")) {
            throw new MusterException("cluster=" + cluster + " must be workers and cores, as in 8x4");
        }
        final int cross = cluster.indexOf('x');
        return new int[] {Integer.parseInt(cluster.substring(0, cross)), Integer.parseInt(cluster.substring(cross + 1))
        };
    }

    private void print(final Comparison one) {
        output.print(new BenchResult("quality")
                .with("graph", one.graph())
                .with("cluster", one.workers() + "x" + one.cores())
                .with("mib_per_s", one.mibPerSecond())
                .with("others_know", one.knowledge())
                .with("lower_bound_s", one.lowerBound())
                .with("best", one.best())
                .with("best_s", one.bestSeconds())
                .with("cold_s", one.cold())
                .with("warm_s", one.warm())
                .with("told_s", one.told())
                .with("cold_ratio", one.cold() / one.bestSeconds())
                .with("warm_ratio", one.warm() / one.bestSeconds())
                .with("told_ratio", one.told() / one.bestSeconds()));
    }

    private void sum(final String knowledge, final List<Comparison> cases) {
        sum(knowledge, "cold", cases.stream().mapToDouble(one -> one.cold() / one.bestSeconds()));
        sum(knowledge, "warm", cases.stream().mapToDouble(one -> one.warm() / one.bestSeconds()));
        sum(knowledge, "told", cases.stream().mapToDouble(one -> one.told() / one.bestSeconds()));
    }

    private void sum(final String knowledge, final String muster, final DoubleStream all) {
        final double[] ratios = all.toArray();
        output.print(new BenchResult("quality")
                .with("others_know", knowledge)
                .with("muster", muster)
                .with("cases", ratios.length)
                .with("within_1.05", share(ratios, REACH))
                .with("within_1.10", share(ratios, MUST))
                .with(
                        "geometric_mean",
                        Math.exp(
                                DoubleStream.of(ratios).map(Math::log).average().orElse(0)))
                .with("worst", DoubleStream.of(ratios).max().orElse(0)));
    }

    private static double share(final double[] ratios, final double bound) {
        return (double) DoubleStream.of(ratios)
                        .filter(ratio -> ratio <= bound + ROUNDING)
                        .count()
                / Math.max(1, ratios.length);
    }
}
