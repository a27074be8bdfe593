package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Draws conclusions from the ends of jobs: what to tell, and when to ask for no more. A job dies young if it ends before any worker of
 * it came, or fails within {@link #YOUNG} of that; a node's failure, preemption, and a cancel in the queue are not its fault.
 */
final class JobEnds {
    /** How old a job must be to show that jobs of its group work. */
    static final Duration YOUNG = Duration.ofSeconds(30);

    /** How long the end of a job's output may take to be told with its end. */
    private static final Duration TO_READ = Duration.ofSeconds(2);

    private final Jobs jobs;
    private final List<JobAction> actions;
    private final List<Job> unreported = new ArrayList<>();
    private boolean hasFailures;

    JobEnds(final Jobs jobs, final List<JobAction> actions) {
        this.jobs = jobs;
        this.actions = actions;
    }

    void end(final Job job, final JobEnd cause, final JobStatus last, final Moment now) {
        job.end(cause, last, now);
        jobs.end(job);
        if (job.departure != null && !job.isHopeless) {
            return;
        }
        if (hasDiedYoung(job, cause, now)) {
            diedYoung(job, now);
        } else if (job.everWorked) {
            job.group.provedItself();
        }
        if (isFailure(cause, job)) {
            hasFailures = true;
            job.reportNs = now.in(TO_READ);
            unreported.add(job);
            actions.add(new JobAction.ReadLog(job.id, job.submission.token));
        } else {
            report(job);
        }
    }

    /** Whether a job has failed so that what it wrote may be of use. */
    boolean hasFailures() {
        return hasFailures;
    }

    /** Tells of ends without the output that does not come. */
    void advance(final Moment now) {
        unreported.stream().filter(job -> now.ns() >= job.reportNs).toList().forEach(this::reportOnce);
    }

    /** Jobs that have worked for a while show that jobs of their group can. */
    void watch(final Collection<Job> live, final Moment now) {
        for (final Job job : live) {
            if (!job.hasProvedItself && !job.workers.isEmpty() && now.isAtLeast(YOUNG, job.firstWorkerNs)) {
                job.hasProvedItself = true;
                job.group.provedItself();
            }
        }
    }

    void logTail(final Job job, final String text) {
        job.tail = text;
        if (!job.isOver()) {
            return;
        }
        if (job.group.lastDeath == job) {
            job.group.problem = problem(job.group, job);
        }
        reportOnce(job);
    }

    private void diedYoung(final Job job, final Moment now) {
        final GroupState group = job.group;
        group.youngDeaths++;
        group.lastDeath = job;
        group.rest(now, BackOff.after(group.youngDeaths));
        final boolean isEnough = group.youngDeaths >= GroupState.YOUNG_DEATHS;
        if (isEnough && !group.isStopped) {
            group.stop(problem(group, job));
        } else {
            group.problem = problem(group, job);
        }
    }

    private void reportOnce(final Job job) {
        if (unreported.remove(job)) {
            report(job);
        }
    }

    private void report(final Job job) {
        final String text = FailureText.of(job);
        if (!text.isEmpty()) {
            actions.add(new JobAction.Report(
                    job.group.shape.name(), job.group.lastDeath == job ? job.group.problem : text));
        }
    }

    private static String problem(final GroupState group, final Job job) {
        final String text = FailureText.of(job);
        return group.isStopped || group.youngDeaths >= GroupState.YOUNG_DEATHS
                ? "group=" + group.shape.name() + " asks for no more jobs, because " + group.youngDeaths
                        + " in a row ended young; find out why and scale again. The last one: " + text
                : text;
    }

    private static boolean hasDiedYoung(final Job job, final JobEnd cause, final Moment now) {
        return switch (cause) {
            case NODE_FAILURE, PREEMPTED -> false;
            case CANCELLED -> !job.everWorked && job.started != null;
            case COMPLETED, WALLTIME, UNKNOWN -> !job.everWorked;
            case FAILED, OUT_OF_MEMORY, NOT_STARTED ->
                !job.everWorked || lived(job, now).compareTo(YOUNG) < 0;
        };
    }

    private static Duration lived(final Job job, final Moment now) {
        return job.started == null || job.ended == null
                ? Duration.ofNanos(now.ns() - job.firstWorkerNs)
                : Duration.between(job.started, job.ended);
    }

    private static boolean isFailure(final JobEnd cause, final Job job) {
        return switch (cause) {
            case FAILED, OUT_OF_MEMORY, NOT_STARTED, UNKNOWN -> true;
            case COMPLETED, WALLTIME -> !job.everWorked;
            case CANCELLED -> !job.everWorked && job.started != null;
            case NODE_FAILURE, PREEMPTED -> false;
        };
    }
}
