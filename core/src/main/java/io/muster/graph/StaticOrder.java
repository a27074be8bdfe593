package io.muster.graph;

import java.util.Arrays;

/**
 * The order in which a graph of tasks is best computed: inputs first, and so that results can be dropped early.
 *
 * <p>A graph is given as two arrays: the dependencies of node {@code i} are {@code dependencies[offsets[i]]} to
 * {@code dependencies[offsets[i + 1] - 1]}.
 */
public final class StaticOrder {
    /*
     * Depth first from each sink, as in Sethi and Ullman's numbering of registers: need(v) is how many results are held
     * at once while v's subtree is computed, and of several inputs the one with the greatest need goes first, before
     * the others' results are there to be held too. That is optimal for trees. In other graphs results are shared, so
     * two things are added, after the idea of dask.order. A node that becomes computable and is the last to need one of
     * its inputs is computed at once: that holds no more than waiting would. And the result is compared with the
     * breadth-first order by simulation (pressure), and the better of the two is taken. Everything is iterative and
     * linear in nodes and edges, but for sorting the inputs of one node.
     */
    private final int nodes;
    private final int[] offsets;
    private final int[] dependencies;
    private final int[] dependentOffsets;
    private final int[] dependents;

    private StaticOrder(final int[] offsets, final int[] dependencies) {
        nodes = offsets.length - 1;
        this.offsets = offsets;
        this.dependencies = dependencies;
        dependentOffsets = new int[nodes + 1];
        for (int i = 0; i < offsets[nodes]; i++) {
            dependentOffsets[dependencies[i] + 1]++;
        }
        for (int i = 0; i < nodes; i++) {
            dependentOffsets[i + 1] += dependentOffsets[i];
        }
        dependents = new int[offsets[nodes]];
        final int[] next = Arrays.copyOf(dependentOffsets, nodes);
        for (int node = 0; node < nodes; node++) {
            for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                dependents[next[dependencies[i]]++] = node;
            }
        }
    }

    /**
     * The order.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @return all nodes, each after those that it depends on
     * @throws IllegalArgumentException if there is a cycle
     */
    public static int[] order(final int[] offsets, final int[] dependencies) {
        final StaticOrder graph = new StaticOrder(offsets, dependencies);
        final int[] wide = graph.breadthFirst();
        if (wide.length < graph.nodes) {
            throw new IllegalArgumentException(
                    "the graph has a cycle: nodes=" + graph.nodes + " orderable=" + wide.length);
        }
        final int[] deep = graph.depthFirst(wide);
        return graph.held(deep) <= graph.held(wide) ? deep : wide;
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
     * How many results are held at once when an order is followed one node at a time. A result is held until all that
     * depend on it are computed; one on which nothing depends is held to the end.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @param order all nodes, each after those that it depends on
     * @return the greatest number held
     */
    public static int pressure(final int[] offsets, final int[] dependencies, final int[] order) {
        return new StaticOrder(offsets, dependencies).held(order);
    }

    /**
     * The order by which nodes are computed as soon as they can be, first come first served.
     *
     * @param offsets where each node's dependencies begin, and the end of the last one's
     * @param dependencies the nodes that nodes depend on
     * @return all nodes, but for those in a cycle or behind one
     */
    static int[] breadthFirst(final int[] offsets, final int[] dependencies) {
        return new StaticOrder(offsets, dependencies).breadthFirst();
    }

    private int[] breadthFirst() {
        final int[] missing = inputCounts();
        final int[] queue = new int[nodes];
        int tail = 0;
        for (int node = 0; node < nodes; node++) {
            if (missing[node] == 0) {
                queue[tail++] = node;
            }
        }
        for (int head = 0; head < tail; head++) {
            final int node = queue[head];
            for (int i = dependentOffsets[node]; i < dependentOffsets[node + 1]; i++) {
                if (--missing[dependents[i]] == 0) {
                    queue[tail++] = dependents[i];
                }
            }
        }
        return tail == nodes ? queue : Arrays.copyOf(queue, tail);
    }

    private int[] depthFirst(final int[] topological) {
        final int[] sorted = sortedByNeed(topological);
        final int[] cursor = Arrays.copyOf(offsets, nodes);
        final int[] stack = new int[nodes];
        final Emission emission = new Emission();
        for (int sink = 0; sink < nodes; sink++) {
            if (dependentOffsets[sink] != dependentOffsets[sink + 1]) {
                continue;
            }
            int depth = 0;
            stack[depth++] = sink;
            while (depth > 0) {
                final int node = stack[depth - 1];
                if (emission.isDone(node)) {
                    depth--;
                } else if (cursor[node] == offsets[node + 1]) {
                    emission.emit(node);
                    depth--;
                } else {
                    final int next = sorted[cursor[node]++];
                    if (!emission.isDone(next)) {
                        stack[depth++] = next;
                    }
                }
            }
        }
        return emission.order;
    }

    private int[] sortedByNeed(final int[] topological) {
        final int[] sorted = dependencies.clone();
        final int[] need = new int[nodes];
        for (final int node : topological) {
            final int from = offsets[node];
            final int to = offsets[node + 1];
            sortByNeed(sorted, from, to, need);
            int most = 1;
            for (int i = from; i < to; i++) {
                most = Math.max(most, need[sorted[i]] + i - from);
            }
            need[node] = Math.max(most, to - from + 1);
        }
        return sorted;
    }

    private static void sortByNeed(final int[] sorted, final int from, final int to, final int[] need) {
        boolean inOrder = true;
        for (int i = from + 1; i < to && inOrder; i++) {
            inOrder = need[sorted[i - 1]] >= need[sorted[i]];
        }
        if (inOrder) {
            return;
        }
        final long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) (Integer.MAX_VALUE - need[sorted[from + i]]) << 32 | i;
        }
        Arrays.sort(keys);
        final int[] unsorted = Arrays.copyOfRange(sorted, from, to);
        for (int i = 0; i < keys.length; i++) {
            sorted[from + i] = unsorted[(int) keys[i]];
        }
    }

    private int held(final int[] order) {
        final int[] uses = useCounts();
        int held = 0;
        int most = 0;
        for (final int node : order) {
            most = Math.max(most, ++held);
            for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                if (--uses[dependencies[i]] == 0) {
                    held--;
                }
            }
        }
        return most;
    }

    private int[] inputCounts() {
        final int[] counts = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            counts[node] = offsets[node + 1] - offsets[node];
        }
        return counts;
    }

    private int[] useCounts() {
        final int[] counts = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            counts[node] = dependentOffsets[node + 1] - dependentOffsets[node];
        }
        return counts;
    }

    /** The order as it grows: what was computed, and what is computed with it because that frees a result. */
    private final class Emission {
        private final int[] order = new int[nodes];
        private final boolean[] done = new boolean[nodes];
        private final int[] missing = inputCounts();
        private final int[] uses = useCounts();
        private int size;

        boolean isDone(final int node) {
            return done[node];
        }

        void emit(final int first) {
            int head = size;
            append(first);
            while (head < size) {
                final int node = order[head++];
                for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                    uses[dependencies[i]]--;
                }
                for (int i = dependentOffsets[node]; i < dependentOffsets[node + 1]; i++) {
                    final int dependent = dependents[i];
                    if (--missing[dependent] == 0 && !done[dependent] && freesOne(dependent)) {
                        append(dependent);
                    }
                }
            }
        }

        private boolean freesOne(final int node) {
            for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                if (uses[dependencies[i]] == 1) {
                    return true;
                }
            }
            return false;
        }

        private void append(final int node) {
            done[node] = true;
            order[size++] = node;
        }
    }
}
