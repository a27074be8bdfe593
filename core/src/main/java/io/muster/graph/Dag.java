package io.muster.graph;

import java.util.Arrays;

/** A graph with its edges in both directions, as arrays. */
final class Dag {
    private static final int MAX_TREE = 1 << 30;

    final int nodes;
    final int[] offsets;
    final int[] dependencies;

    /** Where each node's dependents begin in {@link #dependents}, and the end of the last one's. */
    final int[] dependentOffsets;

    final int[] dependents;

    Dag(final int[] offsets, final int[] dependencies) {
        nodes = offsets.length - 1;
        this.offsets = offsets;
        this.dependencies = dependencies;
        dependentOffsets = new int[nodes + 2];
        for (int i = 0; i < offsets[nodes]; i++) {
            dependentOffsets[dependencies[i] + 2]++;
        }
        for (int i = 2; i <= nodes; i++) {
            dependentOffsets[i] += dependentOffsets[i - 1];
        }
        dependents = new int[offsets[nodes]];
        for (int node = 0; node < nodes; node++) {
            for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                dependents[dependentOffsets[dependencies[i] + 1]++] = node;
            }
        }
    }

    boolean isSink(final int node) {
        return dependentOffsets[node] == dependentOffsets[node + 1];
    }

    int[] inputCounts() {
        return counts(offsets);
    }

    int[] useCounts() {
        return counts(dependentOffsets);
    }

    private int[] counts(final int[] bounds) {
        final int[] counts = new int[nodes];
        for (int node = 0; node < nodes; node++) {
            counts[node] = bounds[node + 1] - bounds[node];
        }
        return counts;
    }

    /** All nodes but those in a cycle or behind one, each as soon as it can be, first come first served. */
    int[] breadthFirst() {
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

    OrderPressure pressure(final int[] order) {
        final int[] uses = useCounts();
        long sum = 0;
        int held = 0;
        int most = 0;
        for (final int node : order) {
            most = Math.max(most, held);
            sum += held;
            for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                if (--uses[dependencies[i]] == 0) {
                    held--;
                }
            }
            held += isSink(node) ? 0 : 1;
        }
        return new OrderPressure(most, nodes == 0 ? 0 : (double) sum / nodes);
    }

    /** The sinks by index. */
    int[] sinks() {
        int count = 0;
        for (int node = 0; node < nodes; node++) {
            count += isSink(node) ? 1 : 0;
        }
        final int[] sinks = new int[count];
        for (int node = nodes - 1; count > 0; node--) {
            if (isSink(node)) {
                sinks[--count] = node;
            }
        }
        return sinks;
    }

    /**
     * The dependencies, those of each node by need, greatest first: how many results are held at once while what a node needs is computed,
     * if no other needs any of it (Sethi and Ullman's number).
     */
    int[] byNeed(final int[] topological) {
        final int[] sorted = dependencies.clone();
        final int[] need = new int[nodes];
        for (final int node : topological) {
            final int from = offsets[node];
            final int to = offsets[node + 1];
            sortDescending(sorted, from, to, need);
            int most = 1;
            for (int i = from; i < to; i++) {
                most = Math.max(most, need[sorted[i]] + i - from);
            }
            need[node] = Math.max(most, to - from + 1);
        }
        return sorted;
    }

    /** How many nodes there would be in what a node needs, and it, if that were a tree. */
    int[] treeSizes(final int[] topological) {
        final int[] sizes = new int[nodes];
        for (final int node : topological) {
            long size = 1;
            for (int i = offsets[node]; i < offsets[node + 1]; i++) {
                size += sizes[dependencies[i]];
            }
            sizes[node] = (int) Math.min(MAX_TREE, size);
        }
        return sizes;
    }

    /** The dependencies, those of each node by a key, greatest first. */
    int[] byKey(final int[] key) {
        final int[] sorted = dependencies.clone();
        for (int node = 0; node < nodes; node++) {
            sortDescending(sorted, offsets[node], offsets[node + 1], key);
        }
        return sorted;
    }

    static void sortDescending(final int[] sorted, final int from, final int to, final int[] key) {
        boolean inOrder = true;
        for (int i = from + 1; i < to && inOrder; i++) {
            inOrder = key[sorted[i - 1]] >= key[sorted[i]];
        }
        if (inOrder) {
            return;
        }
        final long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = ((long) Integer.MAX_VALUE - key[sorted[from + i]]) << 32 | i;
        }
        Arrays.sort(keys);
        final int[] unsorted = Arrays.copyOfRange(sorted, from, to);
        for (int i = 0; i < keys.length; i++) {
            sorted[from + i] = unsorted[(int) keys[i]];
        }
    }
}
