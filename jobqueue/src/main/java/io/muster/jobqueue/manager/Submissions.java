package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.manager.Submission.Phase;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Submits jobs, each at most once. A submission is marked with a token that no other one has. If nobody knows whether it was taken,
 * its jobs are looked for by the token, and it is sent again, under the same token, only if they are not there. A group has at most one
 * open submission.
 */
final class Submissions {
    /** So often a submission that nobody wants any more must not be found before it is forgotten. */
    private static final int NOT_FOUND_ENOUGH = 2;

    private final Jobs jobs;
    private final TableSettings settings;
    private final String tokenPrefix;
    private final List<JobAction> actions;
    private final SubmissionRate rate;
    private final Set<Submission> unsettled = new LinkedHashSet<>();
    private long tokens;

    Submissions(
            final Jobs jobs, final TableSettings settings, final String tokenPrefix, final List<JobAction> actions) {
        this.jobs = jobs;
        this.settings = settings;
        this.tokenPrefix = tokenPrefix;
        this.actions = actions;
        this.rate = new SubmissionRate(settings.limits().submittedPerMinute());
    }

    /** How many jobs of a group may be submitted now, so far as the submissions themselves are concerned. */
    int room(final GroupState group, final Moment now) {
        if (group.isStopped || group.open != null || now.ns() < group.notBeforeNs) {
            return 0;
        }
        final int array = Math.min(
                settings.limits().maximumArraySize(), group.shape.limits().maximumArraySize());
        return Math.min(Math.min(array, group.mostAtOnce), rateRoom(group, now));
    }

    void submit(final GroupState group, final int count, final Moment now) {
        tokens++;
        final Submission submission = new Submission(tokenPrefix + "-" + tokens, group);
        for (int i = 0; i < count; i++) {
            jobs.add(submission, now);
        }
        group.open = submission;
        unsettled.add(submission);
        send(submission, now);
    }

    /** The batch system has taken it. Returns ids that nobody asked for. */
    List<String> taken(final Submission submission, final List<String> ids, final Moment now) {
        if (submission.phase != Phase.SENT) {
            return ids;
        }
        submission.group.taken(submission.jobs.size());
        claim(submission, ids, now);
        dropUnnamed(submission);
        resolve(submission, now);
        return List.of();
    }

    void failed(final Submission submission, final Kind kind, final String text, final Moment now) {
        if (submission.phase != Phase.SENT) {
            return;
        }
        final GroupState group = submission.group;
        submission.problem = text;
        if (kind == Kind.SYSTEM_DOWN) {
            submission.failures++;
            lookLater(submission, now);
            group.problem = text;
            return;
        }
        if (kind == Kind.LIMIT_REACHED) {
            group.mostAtOnce = Math.max(1, submission.jobs.size() / 2);
        }
        dropUnnamed(submission);
        resolve(submission, now);
        if (kind == Kind.FIX_REQUEST && group.rule == null) {
            group.stop(text);
        } else {
            group.refused(now, text);
        }
    }

    void found(final Submission submission, final List<JobStatus> statuses, final Moment now) {
        if (submission.phase == Phase.VERIFIED) {
            claim(submission, alive(statuses), now);
            settle(submission);
        } else if (submission.phase == Phase.LOOKED_FOR) {
            claim(submission, statuses.stream().map(JobStatus::id).toList(), now);
            if (submission.wasClaimed()) {
                submission.group.taken(submission.jobs.size());
                submission.attempts++;
                dropUnnamed(submission);
                resolve(submission, now);
            } else {
                notFound(submission, now);
            }
        }
    }

    void findFailed(final Submission submission, final String text, final Moment now) {
        submission.problem = text;
        submission.failures++;
        if (submission.phase == Phase.LOOKED_FOR) {
            lookLater(submission, now);
        } else if (submission.phase == Phase.VERIFIED) {
            submission.phase = Phase.TAKEN;
            submission.dueNs = now.in(BackOff.after(submission.failures));
        }
    }

    /**
     * A worker came with a token and the id of a job that nobody knew.
     *
     * @return the job; a further one if the submission has none to spare
     */
    Job claim(final Submission submission, final String id, final Moment now) {
        if (submission.phase == Phase.AGAIN) {
            submission.phase = Phase.LOST;
            submission.dueNs = now.ns();
        }
        final Job known = id.isEmpty() ? leastStaffed(submission) : unnamed(submission);
        final Job job = known == null ? jobs.add(submission, now) : known;
        if (!id.isEmpty()) {
            jobs.name(job, id, now);
        }
        return job;
    }

