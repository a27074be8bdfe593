package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.scheduler.ManagedWorker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All jobs that are not over, and the last ones that are; in the order in which they were asked for, or ended. */
final class Jobs {
    /** How many jobs stay in the list after their end. */
    static final int KEPT = 1_000;

    /** The state of a job of which the batch system has said no more than its id. */
    private static final String SUBMITTED = "submitted";

    private final Map<Long, Job> live = new LinkedHashMap<>();
    private final Map<Long, Job> ended = new LinkedHashMap<>();
    private final Map<String, Job> byId = new HashMap<>();
    private final Map<Integer, Job> byWorker = new HashMap<>();
    private final Map<String, Submission> byToken = new HashMap<>();
    private long numbers;
    private long version;

    Job add(final Submission submission, final Moment now) {
        final Job job = new Job(numbers, submission.group, submission, now);
        numbers++;
        live.put(job.number, job);
        submission.jobs.add(job);
        byToken.put(submission.token, submission);
        return job;
    }

    void name(final Job job, final String id, final Moment now) {
        job.id = id;
        job.status = JobStatus.of(id, JobState.PENDING, SUBMITTED);
        version++;
        job.namedNs = now.ns();
        byId.put(id, job);
    }

    /** Forgets a job that never was. */
    void drop(final Job job) {
        version++;
        live.remove(job.number);
        forget(job);
    }

    /** Nothing is open about a submission. */
    void settle(final Submission submission) {
        submission.phase = Submission.Phase.SETTLED;
        submission.dueNs = Moment.NEVER;
        forgetIfEmpty(submission);
    }

    void end(final Job job) {
        version++;
        live.remove(job.number);
        ended.put(job.number, job);
        if (ended.size() > KEPT) {
            final Job oldest = ended.values().iterator().next();
            ended.remove(oldest.number);
            forget(oldest);
        }
    }

    void revive(final Job job) {
        version++;
        ended.remove(job.number);
        live.put(job.number, job);
    }

    void join(final Job job, final ManagedWorker worker) {
        byWorker.put(worker.number(), job);
    }

    @Nullable
    Job leave(final int worker) {
        return byWorker.remove(worker);
    }

    /** A copy, so that jobs may end meanwhile. */
    List<Job> live() {
        return new ArrayList<>(live.values());
    }

    /** A number that changes whenever other jobs with ids live than before. */
    long version() {
        return version;
    }

    /** The ids of those that are not over. */
    List<String> liveIds() {
        return live.values().stream().filter(Job::hasId).map(job -> job.id).toList();
    }

    boolean isAnyLive() {
        return !live.isEmpty();
    }

    Stream<Job> all() {
        return Stream.concat(ended.values().stream(), live.values().stream());
    }

    @Nullable
    Job byId(final String id) {
        return byId.get(id);
    }

    @Nullable
    Job byWorker(final int worker) {
        return byWorker.get(worker);
    }

    @Nullable
    Submission byToken(final String token) {
        return byToken.get(token);
    }

    private void forget(final Job job) {
        byId.remove(job.id, job);
        job.submission.jobs.remove(job);
        forgetIfEmpty(job.submission);
    }

    private void forgetIfEmpty(final Submission submission) {
        if (submission.jobs.isEmpty() && !submission.mayTurnUp()) {
            byToken.remove(submission.token);
        }
    }
}
