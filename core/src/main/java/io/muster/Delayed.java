package io.muster;

import io.muster.graph.Call.Shape;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link Graph}: work that is described and not yet submitted. {@link Client#compute(Delayed)} submits it
 * with all that it needs.
 *
 * @param <R> the result
 */
public final class Delayed<R> {
    private final Graph graph;
    private final int index;
    private final @Nullable String name;
    private final Shape shape;
    private final Object function;
    private final @Nullable Object argument;
    private final List<?> inputs;
    private long expectedUs;

    /** {@code inputs} holds nodes, or names of nodes. */
    Delayed(
            final Graph graph,
            final int index,
            final @Nullable String name,
            final Shape shape,
            final Object function,
            final @Nullable Object argument,
            final List<?> inputs) {
        this.graph = graph;
        this.index = index;
        this.name = name;
        this.shape = shape;
        this.function = function;
        this.argument = argument;
        this.inputs = inputs;
    }

    /**
     * Describes the application of a function to this node's result.
     *
     * @param next the function
     * @param <S> the function's result
     * @return the new node
     */
    public <S> Delayed<S> then(final Fn<? super R, ? extends S> next) {
        return graph.then(this, next);
    }

    /**
     * Tells how long the node is expected to run: see {@link TaskOptions#expected}.
     *
     * @param duration more than 0
     * @return this
     */
    public Delayed<R> expected(final Duration duration) {
        expectedUs = TaskOptions.checkExpected(duration);
        return this;
    }

    /**
     * The node's name.
     *
     * @return as given, or null
     */
    public @Nullable String name() {
        return name;
    }

    /** In microseconds; 0 for unknown. */
    long expectedUs() {
        return expectedUs;
    }

    Graph graph() {
        return graph;
    }

    int index() {
        return index;
    }

    Shape shape() {
        return shape;
    }

    Object function() {
        return function;
    }

    @Nullable
    Object argument() {
        return argument;
    }

    int inputCount() {
        return inputs.size();
    }

    Delayed<?> input(final int i) {
        final Object input = inputs.get(i);
        return input instanceof String inputName ? graph.needed(inputName, this) : (Delayed<?>) input;
    }

    List<?> inputs() {
        return inputs;
    }

    /** What to call this node in a message. */
    String label() {
        return name == null ? FunctionNames.of(function) + "#" + index : name;
    }

    @Override
    public String toString() {
        return "Delayed(" + label() + ", inputs=" + inputs.size() + ")";
    }
}
