package io.muster.scheduler;

import io.muster.classes.ResourceQuestion;
import io.muster.coordination.CoordinationAnswer;
import io.muster.data.WorkerAddress;
import org.jspecify.annotations.Nullable;

/** What the scheduler tells a client. Calls come from one thread at a time and must not block. */
public interface ClientEvents {
    /**
     * A task's result exists.
     *
     * @param taskId the task
     * @param worker a worker that holds it
     * @param sizeBytes estimated size
     * @param inline whether the value came along
     * @param value the value when inline: live (local) or serialized contiguously ({@code byte[]})
     */
    void finished(int taskId, int worker, long sizeBytes, boolean inline, @Nullable Object value);

    /**
     * A task failed for good.
     *
     * @param taskId the task
     * @param failure an encoded {@link io.muster.serialize.TaskFailure} ({@code byte[]}), or the TaskFailure itself (local)
     */
    void erred(int taskId, Object failure);

    /**
     * A task will not be computed, or its data is lost.
     *
     * @param taskId the task
     * @param lost true when scattered data went with its last holder
     * @param reason why
     */
    void cancelled(int taskId, boolean lost, String reason);

    /**
     * Where to put the value of {@link ClientRequests#scatter}.
     *
     * @param taskId the task
     * @param worker the worker to store it at
     */
    void scatterTo(int taskId, int worker);

    /**
     * A worker is there.
     *
     * @param worker who and where
     */
    void workerUp(WorkerAddress worker);

    /**
     * A worker is gone; its number does not come back.
     *
     * @param worker its number
     * @param reason why
     */
    void workerDown(int worker, String reason);

    /**
     * Answers {@link ClientRequests#info} and {@link ClientRequests#manage}.
     *
     * @param requestId as asked
     * @param json the scheduler's view, or the cluster manager's answer
     */
    void infoReply(long requestId, String json);

    /**
     * Answers a request about locks, queues and their like.
     *
     * @param answer what came of it
     */
    default void coordinated(final CoordinationAnswer answer) {}

    /**
     * A worker asks for what is on the client's class path; {@link ClientRequests#resource} answers.
     *
     * @param question what is asked
     */
    default void resourceAsked(final ResourceQuestion question) {}

    /**
     * Something that the client's user should know.
     *
     * @param text for people
     */
    void warning(String text);

    /**
     * A task says something to its user.
     *
     * @param isLog whether it is for the log, else for the console
     * @param text what it says
     */
    default void said(final boolean isLog, final String text) {}

    /**
     * The session is over.
     *
     * @param reason why, for people
     */
    void disconnected(String reason);
}
