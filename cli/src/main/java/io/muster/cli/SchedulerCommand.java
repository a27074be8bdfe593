package io.muster.cli;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.progress.Terminal;
import io.muster.scheduler.SchedulerServer;
import io.muster.worker.Lifetime;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a scheduler until it is asked to end. */
@Command(
        name = "scheduler",
        description = "Runs the scheduler of a cluster, until Ctrl-C or SIGTERM.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
        versionProvider = VersionText.class)
final class SchedulerCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(SchedulerCommand.class);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private SettingsMixin common = new SettingsMixin();

    @Option(names = "--host", paramLabel = "HOST", description = "Name or address to listen on.")
    private @Nullable String host;

    @Option(
            names = "--interface",
            paramLabel = "LIST",
            description = "Network to listen on, the first that fits: such as ib0,10.77.0.0/16.")
    private @Nullable String networkInterface;

    @Option(names = "--port", paramLabel = "PORT", description = "Port to listen on; 0: any free one.")
    private @Nullable String port;

    @Option(
            names = "--idle-timeout",
            paramLabel = "TIME",
            description = "End after so long without clients, such as 1h; 0: never.")
    private @Nullable String idleTimeout;

    @Option(
            names = "--lifetime",
            paramLabel = "TIME",
            description = "How long from now on the scheduler's job goes on, such as 1h; the cluster ends in time.")
    private @Nullable String lifetime;

    @Override
    public Integer call() throws InterruptedException {
        final Settings settings = settings();
        final Lifetime ofJob = Lifetime.of(SettingsMixin.with(Settings.defaults(), Options.WORKER_LIFETIME, lifetime)
                .check());
        Logging.beTalkative();
        final SchedulerServer server = SchedulerServer.start(settings);
        final Shutdown shutdown = Shutdown.first(server::close);
        try {
            if (ofJob.isLimited()) {
                closeBefore(ofJob, server);
            }
            print(server);
            server.awaitClose();
        } finally {
            server.close();
            shutdown.forget();
        }
        return 0;
    }

    private static void closeBefore(final Lifetime end, final SchedulerServer server) {
        final Thread closer = new Thread(
                () -> {
                    try {
                        TimeUnit.NANOSECONDS.sleep(end.leaveInNs(System.nanoTime()));
                        LOG.warn(
                                "the scheduler's job ends in {} s, and the cluster with it",
                                TimeUnit.NANOSECONDS.toSeconds(end.endInNs(System.nanoTime())));
                        server.close();
                    } catch (final InterruptedException e) {
                        LOG.debug("the scheduler ends anyway", e);
                    }
                },
                "muster-scheduler-lifetime");
        closer.setDaemon(true);
        closer.start();
    }

    private Settings settings() {
        Settings settings = common.load();
        settings = SettingsMixin.with(settings, Options.SCHEDULER_HOST, host);
        settings = SettingsMixin.with(settings, Options.SCHEDULER_INTERFACE, networkInterface);
        settings = SettingsMixin.with(settings, Options.SCHEDULER_PORT, port);
        settings = SettingsMixin.with(settings, Options.SCHEDULER_IDLE_TIMEOUT, idleTimeout);
        return settings.check();
    }

    private void print(final SchedulerServer server) {
        final PrintWriter out = spec.commandLine().getOut();
        out.println(
                "scheduler listens on " + String.join(", ", server.addresses()) + ", scheduler file " + server.file());
        if (!server.dashboardUrl().isEmpty()) {
            out.println(dashboard(server));
        }
        out.flush();
    }

    /** The token is for whoever sits at the terminal, not for those who may read a log. */
    private static String dashboard(final SchedulerServer server) {
        final String url = server.dashboardUrl();
        return Terminal.isStandardOutput()
                ? "dashboard at " + url
                : "dashboard at " + url.substring(0, url.indexOf('?'))
                        + ", the link with its token: muster info --scheduler-file " + server.file();
    }
}
