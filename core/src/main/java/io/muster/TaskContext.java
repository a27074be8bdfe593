package io.muster;

import io.muster.worker.RunningTask;
import java.time.Duration;
import java.util.Optional;

/**
 * What a task can know and do about its own run. For the thread that runs the task, while it does.
 *
 * <pre>{@code
 * client.submit(() -> {
 *     TaskContext self = TaskContext.current();
 *     return self.key() + " on " + self.worker();
 * });
 * }</pre>
 */
public final class TaskContext {
    private final RunningTask task;

    private TaskContext(final RunningTask task) {
        this.task = task;
    }

    /**
     * The context of the task that the calling thread runs.
     *
     * @return the context
     * @throws MusterException if the thread runs no task
     */
    public static TaskContext current() {
        final RunningTask running = RunningTask.current();
        if (running == null) {
            throw new MusterException("thread=" + Thread.currentThread().getName()
                    + " runs no task: call this in a task, on the thread that runs it");
        }
        return new TaskContext(running);
    }

    /**
     * The task's key.
     *
     * @return as {@link TaskFuture#key()}
     */
    public String key() {
        return task.key();
    }

    /**
     * The worker that runs it.
     *
     * @return its name
     */
    public String worker() {
        return task.worker();
    }

    /**
     * Which attempt it is; also runs that were lost with their workers count.
     *
     * @return 1 for the first
     */
    public int attempt() {
        return task.attempt();
    }

    /**
     * The number of this run; no other run of this or another task has it while the scheduler lives.
     *
     * @return the number
     */
    public long runId() {
        return task.runId();
    }

    /**
     * How much is left of the task's {@link TaskOptions#timeout}.
     *
     * @return the time, never negative; empty without a limit
     */
    public Optional<Duration> remaining() {
        return Optional.ofNullable(task.remaining()).map(left -> left.isNegative() ? Duration.ZERO : left);
    }

    /**
     * Gives this thread's slot on the worker to other tasks until {@link #rejoin} or the end of the task: for one that waits for
     * something for long. Waiting for a {@link TaskFuture} does it by itself. Resources stay with the task. Does nothing when it was done
     * already.
     *
     * @throws MusterException if as many tasks of the worker wait as {@code worker.max-blocked-threads} allows
     */
    public void secede() {
        task.secede();
    }

    /**
     * Waits until the worker has a slot for this thread again. Returns at once if it has one, and, without one, if the task is to end, as it
     * was cancelled or its time is over.
     *
     * @throws InterruptedException if interrupted meanwhile; the task goes on without a slot
     * @throws MusterException if the task is over
     */
    public void rejoin() throws InterruptedException {
        task.rejoin();
    }

    /**
     * Has a line appear on the console of the client that submitted the task; if another task did, on those of all clients. Also an event of
     * the topic {@code print}.
     *
     * @param text the line
     */
    public void print(final String text) {
        task.say(false, text);
    }

    /**
     * Has a line appear in the log of the client that submitted the task, with the worker's name; if another task did, in those of all
     * clients. Also an event of the topic {@code log}.
     *
     * @param text the line
     */
    public void log(final String text) {
        task.say(true, text);
    }

    /**
     * Tells of something that may interest others, as {@link Client#logEvent}.
     *
     * @param topic a name, up to 200 characters
     * @param value what happened
     */
    public void logEvent(final String topic, final Object value) {
        task.event(topic, EventText.of(value));
    }

    @Override
    public String toString() {
        return "TaskContext(key=" + key() + ", worker=" + worker() + ", attempt=" + attempt() + ")";
    }
}
