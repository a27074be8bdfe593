package io.muster.system;

import io.muster.LocalCluster;

/** What a cluster is made of. */
enum ClusterKind {
    IN_PROCESS,
    TCP,
    AERON,
    /** Two jobs in a real queue; only where there is one, see {@link SlurmLab}. */
    SLURM;

    /** Starts a cluster of two workers with two threads each. */
    TestCluster start() {
        return this == SLURM
                ? SlurmLab.startTwoJobs()
                : TestCluster.of(builder().start());
    }

    /** A builder of two workers with two threads each on this host. */
    LocalCluster.Builder builder() {
        final LocalCluster.Builder builder = LocalCluster.builder().workers(2).threadsPerWorker(2);
        return switch (this) {
            case IN_PROCESS -> builder;
            case TCP -> builder.processes(true).transport("tcp");
            case AERON -> builder.processes(true).transport("aeron");
            case SLURM -> throw new IllegalStateException("jobs are not on this host");
        };
    }

    boolean hasProcesses() {
        return this != IN_PROCESS;
    }
}
