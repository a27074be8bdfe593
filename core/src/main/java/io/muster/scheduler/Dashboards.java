package io.muster.scheduler;

import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the dashboard of a scheduler where there is one on the class path; a scheduler goes on without. */
final class Dashboards {
    private static final Logger LOG = LoggerFactory.getLogger(Dashboards.class);

    private Dashboards() {}

    static @Nullable Dashboard start(final DashboardSource source, final Settings settings) {
        if (!settings.get(Options.DASHBOARD_ENABLED)) {
            return null;
        }
        try {
            final Iterator<DashboardFactory> found = ServiceLoader.load(
                            DashboardFactory.class, DashboardFactory.class.getClassLoader())
                    .iterator();
            return found.hasNext() ? found.next().start(source, settings) : null;
        } catch (final RuntimeException | LinkageError | ServiceConfigurationError e) {
            LOG.warn(
                    "there is no dashboard, as it can't be started; the scheduler works all the same: {}",
                    e.toString());
            return null;
        }
    }

    static String url(final @Nullable Dashboard dashboard) {
        return dashboard == null ? "" : dashboard.url();
    }

    static void close(final @Nullable Dashboard dashboard) {
        if (dashboard != null) {
            dashboard.close();
        }
    }
}
