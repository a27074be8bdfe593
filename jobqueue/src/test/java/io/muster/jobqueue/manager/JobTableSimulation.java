package io.muster.jobqueue.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.AdaptiveRule;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.manager.SimulatedQueue.Faults;
import io.muster.scheduler.Load;
import io.muster.scheduler.ManagedWorker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One life of a cluster against a {@link SimulatedQueue}: faults and changes of mind, then healing, after which what is there must
 * become what is wanted and stay so, then the close, after which nothing may be left that is not reported.
 */
final class JobTableSimulation {
    private static final Duration TICK = Duration.ofSeconds(1);
    /** Longer than anything that was to go wrong before the healing takes. */
    private static final Duration OLD_TROUBLE = Duration.ofMinutes(7);

    private static final Duration QUIET = Duration.ofSeconds(100);
    private static final Duration PATIENCE = Duration.ofSeconds(45);
    private static final List<String> GROUPS = List.of("cpu", "gpu");

    private final VirtualTime time = new VirtualTime();
    private final SplittableRandom random;
    private final Faults faults;
    private final SimulatedQueue queue;
    private final TableSettings settings;
    private final JobTable table;
    private final boolean mayDuplicate;
    private final boolean mayRequeue;

    private final Map<Integer, ManagedWorker> workers = new LinkedHashMap<>();
    private final Map<String, Integer> asked = new HashMap<>();
    private final Set<Integer> retired = new HashSet<>();
    private final List<Long> submittedNs = new ArrayList<>();
    private long tasks;
    private boolean isQueryOpen;
    private long queriedNs = -1;
    private boolean isClosing;
    private boolean mustBeQuiet;
    private long actedNs;
    private long hash = 17;

    JobTableSimulation(final long seed) {
        random = new SplittableRandom(seed);
        faults = Faults.of(random);
        mayDuplicate = faults.lateSubmissions;
        mayRequeue = faults.preemptions > 0;
        queue = new SimulatedQueue(time, random, faults, new Workers());
        final JobLimits limits = new JobLimits(
                1 + random.nextInt(8), 12 + random.nextInt(8), 3 + random.nextInt(20), 1 + random.nextInt(5));
        settings = TableSettings.DEFAULT
                .queryInterval(Duration.ofSeconds(List.of(1, 10, 30).get(random.nextInt(3))))
                .drainPatience(PATIENCE)
                .closeTimeout(Duration.ofMinutes(5))
                .replaceLeaving(random.nextBoolean())
                .limits(limits);
        table = new JobTable(settings, "s");
        table.addGroup(new JobGroup("cpu", "c", 2, 4, Map.of(), Duration.ofHours(1), JobLimits.NONE));
        table.addGroup(new JobGroup("gpu", "g", 2, 4, Map.of("gpu", 1.0), null, JobLimits.NONE.maximumJobs(6)));
    }

    /** Runs it and returns a number that depends on all that happened. */
    long run() {
        tick();
        changeMind();
        afterEvent();
        pass(Duration.ofMinutes(12));
        faults.heal();
        final Map<String, Integer> wanted = finalTargets();
        afterEvent();
        pass(OLD_TROUBLE);
        untilQuiet(wanted);
        assertConverged(wanted);
        mustBeQuiet = true;
        pass(Duration.ofMinutes(4));
        mustBeQuiet = false;
        close();
        return hash;
    }

    private void pass(final Duration duration) {
        time.pass(duration, this::afterEvent);
    }

    private void tick() {
        table.tick(time.now());
        time.in(hasFaults() ? TICK : TICK.multipliedBy(3), this::tick);
    }

    private void changeMind() {
        if (hasFaults()) {
            final String group = GROUPS.get(random.nextInt(2));
            if (random.nextInt(3) == 0) {
                table.adapt(
                        group,
                        AdaptiveRule.DEFAULT.minimum(random.nextInt(3)).maximum(3 + random.nextInt(4)),
                        time.now());
            } else {
                table.scale(group, random.nextInt(7), time.now());
            }
            tasks = random.nextInt(3) * 20L;
            time.in(queue.ms(1_000, 120_000), this::changeMind);
        }
    }

    private boolean hasFaults() {
        return time.now().ns() < Duration.ofMinutes(12).toNanos();
    }

