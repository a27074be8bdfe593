package io.muster;

import io.muster.coordination.CoordinationScope;

/**
 * What tasks and clients coordinate themselves with: locks, queues and their like, known by name to all of a cluster. A {@link Client}
 * is one; inside of a task {@link #current()} is.
 *
 * <p>All of it lives in the scheduler's memory. What a client holds, waits for or subscribed to is its session's: it is given up when the
 * client is closed or gone, and does not come back with a new session. What a task holds is its run's: it is given up when the task ends
 * in whatever way, is cancelled, or its worker is gone. A task that waits keeps its thread.
 *
 * <p>Names have up to 256 characters, in one line, and are separate for each kind; but a lock is a semaphore with one permit. Values are
 * serialized everywhere, so each reader has a copy, and may take up to 1 MiB. Methods that ask the scheduler throw {@link MusterException}
 * when a limit is not kept, when the session or the run is over, or when the thread is interrupted, whose flag is then set; and
 * {@link WaitTimeoutException} when the scheduler does not answer. Everything is safe for use by several threads.
 */
public interface Coordinator {
    /**
     * The coordinator of the task that this thread runs, or else the {@link Client#current() current client}.
     *
     * @return a coordinator; what a task gets by it is given up when the task ends
     * @throws MusterException if this thread runs no task and this JVM has no current client
     */
    static Coordinator current() {
        final CoordinationScope scope = CoordinationScope.current();
        return scope == null ? Client.current() : over(scope);
    }

    /**
     * A coordinator for a client's session or a run; for those who write workers, not for users.
     *
     * @param scope on whose behalf
     * @return the coordinator
     */
    static Coordinator over(final CoordinationScope scope) {
        return new ScopedCoordinator(scope);
    }

    /**
     * A lock.
     *
     * @param name its name
     * @return the lock; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long
     */
    DistributedLock lock(String name);

    /**
     * A number of permits.
     *
     * @param name its name
     * @param permits how many there are, at least 1; the same for all who use it at a time
     * @return the semaphore; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long, or permits are below 1
     */
    DistributedSemaphore semaphore(String name, int permits);

    /**
     * A flag that can be waited for.
     *
     * @param name its name
     * @return the event; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long
     */
    DistributedEvent event(String name);

    /**
     * A bounded queue of values.
     *
     * @param name its name
     * @param capacity how many values it has room for, at least 1; the same for all who use it at a time
     * @param <T> a value
     * @return the queue; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long, or the capacity is below 1
     */
    <T> DistributedQueue<T> queue(String name, int capacity);

    /**
     * A value that can be set and read.
     *
     * @param name its name
     * @param <T> the value
     * @return the variable; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long
     */
    <T> DistributedVariable<T> variable(String name);

    /**
     * A topic that values are published to.
     *
     * @param name its name
     * @param <T> a value
     * @return the topic; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long
     */
    <T> DistributedTopic<T> topic(String name);

    /**
     * A number.
     *
     * @param name its name
     * @return the counter; nothing is asked of the scheduler yet
     * @throws MusterException if the name is blank or too long
     */
    DistributedCounter counter(String name);
}
