package io.muster.jobqueue.manager;

import io.muster.scheduler.ClusterManager;
import io.muster.scheduler.ClusterManagerFactory;
import io.muster.scheduler.ManagedScheduler;

/** Makes the job manager of a scheduler's process; found by {@link java.util.ServiceLoader}. */
public final class JobManagerFactory implements ClusterManagerFactory {
    /** Makes one. */
    public JobManagerFactory() {}

    @Override
    public ClusterManager create(final ManagedScheduler scheduler) {
        return new JobManager(scheduler);
    }
}
