package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.MusterException;
import io.muster.config.ConfigurationException;
import io.muster.config.DurationText;
import io.muster.config.Json;
import io.muster.jobqueue.SubmissionException;
import io.muster.scheduler.ClusterManager;
import io.muster.scheduler.ManagedScheduler;
import io.muster.scheduler.ManagedWorker;
import io.muster.scheduler.PendingJob;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread around a {@link JobTable}: takes requests of programs and news of workers in, has the table decide, and hands what it wants
 * done to {@link QueueWork}, whose threads bring back what came of it. All state is confined to one thread.
 */
final class JobManager implements ClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(JobManager.class);
    private static final long TICK_MS = 250;
    private static final Duration CLOSE = Duration.ofSeconds(45);
    private static final long TO_ANSWER_MS = 300;

    private final ManagedScheduler scheduler;
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(task -> {
        final Thread thread = new Thread(task, "muster-jobs");
        thread.setDaemon(true);
        return thread;
    });
    private final long beginNs = System.nanoTime();
    private final Map<Integer, ManagedWorker> workers = new LinkedHashMap<>();
    private final News news = new News();
    private final List<Waiting> waiting = new ArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable ManagedQueue queue;
    private @Nullable QueueWork work;
    private @Nullable JobTable table;
    private Duration ownerGrace = Duration.ofMinutes(1);
    private int ownerClient = -1;
    private long ownerLostNs = Moment.NEVER;
    private long recordedVersion;
    private volatile List<PendingJob> pending = List.of();
    private boolean isClosing;
    private List<Consumer<String>> closeAnswers = new ArrayList<>();

    JobManager(final ManagedScheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void request(final int client, final String json, final Consumer<String> answer) {
        submit(() -> {
            try {
                if (!(Json.parse(json) instanceof Map<?, ?> request)) {
                    throw new ConfigurationException("a request must be an object");
                }
                handle(client, request, answer);
            } catch (final RuntimeException e) {
                if (!(e instanceof MusterException)) {
                    LOG.error("a request failed; this is a bug in Muster", e);
                }
                answer.accept(failure(e));
            }
        });
    }

    @Override
    public void clientLeft(final int client) {
        submit(() -> {
            if (client == ownerClient) {
                ownerClient = -1;
                ownerLostNs = now().ns();
            }
        });
    }

    @Override
    public void workerJoined(final ManagedWorker worker) {
        submit(() -> {
            workers.put(worker.number(), worker);
            decide((known, now) -> known.workerJoined(worker, now));
        });
    }

    @Override
    public void workerLeft(final ManagedWorker worker, final String reason, final boolean expected) {
        submit(() -> {
            workers.remove(worker.number());
            decide((known, now) -> known.workerLeft(worker, reason, expected, now));
        });
    }

    @Override
    public List<PendingJob> pendingJobs() {
        return pending;
    }

    /** Waits until nothing is in the queue any more, or that takes too long. */
    @Override
    public void close() {
        submit(() -> {
            if (table == null) {
                closed.countDown();
            } else {
                beginClose("the scheduler ends");
            }
        });
        try {
            if (!closed.await(CLOSE.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("the jobs could not be cancelled within {}", CLOSE);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        loop.shutdownNow();
    }

    private void submit(final Runnable task) {
        try {
            loop.execute(() -> {
                try {
                    task.run();
                } catch (final RuntimeException e) {
                    LOG.error("the job manager failed; this is a bug in Muster", e);
                    scheduler.stopCluster("the job manager failed: " + e);
                }
            });
        } catch (final RejectedExecutionException e) {
            LOG.debug("the job manager is closed", e);
        }
    }

    private void handle(final int client, final Map<?, ?> request, final Consumer<String> answer) {
        final String what = String.valueOf(request.get("do"));
        if (what.equals("start")) {
            own(client);
            start(request);
            answer.accept("{}");
            return;
        }
        final JobTable known = table;
        final ManagedQueue jobs = queue;
        if (known == null || jobs == null) {
            throw new MusterException(
                    "this scheduler has no jobs to manage; it was not started by a cluster on a batch queue");
        }
        switch (what) {
            case "own" -> {
                own(client);
                answer.accept(Json.write(jobs.describe()));
            }
            case "disown" -> {
                own(-1);
                answer.accept("{}");
            }
            case "news" -> news.tell(request.get("seen"), answer, now());
            case "add-group" -> {
                known.addGroup(jobs.add(object(request, "group")));
                answer.accept("{}");
            }
            case "scale" -> scale(known, jobs, request, answer);
            case "adapt" -> {
                final AdaptiveRule rule = ManagerJson.rule(object(request, "rule"));
                decide((ignored, now) -> known.adapt(text(request, "group"), rule, now));
                answer.accept("{}");
            }
            case "jobs" -> answer.accept(jobs(known, jobs));
            case "logs" -> logs(jobs, known, text(request, "job"), answer);
            case "close" -> {
                closeAnswers.add(answer);
                beginClose("its owner closes it");
            }
            default -> throw new MusterException("do=" + what + " is not something that a job manager does");
        }
    }

    private void own(final int client) {
        ownerClient = client;
        ownerLostNs = Moment.NEVER;
    }

    private void start(final Map<?, ?> request) {
        if (table != null) {
            return;
        }
        final ManagedQueue begun = ManagedQueue.of(request, scheduler.schedulerFile());
        final JobTable fresh = new JobTable(
                TableSettings.DEFAULT
                        .queryInterval(Duration.ofMillis(ManagerJson.whole(request, "query_interval_ms")))
                        .limits(ManagerJson.limits(object(request, "limits"))),
                begun.tokenPrefix());
        if (request.get("groups") instanceof List<?> groups) {
            for (final Object group : groups) {
                if (group instanceof Map<?, ?> map) {
                    fresh.addGroup(begun.add(map));
                }
            }
        }
        ownerGrace = Duration.ofMillis(ManagerJson.whole(request, "owner_grace_ms"));
        queue = begun;
        work = new QueueWork(begun, scheduler, this::tell);
        work.sweep(begun.directory());
        table = fresh;
        workers.values().forEach(worker -> decide((known, now) -> known.workerJoined(worker, now)));
        loop.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        LOG.info("managing jobs of {}, directory {}", begun.system(), begun.directory());
    }

    private void scale(
            final JobTable known, final ManagedQueue jobs, final Map<?, ?> request, final Consumer<String> answer) {
        final String group = text(request, "group");
        final int count = request.containsKey("workers")
                ? jobs.jobsFor(group, ManagerJson.whole(request, "workers"))
                : ManagerJson.whole(request, "jobs");
        final List<JobAction> actions = decide((ignored, now) -> known.scale(group, count, now));
        final boolean isSubmitting = actions.stream()
                .anyMatch(action -> action instanceof JobAction.Submit submit
                        && submit.group().equals(group));
        if (isSubmitting) {
            waiting.add(new Waiting(group, answer));
        } else {
            answer.accept("{}");
        }
    }

    private String jobs(final JobTable known, final ManagedQueue jobs) {
        final Map<String, Object> all = new LinkedHashMap<>(jobs.describe());
        all.put("groups", known.groups().stream().map(GroupView::toMap).toList());
        all.put("jobs", known.jobs(now()).stream().map(JobView::toMap).toList());
        return Json.write(all);
    }

    private void logs(final ManagedQueue jobs, final JobTable known, final String id, final Consumer<String> answer) {
        final String token = known.token(id);
        if (token == null) {
            throw new MusterException("job=" + id + " must be a job of this cluster");
        }
        Objects.requireNonNull(work)
                .readAll(jobs.logFiles(token, id), text -> answer.accept(Json.write(Map.of("job", id, "text", text))));
    }

    /** What came of something that the table wanted done; from any thread. */
    private void tell(final Outcome outcome) {
        submit(() -> {
            decide(outcome::tell);
            if (outcome.group() != null) {
                answerWaiting(outcome.group(), outcome.failure());
            }
        });
    }

    private void answerWaiting(final String group, final @Nullable RuntimeException failure) {
        waiting.removeIf(each -> {
            final boolean isAnswered = each.group().equals(group);
            if (isAnswered) {
                each.answer().accept(failure == null ? "{}" : failure(failure));
            }
            return isAnswered;
        });
    }

    private void tick() {
        try {
            final Moment now = now();
            if (ownerLostNs != Moment.NEVER && now.isAtLeast(ownerGrace, ownerLostNs)) {
                ownerLostNs = Moment.NEVER;
                beginClose("its owner has been gone for " + DurationText.format(ownerGrace));
            }
            decide(JobTable::tick);
            pending = table == null ? List.of() : table.pending();
            news.advance(now);
        } catch (final RuntimeException e) {
            LOG.error("the job manager failed; this is a bug in Muster", e);
            scheduler.stopCluster("the job manager failed: " + e);
        }
    }

    private void beginClose(final String reason) {
        final JobTable known = table;
        if (isClosing || known == null) {
            return;
        }
        isClosing = true;
        LOG.info("closing the cluster: {}", reason);
        scheduler.retire(List.copyOf(workers.keySet()), Duration.ZERO, reason);
        decide((ignored, now) -> known.close(now));
    }

    /** Has the table decide, sees to what it wants done, and returns that. */
    private List<JobAction> decide(final Decision decision) {
        final JobTable known = table;
        final QueueWork hands = work;
        final ManagedQueue jobs = queue;
        if (known == null || hands == null || jobs == null) {
            return List.of();
        }
        decision.take(known, now());
        final List<JobAction> actions = known.drain();
        for (final JobAction action : actions) {
            if (action instanceof JobAction.Report report) {
                LOG.warn("{}", report.text());
                news.add(report.text());
            } else if (action instanceof JobAction.ReadLog read) {
                hands.readTail(read.job(), jobs.logFiles(read.token(), read.job()));
            } else {
                hands.act(action);
            }
        }
        if (recordedVersion != known.version()) {
            recordedVersion = known.version();
            jobs.record(known.liveIds());
        }
        if (isClosing && known.isClosed() && closed.getCount() > 0) {
            final String end = Json.write(Map.of("left", known.left(), "failures", known.hasFailures()));
            news.tellAll();
            closeAnswers.forEach(answer -> answer.accept(end));
            closeAnswers = new ArrayList<>();
            closed.countDown();
            loop.schedule(() -> scheduler.stopCluster("the cluster is closed"), TO_ANSWER_MS, TimeUnit.MILLISECONDS);
        }
        return actions;
    }

    private Moment now() {
        return new Moment(System.nanoTime() - beginNs, Instant.now());
    }

    private static String failure(final RuntimeException e) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("error", e.getMessage() == null ? e.toString() : e.getMessage());
        if (e instanceof SubmissionException refused) {
            json.put("kind", refused.kind().name());
        } else if (e instanceof ConfigurationException) {
            json.put("kind", "CONFIGURATION");
        }
        return Json.write(json);
    }

    private static Map<?, ?> object(final Map<?, ?> request, final String name) {
        if (request.get(name) instanceof Map<?, ?> map) {
            return map;
        }
        throw new ConfigurationException(name + "=" + request.get(name) + " must be an object");
    }

    private static String text(final Map<?, ?> request, final String name) {
        if (request.get(name) instanceof String text) {
            return text;
        }
        throw new ConfigurationException(name + "=" + request.get(name) + " must be a text");
    }

    /** A command to the table. */
    @FunctionalInterface
    interface Decision {
        void take(JobTable table, Moment now);
    }

    /**
     * What came of an action.
     *
     * @param tells the table
     * @param group whose submission it was; null if it was none
     * @param failure why the submission failed; null if it did not
     */
    record Outcome(
            Decision tells,
            @Nullable String group,
            @Nullable RuntimeException failure) {
        static Outcome of(final Decision tells) {
            return new Outcome(tells, null, null);
        }

        void tell(final JobTable table, final Moment now) {
            tells.take(table, now);
        }
    }

    private record Waiting(String group, Consumer<String> answer) {}
}
