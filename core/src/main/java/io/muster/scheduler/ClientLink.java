package io.muster.scheduler;

import io.muster.data.DataPlane;
import io.muster.serialize.Serializer;

/**
 * A client's way to a scheduler and to the workers, in this JVM or over a network; {@link io.muster.Client#over} makes
 * a client of it.
 *
 * <p>{@link #serializer()} and {@link #dataPlane()} are there before {@link #open} is called.
 */
public interface ClientLink extends AutoCloseable {
    /**
     * Begins the session. Called once.
     *
     * @param events told what happens, possibly before this returns
     * @return where requests go
     */
    ClientRequests open(ClientEvents events);

    /**
     * How values come and go.
     *
     * @return the data plane; closed with the link
     */
    DataPlane dataPlane();

    /**
     * Turns functions and values into bytes.
     *
     * @return the serializer
     */
    Serializer serializer();

    /** Ends the session, if it has not ended, and frees what belongs to it. Further calls do nothing. */
    @Override
    void close();
}
