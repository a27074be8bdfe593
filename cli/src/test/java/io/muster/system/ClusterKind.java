package io.muster.system;

import io.muster.LocalCluster;

/** What a cluster is made of. */
enum ClusterKind {
    IN_PROCESS,
    TCP,
    AERON;

    /** A builder of two workers with two threads each. */
    LocalCluster.Builder builder() {
        final LocalCluster.Builder builder = LocalCluster.builder().workers(2).threadsPerWorker(2);
        return switch (this) {
            case IN_PROCESS -> builder;
            case TCP -> builder.processes(true).transport("tcp");
            case AERON -> builder.processes(true).transport("aeron");
        };
    }

    boolean hasProcesses() {
        return this != IN_PROCESS;
    }
}
