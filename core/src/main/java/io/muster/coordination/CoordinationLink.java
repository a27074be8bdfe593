package io.muster.coordination;

import java.util.function.BooleanSupplier;

/** How requests come to the scheduler, in the stream of a client's or a worker's session. */
public interface CoordinationLink {
    /**
     * Sends a request at once; dropped where there is no session.
     *
     * @param request the request
     */
    void coordinate(CoordinationRequest request);

    /**
     * Waits for what the scheduler says in the stead of the thread that otherwise takes it in.
     *
     * @param done whether it has come
     * @param deadlineNs when to give up, by {@link System#nanoTime()}
     * @return false if the caller has to wait by its own means; true when it came, the time is up, or the thread was interrupted
     */
    boolean helpUntil(BooleanSupplier done, long deadlineNs);

    /** Has threads in {@link #helpUntil} look again. */
    void endHelp();
}
