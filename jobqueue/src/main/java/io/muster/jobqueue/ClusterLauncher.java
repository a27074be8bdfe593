package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.config.ConfigurationException;
import io.muster.config.DurationText;
import io.muster.jobqueue.manager.ManagerJson;
import io.muster.security.RandomName;
import io.muster.security.SchedulerFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the scheduler of a cluster where it is to run, waits until it listens, and tells it what the cluster is. */
final class ClusterLauncher {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterLauncher.class);
    private static final int RANDOM_BYTES = 6;
    private static final long LOCAL_POLL_MS = 50;
    private static final long REMOTE_POLL_MS = 1000;
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private final ClusterPlan plan;
    private final Login login;
    private final MusterCommand muster;
    private final String directory;
    private final String schedulerFile;

    private ClusterLauncher(final ClusterPlan plan, final Login login) {
        this.plan = plan;
        this.login = login;
        this.muster = plan.muster(login);
        this.directory = (plan.directory() == null ? login.home() + "/.muster/clusters" : plan.directory()) + "/"
                + plan.system().name() + "-" + RandomName.hex(RANDOM_BYTES);
        this.schedulerFile = directory + "/" + ClusterFolder.SCHEDULER_FILE;
    }

    /** Starts a cluster; what was begun is ended if that fails. */
    static StartedCluster launch(final ClusterPlan plan) {
        final Login login = plan.openLogin();
        try {
            return new ClusterLauncher(plan, login).launch();
        } catch (final RuntimeException e) {
            login.close();
            throw e;
        }
    }

    private StartedCluster launch() {
        login.run("mkdir", "-p", "-m", "700", directory, directory + "/logs");
        final SchedulerLife life = startScheduler();
        try {
            final Path file = awaitFile(life);
            final ManagerClient manager = ManagerClient.connect(file, login.route(), CONNECT);
            try {
                manager.ask("start", description());
                return new StartedCluster(plan.system(), login, life, manager, file, directory);
            } catch (final RuntimeException e) {
                manager.close();
                throw e;
            }
        } catch (final RuntimeException e) {
            final String log = life.log();
            killQuietly(life);
            throw log.isBlank() || e instanceof ConfigurationException
                    ? e
                    : new MusterException(e.getMessage() + "\nIts output ends with:\n" + log, e);
        }
    }

    private SchedulerLife startScheduler() {
        if (plan.placement() == SchedulerPlacement.LOGIN) {
            final List<String> command = new ArrayList<>(muster.program());
            command.addAll(List.of("scheduler", "--scheduler-file", schedulerFile));
            command.addAll(plan.schedulerArguments());
            return SchedulerProcess.start(login, command, directory + "/scheduler.log");
        }
        final JobSpec spec = JobSpec.of(plan.schedulerJob(), login.environment());
        final String script = JobScript.ofScheduler(
                        spec, workerLaunch(), plan.schedulerArguments(), login.environment())
                .text();
        return SchedulerJob.submit(
                login,
                new JobRequest(spec, script, "muster-" + RandomName.hex(RANDOM_BYTES), 1, directory + "/logs"),
                plan.queryInterval());
    }

    private WorkerLaunch workerLaunch() {
        return new WorkerLaunch(
                muster.program(),
                Path.of(schedulerFile),
                plan.isRemote() ? null : Path.of(System.getProperty("java.home")),
                plan.classPath() == null ? muster.classPath() : plan.classPath());
    }

    private Path awaitFile(final SchedulerLife life) {
        final long startNs = System.nanoTime();
        while (true) {
            final Path file = tryFetch();
            if (file != null) {
                return file;
            }
            final String death = life.deathNotice();
            if (death != null) {
                throw new MusterException("the " + life.description() + " did not start: " + death);
            }
            if (System.nanoTime() - startNs > plan.startTimeout().toNanos()) {
                throw new MusterException("the " + life.description() + " did not listen within startTimeout="
                        + DurationText.format(plan.startTimeout())
                        + (life.progress().isEmpty() ? "" : "; " + life.progress()));
            }
            try {
                Thread.sleep(plan.isRemote() ? REMOTE_POLL_MS : LOCAL_POLL_MS);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MusterException("interrupted while waiting for the " + life.description(), e);
            }
        }
    }

    private @Nullable Path tryFetch() {
        if (!login.hasFile(schedulerFile)) {
            return null;
        }
        final Path file = login.fetch(schedulerFile);
        SchedulerFile.await(file, CONNECT);
        return file;
    }

    private Map<String, Object> description() {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("system", plan.system().name());
        json.put("directory", directory);
        final WorkerLaunch launch = workerLaunch();
        final Map<String, Object> command = new LinkedHashMap<>();
        command.put("program", launch.program());
        command.put(
                "java_home",
                launch.javaHome() == null ? null : launch.javaHome().toString());
        command.put("class_path", launch.classPath());
        json.put("launch", command);
        json.put("limits", ManagerJson.of(plan.limits()));
        json.put("query_interval_ms", plan.queryInterval().toMillis());
        json.put("owner_grace_ms", plan.ownerGrace().toMillis());
        final List<Object> groups = new ArrayList<>();
        plan.groups().forEach((name, settings) -> groups.add(StartedCluster.group(name, settings)));
        json.put("groups", groups);
        return json;
    }

    private static void killQuietly(final SchedulerLife life) {
        try {
            life.kill();
        } catch (final RuntimeException e) {
            LOG.warn("the {} may still be there: {}", life.description(), e.getMessage());
        }
    }
}
