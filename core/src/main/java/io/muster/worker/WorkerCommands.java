package io.muster.worker;

import io.muster.coordination.CoordinationAnswer;
import io.muster.data.WorkerAddress;
import io.muster.protocol.RecordKind;
import org.jspecify.annotations.Nullable;

/** What the scheduler tells a worker: one ordered stream, calls from one thread at a time. */
public interface WorkerCommands {
    /** Flag of {@link #assign}: a small result is sent along with the report. */
    int SEND_SMALL_RESULT = 1;

    /** Flag of {@link #assign}: it asks with {@link WorkerReports#commitRequest} before it begins. */
    int ONCE = 2;

    /** Flag of {@link #assign}: its result is an actor, which stays as it is in memory, here. */
    int ACTOR = 4;

    /** Flag of {@link #assign}: a call of an actor, its only input; one at a time of each actor, in the order of their assignment. */
    int CALL = 8;

    /**
     * Makes a function known before the first task that names it.
     *
     * @param functionId its identity
     * @param body the function (local) or its serialized form ({@code byte[]})
     * @param name a short name for people
     */
    void registerFunction(long functionId, Object body, String name);

    /**
     * Drops a function that no task will name again.
     *
     * @param functionId its identity
     */
    void forgetFunction(long functionId);

    /**
     * Gives the worker a run of a task: fetch what is missing, compute, keep the result, report.
     *
     * @param runId the run's identity, echoed in every report
     * @param task the task's identity
     * @param functionId a registered function, used unless the payload carries its own
     * @param attempt 1 for the first
     * @param flags {@link #SEND_SMALL_RESULT}, {@link #ONCE}, {@link #ACTOR}, {@link #CALL}
     * @param inputs identities of the tasks whose results are the arguments, in order, alternates included
     * @param holders for each input a worker that holds it; {@code ~worker} marks a further holder of the input before it
     * @param payload an {@link io.muster.graph.Call} (local) or its encoded form ({@code byte[]})
     * @param key the user's name for the task, or null
     */
    void assign(
            long runId,
            long task,
            long functionId,
            int attempt,
            int flags,
            long[] inputs,
            int[] holders,
            Object payload,
            @Nullable String key);

    /**
     * Drops a result.
     *
     * @param task the task
     */
    void free(long task);

    /**
     * Makes a run's result useless: one that has not started never starts, one that runs reports nothing.
     *
     * @param runId the run
     * @param interrupt whether one that runs is interrupted; else it goes on to its end
     */
    void abandon(long runId, boolean interrupt);

    /**
     * Answers {@link WorkerReports#commitRequest}.
     *
     * @param runId the run
     * @param granted whether it may begin
     */
    void commit(long runId, boolean granted);

    /**
     * Asks for runs to be given up if they have not started; {@link WorkerReports#runsTakenBack} answers. One that is given up never
     * starts here.
     *
     * @param runIds the runs
     */
    void takeBack(long[] runIds);

    /**
     * Has a copy of a result fetched and kept; {@link WorkerReports#replicaStored} or {@link WorkerReports#replicaFailed} answers. Of one that
     * is here already nothing more is said: that it came was reported then.
     *
     * @param task the task
     * @param holders the workers that hold the result, best first
     */
    void replicate(long task, int[] holders);

    /**
     * Answers a request of a run about locks, queues and their like.
     *
     * @param answer what came of it
     */
    void coordinated(CoordinationAnswer answer);

    /**
     * Makes another worker's address known.
     *
     * @param worker who and where
     */
    void workerUp(WorkerAddress worker);

    /**
     * Another worker is gone.
     *
     * @param worker its number
     */
    void workerDown(int worker);

    /**
     * Ends the worker.
     *
     * @param restart whether its nanny may start another process
     * @param reason why
     */
    void stop(boolean restart, String reason);

    /**
     * Asks for what the worker remembers; {@link WorkerReports#records} answers.
     *
     * @param requestId echoed in the answer
     * @param kind {@code STORY} or {@code LOGS}
     * @param since the task of a story
     * @param limit how many lines at most
     */
    default void askRecords(final long requestId, final RecordKind kind, final long since, final int limit) {}
}
