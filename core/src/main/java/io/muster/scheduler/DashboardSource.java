package io.muster.scheduler;

import java.util.List;

/**
 * What a dashboard can ask a scheduler. Answers are copies that stand. They are taken by the scheduler's own thread, and cost it
 * nothing while nobody asks; the caller waits for them, so it must be another thread.
 *
 * <p>All methods throw {@link io.muster.MusterException} if the scheduler is closed or does not answer within two seconds.
 */
public interface DashboardSource {
    /**
     * The cluster as a whole.
     *
     * @return how it is now
     */
    ClusterSnapshot cluster();

    /**
     * The workers that are there.
     *
     * @return how they are now, by number
     */
    List<WorkerSnapshot> workers();
}
