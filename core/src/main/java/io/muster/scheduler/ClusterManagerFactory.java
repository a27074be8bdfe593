package io.muster.scheduler;

/** Makes the {@link ClusterManager} of a scheduler's process; found by {@link java.util.ServiceLoader}. */
public interface ClusterManagerFactory {
    /**
     * Makes it; it does nothing before it is asked to.
     *
     * @param scheduler what it works for
     * @return the manager
     */
    ClusterManager create(ManagedScheduler scheduler);
}
