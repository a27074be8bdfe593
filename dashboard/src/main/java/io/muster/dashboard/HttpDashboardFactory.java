package io.muster.dashboard;

import io.muster.config.Settings;
import io.muster.scheduler.Dashboard;
import io.muster.scheduler.DashboardFactory;
import io.muster.scheduler.DashboardSource;

/** Starts the dashboard of a scheduler; found by {@link java.util.ServiceLoader}. */
public final class HttpDashboardFactory implements DashboardFactory {
    /** Makes one that has started nothing. */
    public HttpDashboardFactory() {}

    @Override
    public Dashboard start(final DashboardSource source, final Settings settings) {
        return DashboardServer.start(source, settings);
    }
}
