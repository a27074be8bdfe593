package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.scheduler.Load;
import io.muster.scheduler.ManagedWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A table with a clock that the test moves, and shorthand for what a batch system and workers say. */
final class Bench {
    static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    static final JobGroup GROUP =
            new JobGroup("default", "muster-worker", 2, 4, Map.of(), Duration.ofHours(1), JobLimits.NONE);

    private static final Duration STEP = Duration.ofMillis(250);

    final JobTable table;
    private final List<JobAction> actions = new ArrayList<>();
    private final Map<Integer, ManagedWorker> workers = new LinkedHashMap<>();
    private long ns;
    private int ids;
    private int workerNumbers;

    Bench() {
        this(TableSettings.DEFAULT, GROUP);
    }

    Bench(final TableSettings settings, final JobGroup... groups) {
        table = new JobTable(settings, "t");
        List.of(groups).forEach(table::addGroup);
    }

    Moment now() {
        return new Moment(ns, START.plusNanos(ns));
    }

    /** Lets time go by, with a tick every quarter of a second. */
    void pass(final Duration duration) {
        final long end = ns + duration.toNanos();
        while (ns < end) {
            ns = Math.min(end, ns + STEP.toNanos());
            table.tick(now());
        }
    }

    void pass(final int seconds) {
        pass(Duration.ofSeconds(seconds));
    }

    /** The actions of one kind since it was last asked for, in their order. */
    <T extends JobAction> List<T> took(final Class<T> kind) {
        actions.addAll(table.drain());
        final List<T> taken =
                actions.stream().filter(kind::isInstance).map(kind::cast).toList();
        actions.removeIf(kind::isInstance);
        return taken;
    }

    <T extends JobAction> T tookOne(final Class<T> kind) {
        final List<T> taken = took(kind);
        assertThat(taken).hasSize(1);
        return taken.get(0);
    }

    void assertNothingTaken() {
        actions.addAll(table.drain());
        assertThat(actions).isEmpty();
    }

    void forgetActions() {
        table.drain();
        actions.clear();
    }

    void scale(final int jobs) {
        table.scale("default", jobs, now());
    }

    /** Takes the submissions that there are, and says that they were taken. */
    List<String> takeSubmissions() {
        final List<String> taken = new ArrayList<>();
        for (List<JobAction.Submit> submits = took(JobAction.Submit.class);
                !submits.isEmpty();
                submits = took(JobAction.Submit.class)) {
            for (final JobAction.Submit submit : submits) {
                final List<String> fresh = freshIds(submit.count());
                taken.addAll(fresh);
                table.submitted(submit.token(), fresh, now());
            }
        }
        return taken;
    }

    List<String> freshIds(final int count) {
        final List<String> fresh = IntStream.rangeClosed(ids + 1, ids + count)
                .mapToObj(Integer::toString)
                .toList();
        ids += count;
        return fresh;
    }

    ManagedWorker join(final String job) {
        return join(job, "");
    }

    ManagedWorker join(final String job, final String token) {
        workerNumbers++;
        final ManagedWorker worker = new ManagedWorker(workerNumbers, "w" + workerNumbers, "n1", 4, job, token);
        workers.put(worker.number(), worker);
        table.workerJoined(worker, now());
        return worker;
    }

    /** Both workers of a job. */
    List<ManagedWorker> joinBoth(final String job) {
        return List.of(join(job), join(job));
    }

    void leave(final ManagedWorker worker, final boolean isExpected) {
        workers.remove(worker.number());
        table.workerLeft(worker, isExpected ? "asked to" : "connection lost", isExpected, now());
    }

    void allLeave(final String job, final boolean isExpected) {
        workers.values().stream()
                .filter(worker -> worker.job().equals(job))
                .toList()
                .forEach(worker -> leave(worker, isExpected));
    }

    /** Jobs that are there, with all their workers. */
    List<String> running(final int jobs) {
        scale(jobs);
        final List<String> taken = takeSubmissions();
        taken.forEach(this::joinBoth);
        forgetActions();
        return taken;
    }

    void cancelled(final List<String> jobs) {
        table.cancelled(jobs, now());
    }

    void answer(final JobStatus... statuses) {
        table.queryAnswered(List.of(statuses), now());
    }

    void load(final long tasks, final double seconds) {
        load(tasks, seconds, List.of());
    }

    /** Workers in these jobs have 3 tasks each, the others are idle. */
    void load(final long tasks, final double seconds, final List<String> busy) {
        table.load(
                new Load(
                        tasks == 0 ? List.of() : List.of(new Load.Need(Map.of(), tasks, (long) (seconds * 1_000_000))),
                        0,
                        workers.values().stream()
                                .map(worker -> new Load.Busy(
                                        worker.number(), busy.contains(worker.job()) ? 3 : 0, 0, false, false))
                                .toList()),
                now());
    }

    /** The load of a moment, as often as the table asks. */
    void passUnderLoad(final int seconds, final long tasks, final double work, final List<String> busy) {
        for (int i = 0; i < seconds * 4; i++) {
            pass(STEP);
            if (!took(JobAction.AskLoad.class).isEmpty()) {
                load(tasks, work, busy);
            }
        }
    }

    JobView job(final String id) {
        return table.jobs(now()).stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    List<JobState> states() {
        return table.jobs(now()).stream().map(JobView::state).toList();
    }

    GroupView group() {
        return table.groups().get(0);
    }

    static JobStatus pending(final String id) {
        return JobStatus.of(id, JobState.PENDING, "PENDING").withReason("Priority");
    }

    static JobStatus started(final String id) {
        return JobStatus.of(id, JobState.RUNNING, "RUNNING").withNode("n7");
    }

    static JobStatus over(final String id, final JobEnd end) {
        return JobStatus.of(id, JobState.ENDED, end.name()).withEnd(end, end == JobEnd.COMPLETED ? 0 : 1, null);
    }
}
