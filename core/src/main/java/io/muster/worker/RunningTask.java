package io.muster.worker;

import io.muster.Client;
import io.muster.MusterException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The task whose user code a thread runs, as seen by that thread; users see it as {@link io.muster.TaskContext}. */
public final class RunningTask {
    private static final ThreadLocal<@Nullable TaskExecutor> EXECUTOR = new ThreadLocal<>();

    private final TaskExecutor executor;
    private final Run run;
    private final String key;
    private final WorkerClients clients;

    RunningTask(final TaskExecutor executor, final Run run, final String key, final WorkerClients clients) {
        this.executor = executor;
        this.run = run;
        this.key = key;
        this.clients = clients;
    }

    /**
     * The task that the calling thread runs.
     *
     * @return the task, or null on a thread that runs none
     */
    public static @Nullable RunningTask current() {
        final TaskExecutor executor = EXECUTOR.get();
        return executor == null ? null : executor.running();
    }

    static void bind(final TaskExecutor executor) {
        EXECUTOR.set(executor);
    }

    /**
     * The task's key.
     *
     * @return the one that its future has
     */
    public String key() {
        return key;
    }

    /**
     * The worker that runs it.
     *
     * @return its name
     */
    public String worker() {
        return executor.workerName();
    }

    /**
     * Which attempt it is.
     *
     * @return 1 for the first
     */
    public int attempt() {
        return run.attempt;
    }

    /**
     * The number of the run, which no other run has.
     *
     * @return the number
     */
    public long runId() {
        return run.runId;
    }

    /**
     * The identity by which the scheduler knows the task.
     *
     * @return client and number
     */
    public long identity() {
        return run.task;
    }

    /**
     * How much is left of its time.
     *
     * @return the time, zero or less when it is over; null without a limit
     */
    public @Nullable Duration remaining() {
        return executor.remaining();
    }

    /**
     * Whether it was interrupted, as its time is over or it was cancelled.
     *
     * @return true once it should end
     */
    public boolean isStopping() {
        return executor.isStopping();
    }

    /**
     * A client of the worker's cluster.
     *
     * @return the worker's client
     * @throws MusterException if the scheduler can't be reached
     */
    public Client client() {
        return clients.get((int) (run.task >>> Integer.SIZE));
    }

    /**
     * Gives the thread's slot to another task.
     *
     * @return false if it had none
     * @throws MusterException if too many threads have none, or the caller is not the task's thread
     */
    public boolean secede() {
        return own().secede();
    }

    /**
     * Waits for a slot. Returns at once if it has one, or was interrupted as its time is over or it was cancelled: then without.
     *
     * @throws InterruptedException if interrupted meanwhile; it goes on without
     */
    public void rejoin() throws InterruptedException {
        own().rejoin();
    }

    /**
     * Says something to the task's user.
     *
     * @param isLog whether it is for the log, else for the console
     * @param text what it says
     */
    public void say(final boolean isLog, final String text) {
        executor.reports().said(run.runId, run.task, isLog, text);
    }

    /**
     * Tells of something.
     *
     * @param topic what it is about
     * @param text what happened
     */
    public void event(final String topic, final String text) {
        executor.reports().event(topic, text);
    }

    private TaskExecutor own() {
        if (current() != this) {
            throw new MusterException("task " + key + " is over, or runs on another thread than this one:"
                    + " only the thread that runs a task may do this, while it does");
        }
        return executor;
    }
}
