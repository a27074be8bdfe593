package io.muster.jobqueue.pbs;

import io.muster.MusterException;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.StartedCluster;
import io.muster.jobqueue.command.SshLogin;
import java.nio.file.Path;

/**
 * A cluster whose workers come out of a queue of PBS.
 *
 * <pre>{@code
 * try (PBSCluster cluster = PBSCluster.builder()
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
public final class PBSCluster extends JobQueueCluster {
    private PBSCluster(final StartedCluster cluster) {
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
    public static PBSCluster attach(final Path schedulerFile) {
        return new PBSCluster(find(new Pbs(), null, schedulerFile));
    }

    /**
     * Takes over a cluster that was detached on a login host.
     *
     * @param via the host that it was submitted from
     * @param schedulerFile what {@link #detach} gave
     * @return the cluster
     * @throws MusterException if it does not answer
     */
    public static PBSCluster attach(final SshLogin via, final Path schedulerFile) {
        return new PBSCluster(find(new Pbs(), via, schedulerFile));
    }

    /** Describes a cluster; its methods are those of {@link JobQueueCluster.Builder} and {@link io.muster.jobqueue.JobBuilder}. */
    public static final class Builder extends JobQueueCluster.Builder<Builder, PBSCluster> {
        private Builder() {
            super(new Pbs());
        }

        /**
         * What a job asks for, if not its cores and memory.
         *
         * @param select such as {@code select=1:ncpus=8:mem=24GB}
         * @return this
         */
        public Builder resourceSpec(final String select) {
            return set(Pbs.RESOURCE_SPEC, select);
        }

        @Override
        public PBSCluster start() {
            return launch(PBSCluster::new);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
