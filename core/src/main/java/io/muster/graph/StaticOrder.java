package io.muster.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The order in which a graph of tasks is best computed: inputs first, and so that results can be dropped early.
 *
 * <p>A graph is given as two arrays: the dependencies of node {@code i} are {@code dependencies[offsets[i]]} to
 * {@code dependencies[offsets[i + 1] - 1]}.
 */
public final class StaticOrder {
    /*
     * Several orders are made and compared by simulation, and the one that holds least is taken, after the idea of a note in dask.order.
     *
     *   - Depth first from each sink, as in Sethi and Ullman's numbering of registers: of several inputs the one that needs most goes
     *     first, before the others' results are there to be held too. That is optimal for trees. In other graphs results are shared: so a
     *     node is computed at once where that holds no more than waiting would, and the next sink is one for which something is there.
     *   - The same with the sinks in other orders, and without looking for one for which something is there, smallest input first.
     *   - Backwards from the sinks, always what adds least to what must be held.
     *   - Breadth first.
     *
     * Then nodes slide: later, to just before the first that needs them, or earlier, to just after what they need, where that holds less.
     * Each step is linear in nodes and edges, but for sorting the inputs of one node; of a large graph fewer orders are made, and of a
     * narrow one, which holds hardly anything in any case, only two.
     */

    /** Up to how many nodes and edges all of these are made. */
    private static final int LARGE = 20_000;

    /** From how many nodes on no more is done about an order that never holds more than a few results. */
    private static final int MANY = 500;

    private static final int FEW = 8;

    /** How often nodes slide in a graph that is not large; later and earlier in turn. */
    private static final int SLIDES = 6;

    /** Longer nodes count as this: so sums of them stay in range. */
    private static final long LONGEST = 1L << 40;

    private StaticOrder() {}

    /**
     * The order.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @return all nodes, each after those that it depends on
     * @throws IllegalArgumentException if there is a cycle
     */
    public static int[] order(final int[] offsets, final int[] dependencies) {
        final Dag dag = new Dag(offsets, dependencies);
        final int[] wide = dag.breadthFirst();
        if (wide.length < dag.nodes) {
            throw new IllegalArgumentException(
                    "the graph has a cycle: nodes=" + dag.nodes + " orderable=" + wide.length);
        }
        final int[] sinks = dag.sinks();
        final int[] byNeed = dag.byNeed(wide);
        final Choice choice = new Choice(dag);
        choice.offer(new DepthFirst(dag, byNeed, true).order(sinks));
        choice.offer(wide);
        if (dag.nodes >= MANY && choice.holdsAtMost(FEW)) {
            return choice.best();
        }
        if ((long) dag.nodes + dependencies.length < LARGE) {
            final int[] sizes = dag.treeSizes(wide);
            final int[] largestFirst = sinks.clone();
            Dag.sortDescending(largestFirst, 0, sinks.length, sizes);
            final List<int[]> tried = new ArrayList<>(List.of(sinks));
            for (final int[] other : List.of(largestFirst, reversed(largestFirst), reversed(sinks))) {
                if (isNone(tried, other)) {
                    tried.add(other);
                    choice.offer(new DepthFirst(dag, byNeed, true).order(other));
                }
            }
            choice.offer(new DepthFirst(dag, dag.byKey(negated(sizes)), false).order(largestFirst));
            choice.offer(new Backwards(dag).order());
            choice.slide(SLIDES);
        } else {
            choice.slideBest();
        }
        return choice.best();
    }

    /**
     * The order for a graph of which it is known how long its tasks take, where time counts more than memory: of what can be computed the
     * task goes first from which the longest way is left to the end of the graph.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @param lengths how long each node takes, in any unit; 0 where that is not known
     * @return all nodes, each after those that it depends on
     * @throws IllegalArgumentException if there is a cycle
     */
    public static int[] longestWayFirst(final int[] offsets, final int[] dependencies, final long[] lengths) {
        final int[] wide = breadthFirst(offsets, dependencies);
        if (wide.length < lengths.length) {
            throw new IllegalArgumentException(
                    "the graph has a cycle: nodes=" + lengths.length + " orderable=" + wide.length);
        }
        final long[] way = new long[wide.length];
        for (int i = wide.length - 1; i >= 0; i--) {
            final int node = wide[i];
            way[node] += Math.max(1, Math.min(lengths[node], LONGEST));
            for (int j = offsets[node]; j < offsets[node + 1]; j++) {
                way[dependencies[j]] = Math.max(way[dependencies[j]], way[node]);
            }
        }
        final long[] ways = Arrays.stream(way).sorted().distinct().toArray();
        final long[] ranked = new long[way.length];
        for (int node = 0; node < way.length; node++) {
            ranked[node] = (long) (ways.length - Arrays.binarySearch(ways, way[node])) << Integer.SIZE | node;
        }
        Arrays.sort(ranked);
        return Arrays.stream(ranked).mapToInt(key -> (int) key).toArray();
    }

