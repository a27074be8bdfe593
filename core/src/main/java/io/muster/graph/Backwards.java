package io.muster.graph;

import java.util.Arrays;

/** An order made from its end: always the node is put before all others so far for which the fewest further results have to be held. */
final class Backwards {
    /*
     * What a node costs is the number of its inputs that nothing put so far needs, less one if it is needed itself. Nodes whose
     * dependents are all put stand in stacks by that cost, once for each cost they had: entries with another cost than the node's are
     * stale. A cost only falls, and once for each input that becomes needed, so that all of it is linear in the edges.
     */
    private static final int NONE = -1;

    private final Dag dag;
    private final int[] order;
    private final boolean[] needed;
    private final boolean[] put;
    private final int[] fresh;
    private final int[] unput;
    private final int[] top;
    private int[] nodeOf;
    private int[] below;
    private int entries;
    private int lowest;
    private int place;

    Backwards(final Dag dag) {
        this.dag = dag;
        order = new int[dag.nodes];
        needed = new boolean[dag.nodes];
        put = new boolean[dag.nodes];
        fresh = dag.inputCounts();
        unput = dag.useCounts();
        top = new int[Arrays.stream(fresh).max().orElse(0) + 2];
        Arrays.fill(top, NONE);
        nodeOf = new int[dag.nodes + 1];
        below = new int[dag.nodes + 1];
        place = dag.nodes;
    }

    int[] order() {
        lowest = top.length - 1;
        for (int node = dag.nodes - 1; node >= 0; node--) {
            if (dag.isSink(node)) {
                push(node);
            }
        }
        while (place > 0) {
            final int node = pop();
            if (!put[node]) {
                put(node);
            }
        }
        return order;
    }

    private void put(final int node) {
        put[node] = true;
        order[--place] = node;
        for (int i = dag.offsets[node]; i < dag.offsets[node + 1]; i++) {
            if (!needed[dag.dependencies[i]]) {
                needs(dag.dependencies[i]);
            }
        }
        for (int i = dag.offsets[node]; i < dag.offsets[node + 1]; i++) {
            if (--unput[dag.dependencies[i]] == 0) {
                push(dag.dependencies[i]);
            }
        }
    }

    private void needs(final int input) {
        needed[input] = true;
        for (int i = dag.dependentOffsets[input]; i < dag.dependentOffsets[input + 1]; i++) {
            final int dependent = dag.dependents[i];
            fresh[dependent]--;
            if (!put[dependent] && unput[dependent] == 0) {
                push(dependent);
            }
        }
    }

    private int cost(final int node) {
        return fresh[node] + (needed[node] ? 0 : 1);
    }

    private void push(final int node) {
        if (entries == nodeOf.length) {
            nodeOf = Arrays.copyOf(nodeOf, entries * 2);
            below = Arrays.copyOf(below, entries * 2);
        }
        final int cost = cost(node);
        nodeOf[entries] = node;
        below[entries] = top[cost];
        top[cost] = entries++;
        lowest = Math.min(lowest, cost);
    }

    private int pop() {
        while (true) {
            while (top[lowest] == NONE) {
                lowest++;
            }
            final int entry = top[lowest];
            top[lowest] = below[entry];
            if (put[nodeOf[entry]] || cost(nodeOf[entry]) == lowest) {
                return nodeOf[entry];
            }
        }
    }
}
