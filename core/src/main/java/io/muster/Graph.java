package io.muster;

import io.muster.graph.Call.Shape;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Work described as a whole before any of it is submitted. Nodes may be named, and refer to others by names that are
 * declared earlier or later. A graph is built by one thread at a time; it can be computed, in whole or part, as often
 * as one likes.
 *
 * <pre>{@code
 * Graph graph = new Graph();
 * List<Delayed<Integer>> squares = graph.map(x -> x * x, List.of(1, 2, 3));
 * Delayed<Integer> sum = graph.combineAll(squares, xs -> xs.stream().mapToInt(x -> x).sum());
 * int result = client.compute(sum).join();
 * }</pre>
 */
public final class Graph {
    private final List<Delayed<?>> nodes = new ArrayList<>();
    private final Map<String, Delayed<?>> byName = new HashMap<>();

    /** Makes an empty graph. */
    public Graph() {}

    /**
     * Describes a task.
     *
     * @param task the task
     * @param <R> its result
     * @return the new node
     */
    public <R> Delayed<R> task(final Task<? extends R> task) {
        return add(null, Shape.TASK, task, null, List.of());
    }

    /**
     * Describes a named task.
     *
     * @param name its name
     * @param task the task
     * @param <R> its result
     * @return the new node, or the one that was declared just so before
     * @throws MusterException if another node has that name
     */
    public <R> Delayed<R> task(final String name, final Task<? extends R> task) {
        return add(name, Shape.TASK, task, null, List.of());
    }

    /**
     * Describes the application of a function to each of many values.
     *
     * @param function the function
     * @param arguments the values
     * @param <A> a value
     * @param <R> a result
     * @return the new nodes, in the order of the values
     */
    public <A, R> List<Delayed<R>> map(
            final Fn<? super A, ? extends R> function, final Collection<? extends A> arguments) {
        final List<Delayed<R>> mapped = new ArrayList<>(arguments.size());
        for (final A argument : arguments) {
            mapped.add(add(null, Shape.VALUE, function, argument, List.of()));
        }
        return mapped;
    }

    /**
     * Describes the application of a function to a node's result.
     *
     * @param input the node
     * @param function the function
     * @param <A> the node's result
     * @param <R> the result
     * @return the new node
     */
    public <A, R> Delayed<R> then(final Delayed<? extends A> input, final Fn<? super A, ? extends R> function) {
        return add(null, Shape.INPUT, function, null, List.of(input));
    }

    /**
     * Describes, under a name, the application of a function to a named node's result.
     *
     * @param name the new node's name
     * @param input the name of the other one, declared earlier or later
     * @param function the function
     * @param <A> the other node's result
     * @param <R> the result
     * @return the new node, or the one that was declared just so before
     * @throws MusterException if another node has that name
     */
    public <A, R> Delayed<R> then(final String name, final String input, final Fn<? super A, ? extends R> function) {
        return add(name, Shape.INPUT, function, null, List.of(input));
    }

    /**
     * Describes the application of a function to the results of two nodes.
     *
     * @param first the first node
     * @param second the second node
     * @param function the function
     * @param <A> the first's result
     * @param <B> the second's result
     * @param <R> the result
     * @return the new node
     */
    public <A, B, R> Delayed<R> combine(
            final Delayed<? extends A> first,
            final Delayed<? extends B> second,
            final BiFn<? super A, ? super B, ? extends R> function) {
        return add(null, Shape.TWO_INPUTS, function, null, List.of(first, second));
    }

    /**
     * Describes, under a name, the application of a function to the results of two named nodes.
     *
     * @param name the new node's name
     * @param first the name of the first node, declared earlier or later
     * @param second the name of the second node, declared earlier or later
     * @param function the function
     * @param <A> the first's result
     * @param <B> the second's result
     * @param <R> the result
     * @return the new node, or the one that was declared just so before
     * @throws MusterException if another node has that name
     */
    public <A, B, R> Delayed<R> combine(
            final String name,
            final String first,
            final String second,
            final BiFn<? super A, ? super B, ? extends R> function) {
        return add(name, Shape.TWO_INPUTS, function, null, List.of(first, second));
    }

