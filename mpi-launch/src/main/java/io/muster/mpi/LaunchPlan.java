package io.muster.mpi;

import io.muster.config.Options;
import io.muster.config.Settings;
import org.jspecify.annotations.Nullable;

/**
 * What a launch is to become; the same on all ranks.
 *
 * @param roles which rank is what
 * @param workerName what workers are called before their rank; empty: by their rank alone
 * @param settings of scheduler and workers; checked
 * @param runner runs the workers; null: they live in the ranks' own JVMs
 * @param toleratesWorkerFailure whether a rank that is nothing but a worker ends with 0 even if it fails
 */
record LaunchPlan(
        Roles roles,
        String workerName,
        Settings settings,
        @Nullable WorkerRunner runner,
        boolean toleratesWorkerFailure) {
    String nameOf(final int rank) {
        final String prefix = workerName.isEmpty() ? settings.get(Options.WORKER_NAME) : workerName;
        return prefix.isEmpty() ? Integer.toString(rank) : prefix + "-" + rank;
    }
}