    /** Sends again and looks for what is due. */
    void advance(final boolean isClosing, final Moment now) {
        for (final Submission submission : List.copyOf(unsettled)) {
            if (submission.phase == Phase.AGAIN) {
                sendAgain(submission, isClosing, now);
            } else if (submission.phase == Phase.LOST && now.ns() >= submission.dueNs) {
                submission.phase = Phase.LOOKED_FOR;
                actions.add(new JobAction.Find(submission.token));
            } else if (submission.phase == Phase.TAKEN && (isClosing || now.ns() >= submission.dueNs)) {
                submission.phase = Phase.VERIFIED;
                actions.add(new JobAction.Find(submission.token));
            }
        }
    }

    /** Whether there are submissions of which not all is known. */
    boolean isAnyUnsettled() {
        return !unsettled.isEmpty();
    }

    /** A line each for those. */
    Stream<String> left() {
        return unsettled.stream()
                .map(submission -> "submission " + submission.token + " of group "
                        + submission.group.shape.name() + ", of which nobody knows whether it was taken"
                        + (submission.problem.isEmpty() ? "" : ": " + submission.problem));
    }

    private void send(final Submission submission, final Moment now) {
        final int count = submission.jobs.size();
        rate.add(now, count);
        submission.group.rate.add(now, count);
        submission.phase = Phase.SENT;
        actions.add(new JobAction.Submit(submission.group.shape.name(), submission.token, count));
    }

    private void sendAgain(final Submission submission, final boolean isClosing, final Moment now) {
        submission.jobs.stream().filter(job -> job.departure != null).toList().forEach(jobs::drop);
        if (isClosing || submission.group.isStopped || submission.jobs.isEmpty()) {
            List.copyOf(submission.jobs).forEach(jobs::drop);
            resolve(submission, now);
        } else if (rateRoom(submission.group, now) >= submission.jobs.size()) {
            submission.attempts++;
            send(submission, now);
        }
    }

    private void notFound(final Submission submission, final Moment now) {
        submission.timesNotFound++;
        final boolean isWanted = submission.jobs.stream().anyMatch(job -> job.departure == null);
        if (isWanted) {
            submission.phase = Phase.AGAIN;
        } else if (submission.timesNotFound < NOT_FOUND_ENOUGH) {
            lookLater(submission, now);
        } else {
            dropUnnamed(submission);
            settle(submission);
        }
    }

    private void lookLater(final Submission submission, final Moment now) {
        submission.phase = Phase.LOST;
        submission.dueNs = now.in(BackOff.after(submission.failures));
    }

    /** What is there is there. If there was more than one attempt, more may come of it. */
    private void resolve(final Submission submission, final Moment now) {
        submission.group.open = null;
        if (submission.failures == 0) {
            settle(submission);
        } else {
            submission.phase = Phase.TAKEN;
            submission.dueNs = now.in(settings.queryInterval().multipliedBy(2));
        }
    }

    private void settle(final Submission submission) {
        if (submission.group.open == submission) {
            submission.group.open = null;
        }
        jobs.settle(submission);
        unsettled.remove(submission);
    }

    private void claim(final Submission submission, final List<String> ids, final Moment now) {
        for (final String id : ids) {
            if (jobs.byId(id) == null) {
                claim(submission, id, now).heardNs = now.ns();
            }
        }
    }

    private void dropUnnamed(final Submission submission) {
        submission.jobs.stream()
                .filter(job -> !job.hasId() && job.workers.isEmpty() && !job.isOver())
                .toList()
                .forEach(jobs::drop);
    }

    private int rateRoom(final GroupState group, final Moment now) {
        return Math.min(rate.room(now), group.rate.room(now));
    }

    private static List<String> alive(final List<JobStatus> statuses) {
        return statuses.stream()
                .filter(status -> status.state() != JobState.ENDED)
                .map(JobStatus::id)
                .toList();
    }

    private static @Nullable Job unnamed(final Submission submission) {
        return submission.jobs.stream()
                .filter(job -> !job.hasId() && !job.isOver())
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Job leastStaffed(final Submission submission) {
        return submission.jobs.stream()
                .filter(job -> !job.isOver() && job.workers.size() < job.group.shape.processes())
                .min(Comparator.comparingInt(job -> job.workers.size()))
                .orElse(null);
    }
}
