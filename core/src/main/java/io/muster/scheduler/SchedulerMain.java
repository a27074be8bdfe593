package io.muster.scheduler;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.worker.ParentWatch;
import java.util.List;
import org.slf4j.LoggerFactory;

/** A scheduler as a process of its own, started by a cluster: settings come as {@code key=value} arguments. */
public final class SchedulerMain {
    private SchedulerMain() {}

    /**
     * Runs until stopped.
     *
     * @param arguments {@code key=value} each
     */
    public static void main(final String[] arguments) {
        int exitCode = 0;
        try {
            final Settings settings = Settings.fromArguments(List.of(arguments));
            if (settings.get(Options.PROCESS_PARENT_WATCH)) {
                ParentWatch.start(System.in, () -> Runtime.getRuntime().exit(0));
            }
            final SchedulerServer server = SchedulerServer.start(settings);
            Runtime.getRuntime().addShutdownHook(new Thread(server::close, "muster-shutdown"));
            server.awaitClose();
            server.close();
        } catch (final Exception e) {
            LoggerFactory.getLogger(SchedulerMain.class).error("the scheduler ends: {}", e.getMessage(), e);
            exitCode = 1;
        }
        System.exit(exitCode);
    }
}
