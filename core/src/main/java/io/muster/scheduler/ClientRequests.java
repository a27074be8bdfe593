package io.muster.scheduler;

import io.muster.classes.ResourceAnswer;
import io.muster.coordination.CoordinationLink;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.RecordKind;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a client tells the scheduler: one ordered stream per session.
 *
 * <p>Callers hold the client's lock while they number and hand over tasks, so that a task arrives after those it depends on. Methods
 * return at once unless the stream is back-pressured, when they wait until it drains or the session ends. What was handed over is
 * on its way only after {@link #flush()}.
 */
public interface ClientRequests extends CoordinationLink {
    /** Flag of {@link #submit}: the client holds a future on the task. */
    int WANTED = 1;

    /** Flag of {@link #submit}: where none of the named workers is there, any other may compute it. */
    int ALLOW_OTHER_WORKERS = 2;

    /** Flag of {@link #submit}: more tasks of the same graph follow at once, and may depend on this one though it is not wanted. */
    int MORE_OF_GRAPH = 4;

    /** Flag of {@link #submit}: it runs once only, unless it reports that it failed. */
    int ONCE = 8;

    /** Flag of {@link #submit}: its result is an actor, for {@link #callActor}. */
    int ACTOR = 16;

    /**
     * Whether scheduler and workers live in this JVM: functions, payloads and values are then live objects, else byte arrays.
     *
     * @return true when nothing is serialized
     */
    boolean isLocal();

    /**
     * The number that the scheduler gave this client; with a task's number it makes the task's identity.
     *
     * @return the client number
     */
    int clientNumber();

    /**
     * Makes a function known, once, before the first task that names it. Tasks of one function are expected to take alike; a task
     * whose function captured other values than the registered one carries its own in its payload.
     *
     * @param functionId the client's own number for it, dense from 0
     * @param body the function (local) or its serialized form ({@code byte[]})
     * @param name a short name for people and for keys
     */
    void registerFunction(int functionId, Object body, String name);

    /**
     * Hands over a task.
     *
     * @param taskId the client's own number for it, dense from 0, never used again
     * @param functionId a registered function
     * @param flags {@link #WANTED}, {@link #ALLOW_OTHER_WORKERS}, {@link #MORE_OF_GRAPH}, {@link #ONCE}, {@link #ACTOR}
     * @param dependencies earlier tasks of this client, in argument order; not kept
     * @param payload an {@link io.muster.graph.Call} (local) or its encoded form ({@code byte[]})
     * @param key the user's name for the task, or null
     * @param terms what else is asked for
     */
    void submit(
            int taskId,
            int functionId,
            int flags,
            int[] dependencies,
            Object payload,
            @Nullable String key,
            TaskTerms terms);

    /**
     * Says that the client holds no future on a task any more.
     *
     * @param taskId the task
     */
    void release(int taskId);

    /**
     * Asks that tasks not be computed; each ends with {@link ClientEvents#cancelled}.
     *
     * @param taskIds the tasks
     * @param force also when others want them
     * @param interrupt whether those that run are interrupted; else what comes of them is dropped
     */
    void cancel(int[] taskIds, boolean force, boolean interrupt);

    /**
     * Has tasks that failed run again, and those that failed of what they are made from.
     *
     * @param taskIds the tasks
     */
    void retry(int[] taskIds);

    /**
     * Has all tasks of all clients dropped, and the workers replaced that can be; {@link ClientEvents#infoReply} answers with a JSON list
     * of the numbers of the latter.
     *
     * @param requestId echoed in the answer; differs from those of {@link #info}
     */
    void restart(long requestId);

    /**
     * Says that the client has a value to place; {@link ClientEvents#scatterTo} answers with a worker, again if that worker dies
     * before it has the value.
     *
     * @param taskId the task number under which the value will be known
     * @param sizeBytes estimated size
     * @param key the user's name for it, or null
     * @param workers names or hosts that may hold it; empty: any
     */
    void scatter(int taskId, long sizeBytes, @Nullable String key, List<String> workers);

    /**
     * Asks that copies of results be made, and made again when they are lost, as long as the results are there.
     *
     * @param taskIds the tasks
     * @param copies how many of each; {@link Integer#MAX_VALUE}: one on every worker
     */
    void replicate(int[] taskIds, int copies);

    /**
     * Asks that results be moved from workers that hold much to workers that hold little. Sent at once.
     *
     * @param requestId echoed in {@link ClientEvents#infoReply} when that is done
     * @param taskIds those that may be moved; empty: all there are
     */
    void rebalance(long requestId, int[] taskIds);

    /**
     * Asks which workers hold results. Sent at once.
     *
     * @param requestId echoed in {@link ClientEvents#infoReply}
     * @param taskIds the tasks; empty: all that every worker holds
     */
    void whoHas(long requestId, int[] taskIds);

    /**
     * Says that a worker could not give a result that it was said to hold. The scheduler plans anew and says
     * {@link ClientEvents#finished} again.
     *
     * @param taskId the task
     * @param worker the worker asked
     * @param gone true: it said that it has no such result; false: it did not answer
     */
    void resultMissing(int taskId, int worker, boolean gone);

    /**
     * Hands over a task whose input is a result that some client published.
     *
     * @param taskId the client's own number for it, as in {@link #submit}
     * @param functionId a registered function of one input
     * @param payload an {@link io.muster.graph.Call} (local) or its encoded form ({@code byte[]})
     * @param dataset the name under which it was published
     * @param index which of that dataset's results, from 0
     */
    void submitPublished(int taskId, int functionId, Object payload, String dataset, int index);

    /**
     * Hands over a call of an actor: a task that runs where the actor is, after the calls that were handed over before, once only. It is
     * made though its future be released or cancelled, unless this session ends before.
     *
     * @param taskId the client's own number for it, as in {@link #submit}
     * @param functionId a registered function of one input
     * @param actor the identity of the actor's task, of this or another client
     * @param flags {@link #WANTED}
     * @param payload an {@link io.muster.graph.Call} (local) or its encoded form ({@code byte[]})
     */
    void callActor(int taskId, int functionId, long actor, int flags, Object payload);

    /**
     * Asks about locks, queues and their like; {@link ClientEvents#coordinated} answers. Sent at once.
     *
     * @param request the request
     */
    @Override
    void coordinate(CoordinationRequest request);

    /**
     * Asks for the scheduler's view of the cluster.
     *
     * @param requestId echoed in {@link ClientEvents#infoReply}
     */
    void info(long requestId);

    /**
     * Asks what gets workers for the cluster, such as out of a batch queue; {@link ClientEvents#infoReply} answers. Sent at once.
     *
     * @param requestId echoed in the answer; differs from those of {@link #info}
     * @param json the request, see {@link ClusterManager#request}
     */
    void manage(long requestId, String json);

    /**
     * Asks what happened; {@link ClientEvents#infoReply} answers with JSON. Sent at once.
     *
     * @param requestId echoed in the answer; differs from those of {@link #info}
     * @param kind what is asked for
     * @param since see {@link RecordKind}
     * @param limit how much at most
     * @param name see {@link RecordKind}
     */
    void askRecords(long requestId, RecordKind kind, long since, int limit, String name);

    /**
     * Tells of something that may interest others. Sent at once.
     *
     * @param topic what it is about
     * @param text what happened
     */
    void event(String topic, String text);

    /**
     * Answers {@link ClientEvents#resourceAsked}. Sent at once; nobody asks in this JVM.
     *
     * @param answer the answer
     */
    default void resource(final ResourceAnswer answer) {}

    /** Asks the scheduler to end, and all workers with it. */
    void stopCluster();

    /**
     * Waits for an event in the stead of the thread that otherwise delivers them, so that no change of threads delays it.
     *
     * @param done whether it has come
     * @param deadlineNs when to give up, by {@link System#nanoTime()}
     * @return false if the caller has to wait by its own means; true when it came, the time is up, or the thread was interrupted
     */
    @Override
    default boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
        return false;
    }

    /** Has threads in {@link #helpUntil} look again, as what they wait for may have come by other means than an event. */
    @Override
    default void endHelp() {}

    /** Sends what was handed over. */
    void flush();

    /**
     * Ends the session; the scheduler drops what only this client wanted.
     *
     * @param reason for the scheduler's log
     */
    void close(String reason);
}
