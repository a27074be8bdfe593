package io.muster.jobqueue.sge;

import io.muster.MusterException;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.StartedCluster;
import io.muster.jobqueue.command.SshLogin;
import java.nio.file.Path;

/**
 * A cluster whose workers come out of a queue of Grid Engine.
 *
 * <pre>{@code
 * try (SGECluster cluster = SGECluster.builder()
 *                 .queue("normal")
 *                 .coresPerJob(8)
 *                 .memoryPerJob(MemorySize.parse("24GB"))
 *                 .walltime(Duration.ofHours(1))
 *                 .start();
 *         Client client = cluster.connect()) {
 *     cluster.scaleJobs(10);
 *     System.out.println(client.submit(() -> 6 * 7).join());
 * }
 * }</pre>
 */
public final class SGECluster extends JobQueueCluster {
    private SGECluster(final StartedCluster cluster) {
        super(cluster);
    }

    /**
     * Begins to describe a cluster.
     *
     * @return a builder; what it is not told is as {@code jobqueue.yaml} says
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Takes over a cluster that was detached.
     *
     * @param schedulerFile what {@link #detach} gave
     * @return the cluster
     * @throws MusterException if it does not answer
     */
    public static SGECluster attach(final Path schedulerFile) {
        return new SGECluster(find(new Sge(), null, schedulerFile));
    }

    /**
     * Takes over a cluster that was detached on a login host.
     *
     * @param via the host that it was submitted from
     * @param schedulerFile what {@link #detach} gave
     * @return the cluster
     * @throws MusterException if it does not answer
     */
    public static SGECluster attach(final SshLogin via, final Path schedulerFile) {
        return new SGECluster(find(new Sge(), via, schedulerFile));
    }

    /** Describes a cluster; its methods are those of {@link JobQueueCluster.Builder} and {@link io.muster.jobqueue.JobBuilder}. */
    public static final class Builder extends JobQueueCluster.Builder<Builder, SGECluster> {
        private Builder() {
            super(new Sge());
        }

        /**
         * What a job asks for; Grid Engine has no other word for cores and memory.
         *
         * @param list such as {@code m_mem_free=3G}
         * @return this
         */
        public Builder resourceSpec(final String list) {
            return set(Sge.RESOURCE_SPEC, list);
        }

        @Override
        public SGECluster start() {
            return launch(SGECluster::new);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
