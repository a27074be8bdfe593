package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the core wants done, in the order in which it has to be done. Called while the core applies a command: implementations read the
 * task's columns through the core and must not call back into it.
 */
interface Effects {
    void registerFunction(WorkerState worker, FunctionState function);

    void forgetFunction(WorkerState worker, FunctionState function);

    /** A task's current run goes to its worker. */
    void assign(WorkerState worker, int slot);

    void free(WorkerState worker, long task);

    void abandon(WorkerState worker, long runId, boolean interrupt);

    /** Answers a run that asked whether it may begin. */
    void commit(WorkerState worker, long runId, boolean granted);

    /** A worker shall give a run back if it has not started; {@code runTakenBack} answers. */
    void takeBack(WorkerState worker, long runId);

    /** A worker shall fetch a task's result and keep a copy; {@code replicaStored} or {@code replicaFailed} answers. */
    void replicate(WorkerState destination, int slot);

    /** A worker that was to leave has nothing left to do, or no time: it may end for good, or start anew. */
    void stop(WorkerState worker, String reason);

    /** The worker's lease ran out or it left; its session is over. */
    void workerGone(WorkerState worker, String reason);

    void finished(ClientState client, int taskId, int worker, long sizeBytes, boolean inline, @Nullable Object value);

    void erred(ClientState client, int taskId, Object failure);

    void cancelled(ClientState client, int taskId, boolean lost, String reason);

    void scatterTo(ClientState client, int taskId, int worker);

    /** Answers a client's request. */
    void answer(ClientState client, long requestId, String json);
    /** What came of a client's request about locks, queues and their like. */
    void answer(ClientState client, CoordinationAnswer answer);

    /** What came of such a request of a worker's run. */
    void answer(WorkerState worker, CoordinationAnswer answer);

    /** A client's user should know. */
    void warn(ClientState client, String text);

    /** Builds a failure that the scheduler itself finds. */
    Object failure(FailureKind kind, String key, String worker, int attempt, String message, List<String> details);

    /** Why the scheduler fails a task on its own. */
    enum FailureKind {
        /** Workers died under it too often. */
        KILLED_WORKER,
        /** Data that can't be computed again is gone. */
        DATA_LOST,
        /** Its inputs fit into no worker's memory. */
        TOO_LARGE,
        /** No worker came that could run it. */
        NO_WORKER,
        /** What may run once only did begin, and nobody can say how it ended. */
        UNKNOWN_OUTCOME,
        /** The actor that was called is gone. */
        ACTOR_LOST
    }
}
