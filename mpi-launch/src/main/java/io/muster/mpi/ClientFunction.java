package io.muster.mpi;

import io.muster.Client;

/**
 * What the client's rank of a launch does.
 *
 * @param <R> what it finds
 * @param <E> what it may throw besides unchecked exceptions
 */
@FunctionalInterface
public interface ClientFunction<R, E extends Exception> {
    /**
     * Runs with a connected client; the cluster ends after it.
     *
     * @param client connected; closed by the caller
     * @return a value
     * @throws E if it fails
     */
    R apply(Client client) throws E;
}