    private Map<String, Integer> finalTargets() {
        final Map<String, Integer> wanted = new LinkedHashMap<>();
        final boolean isAdaptive = random.nextInt(3) == 0;
        tasks = random.nextBoolean() ? 0 : 1_000;
        if (isAdaptive) {
            table.adapt("cpu", AdaptiveRule.DEFAULT.minimum(1).maximum(5), time.now());
            wanted.put("cpu", tasks == 0 ? 1 : 5);
        } else {
            wanted.put("cpu", random.nextInt(7));
            table.scale("cpu", wanted.get("cpu"), time.now());
        }
        wanted.put("gpu", random.nextInt(6));
        table.scale("gpu", wanted.get("gpu"), time.now());
        return wanted;
    }

    private void untilQuiet(final Map<String, Integer> wanted) {
        final int all = wanted.values().stream().mapToInt(Integer::intValue).sum();
        for (int i = 0; i < 80 && (queue.countAlive() != all || !time.now().isAtLeast(QUIET, actedNs)); i++) {
            pass(Duration.ofSeconds(30));
        }
    }

    private void assertConverged(final Map<String, Integer> wanted) {
        wanted.forEach((group, count) -> assertThat(queue.alive().filter(job -> job.group.equals(group)))
                .as("jobs of %s in the queue when all is well again; the table says %s", group, table.groups())
                .hasSize(count)
                .allMatch(job -> job.state == JobState.RUNNING && job.workers.size() == 2));
        assertThat(liveIds())
                .containsExactlyInAnyOrderElementsOf(
                        queue.alive().map(job -> job.id).toList());
    }

    private List<String> liveIds() {
        return table.jobs(time.now()).stream()
                .filter(job -> job.state() != JobState.ENDED)
                .map(JobView::id)
                .toList();
    }

    private void close() {
        final boolean isHard = random.nextBoolean();
        faults.lostCancels = isHard ? 0.3 : 0;
        faults.failedCancels = isHard ? 0.9 : 0;
        faults.queryFailures = isHard ? 0.5 : 0;
        isClosing = true;
        if (random.nextBoolean()) {
            table.scale("gpu", 6, time.now());
            afterEvent();
        }
        table.close(time.now());
        afterEvent();
        while (!table.isClosed()) {
            pass(TICK);
        }
        pass(Duration.ofSeconds(3));
        final String left = String.join("\n", table.left());
        assertThat(queue.alive().filter(job -> !left.contains(job.id) && !left.contains(job.token)))
                .as("jobs in the queue after the close that were not reported:\n%s", left)
                .isEmpty();
        if (!isHard) {
            assertThat(left).isEmpty();
        }
    }

    private void afterEvent() {
        for (List<JobAction> actions = table.drain(); !actions.isEmpty(); actions = table.drain()) {
            for (final JobAction action : actions) {
                hash = hash * 31 + action.toString().hashCode();
                act(action);
            }
        }
        assertLimits();
    }

    private void assertLimits() {
        if (!mayDuplicate && queue.countAlive() > settings.limits().maximumJobs()) {
            throw new AssertionError("jobs=" + queue.countAlive() + " must be <= " + settings.limits());
        }
    }

    private void act(final JobAction action) {
        actedNs = action instanceof JobAction.AskLoad ? actedNs : time.now().ns();
        if (mustBeQuiet) {
            assertThat(action).as("an action though all is as it should be").isInstanceOf(JobAction.AskLoad.class);
        }
        if (action instanceof JobAction.Submit submit) {
            submit(submit);
        } else if (action instanceof JobAction.Find find) {
            answer(
                    queue.chance(faults.queryFailures),
                    () -> table.found(find.token(), queue.find(find.token()), time.now()),
                    () -> table.findFailed(find.token(), "no answer", time.now()));
        } else if (action instanceof JobAction.Query query) {
            query(query);
        } else if (action instanceof JobAction.Cancel cancel) {
            cancel(cancel);
        } else if (action instanceof JobAction.Retire retire) {
            retired.addAll(retire.workers());
            queue.retire(retire.workers(), retire.patience());
        } else if (action instanceof JobAction.AskLoad) {
            time.in(queue.ms(0, 20), () -> table.load(load(), time.now()));
        } else if (action instanceof JobAction.ReadLog read) {
            time.in(queue.ms(0, 500), () -> table.logTail(read.job(), "the end of " + read.job(), time.now()));
        }
    }

    private void submit(final JobAction.Submit submit) {
        assertThat(isClosing && table.isClosed()).isFalse();
        countSubmission(submit);
        if (queue.chance(faults.refusals)) {
            time.in(
                    queue.ms(10, 2_000),
                    () -> table.submissionFailed(submit.token(), Kind.LIMIT_REACHED, "limit", time.now()));
        } else if (queue.chance(faults.lostRequests)) {
            if (faults.lateSubmissions) {
                time.in(queue.ms(1_000, 30_000), () -> take(submit));
            }
            down(submit);
        } else if (queue.chance(faults.lostAnswers)) {
            take(submit);
            down(submit);
        } else {
            time.in(queue.ms(0, 1_000), () -> {
                final List<String> ids = take(submit);
                time.in(queue.ms(0, 30_000), () -> table.submitted(submit.token(), ids, time.now()));
            });
        }
    }

