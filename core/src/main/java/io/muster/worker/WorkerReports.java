package io.muster.worker;

import io.muster.coordination.CoordinationLink;
import io.muster.coordination.CoordinationRequest;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a worker tells the scheduler about runs and results. Called from executor and transfer threads; never blocks for long. What
 * was reported is on its way after {@link #flush()}.
 */
public interface WorkerReports extends CoordinationLink {
    /**
     * Whether values are live objects, as the scheduler is in this JVM, or bytes.
     *
     * @return true when nothing is serialized
     */
    boolean isLocal();

    /**
     * A run ended with a result, which the worker holds.
     *
     * @param runId the run
     * @param task the task
     * @param sizeBytes estimated size of the result
     * @param times when it ran, and for how long
     * @param inline whether the value comes along
     * @param value the value when inline: live (local) or serialized contiguously ({@code byte[]})
     */
    void runDone(long runId, long task, long sizeBytes, RunTimes times, boolean inline, @Nullable Object value);

    /**
     * A run ended with a failure of user code.
     *
     * @param runId the run
     * @param task the task
     * @param times when it ran, and for how long
     * @param unknown whether it is not known what it did, so that it must not be repeated
     * @param failure a {@link io.muster.serialize.TaskFailure} (local) or its encoded form ({@code byte[]})
     */
    void runFailed(long runId, long task, RunTimes times, boolean unknown, Object failure);

    /**
     * A run waits for other tasks and occupies no thread, or does so again.
     *
     * @param runId the run
     * @param task the task
     * @param seceded whether it occupies none
     */
    void longRunning(long runId, long task, boolean seceded);

    /**
     * A run that may be the only one of its task asks whether it may begin; {@link WorkerCommands#commit} answers.
     *
     * @param runId the run
     * @param task the task
     */
    void commitRequest(long runId, long task);

    /**
     * A run ended because an input could not be had.
     *
     * @param runId the run
     * @param task the task
     * @param input the task whose result is missing
     * @param holders the workers asked
     * @param gone for each whether it said that it has no such result
     */
    void inputMissing(long runId, long task, long input, int[] holders, boolean[] gone);

    /**
     * Answers {@link WorkerCommands#takeBack}.
     *
     * @param runIds the runs
     * @param givenUp for each whether it had not started, and never will
     */
    void runsTakenBack(long[] runIds, boolean[] givenUp);

    /**
     * The copy that {@link WorkerCommands#replicate} asked for could not be had.
     *
     * @param task the task
     * @param holders the workers asked
     * @param gone for each whether it said that it has no such result
     */
    void replicaFailed(long task, int[] holders, boolean[] gone);

    /**
     * The worker holds a copy of a result that it did not compute.
     *
     * @param task the task
     * @param sizeBytes estimated size
     */
    void replicaStored(long task, long sizeBytes);

    /**
     * Sends, at once, what a run asks about locks, queues and their like; dropped between sessions, when no run is current.
     *
     * @param request the request
     */
    @Override
    void coordinate(CoordinationRequest request);

    /**
     * Waits for a command in the stead of the thread that otherwise takes them in.
     *
     * @param done whether it has come
     * @param deadlineNs when to give up, by {@link System#nanoTime()}
     * @return false if the caller has to wait by its own means; true when it came, the time is up, or the thread was interrupted
     */
    @Override
    default boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
        return false;
    }

    /** The thread that was in {@link #helpUntil} is off for long: the session's own thread goes on. */
    default void handBack() {}

    /** Ends the waiting of a thread in {@link #helpUntil}. */
    @Override
    default void endHelp() {}

    /**
     * The worker paused, or goes on.
     *
     * @param status what is to be known of its memory
     */
    default void status(final WorkerStatus status) {}

    /**
     * Answers {@link WorkerCommands#askRecords}; sent at once.
     *
     * @param requestId as asked
     * @param json the answer
     */
    default void records(final long requestId, final String json) {}

    /**
     * What the threads were doing since the last time.
     *
     * @param samples as {@link io.muster.diagnosis.CallTree#toText}
     */
    default void profile(final String samples) {}

    /**
     * A task says something to its user; sent at once.
     *
     * @param runId the run
     * @param task the task
     * @param isLog whether it is for the log, else for the console
     * @param text what it says
     */
    default void said(final long runId, final long task, final boolean isLog, final String text) {}

    /**
     * A task tells of something; sent at once.
     *
     * @param topic what it is about
     * @param text what happened
     */
    default void event(final String topic, final String text) {}

    /** As {@link #flush}, by a thread that does so again soon, or calls {@link #helpUntil} or {@link #handBack}. */
    default void flushBetween() {
        flush();
    }

    /** Sends what was reported. */
    void flush();
}
