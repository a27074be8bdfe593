package io.muster.scheduler;

import io.muster.config.Settings;

/** Makes the {@link Dashboard} of a scheduler; found by {@link java.util.ServiceLoader}, the first one is taken. */
public interface DashboardFactory {
    /**
     * Starts a dashboard.
     *
     * @param source what it shows
     * @param settings those of {@code dashboard.…} count
     * @return the dashboard, listening
     * @throws io.muster.MusterException if it can't listen; the scheduler goes on without it
     */
    Dashboard start(DashboardSource source, Settings settings);
}
