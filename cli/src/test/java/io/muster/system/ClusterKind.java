package io.muster.system;

import io.muster.LocalCluster;

/** What a cluster is made of. */
enum ClusterKind {
    IN_PROCESS,
    TCP,
    AERON,
    /** Two jobs in a real queue; only where there is one, see {@link SlurmLab}. */
    SLURM,
    OPEN_MPI,
    MPICH,
    SRUN,
    MPJ_EXPRESS;

    /** What this machine lacks for it; empty if nothing. */
    String missing() {
        return switch (this) {
            case IN_PROCESS, TCP, AERON -> "";
            case SLURM -> SlurmLab.isHere() ? "" : SlurmLab.VARIABLE + " is not set";
            case OPEN_MPI, MPICH, SRUN, MPJ_EXPRESS -> launcher().missing();
        };
    }

    /** Starts a cluster of two workers with two threads each. */
    TestCluster start() {
        return switch (this) {
            case IN_PROCESS, TCP, AERON -> TestCluster.of(builder().start());
            case SLURM -> LabTurn.during(SlurmLab::startTwoJobs);
            case SRUN -> LabTurn.during(() -> LaunchedCluster.start(launcher()));
            case OPEN_MPI, MPICH, MPJ_EXPRESS -> LaunchedCluster.start(launcher());
        };
    }

    /** A builder of two workers with two threads each on this host. */
    LocalCluster.Builder builder() {
        final LocalCluster.Builder builder = LocalCluster.builder().workers(2).threadsPerWorker(2);
        return switch (this) {
            case IN_PROCESS -> builder;
            case TCP -> builder.processes(true).transport("tcp");
            case AERON -> builder.processes(true).transport("aeron");
            case SLURM, OPEN_MPI, MPICH, SRUN, MPJ_EXPRESS ->
                throw new IllegalStateException(this + " is no local cluster");
        };
    }

    boolean hasProcesses() {
        return this != IN_PROCESS;
    }

    private MpiLauncher launcher() {
        return MpiLauncher.valueOf(name());
    }
}
