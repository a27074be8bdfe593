package io.muster.graph;

import java.util.Arrays;

/** An order that computes what a target needs before it turns to the next. */
final class DepthFirst {
    private static final int NONE = -1;

    /** How many nodes that have some of their inputs are compared where the next target is chosen. */
    private static final int SAMPLE = 64;

    /** How many nodes of a chain are looked at. */
    private static final int LOOK_AHEAD = 8;

    private final Dag dag;
    private final int[] inputs;
    private final boolean isEager;
    private final int[] order;
    private final boolean[] done;
    private final int[] missing;
    private final int[] uses;
    private final int[] cursor;
    private final int[] stack;
    private final int[] started;
    private int startedCount;
    private int size;

    /**
     * Begins an order.
     *
     * @param dag the graph
     * @param inputs its dependencies, those of each node in the order in which they are computed
     * @param isEager whether the next target is one for which something was computed already, and whether a node is also computed at
     *     once where it begins a chain that holds no more in the end
     */
    DepthFirst(final Dag dag, final int[] inputs, final boolean isEager) {
        this.dag = dag;
        this.inputs = inputs;
        this.isEager = isEager;
        order = new int[dag.nodes];
        done = new boolean[dag.nodes];
        missing = dag.inputCounts();
        uses = dag.useCounts();
        cursor = Arrays.copyOf(dag.offsets, dag.nodes);
        stack = new int[dag.nodes];
        started = isEager ? new int[dag.dependencies.length] : new int[0];
    }

    /** All nodes, with the sinks as targets, in this order where nothing else decides. */
    int[] order(final int[] sinks) {
        for (final int sink : sinks) {
            int target = done[sink] ? NONE : sink;
            while (target != NONE) {
                visit(target);
                target = isEager ? sinkOf(nextStarted()) : NONE;
            }
        }
        return order;
    }

    private void visit(final int target) {
        int depth = 0;
        stack[depth++] = target;
        while (depth > 0) {
            final int node = stack[depth - 1];
            if (done[node]) {
                depth--;
            } else if (cursor[node] == dag.offsets[node + 1]) {
                emit(node);
                depth--;
            } else {
                final int next = inputs[cursor[node]++];
                if (!done[next]) {
                    stack[depth++] = next;
                }
            }
        }
    }

    /** Appends a node, and all that then holds no more than waiting would. */
    private void emit(final int first) {
        int head = size;
        append(first);
        while (head < size) {
            final int node = order[head++];
            for (int i = dag.offsets[node]; i < dag.offsets[node + 1]; i++) {
                final int input = dag.dependencies[i];
                if (--uses[input] == 1 && isEager) {
                    appendLastUser(input);
                }
            }
            for (int i = dag.dependentOffsets[node]; i < dag.dependentOffsets[node + 1]; i++) {
                final int dependent = dag.dependents[i];
                if (--missing[dependent] > 0) {
                    if (isEager) {
                        started[startedCount++] = dependent;
                    }
                } else if (!done[dependent] && (holdsNoMore(dependent) || isEager && pays(dependent))) {
                    append(dependent);
                }
            }
        }
    }

    private void appendLastUser(final int input) {
        for (int i = dag.dependentOffsets[input]; i < dag.dependentOffsets[input + 1]; i++) {
            final int user = dag.dependents[i];
            if (!done[user] && missing[user] == 0) {
                append(user);
            }
        }
    }

    private boolean holdsNoMore(final int node) {
        return dag.isSink(node) || freed(node) > 0;
    }

    /** Whether a node begins a chain that can be computed at once and in the end holds no more than before. */
    private boolean pays(final int first) {
        int node = first;
        int held = 1;
        for (int i = 0; i < LOOK_AHEAD && held > 0; i++) {
            final int at = dag.dependentOffsets[node];
            if (dag.dependentOffsets[node + 1] - at != 1 || missing[dag.dependents[at]] != 1) {
                return false;
            }
            node = dag.dependents[at];
            held += (dag.isSink(node) ? 0 : 1) - freed(node);
        }
        return held <= 0;
    }

    private int freed(final int node) {
        int freed = 0;
        for (int i = dag.offsets[node]; i < dag.offsets[node + 1]; i++) {
            freed += uses[dag.dependencies[i]] == 1 ? 1 : 0;
        }
        return freed;
    }

    private void append(final int node) {
        done[node] = true;
        order[size++] = node;
    }

    /** Of the nodes that have some of their inputs, one that lacks fewest. */
    private int nextStarted() {
        int best = NONE;
        int looked = 0;
        for (int i = startedCount - 1; i >= 0 && looked < SAMPLE; i--) {
            final int node = started[i];
            if (done[node]) {
                started[i] = started[--startedCount];
            } else {
                looked++;
                best = best == NONE || missing[node] <= missing[best] ? node : best;
            }
        }
        return best;
    }

    private int sinkOf(final int from) {
        int node = from;
        while (node != NONE && !dag.isSink(node)) {
            int best = dag.dependents[dag.dependentOffsets[node]];
            for (int i = dag.dependentOffsets[node]; i < dag.dependentOffsets[node + 1]; i++) {
                best = missing[dag.dependents[i]] < missing[best] ? dag.dependents[i] : best;
            }
            node = best;
        }
        return node;
    }
}
