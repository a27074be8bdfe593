package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.WaitTimeoutException;
import io.muster.config.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster whose scheduler listens: what a {@link JobQueueCluster} is made of. */
public final class StartedCluster {
    private static final Logger LOG = LoggerFactory.getLogger(StartedCluster.class);
    private static final Duration NEWS_TIMEOUT = Duration.ofSeconds(30);
    private static final long RETRY_MS = 5_000;
    private static final long POLL_MS = 100;
    private static final Duration SCHEDULER_END = Duration.ofSeconds(20);
    private static final Duration CLOSE_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration CLOSE_STEP = Duration.ofSeconds(5);

    private final BatchSystem system;
    private final Login login;
    private final @Nullable SchedulerLife life;
    private final ManagerClient manager;
    private final Path schedulerFile;
    private final String directory;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Thread listener = new Thread(this::listen, "muster-cluster-news");
    private final Thread hook = new Thread(this::close, "muster-cluster-shutdown");
    private long newsSeen;

    StartedCluster(
            final BatchSystem system,
            final Login login,
            final @Nullable SchedulerLife life,
            final ManagerClient manager,
            final Path schedulerFile,
            final String directory) {
        this.system = system;
        this.login = login;
        this.life = life;
        this.manager = manager;
        this.schedulerFile = schedulerFile;
        this.directory = directory;
    }

    /** Begins to show what happens to jobs, and to end the cluster with this JVM. */
    StartedCluster watch() {
        manager.own();
        listener.setDaemon(true);
        listener.start();
        Runtime.getRuntime().addShutdownHook(hook);
        return this;
    }

    /** A group as a request has it. */
    static Map<String, Object> group(final String name, final JobSettings settings) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("settings", settings.toJson());
        return json;
    }

    BatchSystem system() {
        return system;
    }

    Login login() {
        return login;
    }

    Path schedulerFile() {
        return schedulerFile;
    }

    String directory() {
        return directory;
    }

    Map<?, ?> ask(final String request, final Map<String, ?> arguments) {
        if (ended.get()) {
            throw new MusterException("this cluster is closed or detached; request=" + request + " came too late");
        }
        return manager.ask(request, arguments);
    }

    /** Leaves the cluster as it is. */
    void detach() {
        if (!ended.get()) {
            manager.disown();
            if (ended.compareAndSet(false, true)) {
                release();
            }
        }
    }

    /** Cancels all jobs, looks that none is left, and ends the scheduler. */
    void close() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        boolean isClean = false;
        try {
            isClean = endJobs();
        } catch (final MusterException e) {
            LOG.warn("the cluster could not be closed in order: {}", e.getMessage());
            cancelRecorded();
        } finally {
            endScheduler();
            leaveFolder(isClean);
            release();
        }
    }

    /** Whether nothing is left that is worth a look. */
    private boolean endJobs() {
        final Map<?, ?> answer = askToClose();
        final boolean isAnyLeft = answer.get("left") instanceof List<?> left && !left.isEmpty();
        if (isAnyLeft) {
            LOG.warn("jobs={} may still be in the queue, cancel them by hand", answer.get("left"));
        }
        return !isAnyLeft && Boolean.FALSE.equals(answer.get("failures"));
    }

    /** Asks again and again, as a scheduler that has died gives no answer. */
    private Map<?, ?> askToClose() {
        final long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
        while (true) {
            final String death = deathNotice();
            if (death != null) {
                throw new MusterException("the scheduler is gone: " + death);
            }
            try {
                return manager.ask("close", Map.of(), CLOSE_STEP);
            } catch (final WaitTimeoutException e) {
                if (System.nanoTime() > deadlineNs) {
                    throw e;
                }
            }
        }
    }

    private @Nullable String deathNotice() {
        try {
            return life == null ? null : life.deathNotice();
        } catch (final MusterException e) {
            LOG.debug("whether the scheduler lives is not known", e);
            return null;
        }
    }

    private void leaveFolder(final boolean isToGo) {
        final String name = directory.substring(directory.lastIndexOf('/') + 1);
        if (!isToGo || !ClusterFolder.isName(name)) {
            LOG.info("what the scheduler and the jobs wrote is in {}", directory);
            return;
        }
        try {
            login.run("rm", "-rf", directory);
        } catch (final MusterException e) {
            LOG.info("the folder {} of the closed cluster could not be deleted: {}", directory, e.getMessage());
        }
    }

    /** The jobs that the scheduler noted down, for when it does not answer any more. */
    private void cancelRecorded() {
        try {
            final Object record = Json.parse(login.run("cat", directory + "/" + JobRecord.FILE));
            final List<String> ids = JobRecord.living(record);
            if (!ids.isEmpty()) {
                LOG.warn("cancelling jobs={}, which the scheduler had submitted", ids);
                system.queue(login.commands()).cancel(ids);
            }
        } catch (final MusterException e) {
            LOG.warn("what is left in the queue is not known: {}", e.getMessage());
        }
    }

    private void endScheduler() {
        if (life == null) {
            return;
        }
        final long deadlineNs = System.nanoTime() + SCHEDULER_END.toNanos();
        try {
            while (life.deathNotice() == null) {
                if (System.nanoTime() > deadlineNs) {
                    life.kill();
                    return;
                }
                Thread.sleep(POLL_MS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            life.kill();
        } catch (final MusterException e) {
            LOG.warn("whether the {} has ended is not known: {}", life.description(), e.getMessage());
        }
    }

    private void release() {
        listener.interrupt();
        manager.close();
        login.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            LOG.debug("the JVM ends already", e);
        }
    }

    /** Tells people what the manager has to say. */
    private void listen() {
        try {
            while (!ended.get()) {
                if (!tellNews()) {
                    Thread.sleep(RETRY_MS);
                }
            }
        } catch (final InterruptedException e) {
            LOG.debug("the cluster is closed");
        }
    }

    private boolean tellNews() {
        try {
            final Map<?, ?> answer = manager.ask("news", Map.of("seen", newsSeen), NEWS_TIMEOUT);
            if (answer.get("news") instanceof List<?> news) {
                news.forEach(line -> LOG.warn("{}", line));
            }
            if (answer.get("seen") instanceof Long seen) {
                newsSeen = seen;
            }
            return true;
        } catch (final MusterException e) {
            if (!ended.get()) {
                LOG.warn("the scheduler does not answer: {}", e.getMessage());
            }
            return false;
        }
    }
}
