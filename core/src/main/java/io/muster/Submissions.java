package io.muster;

import io.muster.graph.Call.Shape;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Submits to a session with certain options. */
final class Submissions implements Submitter {
    private final Session session;
    private final TaskOptions options;

    Submissions(final Session session, final TaskOptions options) {
        this.session = session;
        this.options = options;
    }

    @Override
    public <R> TaskFuture<R> submit(final Task<? extends R> task) {
        return session.submit(Shape.TASK, Objects.requireNonNull(task, "task"), null, List.of(), options);
    }

    @Override
    public <A, R> TaskFuture<R> then(final TaskFuture<? extends A> input, final Fn<? super A, ? extends R> function) {
        return session.submit(Shape.INPUT, Objects.requireNonNull(function, "function"), null, List.of(input), options);
    }

    @Override
    public <A, R> List<TaskFuture<R>> map(
            final Fn<? super A, ? extends R> function, final Collection<? extends A> arguments) {
        return session.submitAll(Objects.requireNonNull(function, "function"), arguments, options);
    }

    @Override
    public <R> TaskArray<R> array(final int count, final Fn<? super Integer, ? extends R> function) {
        return ArrayChunk.submit(session, count, Objects.requireNonNull(function, "function"), options);
    }

    @Override
    public <A, B, R> TaskFuture<R> combine(
            final TaskFuture<? extends A> first,
            final TaskFuture<? extends B> second,
            final BiFn<? super A, ? super B, ? extends R> function) {
        return session.submit(
                Shape.TWO_INPUTS, Objects.requireNonNull(function, "function"), null, List.of(first, second), options);
    }

    @Override
    public <A, R> TaskFuture<R> combineAll(
            final Collection<? extends TaskFuture<? extends A>> inputs,
            final Fn<? super List<A>, ? extends R> function) {
        return session.submit(
                Shape.INPUT_LIST, Objects.requireNonNull(function, "function"), null, List.copyOf(inputs), options);
    }

    @Override
    public <S> Actor<S> actor(final Task<? extends S> constructor) {
        if (options.replicas() > 1) {
            throw new IllegalArgumentException("replicas=" + options.replicas() + " must be 1: an actor is not copied");
        }
        return new Actor<>(session.submitActor(Objects.requireNonNull(constructor, "constructor"), options));
    }

    @Override
    public <R> TaskFuture<R> compute(final Delayed<? extends R> node) {
        return Unchecked.cast(compute(List.of(node)).get(0));
    }

    @Override
    public <R> List<TaskFuture<R>> compute(final Collection<? extends Delayed<? extends R>> nodes) {
        if (options.key() != null) {
            throw new IllegalArgumentException(
                    "key=" + options.key() + " must not be set for a graph: name its nodes instead");
        }
        return Unchecked.cast(session.submitGraph(GraphPlan.of(nodes), options));
    }

    @Override
    public <R> TaskFuture<R> scatter(final @Nullable R value) {
        return session.scatter(value, options);
    }

    @Override
    public String toString() {
        return "Submitter(client=" + session.clientNumber() + ", " + options + ")";
    }
}
