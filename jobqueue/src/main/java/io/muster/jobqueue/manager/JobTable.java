package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.config.ConfigurationException;
import io.muster.config.NearestName;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.scheduler.Load;
import io.muster.scheduler.ManagedWorker;
import io.muster.scheduler.PendingJob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All jobs of a cluster, and what to do next about them: brings what is there to what is wanted. A pure state machine: what happened
 * goes in, with the time, and the actions that follow come out of {@link #drain}. It has no clock, no thread and does nothing itself. To
 * be used by one thread; {@link #tick} is to be called a few times a second.
 */
final class JobTable {
    /*
     * Two sides tell what is there. Worker sessions are the truth about workers: a job with a worker runs, whatever the batch system says.
     * The batch system is the truth about jobs without. Silence is never an answer: a job is over only if the batch system says so, or
     * says twice that it does not know the job. A job fills a place in its group from the moment that it is asked for, before the batch
     * system has heard of it, until it is over, is told to go, or begins to leave; so a target that does not change changes nothing.
     */
    private static final int UNKNOWN_ENOUGH = 2;

    private final TableSettings settings;
    private final Map<String, GroupState> groups = new LinkedHashMap<>();
    private final Jobs jobs = new Jobs();
    private final List<JobAction> actions = new ArrayList<>();
    private final Submissions submissions;
    private final Departures departures;
    private final Queries queries;
    private final LoadWatch watch;
    private final Scaling scaling;
    private final JobEnds ends;
    private String queryProblem = "";
    private long lastNs;
    private long closeByNs = Moment.NEVER;
    private boolean isClosing;

    /**
     * Makes an empty table.
     *
     * @param settings how it works
     * @param tokenPrefix what the tokens begin with; letters, digits and dashes, no other cluster of the user has it
     */
    JobTable(final TableSettings settings, final String tokenPrefix) {
        this.settings = settings;
        this.submissions = new Submissions(jobs, settings, tokenPrefix, actions);
        this.departures = new Departures(settings.drainPatience(), actions);
        this.queries = new Queries(settings.queryInterval());
        this.watch = new LoadWatch(settings.replaceLeaving());
        this.scaling = new Scaling(settings.limits(), submissions, departures, watch);
        this.ends = new JobEnds(jobs, actions);
    }

    /**
     * Adds a group, without jobs at first.
     *
     * @throws ConfigurationException if there is one of that name
     */
    void addGroup(final JobGroup group) {
        if (groups.containsKey(group.name())) {
            throw new ConfigurationException(
                    "group=" + group.name() + " is there already; give the new one another name");
        }
        groups.put(group.name(), new GroupState(group, groups.size()));
    }

    /**
     * Wants a fixed number of jobs. What stopped the group before is forgotten.
     *
     * @throws ConfigurationException if there is no such group, or the number is negative or absurd; then nothing has changed
     */
    void scale(final String group, final int count, final Moment now) {
        final GroupState state = group(group);
        state.restart(JobLimits.check("jobs", count, 0), null);
        decide(now);
    }

    /**
     * Wants as many jobs as the work needs. What stopped the group before is forgotten.
     *
     * @throws ConfigurationException if there is no such group, or the rule contradicts itself; then nothing has changed
     */
    void adapt(final String group, final AdaptiveRule rule, final Moment now) {
        final GroupState state = group(group);
        final int present = new Census(groups.size(), jobs.live()).of(state).present;
        rule.checked();
        state.restart(Math.min(Math.max(present, rule.minimum()), rule.maximum()), rule);
        decide(now);
    }

    /** The batch system has taken jobs. */
    void submitted(final String token, final List<String> ids, final Moment now) {
        final Submission submission = jobs.byToken(token);
        final List<String> foreign = submission == null ? ids : submissions.taken(submission, ids, now);
        if (!foreign.isEmpty()) {
            actions.add(new JobAction.Cancel(foreign));
        }
        decide(now);
    }

    /** The batch system has not taken jobs, or nobody knows. */
    void submissionFailed(final String token, final Kind kind, final String text, final Moment now) {
        final Submission submission = jobs.byToken(token);
        if (submission != null) {
            submissions.failed(submission, kind, text, now);
            actions.add(new JobAction.Report(submission.group.shape.name(), kind.text() + ": " + text));
        }
        decide(now);
    }

    /** What the batch system has under a token; nothing if the list is empty. */
    void found(final String token, final List<JobStatus> statuses, final Moment now) {
        final Submission submission = jobs.byToken(token);
        if (submission != null) {
            submissions.found(submission, statuses, now);
            statuses.forEach(status -> ifLive(status.id(), job -> heard(job, status, now.ns(), now)));
        }
        decide(now);
    }

    /** The batch system did not say what it has under a token. */
    void findFailed(final String token, final String text, final Moment now) {
        final Submission submission = jobs.byToken(token);
        if (submission != null) {
            submissions.findFailed(submission, text, now);
        }
        decide(now);
    }

    /** What the batch system says of the jobs that it was asked about; it does not know those that are missing. */
    void queryAnswered(final Collection<JobStatus> statuses, final Moment now) {
        if (queries.isOpen()) {
            queries.answered();
            queryProblem = "";
            final Map<String, JobStatus> byId = new HashMap<>();
            statuses.forEach(status -> byId.put(status.id(), status));
            queries.asked().forEach(id -> ifLive(id, job -> answered(job, byId.get(id), now)));
        }
        decide(now);
    }

    /** The batch system did not answer: nothing is known. */
    void queryFailed(final String text, final Moment now) {
        queries.answered();
        queryProblem = text;
        decide(now);
    }

    /** The batch system has taken a cancel; that does not mean that the jobs are gone. */
    void cancelled(final Collection<String> ids, final Moment now) {
        ids.forEach(id -> ifDeparting(id, departure -> departures.cancelled(departure, now)));
        decide(now);
    }

    /** The batch system has not taken a cancel. */
    void cancelFailed(final Collection<String> ids, final String text, final Moment now) {
        ids.forEach(id -> ifDeparting(id, departure -> departures.cancelFailed(departure, text, now)));
        decide(now);
    }

    /**
     * A worker has registered. One that is in no job of this table is none of its business. What follows from it waits for the next
     * tick, because workers come in thousands.
     */
    void workerJoined(final ManagedWorker worker, final Moment now) {
        final Job job = jobOf(worker, now);
        if (job == null) {
            return;
        }
        if (job.isOver()) {
            job.revive(now);
            jobs.revive(job);
        }
        job.join(worker, now);
        jobs.join(job, worker);
        if (job.departure != null) {
            departures.workerJoined(job, job.departure, worker.number(), now);
        }
    }

    /** A worker takes no more tasks, because its job will end. */
    void workerLeaving(final int worker, final Moment now) {
        final Job job = jobs.byWorker(worker);
        if (job != null) {
            watch.leaving(job, Set.of(worker));
        }
        decide(now);
    }

    /** A worker's session is over. */
    void workerLeft(final ManagedWorker worker, final String reason, final boolean isExpected, final Moment now) {
        final Job job = jobs.leave(worker.number());
        if (job != null) {
            job.leave(worker, reason, isExpected, now);
            if (job.workers.isEmpty() && job.departure != null) {
                departures.workersLeft(job.departure, now);
            }
            if (job.workers.isEmpty() && !job.hasId() && !job.submission.isOpen()) {
                ends.end(job, JobEnd.UNKNOWN, job.status, now);
            }
        }
        decide(now);
    }

    /** How much there is to do. */
    void load(final Load load, final Moment now) {
        final List<Job> live = jobs.live();
        watch.take(load, live, now);
        if (!isClosing) {
            scaling.decide(groups.values(), live, load, now);
        }
        decide(now);
    }

    /** The end of a job's output; empty if there is none. */
    void logTail(final String id, final String text, final Moment now) {
        final Job job = jobs.byId(id);
        if (job != null) {
            ends.logTail(job, text);
        }
        decide(now);
    }

    /** Time has gone by. */
    void tick(final Moment now) {
        decide(now);
    }

    /** Cancels everything, now and until the queue is empty; no job is submitted any more. */
    void close(final Moment now) {
        if (!isClosing) {
            isClosing = true;
            closeByNs = now.in(settings.closeTimeout());
        }
        decide(now);
    }

    /** Takes what is to be done out, in the order in which it was decided. */
    List<JobAction> drain() {
        final List<JobAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    /** Whether there is nothing more to wait for after {@link #close}: the queue is empty, or the time is over. */
    boolean isClosed() {
        return isClosing && (isEmpty() || lastNs >= closeByNs);
    }

    /** Whether nothing is in the queue, and nothing can be. */
    boolean isEmpty() {
        return !jobs.isAnyLive() && !submissions.isAnyUnsettled();
    }

    /** A number that changes whenever {@link #liveIds} does. */
    long version() {
        return jobs.version();
    }

    /** The ids of the jobs that are not over. */
    List<String> liveIds() {
        return jobs.liveIds();
    }

    /** What a job was marked with; null if there is no such job. */
    @Nullable
    String token(final String id) {
        final Job job = jobs.byId(id);
        return job == null ? null : job.submission.token;
    }

    /** Whether a job has failed so that what it wrote may be of use. */
    boolean hasFailures() {
        return ends.hasFailures();
    }

    /** What may still be in the queue, a line each, for people. */
    List<String> left() {
        return Stream.concat(jobs.live().stream().filter(Job::hasId).map(FailureText::left), submissions.left())
                .toList();
    }

    /** All jobs that are not over and the last ones that are; these first. */
    List<JobView> jobs(final Moment now) {
        return jobs.all().map(job -> view(job, now)).toList();
    }

    /** The jobs that wait for nodes, with what the batch system says of that. */
    List<PendingJob> pending() {
        return jobs.live().stream()
                .filter(Job::isPending)
                .map(job -> new PendingJob(
                        job.id, job.status.word().isEmpty() ? "pending" : job.status.word(), job.status.reason()))
                .toList();
    }

    /** All groups. */
    List<GroupView> groups() {
        final List<Job> live = jobs.live();
        return groups.values().stream().map(group -> view(group, live)).toList();
    }

    private void decide(final Moment now) {
        lastNs = now.ns();
        final List<Job> live = jobs.live();
        ends.watch(live, now);
        ends.advance(now);
        if (isClosing) {
            departures.cancel(live, "the cluster is closed", now);
        } else {
            scaling.advance(groups.values(), live, now);
        }
        submissions.advance(isClosing, now);
        departures.advance(live, now);
        add(queries.next(live, isClosing, now));
        if (!isClosing) {
            add(watch.next(groups.values(), live, scaling.needsLoad(), now));
        }
    }

    private void add(final @Nullable JobAction action) {
        if (action != null) {
            actions.add(action);
        }
    }

    private void answered(final Job job, final @Nullable JobStatus status, final Moment now) {
        if (job.askSinceNs <= queries.sentNs()) {
            job.askSinceNs = Moment.NEVER;
        }
        if (status != null) {
            heard(job, status, queries.sentNs(), now);
        } else if (job.workers.isEmpty()) {
            missed(job, now);
        }
    }

    private void heard(final Job job, final JobStatus status, final long askedNs, final Moment now) {
        if (status.state() == JobState.ENDED && job.workers.isEmpty()) {
            ended(job, status.end() == null ? JobEnd.UNKNOWN : status.end(), status, now);
            return;
        }
        job.hear(status, now);
        if (status.state() == JobState.PENDING && status.end() == JobEnd.NOT_STARTED && job.departure == null) {
            job.isHopeless = true;
            departures.cancel(List.of(job), "it will never start", now);
        }
        if (job.departure != null) {
            departures.stillThere(job.departure, askedNs, now);
        }
    }

    private void missed(final Job job, final Moment now) {
        job.misses++;
        if (job.misses < UNKNOWN_ENOUGH) {
            return;
        }
        final Departure departure = job.departure;
        if (departure != null && departure.cancelledNs < queries.sentNs()) {
            ended(job, JobEnd.CANCELLED, job.status, now);
        } else if (now.isAtLeast(settings.lostGrace(), job.namedNs)) {
            ended(job, JobEnd.UNKNOWN, job.status, now);
        }
    }

    private void ended(final Job job, final JobEnd cause, final JobStatus last, final Moment now) {
        if (job.isHopeless && cause == JobEnd.CANCELLED) {
            ends.end(job, JobEnd.NOT_STARTED, job.status, now);
        } else {
            ends.end(job, cause, last, now);
        }
    }

    private @Nullable Job jobOf(final ManagedWorker worker, final Moment now) {
        final Job known = worker.job().isEmpty() ? null : jobs.byId(worker.job());
        final Submission submission = jobs.byToken(worker.jobToken());
        return known == null && submission != null ? submissions.claim(submission, worker.job(), now) : known;
    }

    private void ifLive(final String id, final Consumer<Job> action) {
        final Job job = jobs.byId(id);
        if (job != null && !job.isOver()) {
            action.accept(job);
        }
    }

    private void ifDeparting(final String id, final Consumer<Departure> action) {
        final Job job = jobs.byId(id);
        if (job != null && job.departure != null) {
            action.accept(job.departure);
        }
    }

    private GroupState group(final String name) {
        final GroupState group = groups.get(name);
        if (group == null) {
            throw new ConfigurationException("group=" + name + " does not exist, the nearest is "
                    + NearestName.of(name, groups.keySet()) + "; add it first");
        }
        return group;
    }

    private JobView view(final Job job, final Moment now) {
        return JobView.of(job, job.shown(now, settings.unknownAfter()), queryProblem);
    }

    private static GroupView view(final GroupState group, final List<Job> live) {
        final List<Job> own = live.stream().filter(job -> job.group == group).toList();
        final int pending = (int) own.stream().filter(Job::isPending).count();
        final int running =
                (int) own.stream().filter(job -> !job.workers.isEmpty()).count();
        return new GroupView(
                group.shape.name(),
                group.wanted,
                group.rule != null,
                pending,
                own.size() - pending - running,
                running,
                (int) own.stream().filter(job -> !job.counts()).count(),
                group.isStopped,
                group.problem);
    }
}
