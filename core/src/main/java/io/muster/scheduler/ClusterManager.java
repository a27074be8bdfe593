package io.muster.scheduler;

import java.util.List;
import java.util.function.Consumer;

/**
 * What gets workers for a scheduler and lets them go, such as out of a batch queue. It lives in the scheduler's process, so that it
 * works on while no client is there. A {@link ClusterManagerFactory} makes it when the first client asks for one. Its methods are
 * called by the scheduler's own thread: they must return at once, and throw nothing.
 */
public interface ClusterManager extends AutoCloseable {
    /**
     * A client asks something.
     *
     * @param client the number of the client's session
     * @param json the request, an object whose {@code "do"} names what it is about
     * @param answer takes the answer, JSON as well, once, from any thread, also when the client has left meanwhile; a request that failed
     *     is answered by an object with {@code "error"}. A client that lost its session may ask the same again in its next one
     */
    void request(int client, String json, Consumer<String> answer);

    /**
     * A client's session is over.
     *
     * @param client its number
     */
    void clientLeft(int client);

    /**
     * A worker has registered; those that were there before the manager was made are told first.
     *
     * @param worker who it is and which job it runs in
     */
    void workerJoined(ManagedWorker worker);

    /**
     * A worker's session is over.
     *
     * @param worker as it joined
     * @param reason why, for people
     * @param expected whether it was asked to leave, or said that it would
     */
    void workerLeft(ManagedWorker worker, String reason, boolean expected);

    /**
     * The jobs that wait in the queue; from any thread, at once.
     *
     * @return as far as it is known
     */
    default List<PendingJob> pendingJobs() {
        return List.of();
    }

    /**
     * The scheduler ends: nothing may be left in the queue. Waits for that, within a bound of its own; what {@code
     * scheduler.close-timeout} allows is all it gets. Called once, by any thread but the scheduler's, which serves workers and clients
     * meanwhile, but brings no more requests. The JVM may be shutting down, so that no shutdown hook can be added.
     */
    @Override
    void close();
}
