package io.muster.mpi;

import java.util.Map;

/**
 * The Slurm that launches run in: the lab of {@code SLURM_LAB}, or one of their own that {@code SLURM_LAB_MPI} names, because tests of job
 * queues, which may run at the same time, stop what belongs to the other one.
 */
final class SlurmForLaunches {
    private SlurmForLaunches() {}

    /** What a program of Slurm has to be told. */
    static Map<String, String> variables() {
        final String own = System.getenv("SLURM_LAB_MPI");
        return own == null ? Map.of() : Map.of("SLURM_CONF", own + "/etc/slurm.conf");
    }
}
