package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.scheduler.ManagedWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A model of a batch system, of the nodes, and of the workers in its jobs. What goes wrong is a matter of chance until it is healed. */
final class SimulatedQueue {
    private static final int PROCESSES = 2;

    final Faults faults;
    private final VirtualTime time;
    private final SplittableRandom random;
    private final Workers listener;
    private final Map<String, Sim> jobs = new LinkedHashMap<>();
    private int ids;
    private int alive;
    private int workerNumbers;

    SimulatedQueue(final VirtualTime time, final SplittableRandom random, final Faults faults, final Workers listener) {
        this.time = time;
        this.random = random;
        this.faults = faults;
        this.listener = listener;
    }

    List<String> submit(final String group, final String token, final int count) {
        final List<String> fresh = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids++;
            final Sim job = new Sim(Integer.toString(ids), group, token, time.now());
            jobs.put(job.id, job);
            alive++;
            fresh.add(job.id);
            waitForNodes(job);
        }
        return fresh;
    }

    List<JobStatus> query(final Collection<String> asked) {
        final List<JobStatus> answer = new ArrayList<>();
        for (final String id : asked) {
            final Sim job = jobs.get(id);
            if (job != null && !isForgotten(job) && !isOverlooked(job)) {
                answer.add(job.status());
            }
        }
        return answer;
    }

    List<JobStatus> find(final String token) {
        return jobs.values().stream()
                .filter(job -> job.token.equals(token) && !isForgotten(job))
                .map(Sim::status)
                .toList();
    }

    void cancel(final Collection<String> asked) {
        for (final String id : asked) {
            final Sim job = jobs.get(id);
            if (job != null && job.state != JobState.ENDED) {
                time.in(ms(0, 2_000), () -> end(job, JobEnd.CANCELLED));
            }
        }
    }

    void retire(final Collection<Integer> workers, final Duration patience) {
        for (final Sim job : jobs.values()) {
            for (final ManagedWorker worker : List.copyOf(job.workers.values())) {
                if (workers.contains(worker.number())) {
                    final boolean isStuck = chance(faults.stuckWorkers);
                    time.in(isStuck ? patience.multipliedBy(3) : ms(10, 10_000), () -> retired(job, worker));
                }
            }
        }
    }

    Stream<Sim> alive() {
        return jobs.values().stream().filter(job -> job.state != JobState.ENDED);
    }

    int countAlive() {
        return alive;
    }

    int workersOf(final String id) {
        final Sim job = jobs.get(id);
        return job == null ? 0 : job.workers.size();
    }

    private void waitForNodes(final Sim job) {
        job.state = JobState.PENDING;
        final Duration wait = chance(0.1) ? ms(60_000, 300_000) : ms(500, 40_000);
        final int restarts = job.restarts;
        time.in(wait, () -> {
            if (job.state == JobState.PENDING && job.restarts == restarts) {
                start(job);
            }
        });
    }

    private void start(final Sim job) {
        job.state = JobState.RUNNING;
        job.started = time.now().wall();
        job.runs++;
        final int run = job.runs;
        if (chance(faults.youngDeaths)) {
            at(ms(100, 5_000), job, run, () -> end(job, JobEnd.FAILED));
            return;
        }
        for (int i = 0; i < PROCESSES; i++) {
            startWorker(job, run, ms(1_000, 20_000));
        }
        if (chance(faults.walltimeKills)) {
            final Duration walltime = ms(40_000, 400_000);
            at(walltime.minusSeconds(15), job, run, () -> leaveInTime(job));
            at(walltime, job, run, () -> end(job, JobEnd.WALLTIME));
        }
        if (chance(faults.nodeDeaths)) {
            at(ms(1_000, 300_000), job, run, () -> end(job, JobEnd.NODE_FAILURE));
        }
        if (chance(faults.preemptions)) {
            at(ms(1_000, 300_000), job, run, () -> requeue(job));
        }
        if (chance(faults.strangersCancel)) {
            at(ms(1_000, 300_000), job, run, () -> end(job, JobEnd.CANCELLED));
        }
    }

    private void startWorker(final Sim job, final int run, final Duration delay) {
        at(delay, job, run, () -> {
            workerNumbers++;
            final ManagedWorker worker =
                    new ManagedWorker(workerNumbers, "w" + workerNumbers, "n1", 4, job.id, job.token);
            job.workers.put(worker.number(), worker);
            listener.joined(worker);
            if (chance(faults.lostSessions)) {
                at(ms(1_000, 200_000), job, run, () -> {
                    if (job.workers.containsKey(worker.number())) {
                        leave(job, worker, false);
                        startWorker(job, run, ms(1_000, 10_000));
                    }
                });
            }
        });
    }

    private void leaveInTime(final Sim job) {
        for (final ManagedWorker worker : List.copyOf(job.workers.values())) {
            listener.leaving(worker);
            time.in(ms(10, 10_000), () -> leave(job, worker, true));
        }
    }

    private void retired(final Sim job, final ManagedWorker worker) {
        leave(job, worker, true);
        if (job.workers.isEmpty() && job.state == JobState.RUNNING) {
            final int run = job.runs;
            at(ms(100, 3_000), job, run, () -> {
                if (job.workers.isEmpty()) {
                    end(job, JobEnd.COMPLETED);
                }
            });
        }
    }

    private void requeue(final Sim job) {
        job.restarts++;
        job.started = null;
        killWorkers(job);
        waitForNodes(job);
    }

    private void end(final Sim job, final JobEnd cause) {
        if (job.state != JobState.ENDED) {
            job.state = JobState.ENDED;
            job.end = cause;
            alive--;
            job.ended = time.now();
            killWorkers(job);
        }
    }

    private void killWorkers(final Sim job) {
        for (final ManagedWorker worker : List.copyOf(job.workers.values())) {
            time.in(ms(0, 15_000), () -> leave(job, worker, false));
        }
    }

    private void leave(final Sim job, final ManagedWorker worker, final boolean isExpected) {
        if (job.workers.remove(worker.number()) != null) {
            listener.left(worker, isExpected);
        }
    }

    private void at(final Duration delay, final Sim job, final int run, final Runnable what) {
        time.in(delay, () -> {
            if (job.state == JobState.RUNNING && job.runs == run) {
                what.run();
            }
        });
    }

    /** Jobs that are over are forgotten after some time. */
    private boolean isForgotten(final Sim job) {
        final Moment ended = job.ended;
        return ended != null && faults.forgets && time.now().isAtLeast(Duration.ofSeconds(20), ended.ns());
    }

    /** A job may be missing in an answer, though not in two in a row; and for a while after its submission. */
    private boolean isOverlooked(final Sim job) {
        final boolean isNew = faults.hidesNewJobs && !time.now().isAtLeast(Duration.ofSeconds(20), job.submitted.ns());
        job.isOverlooked = isNew || !job.isOverlooked && chance(faults.overlookedJobs);
        return job.isOverlooked;
    }

    boolean chance(final double probability) {
        return random.nextDouble() < probability;
    }

    Duration ms(final long from, final long to) {
        return Duration.ofMillis(random.nextLong(from, to + 1));
    }

    /** What workers say to the scheduler. */
    interface Workers {
        void joined(ManagedWorker worker);

        void leaving(ManagedWorker worker);

        void left(ManagedWorker worker, boolean isExpected);
    }

    /** How likely what goes wrong; each seed has its own mixture. */
    static final class Faults {
        boolean forgets;
        boolean hidesNewJobs;
        boolean lateSubmissions;
        double lostRequests;
        double lostAnswers;
        double refusals;
        double queryFailures;
        double overlookedJobs;
        double lostCancels;
        double failedCancels;
        double stuckWorkers;
        double youngDeaths;
        double walltimeKills;
        double nodeDeaths;
        double preemptions;
        double strangersCancel;
        double lostSessions;

        static Faults of(final SplittableRandom random) {
            final Faults faults = new Faults();
            faults.forgets = random.nextBoolean();
            faults.hidesNewJobs = random.nextBoolean();
            faults.lateSubmissions = random.nextInt(4) == 0;
            faults.lostRequests = any(random, 0.3);
            faults.lostAnswers = any(random, 0.3);
            faults.refusals = any(random, 0.3);
            faults.queryFailures = any(random, 0.5);
            faults.overlookedJobs = any(random, 0.3);
            faults.lostCancels = any(random, 0.4);
            faults.failedCancels = any(random, 0.4);
            faults.stuckWorkers = any(random, 0.3);
            faults.youngDeaths = any(random, 0.3);
            faults.walltimeKills = any(random, 1);
            faults.nodeDeaths = any(random, 0.5);
            faults.preemptions = any(random, 0.5);
            faults.strangersCancel = any(random, 0.3);
            faults.lostSessions = any(random, 0.3);
            return faults;
        }

        void heal() {
            hidesNewJobs = false;
            lateSubmissions = false;
            lostRequests = 0;
            lostAnswers = 0;
            refusals = 0;
            queryFailures = 0;
            overlookedJobs = 0;
            lostCancels = 0;
            failedCancels = 0;
            stuckWorkers = 0;
            youngDeaths = 0;
            walltimeKills = 0;
            nodeDeaths = 0;
            preemptions = 0;
            strangersCancel = 0;
            lostSessions = 0;
        }

        private static double any(final SplittableRandom random, final double most) {
            return random.nextBoolean() ? 0 : random.nextDouble() * most;
        }
    }

    /** A job as it really is. */
    static final class Sim {
        final String id;
        final String group;
        final String token;
        final Moment submitted;
        final Map<Integer, ManagedWorker> workers = new LinkedHashMap<>();
        JobState state = JobState.PENDING;
        int restarts;
        int runs;
        boolean isOverlooked;

        @Nullable
        Instant started;

        @Nullable
        Moment ended;

        @Nullable
        JobEnd end;

        Sim(final String id, final String group, final String token, final Moment submitted) {
            this.id = id;
            this.group = group;
            this.token = token;
            this.submitted = submitted;
        }

        JobStatus status() {
            final JobStatus known = JobStatus.of(id, state, state.name())
                    .withToken(token)
                    .withRestarts(restarts)
                    .withTimes(submitted.wall(), started, null, ended == null ? null : ended.wall());
            return end == null ? known : known.withEnd(end, end == JobEnd.COMPLETED ? 0 : 1, null);
        }
    }
}
