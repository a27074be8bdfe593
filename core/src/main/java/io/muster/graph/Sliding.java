package io.muster.graph;

import java.util.Arrays;

/** Moves single nodes of an order to where they hold less: as late as those that need them allow, or as early as what they need does. */
final class Sliding {
    private final Dag dag;

    /** Where a node goes: at the place of the node with that position, before those that were behind it. */
    private final int[] key;

    /** The last position that needs a node, and the one before; -1: there is none. */
    private final int[] last;

    private final int[] lastButOne;

    Sliding(final Dag dag) {
        this.dag = dag;
        key = new int[dag.nodes];
        last = new int[dag.nodes];
        lastButOne = new int[dag.nodes];
    }

    /** Moves nodes later where that frees them sooner than it keeps what they need. */
    int[] later(final int[] order) {
        look(order);
        for (int i = order.length - 1; i >= 0; i--) {
            final int node = order[i];
            if (dag.isSink(node)) {
                continue;
            }
            int to = Integer.MAX_VALUE;
            for (int j = dag.dependentOffsets[node]; j < dag.dependentOffsets[node + 1]; j++) {
                to = Math.min(to, key[dag.dependents[j]]);
            }
            long cost = 0;
            for (int j = dag.offsets[node]; j < dag.offsets[node + 1]; j++) {
                final int input = dag.dependencies[j];
                cost += Math.max(0, to - (last[input] == i ? Math.max(i, lastButOne[input]) : last[input]));
            }
            if (cost < to - i) {
                key[node] = to;
            }
        }
        return sorted(order);
    }

    /** Moves nodes earlier where that frees what they need sooner than it keeps them. */
    int[] earlier(final int[] order) {
        look(order);
        for (int i = 0; i < order.length; i++) {
            final int node = order[i];
            int to = -1;
            for (int j = dag.offsets[node]; j < dag.offsets[node + 1]; j++) {
                to = Math.max(to, key[dag.dependencies[j]]);
            }
            if (to < 0) {
                continue;
            }
            long gain = 0;
            for (int j = dag.offsets[node]; j < dag.offsets[node + 1]; j++) {
                final int input = dag.dependencies[j];
                if (last[input] == i) {
                    gain += i - Math.max(to, lastButOne[input]);
                }
            }
            if (gain > (dag.isSink(node) ? 0 : i - to)) {
                key[node] = to;
            }
        }
        return sorted(order);
    }

    private void look(final int[] order) {
        Arrays.fill(last, -1);
        Arrays.fill(lastButOne, -1);
        for (int i = 0; i < order.length; i++) {
            final int node = order[i];
            key[node] = i;
            for (int j = dag.offsets[node]; j < dag.offsets[node + 1]; j++) {
                final int input = dag.dependencies[j];
                if (last[input] != i) {
                    lastButOne[input] = last[input];
                    last[input] = i;
                }
            }
        }
    }

    private int[] sorted(final int[] order) {
        final int[] at = new int[order.length + 1];
        for (final int node : order) {
            at[key[node] + 1]++;
        }
        for (int i = 1; i < at.length; i++) {
            at[i] += at[i - 1];
        }
        final int[] sorted = new int[order.length];
        for (final int node : order) {
            sorted[at[key[node]]++] = node;
        }
        return sorted;
    }
}
