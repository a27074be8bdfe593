package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.scheduler.AdaptivePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A group of equal jobs: how many are wanted, and what stands in the way. */
final class GroupState {
    /** This many jobs in a row that end young stop a group. */
    static final int YOUNG_DEATHS = 3;

    private static final int NO_CUT = JobLimits.MOST_JOBS;

    final JobGroup shape;
    final int order;
    final AdaptivePolicy<Job> policy = new AdaptivePolicy<>(ClosingOrder.INSTANCE);
    final SubmissionRate rate;

    int wanted;

    @Nullable
    AdaptiveRule rule;

    long decidedNs = -1;
    long surplusSinceNs = Moment.NEVER;

    @Nullable
    Submission open;

    int mostAtOnce = NO_CUT;
    int refusals;
    long notBeforeNs;

    int youngDeaths;

    @Nullable
    Job lastDeath;

    boolean isStopped;
    String problem = "";

    GroupState(final JobGroup shape, final int order) {
        this.shape = shape;
        this.order = order;
        this.rate = new SubmissionRate(shape.limits().submittedPerMinute());
    }

    void restart(final int jobs, final @Nullable AdaptiveRule newRule) {
        wanted = jobs;
        rule = newRule;
        policy.restart();
        decidedNs = -1;
        surplusSinceNs = Moment.NEVER;
        mostAtOnce = NO_CUT;
        refusals = 0;
        notBeforeNs = 0;
        youngDeaths = 0;
        lastDeath = null;
        isStopped = false;
        problem = "";
    }

    void taken(final int jobs) {
        refusals = 0;
        mostAtOnce = Math.min(NO_CUT, Math.max(mostAtOnce, jobs * 2));
        if (youngDeaths == 0) {
            problem = "";
        }
    }

    void refused(final Moment now, final String text) {
        refusals++;
        rest(now, BackOff.after(refusals));
        problem = text;
    }

    void rest(final Moment now, final Duration duration) {
        notBeforeNs = Math.max(notBeforeNs, now.in(duration));
    }

    void stop(final String text) {
        isStopped = true;
        problem = text;
    }

    /** A job has worked for a while: jobs of this group can. */
    void provedItself() {
        if (youngDeaths > 0 && !isStopped) {
            youngDeaths = 0;
            problem = "";
        }
    }
}