    private void down(final JobAction.Submit submit) {
        time.in(
                queue.ms(100, 60_000),
                () -> table.submissionFailed(submit.token(), Kind.SYSTEM_DOWN, "timed out", time.now()));
    }

    private void countSubmission(final JobAction.Submit submit) {
        asked.merge(submit.token(), submit.count(), Math::max);
        assertThat(submit.count()).isLessThanOrEqualTo(settings.limits().maximumArraySize());
        for (int i = 0; i < submit.count(); i++) {
            submittedNs.add(time.now().ns());
        }
        assertThat(submittedNs.stream().filter(ns -> !time.now().isAtLeast(Duration.ofMinutes(1), ns)))
                .as("jobs submitted within a minute")
                .hasSizeLessThanOrEqualTo(settings.limits().submittedPerMinute());
        if (!mayRequeue && !mayDuplicate) {
            assertThat(queue.alive()
                                    .filter(job -> job.state == JobState.PENDING)
                                    .count()
                            + submit.count())
                    .as("jobs pending")
                    .isLessThanOrEqualTo(settings.limits().maximumPending());
        }
    }

    private List<String> take(final JobAction.Submit submit) {
        final List<String> ids = queue.submit(submit.group(), submit.token(), submit.count());
        if (!mayDuplicate) {
            assertThat(queue.alive().filter(job -> job.token.equals(submit.token())))
                    .as("jobs of one submission that are not over")
                    .hasSizeLessThanOrEqualTo(asked.get(submit.token()));
        }
        return ids;
    }

    private void query(final JobAction.Query query) {
        assertThat(isQueryOpen).as("a second question at once").isFalse();
        assertThat(isClosing || queriedNs < 0 || time.now().isAtLeast(settings.queryInterval(), queriedNs))
                .as("a question too soon")
                .isTrue();
        isQueryOpen = true;
        queriedNs = time.now().ns();
        answer(
                queue.chance(faults.queryFailures),
                () -> {
                    isQueryOpen = false;
                    table.queryAnswered(queue.query(query.ids()), time.now());
                },
                () -> {
                    isQueryOpen = false;
                    table.queryFailed("no answer", time.now());
                });
    }

    private void answer(final boolean isFailed, final Runnable answered, final Runnable failed) {
        time.in(isFailed ? queue.ms(100, 60_000) : queue.ms(0, 2_000), () -> {
            (isFailed ? failed : answered).run();
        });
    }

    private void cancel(final JobAction.Cancel cancel) {
        if (!isClosing) {
            assertThat(cancel.ids())
                    .as("cancelled with workers that nobody asked to leave")
                    .allMatch(this::mayCancel);
        }
        if (queue.chance(faults.failedCancels)) {
            if (random.nextBoolean()) {
                queue.cancel(cancel.ids());
            }
            time.in(queue.ms(100, 60_000), () -> table.cancelFailed(cancel.ids(), "no answer", time.now()));
            return;
        }
        if (!queue.chance(faults.lostCancels)) {
            queue.cancel(cancel.ids());
        }
        time.in(queue.ms(10, 2_000), () -> table.cancelled(cancel.ids(), time.now()));
    }

    private boolean mayCancel(final String id) {
        return queue.workersOf(id) == 0
                || workers.values().stream()
                        .filter(worker -> worker.job().equals(id))
                        .allMatch(worker -> retired.contains(worker.number()));
    }

    private Load load() {
        return new Load(
                tasks == 0 ? List.of() : List.of(new Load.Need(Map.of(), tasks, tasks * 1_000_000_000L)),
                0,
                workers.keySet().stream()
                        .map(number -> new Load.Busy(number, tasks == 0 ? 0 : 4, 0, false, false))
                        .toList());
    }

    private final class Workers implements SimulatedQueue.Workers {
        @Override
        public void joined(final ManagedWorker worker) {
            workers.put(worker.number(), worker);
            table.workerJoined(worker, time.now());
        }

        @Override
        public void leaving(final ManagedWorker worker) {
            table.workerLeaving(worker.number(), time.now());
        }

        @Override
        public void left(final ManagedWorker worker, final boolean isExpected) {
            workers.remove(worker.number());
            table.workerLeft(worker, isExpected ? "asked to" : "connection lost", isExpected, time.now());
        }
    }
}
