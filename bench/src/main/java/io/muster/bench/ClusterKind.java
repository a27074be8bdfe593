package io.muster.bench;

import io.muster.LocalCluster;
import io.muster.MusterException;
import org.jspecify.annotations.Nullable;

/** What kind of local cluster is measured. */
enum ClusterKind {
    /** Everything in this JVM. */
    IN_PROCESS("inproc", "inproc"),
    /** Processes, with TCP between scheduler and workers. */
    TCP("processes", "tcp"),
    /** Processes, with Aeron between scheduler and workers. */
    AERON("processes", "aeron");

    private final String cluster;
    private final String transport;

    ClusterKind(final String cluster, final String transport) {
        this.cluster = cluster;
        this.transport = transport;
    }

    static ClusterKind of(final String cluster, final String transport) {
        for (final ClusterKind kind : values()) {
            if (kind.cluster.equals(cluster) && (kind == IN_PROCESS || kind.transport.equals(transport))) {
                return kind;
            }
        }
        throw new MusterException("cluster=" + cluster + " must be inproc or processes, and transport=" + transport
                + " must be aeron or tcp");
    }

    /** Whether it is of this cluster and transport, where null is any; in one JVM there is no transport to choose. */
    boolean isOf(final @Nullable String ofCluster, final @Nullable String ofTransport) {
        return (ofCluster == null || cluster.equals(ofCluster))
                && (ofTransport == null || transport.equals(ofTransport));
    }

    LocalCluster.Builder builder() {
        final LocalCluster.Builder builder = LocalCluster.builder();
        return this == IN_PROCESS ? builder : builder.processes(true).transport(transport);
    }

    BenchResult describe(final BenchResult result) {
        return result.with("cluster", cluster).with("transport", transport);
    }
}
