package io.muster.bench;

import io.muster.graph.OrderPressure;
import io.muster.graph.StaticOrder;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast graphs are put in order, and how much their orders hold. */
@Command(
        name = "order",
        description = {
            "How fast a graph is put in the order in which it is submitted, and how many results are held when it is",
            "computed in that order one task at a time. The same is shown for dask.order, on every graph of its own tests",
            "and on some more by formula: kept in a file that order_reference.py, beside it, writes anew.",
            "The time is the median of five rounds, after three that are not timed."
        })
final class OrderCommand implements Callable<Integer> {
    private static final int WARM_UPS = 3;
    private static final int ROUNDS = 5;
    private static final double ROUNDING = 0.00006;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--graph",
            split = ",",
            paramLabel = "SHAPE-SIZE",
            description =
                    "The graphs whose order is timed: anomaly, chains, cholesky, layers, random, shuffle, stencil, "
                            + "transpose-sum or tree, and sizes; default ${DEFAULT-VALUE}.")
    private List<String> graphs = List.of(
            "tree-1048576-2",
            "stencil-1000-1000",
            "shuffle-700",
            "chains-10000-100",
            "layers-1000000-1",
            "random-1000000-1000");

    @Override
    public Integer call() {
        compare();
        for (final String graph : graphs) {
            time(OrderGraph.of(graph));
        }
        return 0;
    }

    private void compare() {
        final OrderReference reference = OrderReference.load();
        int above = 0;
        int below = 0;
        for (final OrderReference.Entry entry : reference.graphs()) {
            final OrderPressure ours = held(entry.graph());
            final OrderPressure theirs = entry.held();
            if (isAbove(ours, theirs)) {
                above++;
            } else if (ours.most() < theirs.most() || ours.mean() < theirs.mean() - ROUNDING) {
                below++;
            }
            output.print(new BenchResult("order")
                    .with("graph", entry.graph().name())
                    .with("nodes", entry.graph().nodes())
                    .with("most_held", ours.most())
                    .with("dask_most_held", theirs.most())
                    .with("mean_held", ours.mean())
                    .with("dask_mean_held", theirs.mean()));
        }
        output.print(new BenchResult("order")
                .with("peer", reference.version())
                .with("graphs", reference.graphs().size())
                .with("above", above)
                .with("equal", reference.graphs().size() - above - below)
                .with("below", below));
    }

    /** Whether one order holds more than another one, at most or in the mean; the mean is known to four digits. */
    static boolean isAbove(final OrderPressure one, final OrderPressure other) {
        return one.most() > other.most() || one.mean() > other.mean() + ROUNDING;
    }

    static OrderPressure held(final OrderGraph graph) {
        return StaticOrder.pressure(
                graph.offsets(), graph.dependencies(), StaticOrder.order(graph.offsets(), graph.dependencies()));
    }

    private void time(final OrderGraph graph) {
        final long[] roundsNs = new long[ROUNDS];
        for (int i = -WARM_UPS; i < ROUNDS; i++) {
            final long startNs = System.nanoTime();
            StaticOrder.order(graph.offsets(), graph.dependencies());
            if (i >= 0) {
                roundsNs[i] = System.nanoTime() - startNs;
            }
        }
        Arrays.sort(roundsNs);
        final double seconds = roundsNs[ROUNDS / 2] / 1e9;
        output.print(new BenchResult("order")
                .with("graph", graph.name())
                .with("nodes", graph.nodes())
                .with("edges", graph.dependencies().length)
                .with("seconds", seconds)
                .with("nodes_per_s", graph.nodes() / seconds));
    }
}
