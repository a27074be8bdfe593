package io.muster;

import io.muster.graph.StaticOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/** The part of a graph that certain nodes need, numbered densely, and the order in which to submit it. */
final class GraphPlan {
    private final Delayed<?>[] nodes;
    private final int[] offsets;
    private final int[] dependencies;
    private final int[] order;
    private final boolean[] wanted;
    private final int[] picks;

    private GraphPlan(
            final Delayed<?>[] nodes,
            final int[] offsets,
            final int[] dependencies,
            final boolean[] wanted,
            final int[] picks) {
        this.nodes = nodes;
        this.offsets = offsets;
        this.dependencies = dependencies;
        this.wanted = wanted;
        this.picks = picks;
        final int[] cycle = StaticOrder.findCycle(offsets, dependencies);
        if (cycle.length > 0) {
            throw new MusterException("the graph has a cycle: " + path(cycle) + ": let one of them not need the next");
        }
        order = Arrays.stream(nodes).anyMatch(node -> node.expectedUs() > 0)
                ? StaticOrder.longestWayFirst(
                        offsets,
                        dependencies,
                        Arrays.stream(nodes).mapToLong(Delayed::expectedUs).toArray())
                : StaticOrder.order(offsets, dependencies);
    }

    static GraphPlan of(final Collection<? extends Delayed<?>> asked) {
        if (asked.isEmpty()) {
            return new GraphPlan(new Delayed<?>[0], new int[1], new int[0], new boolean[0], new int[0]);
        }
        final Graph graph = asked.iterator().next().graph();
        for (final Delayed<?> node : asked) {
            if (node.graph() != graph) {
                throw new IllegalArgumentException("node=" + node.label() + " must be of the same graph as the others");
            }
        }
        final int[] numbers = number(graph, asked);
        final int[] offsets = offsets(graph, numbers);
        final Delayed<?>[] nodes = new Delayed<?>[offsets.length - 1];
        final int[] dependencies = new int[offsets[nodes.length]];
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] >= 0) {
                final Delayed<?> node = graph.at(i);
                nodes[numbers[i]] = node;
                for (int j = 0; j < node.inputCount(); j++) {
                    dependencies[offsets[numbers[i]] + j] =
                            numbers[node.input(j).index()];
                }
            }
        }
        final int[] picks =
                asked.stream().mapToInt(node -> numbers[node.index()]).toArray();
        final boolean[] wanted = new boolean[nodes.length];
        for (final int pick : picks) {
            wanted[pick] = true;
        }
        return new GraphPlan(nodes, offsets, dependencies, wanted, picks);
    }

    int[] order() {
        return order;
    }

    boolean isWanted(final int node) {
        return wanted[node];
    }

    /** The task numbers of a node's inputs. */
    int[] dependencies(final int node, final int[] taskIds) {
        final int[] inputs = Arrays.copyOfRange(dependencies, offsets[node], offsets[node + 1]);
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = taskIds[inputs[i]];
        }
        return inputs;
    }

    /** A named node's name is its key; what it is expected to take goes before what all are. */
    TaskOptions options(final int node, final TaskOptions options) {
        final String name = nodes[node].name();
        final long expectedUs = nodes[node].expectedUs();
        final TaskOptions named = name == null ? options : options.key(name);
        return expectedUs == 0 ? named : named.expectedUs(expectedUs);
    }

    Functions.Prepared[] prepare(final Functions functions) {
        final Functions.Prepared[] prepared = new Functions.Prepared[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            prepared[i] = functions.prepare(nodes[i].shape(), nodes[i].function(), nodes[i].argument());
        }
        return prepared;
    }

    List<TaskFuture<?>> pick(final TaskFuture<?>[] futures) {
        final List<TaskFuture<?>> picked = new ArrayList<>(picks.length);
        for (final int pick : picks) {
            picked.add(futures[pick]);
        }
        return picked;
    }

    /** For each node of the graph its number here, in the order of declaration; -1 for one that is not needed. */
    private static int[] number(final Graph graph, final Collection<? extends Delayed<?>> asked) {
        final int[] numbers = new int[graph.size()];
        Arrays.fill(numbers, -1);
        final int[] stack = new int[graph.size()];
        int depth = 0;
        for (final Delayed<?> node : asked) {
            depth = push(node, numbers, stack, depth);
        }
        while (depth > 0) {
            final Delayed<?> node = graph.at(stack[--depth]);
            for (int i = 0; i < node.inputCount(); i++) {
                depth = push(node.input(i), numbers, stack, depth);
            }
        }
        int count = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = numbers[i] < 0 ? -1 : count++;
        }
        return numbers;
    }

    private static int push(final Delayed<?> node, final int[] numbers, final int[] stack, final int depth) {
        if (numbers[node.index()] >= 0) {
            return depth;
        }
        numbers[node.index()] = 0;
        stack[depth] = node.index();
        return depth + 1;
    }

    private static int[] offsets(final Graph graph, final int[] numbers) {
        final int count = (int) Arrays.stream(numbers).filter(n -> n >= 0).count();
        final int[] offsets = new int[count + 1];
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] >= 0) {
                offsets[numbers[i] + 1] =
                        Math.addExact(offsets[numbers[i]], graph.at(i).inputCount());
            }
        }
        return offsets;
    }

    private String path(final int[] cycle) {
        final StringBuilder path = new StringBuilder();
        for (final int node : cycle) {
            path.append(nodes[node].label()).append(" → ");
        }
        return path.append(nodes[cycle[0]].label()).toString();
    }
}
