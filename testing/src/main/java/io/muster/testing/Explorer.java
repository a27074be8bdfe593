package io.muster.testing;

import io.muster.scheduler.SmallCluster;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.agrona.collections.LongHashSet;

/**
 * Tries all orders in which messages can arrive, runs and transfers can end and workers can fail in very small clusters: two workers, three
 * tasks. States that are alike are gone on from once only.
 */
public final class Explorer {
    /** How many workers fail at most, if nothing else is said. */
    public static final int FAULTS = 1;

    private static final long MAX_STATES = 20_000_000;
    private static final int MAX_FAILURES = 10;

    private final List<int[][]> graphs;
    private final int faults;
    private final LongHashSet seen = new LongHashSet();
    private final List<String> failures = new ArrayList<>();
    private long states;

    private Explorer(final List<int[][]> graphs, final int faults) {
        this.graphs = graphs;
        this.faults = faults;
    }

    /**
     * Makes one for all graphs.
     *
     * @param faults how many workers fail at most
     * @return the explorer
     */
    public static Explorer of(final int faults) {
        return new Explorer(SmallCluster.GRAPHS, faults);
    }

    /** One for the first graph only: less than half of the states. */
    static Explorer ofFirstGraph(final int faults) {
        return new Explorer(SmallCluster.GRAPHS.subList(0, 1), faults);
    }

    /**
     * What was found.
     *
     * @param states how many states there are
     * @param failures what goes wrong, with the way there; at most ten
     * @param isComplete whether all states were seen
     * @param seconds how long it took
     */
    public record Result(long states, List<String> failures, boolean isComplete, double seconds) {}

    /**
     * Looks at all states.
     *
     * @return what was found
     */
    public Result run() {
        final long startNs = System.nanoTime();
        boolean isComplete = true;
        for (final int[][] graph : graphs) {
            seen.clear();
            isComplete &= explore(graph);
        }
        return new Result(states, List.copyOf(failures), isComplete, (System.nanoTime() - startNs) / 1e9);
    }

    /*
     * A state is known by the way to it. Going on from one takes a cluster there again, but for the first of its successors, which goes on
     * with the cluster that is there already.
     */
    private boolean explore(final int[][] graph) {
        final Deque<int[]> open = new ArrayDeque<>();
        final SmallCluster first = new SmallCluster(graph, faults);
        seen.add(first.hash());
        states++;
        open.push(new int[0]);
        while (!open.isEmpty()) {
            if (states > MAX_STATES || failures.size() >= MAX_FAILURES) {
                return false;
            }
            int[] way = open.pop();
            SmallCluster cluster = at(graph, way);
            while (cluster != null) {
                final int choices = cluster.choices();
                int[] next = null;
                SmallCluster nextCluster = null;
                for (int choice = choices - 1; choice >= 0; choice--) {
                    final SmallCluster after = choice == 0 ? cluster : at(graph, way);
                    final int[] extended = Arrays.copyOf(way, way.length + 1);
                    extended[way.length] = choice;
                    if (after != null && take(after, choice, graph, extended) && seen.add(after.hash())) {
                        states++;
                        if (choice == 0) {
                            next = extended;
                            nextCluster = after;
                        } else {
                            open.push(extended);
                        }
                    }
                }
                if (choices == 0) {
                    finish(cluster, graph, way);
                }
                way = next == null ? way : next;
                cluster = nextCluster;
            }
        }
        return true;
    }

    private SmallCluster at(final int[][] graph, final int[] way) {
        final SmallCluster cluster = new SmallCluster(graph, faults);
        for (final int choice : way) {
            cluster.take(choice, false);
        }
        return cluster;
    }

    private boolean take(final SmallCluster cluster, final int choice, final int[][] graph, final int[] way) {
        try {
            cluster.take(choice, true);
            if (cluster.mayRest()) {
                final SmallCluster resting = at(graph, way);
                resting.checkAtRest();
            }
            return true;
        } catch (final AssertionError | RuntimeException e) {
            failed(e, graph, way);
            return false;
        }
    }

    private void finish(final SmallCluster cluster, final int[][] graph, final int[] way) {
        try {
            cluster.checkAtRest();
        } catch (final AssertionError | RuntimeException e) {
            failed(e, graph, way);
        }
    }

    private void failed(final Throwable failure, final int[][] graph, final int[] way) {
        if (failures.size() >= MAX_FAILURES) {
            return;
        }
        final SmallCluster cluster = new SmallCluster(graph, faults);
        final List<String> steps = new ArrayList<>();
        try {
            for (final int choice : way) {
                steps.add(cluster.describe(choice));
                cluster.take(choice, false);
            }
        } catch (final AssertionError | RuntimeException e) {
            steps.add("here it fails");
        }
        failures.add("graph=" + Arrays.deepToString(graph) + ": " + failure.getMessage() + " after " + steps);
    }
}
