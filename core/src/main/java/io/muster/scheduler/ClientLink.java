package io.muster.scheduler;

import io.muster.classes.OfferedClasses;
import io.muster.data.DataPlane;
import io.muster.serialize.Serializer;
import java.time.Duration;

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

    /**
     * The classes that workers get from this client, and that results are read with.
     *
     * @return what it offers; asked for once
     */
    default OfferedClasses classes() {
        return new OfferedClasses();
    }

    /**
     * What the scheduler and its workers do, for a file; by a way of its own, so that it comes also when the scheduler is stuck.
     *
     * @param timeout how long to wait for that way
     * @return see {@link Dump}
     * @throws io.muster.MusterException if there is none
     */
    byte[] dump(Duration timeout);

    /** Ends the session, if it has not ended, and frees what belongs to it. Further calls do nothing. */
    @Override
    void close();
}