    /**
     * Describes the application of a function to the list of the results of many nodes.
     *
     * @param inputs the nodes
     * @param function the function
     * @param <A> a result of the nodes
     * @param <R> the result
     * @return the new node
     */
    public <A, R> Delayed<R> combineAll(
            final Collection<? extends Delayed<? extends A>> inputs, final Fn<? super List<A>, ? extends R> function) {
        return add(null, Shape.INPUT_LIST, function, null, List.copyOf(inputs));
    }

    /**
     * Describes, under a name, the application of a function to the list of the results of many named nodes.
     *
     * @param name the new node's name
     * @param inputs the names of the nodes, declared earlier or later
     * @param function the function
     * @param <A> a result of the nodes
     * @param <R> the result
     * @return the new node, or the one that was declared just so before
     * @throws MusterException if another node has that name
     */
    public <A, R> Delayed<R> combineAll(
            final String name, final Collection<String> inputs, final Fn<? super List<A>, ? extends R> function) {
        return add(name, Shape.INPUT_LIST, function, null, List.copyOf(inputs));
    }

    /**
     * The node of a name.
     *
     * @param name the name
     * @param <R> the type the caller knows its result to have
     * @return the node
     * @throws MusterException if no node has that name
     */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <R> Delayed<R> node(final String name) {
        final Delayed<?> node = byName.get(name);
        if (node == null) {
            throw new MusterException("name=" + name + " is not in the graph" + suggestion(name));
        }
        return Unchecked.cast(node);
    }

    /**
     * How many nodes there are.
     *
     * @return the number
     */
    public int size() {
        return nodes.size();
    }

    @Override
    public String toString() {
        return "Graph(nodes=" + nodes.size() + ", named=" + byName.size() + ")";
    }

    Delayed<?> at(final int index) {
        return nodes.get(index);
    }

    Delayed<?> needed(final String name, final Delayed<?> by) {
        final Delayed<?> node = byName.get(name);
        if (node == null) {
            throw new MusterException(
                    "input=" + name + " of node=" + by.label() + " is not in the graph" + suggestion(name));
        }
        return node;
    }

    private <R> Delayed<R> add(
            final @Nullable String name,
            final Shape shape,
            final Object function,
            final @Nullable Object argument,
            final List<?> inputs) {
        Objects.requireNonNull(function, "function");
        for (final Object input : inputs) {
            if (input instanceof Delayed<?> node && node.graph() != this) {
                throw new IllegalArgumentException("input=" + node.label() + " must be a node of this graph");
            }
        }
        if (name != null) {
            TaskOptions.checkKey(name);
            final Delayed<?> same = byName.get(name);
            if (same != null) {
                checkSame(same, shape, function, inputs);
                return Unchecked.cast(same);
            }
        }
        final Delayed<R> node = new Delayed<>(this, nodes.size(), name, shape, function, argument, inputs);
        nodes.add(node);
        if (name != null) {
            byName.put(name, node);
        }
        return node;
    }

    private static void checkSame(
            final Delayed<?> known, final Shape shape, final Object function, final List<?> inputs) {
        final boolean sameFunction = known.shape() == shape
                && (known.function() == function
                        || known.function().getClass() == function.getClass()
                                && FunctionEntry.isStateless(function.getClass()));
        if (!sameFunction || !known.inputs().equals(inputs)) {
            throw new MusterException("name=" + known.name() + " is declared already with "
                    + (sameFunction ? "other inputs " + known.inputs() : "another function")
                    + ": choose another name");
        }
    }

    private String suggestion(final String name) {
        final String nearest = Similar.nearest(name, byName.keySet());
        return nearest == null
                ? ", which has no named nodes: declare it"
                : ": declare it, or did you mean " + nearest + "?";
    }
}
