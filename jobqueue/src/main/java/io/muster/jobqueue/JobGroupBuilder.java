package io.muster.jobqueue;

/** Describes the jobs of one group of a cluster; see {@link JobQueueCluster#addGroup}. */
public final class JobGroupBuilder extends JobBuilder<JobGroupBuilder> {
    JobGroupBuilder(final BatchSystem system) {
        super(system);
    }

    @Override
    protected JobGroupBuilder self() {
        return this;
    }
}
