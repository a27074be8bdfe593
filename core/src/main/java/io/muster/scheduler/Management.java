package io.muster.scheduler;

import io.muster.config.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cluster manager in a scheduler's process: made when the first client asks for something, told who comes and goes, and closed
 * before the scheduler. What it does to the scheduler is done by the agent.
 */
final class Management implements ManagedScheduler {
    static final String NOTHING_TO_MANAGE =
            error("there is nothing that could get workers for this cluster: put muster-jobqueue and the module of"
                    + " the batch system, such as muster-jobqueue-slurm, on the scheduler's class path");

    /** What there is to tell of jobs where nothing has any. */
    static final String NO_JOBS = Json.write(Map.of("jobs", List.of()));

    private static final String JOBS = Json.write(Map.of("do", "jobs"));
    private static final int NOBODY = 0;
    private static final Logger LOG = LoggerFactory.getLogger(Management.class);
    private static final String ENDING = error("the scheduler is ending");

    private final SchedulerAgent agent;
    private final SchedulerSettings settings;
    private final Iterable<ClusterManagerFactory> factories;
    private volatile @Nullable ClusterManager manager;
    private boolean closing;

    /**
     * Makes one without a manager.
     *
     * @param factories the first of them makes the manager
     */
    Management(
            final SchedulerAgent agent,
            final SchedulerSettings settings,
            final Iterable<ClusterManagerFactory> factories) {
        this.agent = agent;
        this.settings = settings;
        this.factories = factories;
    }

    /** Has a client's request answered; called by the agent, as are the next three. */
    synchronized void request(final ClientSession client, final long requestId, final String json) {
        final Answer answer = new Answer(client, requestId);
        try {
            if (closing) {
                answer.accept(ENDING);
                return;
            }
            if (Scalable.isAsked(json)) {
                Scalable.answer(agent, json, answer);
                return;
            }
            final ClusterManager asked = managing();
            if (asked == null) {
                answer.accept(NOTHING_TO_MANAGE);
            } else {
                asked.request(client.state().number, json, answer);
            }
        } catch (final RuntimeException | LinkageError | ServiceConfigurationError e) {
            LOG.error("the cluster manager failed at request={}", json, e);
            answer.accept(error("the cluster manager failed: " + e));
        }
    }

    /** Has the cluster's jobs told; a manager that nobody has needed yet is not made for that. */
    synchronized void jobs(final Consumer<String> answer) {
        final ClusterManager asked = manager;
        if (asked == null || closing) {
            answer.accept(NO_JOBS);
        } else {
            tell(told -> told.request(NOBODY, JOBS, answer));
        }
    }

    /** The jobs that wait in the queue; from any thread. */
    List<PendingJob> pendingJobs() {
        final ClusterManager asked = manager;
        try {
            return asked == null ? List.of() : asked.pendingJobs();
        } catch (final RuntimeException | LinkageError e) {
            LOG.error("the cluster manager failed", e);
            return List.of();
        }
    }

    void clientLeft(final int client) {
        tell(told -> told.clientLeft(client));
    }

    void workerJoined(final WorkerState worker) {
        tell(told -> told.workerJoined(managed(worker)));
    }

    void workerLeft(final WorkerState worker, final String reason, final boolean expected) {
        tell(told -> told.workerLeft(managed(worker), reason, expected));
    }

    /** Closes the manager, if there is one, within a bound; not by the agent, which has to go on meanwhile. */
    void close() {
        final ClusterManager closed;
        synchronized (this) {
            closing = true;
            closed = manager;
        }
        if (closed != null) {
            close(closed);
        }
    }

    @Override
    public Path schedulerFile() {
        return settings.file();
    }

    @Override
    public void retire(final Collection<Integer> workers, final Duration patience, final String reason) {
        final Set<Integer> leaving = Set.copyOf(workers);
        agent.execute(() -> agent.core().retire(agent.nowNs(), leaving, patience.toNanos(), reason));
    }

    @Override
    public void load(final Consumer<Load> taker) {
        agent.execute(() -> {
            final Load load = agent.core().load();
            tell(told -> taker.accept(load));
        });
    }

    @Override
    public void stopCluster(final String reason) {
        agent.execute(() -> agent.stopCluster(reason));
    }

    private @Nullable ClusterManager managing() {
        final ClusterManager known = manager;
        if (known != null) {
            return known;
        }
        final Iterator<ClusterManagerFactory> found = factories.iterator();
        if (!found.hasNext()) {
            return null;
        }
        final ClusterManager made = found.next().create(this);
        manager = made;
        for (final WorkerState worker : agent.core().workers()) {
            if (worker != null && !worker.gone) {
                workerJoined(worker);
            }
        }
        return made;
    }

    private void tell(final Consumer<ClusterManager> what) {
        final ClusterManager told = manager;
        if (told != null) {
            try {
                what.accept(told);
            } catch (final RuntimeException | LinkageError e) {
                LOG.error("the cluster manager failed", e);
            }
        }
    }

    private void close(final ClusterManager closed) {
        final Thread closer = new Thread(
                () -> {
                    try {
                        closed.close();
                    } catch (final RuntimeException | LinkageError e) {
                        LOG.error("the cluster manager failed while closing; look for jobs that it left", e);
                    }
                },
                "muster-manager-close");
        closer.setDaemon(true);
        closer.start();
        try {
            closer.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(settings.closeTimeoutNs())));
            if (closer.isAlive()) {
                LOG.warn(
                        "the cluster manager did not close within scheduler.close-timeout={} ms; look for jobs that it"
                                + " left",
                        TimeUnit.NANOSECONDS.toMillis(settings.closeTimeoutNs()));
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ManagedWorker managed(final WorkerState worker) {
        return new ManagedWorker(worker.number, worker.name, worker.host, worker.threads, worker.job, worker.jobToken);
    }

    private static String error(final String text) {
        return Json.write(Map.of("error", text));
    }

    /** Takes a request's answer from any thread to the agent, and from there to the client if that is still there. */
    private final class Answer implements Consumer<String> {
        private final ClientSession client;
        private final long requestId;
        private final AtomicBoolean given = new AtomicBoolean();

        Answer(final ClientSession client, final long requestId) {
            this.client = client;
            this.requestId = requestId;
        }

        @Override
        public void accept(final String json) {
            if (given.compareAndSet(false, true)) {
                agent.execute(() -> {
                    if (!client.session().isClosed()) {
                        client.infoReply(requestId, json);
                    }
                });
            }
        }
    }
}
