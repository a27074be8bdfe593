package io.muster.bench;

import io.muster.LocalCluster;
import picocli.CommandLine.Option;

/** Which local cluster is measured. */
final class ClusterOptions {
    @Option(names = "--cluster", paramLabel = "KIND", description = "inproc or processes; default ${DEFAULT-VALUE}.")
    private String cluster;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "aeron or tcp between processes; default ${DEFAULT-VALUE}.")
    private String transport = "aeron";

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many workers share the cores; default ${DEFAULT-VALUE}.")
    private int workers;

    /** By default on this kind, with so many workers. */
    ClusterOptions(final String cluster, final int workers) {
        this.cluster = cluster;
        this.workers = workers;
    }

    ClusterKind kind() {
        return ClusterKind.of(cluster, transport);
    }

    LocalCluster.Builder builder() {
        return kind().builder().workers(workers);
    }

    int workers() {
        return workers;
    }
}
