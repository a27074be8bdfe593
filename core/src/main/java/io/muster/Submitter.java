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
     * Applies a function to each number from 0 up to a count, so many of them in one task that a call costs the cluster next to nothing:
     * for calls that are much shorter than a millisecond. There are some 64 tasks or more, of up to 1,024 calls each.
     *
     * @param count how many calls
     * @param function the function
     * @param <R> a result
     * @return the results to come, by number
     * @throws IllegalArgumentException if the count is below 0
     */
    <R> TaskArray<R> array(int count, Fn<? super Integer, ? extends R> function);

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
     * Makes an object with state on a worker, which stays there to be called. Of the options its task's ones apply to the constructor, and
     * what resources it asks for it keeps as long as it is there. Returns at once; of workers that would do it is made on one with few.
     *
     * @param constructor makes the object; what it returns need not be serializable
     * @param <S> the object
     * @return for calling it, and for letting it go
     * @throws IllegalArgumentException if copies of it are asked for
     */
    <S> Actor<S> actor(Task<? extends S> constructor);

    /**
     * Submits what a node of a {@link Graph} needs, in one go and in an order that frees memory early. The options apply to all nodes, but
     * for the key: a named node's name is its key.
     *
     * @param node the node
     * @param <R> its result
     * @return a future of its result
     * @throws MusterException if the graph has a cycle or names a node that is not there
     * @throws IllegalArgumentException if the options have a key
     */
    <R> TaskFuture<R> compute(Delayed<? extends R> node);

    /**
     * Submits what nodes of one {@link Graph} need, in one go and in an order that frees memory early; what several need is computed
     * once. The options apply to all nodes, but for the key: a named node's name is its key. Copies are made of the results of the nodes
     * given here only.
     *
     * @param nodes the nodes
     * @param <R> their result
     * @return futures of their results, in order
     * @throws MusterException if the graph has a cycle or names a node that is not there
     * @throws IllegalArgumentException if the options have a key
     */
    <R> List<TaskFuture<R>> compute(Collection<? extends Delayed<? extends R>> nodes);

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
