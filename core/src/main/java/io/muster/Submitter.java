package io.muster;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What takes tasks: a {@link Client}, or a view of one that {@link Client#with} makes, with options for the tasks given
 * to it.
 *
 * <p>Functions and arguments are serialized before a method returns, in a cluster of other processes; later changes to
 * them have no effect there. What can't be serialized is refused with
 * {@link io.muster.serialize.UnserializableException}, which names the culprit.
 */
public interface Submitter {
    /**
     * Gives a task to the cluster.
     *
     * @param task the task
     * @param <R> the result
     * @return a future of its result
     */
    <R> TaskFuture<R> submit(Task<? extends R> task);

    /**
     * Gives a task to the cluster that applies a function to another task's result, on a worker.
     *
     * @param input the other task
     * @param function the function
     * @param <A> the other task's result
     * @param <R> the result
     * @return a future of the result
     */
    <A, R> TaskFuture<R> then(TaskFuture<? extends A> input, Fn<? super A, ? extends R> function);

    /**
     * Applies a function to each of many values, one task each.
     *
     * @param function the function
     * @param arguments the values, sent along with the tasks
     * @param <A> a value
     * @param <R> a result
     * @return futures of the results, in the order of the values
     */
    <A, R> List<TaskFuture<R>> map(Fn<? super A, ? extends R> function, Collection<? extends A> arguments);

    /**
     * Gives a task to the cluster that applies a function to the results of two others, on a worker.
     *
     * @param first the first
     * @param second the second
     * @param function the function
     * @param <A> the first's result
     * @param <B> the second's result
     * @param <R> the result
     * @return a future of the result
     */
    <A, B, R> TaskFuture<R> combine(
            TaskFuture<? extends A> first,
            TaskFuture<? extends B> second,
            BiFn<? super A, ? super B, ? extends R> function);

    /**
     * Gives a task to the cluster that applies a function to the list of the results of others, on a worker.
     *
     * @param inputs the others
     * @param function the function
     * @param <A> a result of the others
     * @param <R> the result
     * @return a future of the result
     */
    <A, R> TaskFuture<R> combineAll(
            Collection<? extends TaskFuture<? extends A>> inputs, Fn<? super List<A>, ? extends R> function);

    /**
     * Puts a value on a worker, for tasks to use as input. It is on its way when this returns: do not change it until
     * the future is done. It is lost if its last holder is, since no task can compute it again.
     *
     * @param value the value
     * @param <R> the value
     * @return a future of the value
     */
    <R> TaskFuture<R> scatter(@Nullable R value);
}
