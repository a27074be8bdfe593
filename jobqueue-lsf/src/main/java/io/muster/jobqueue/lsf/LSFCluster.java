package io.muster.jobqueue.lsf;

import io.muster.MemorySize;
import io.muster.MusterException;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.StartedCluster;
import io.muster.jobqueue.command.SshLogin;
import java.nio.file.Path;

/**
 * A cluster whose workers come out of a queue of LSF.
 *
 * <pre>{@code
 * try (LSFCluster cluster = LSFCluster.builder()
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
public final class LSFCluster extends JobQueueCluster {
    private LSFCluster(final StartedCluster cluster) {
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
    public static LSFCluster attach(final Path schedulerFile) {
        return new LSFCluster(find(new Lsf(), null, schedulerFile));
    }

    /**
     * Takes over a cluster that was detached on a login host.
     *
     * @param via the host that it was submitted from
     * @param schedulerFile what {@link #detach} gave
     * @return the cluster
     * @throws MusterException if it does not answer
     */
    public static LSFCluster attach(final SshLogin via, final Path schedulerFile) {
        return new LSFCluster(find(new Lsf(), via, schedulerFile));
    }

    /** Describes a cluster; its methods are those of {@link JobQueueCluster.Builder} and {@link io.muster.jobqueue.JobBuilder}. */
    public static final class Builder extends JobQueueCluster.Builder<Builder, LSFCluster> {
        private Builder() {
            super(new Lsf());
        }

        /**
         * The cores that a job gets, if not its cores.
         *
         * @param count at least 1
         * @return this
         */
        public Builder ncpus(final int count) {
            return set(Lsf.NCPUS, count);
        }

        /**
         * The memory that a job is limited to, if not its memory.
         *
         * @param memory more than 0
         * @return this
         */
        public Builder mem(final MemorySize memory) {
            return set(Lsf.MEM, memory);
        }

        /**
         * The unit of memory that the site's LSF takes; default as {@code lsf.conf} says.
         *
         * @param unit such as {@code mb}
         * @return this
         */
        public Builder lsfUnits(final String unit) {
            return set(Lsf.LSF_UNITS, unit);
        }

        /**
         * Whether the script goes to {@code bsub} on its standard input; default yes.
         *
         * @param stdin false for a file
         * @return this
         */
        public Builder useStdin(final boolean stdin) {
            return set(Lsf.USE_STDIN, stdin);
        }

        /**
         * Whether memory is reserved, not only limited; default no.
         *
         * @param reserve true for yes
         * @return this
         */
        public Builder reserveMemory(final boolean reserve) {
            return set(Lsf.RESERVE_MEMORY, reserve);
        }

        @Override
        public LSFCluster start() {
            return launch(LSFCluster::new);
        }

        @Override
        protected Builder self() {
            return this;
        }
    }
}
