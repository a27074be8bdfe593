package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.scheduler.AdaptivePolicy;
import io.muster.scheduler.ManagedWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One job and what is known of it: by its workers, and by the batch system. */
final class Job implements AdaptivePolicy.Unit {
    final long number;
    final GroupState group;
    final Submission submission;
    final long askedForNs;
    final Map<Integer, ManagedWorker> workers = new LinkedHashMap<>();
    final Set<Integer> leavingWorkers = new HashSet<>();

    String id = "";
    /** When its id became known, which is after the batch system has taken it. */
    long namedNs;

    JobStatus status = JobStatus.of("", JobState.PENDING, "");

    @Nullable
    Instant submitted;

    @Nullable
    Instant started;

    @Nullable
    Instant ended;

    @Nullable
    JobEnd end;

    String node = "";
    int restarts;

    /** When something last happened to it or was heard of it. */
    long heardNs;
    /** From when on the batch system is to be asked about it without further waiting. */
    long askSinceNs = Moment.NEVER;
    /** Questions in a row in answer to which the batch system did not know it. */
    int misses;

    boolean everWorked;
    boolean hasProvedItself;
    long firstWorkerNs = Moment.NEVER;
    long idleSinceNs = Moment.NEVER;
    long storedBytes;
    boolean isLeaving;

    @Nullable
    Departure departure;

    /** Whether the batch system will never start it; then it departs, but has failed. */
    boolean isHopeless;
    /** Whether one of its workers alone holds a result that is still needed. */
    boolean isNeeded;
    /** When to tell of its end at the latest, with the end of its output or without. */
    long reportNs = Moment.NEVER;

    String departedWorkers = "";
    String tail = "";

    Job(final long number, final GroupState group, final Submission submission, final Moment now) {
        this.number = number;
        this.group = group;
        this.submission = submission;
        this.askedForNs = now.ns();
        this.heardNs = now.ns();
        this.submitted = now.wall();
    }

    boolean isOver() {
        return end != null;
    }

    boolean hasId() {
        return !id.isEmpty();
    }

    /** Whether it fills a place in its group: not over, not to go, and not about to go. */
    boolean counts() {
        return !isOver() && (departure == null || isHopeless) && !isLeaving;
    }

    /** Whether it waits for nodes, as far as is known. */
    @Override
    public boolean isPending() {
        return !isOver()
                && workers.isEmpty()
                && status.state() != JobState.STARTING
                && status.state() != JobState.RUNNING
                && status.state() != JobState.ENDED;
    }

    /** Whether its worker sessions alone tell all about it. */
    boolean isExplained() {
        return workers.size() >= group.shape.processes()
                && askSinceNs == Moment.NEVER
                && status.state() != JobState.ENDED;
    }

    JobState shown(final Moment now, final Duration unknownAfter) {
        if (isOver()) {
            return JobState.ENDED;
        }
        if (!workers.isEmpty()) {
            return JobState.RUNNING;
        }
        if (now.isAtLeast(unknownAfter, heardNs)) {
            return JobState.UNKNOWN;
        }
        if (isPending()) {
            return status.state();
        }
        return departure != null && everWorked ? JobState.RUNNING : JobState.STARTING;
    }

    /** Takes what the batch system says of a job that is not over. */
    void hear(final JobStatus news, final Moment now) {
        status = news;
        heardNs = now.ns();
        misses = 0;
        restarts = Math.max(restarts, news.restarts());
        submitted = news.submitted() == null ? submitted : news.submitted();
        if (news.state() == JobState.PENDING && workers.isEmpty()) {
            started = null;
            node = "";
            isLeaving = false;
            departedWorkers = "";
        } else {
            started = news.started() == null ? started : news.started();
            node = news.node().isEmpty() ? node : news.node();
        }
    }

    void end(final JobEnd cause, final JobStatus last, final Moment now) {
        end = cause;
        status = last;
        node = last.node().isEmpty() ? node : last.node();
        started = last.started() == null ? started : last.started();
        ended = last.ended() == null ? now.wall() : last.ended();
        restarts = Math.max(restarts, last.restarts());
    }

    /** A worker came although the job was taken to be over. */
    void revive(final Moment now) {
        end = null;
        ended = null;
        misses = 0;
        heardNs = now.ns();
        isLeaving = false;
        status = JobStatus.of(id, JobState.STARTING, status.word());
    }

    void join(final ManagedWorker worker, final Moment now) {
        workers.put(worker.number(), worker);
        heardNs = now.ns();
        misses = 0;
        askSinceNs = Moment.NEVER;
        isLeaving = false;
        idleSinceNs = Moment.NEVER;
        node = node.isEmpty() ? worker.host() : node;
        started = started == null ? now.wall() : started;
        if (!everWorked) {
            everWorked = true;
            firstWorkerNs = now.ns();
            group.policy.started(now.ns() - askedForNs);
        }
    }

    void leave(final ManagedWorker worker, final String reason, final boolean isExpected, final Moment now) {
        workers.remove(worker.number());
        leavingWorkers.remove(worker.number());
        heardNs = now.ns();
        idleSinceNs = Moment.NEVER;
        if (workers.isEmpty()) {
            status = JobStatus.of(id, JobState.STARTING, status.word());
            askSinceNs = now.ns();
            departedWorkers = isExpected ? "" : reason;
        }
    }

    @Override
    public long idleSinceNs() {
        return workers.isEmpty() ? AdaptivePolicy.NOT_IDLE : idleSinceNs;
    }

    @Override
    public boolean isNeeded() {
        return isNeeded;
    }
}