    private static boolean isNone(final List<int[]> of, final int[] numbers) {
        return of.stream().noneMatch(each -> Arrays.equals(each, numbers));
    }

    private static int[] reversed(final int[] numbers) {
        final int[] reversed = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            reversed[i] = numbers[numbers.length - 1 - i];
        }
        return reversed;
    }

    private static int[] negated(final int[] numbers) {
        final int[] negated = new int[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            negated[i] = -numbers[i];
        }
        return negated;
    }

    /**
     * A cycle in a graph.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @return the nodes of a cycle, each depending on the next and the last on the first; empty if there is none
     */
    public static int[] findCycle(final int[] offsets, final int[] dependencies) {
        final int nodes = offsets.length - 1;
        final int[] cursor = new int[nodes];
        final byte[] mark = new byte[nodes];
        final int[] stack = new int[nodes];
        for (int root = 0; root < nodes; root++) {
            int depth = 0;
            if (mark[root] == 0) {
                mark[root] = 1;
                cursor[root] = offsets[root];
                stack[depth++] = root;
            }
            while (depth > 0) {
                final int node = stack[depth - 1];
                if (cursor[node] == offsets[node + 1]) {
                    mark[node] = 2;
                    depth--;
                    continue;
                }
                final int next = dependencies[cursor[node]++];
                if (mark[next] == 1) {
                    int start = depth - 1;
                    while (stack[start] != next) {
                        start--;
                    }
                    return Arrays.copyOfRange(stack, start, depth);
                }
                if (mark[next] == 0) {
                    mark[next] = 1;
                    cursor[next] = offsets[next];
                    stack[depth++] = next;
                }
            }
        }
        return new int[0];
    }

    /**
     * What an order holds when it is followed one node at a time.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @param order all nodes, each after those that it depends on
     * @return how many results are held
     */
    public static OrderPressure pressure(final int[] offsets, final int[] dependencies, final int[] order) {
        return new Dag(offsets, dependencies).pressure(order);
    }

    /**
     * The order by which nodes are computed as soon as they can be, first come first served.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @return all nodes, but for those in a cycle or behind one
     */
    static int[] breadthFirst(final int[] offsets, final int[] dependencies) {
        return new Dag(offsets, dependencies).breadthFirst();
    }

    /** The orders offered so far, and which of them holds least. */
    private static final class Choice {
        private final Dag dag;
        private final List<int[]> offered = new ArrayList<>();
        private int[] best = {};
        private OrderPressure least = new OrderPressure(Integer.MAX_VALUE, 0);

        Choice(final Dag dag) {
            this.dag = dag;
        }

        int[] best() {
            return best;
        }

        boolean holdsAtMost(final int results) {
            return least.most() <= results;
        }

        void offer(final int[] order) {
            if (isNone(offered, order)) {
                offered.add(order);
                consider(order);
            }
        }

        /** Slides the nodes of all orders, until neither direction changes one any more. */
        void slide(final int times) {
            final Sliding sliding = new Sliding(dag);
            for (final int[] order : offered) {
                int[] slid = order;
                int unchanged = 0;
                for (int i = 0; i < times && unchanged < 2; i++) {
                    final int[] before = slid;
                    slid = i % 2 == 0 ? sliding.later(slid) : sliding.earlier(slid);
                    if (Arrays.equals(before, slid)) {
                        unchanged++;
                    } else {
                        unchanged = 0;
                        consider(slid);
                    }
                }
            }
        }

        /** Slides the nodes of the best order once in either direction. */
        void slideBest() {
            final Sliding sliding = new Sliding(dag);
            final int[] later = sliding.later(best);
            consider(later);
            consider(sliding.earlier(later));
        }

        private void consider(final int[] order) {
            final OrderPressure pressure = dag.pressure(order);
            if (pressure.compareTo(least) < 0) {
                best = order;
                least = pressure;
            }
        }
    }
}
