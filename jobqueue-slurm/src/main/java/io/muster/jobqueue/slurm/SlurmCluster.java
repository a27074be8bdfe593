package io.muster.jobqueue.slurm;

import io.muster.MusterException;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.StartedCluster;
import io.muster.jobqueue.command.SshLogin;
import java.nio.file.Path;

/**
 * A cluster whose workers come out of a queue of Slurm.
 *
 * <pre>{@code
 * try (SlurmCluster cluster = SlurmCluster.builder()
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
public final class SlurmCluster extends JobQueueCluster {
    private SlurmCluster(final StartedCluster cluster) {
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
    public static SlurmCluster attach(final Path schedulerFile) {
        return new SlurmCluster(find(new Slurm(), null, schedulerFile));
    }

    /**
     * Takes over a cluster that was detached on a login host.
     *
     * @param via the host that it was submitted from
     * @param schedulerFile what {@link #detach} gave
     * @return the cluster
     * @throws MusterException if it does not answer
     */
    public static SlurmCluster attach(final SshLogin via, final Path schedulerFile) {
        return new SlurmCluster(find(new Slurm(), via, schedulerFile));
    }

    /** Describes a cluster; its methods are those of {@link JobQueueCluster.Builder} and {@link io.muster.jobqueue.JobBuilder}. */
    public static final class Builder extends JobQueueCluster.Builder<Builder, SlurmCluster> {
        private Builder() {
            super(new Slurm());
        }

        /**
         * The CPUs that a job gets, if not its cores.
         *
         * @param cpus at least 1
         * @return this
         */
        public Builder jobCpu(final int cpus) {
            return set(Slurm.JOB_CPU, cpus);
        }

        /**
         * The memory that a job gets, if not its memory, in Slurm's own words.
         *
         * @param memory such as {@code 100G}; {@code 0} is all that the node has
         * @return this
         */
        public Builder jobMem(final String memory) {
            return set(Slurm.JOB_MEM, memory);
        }

        @Override
        public SlurmCluster start() {
            return launch(SlurmCluster::new);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
