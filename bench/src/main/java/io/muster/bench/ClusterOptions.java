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

    /** By default on this kind. */
    ClusterOptions(final String cluster) {
        this.cluster = cluster;
    }

    ClusterKind kind() {
        return ClusterKind.of(cluster, transport);
    }

    LocalCluster.Builder builder() {
        return kind().builder();
    }
}
