package io.muster.mpi;

import io.muster.config.Settings;

/** Runs a worker in a way of its own, such as below a nanny. */
@FunctionalInterface
public interface WorkerRunner {
    /**
     * Runs a worker until it ends.
     *
     * @param settings the worker's: {@code scheduler.file}, name, threads and memory limit are set
     * @return 0 if it ended in order
     * @throws Exception if it fails
     */
    int run(Settings settings) throws Exception;
}
