package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.scheduler.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** When to ask how much there is to do, and what the answer says about each job. */
final class LoadWatch {
    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration LOOK_FOR_LEAVING = Duration.ofSeconds(5);
    private static final Duration NEAR_THE_END = Duration.ofMinutes(10);
    private static final int NEAR_THE_END_PART = 5;

    private final boolean replaceLeaving;
    private boolean isOpen;
    private long askedNs = -1;
    private long knownNs = -1;

    LoadWatch(final boolean replaceLeaving) {
        this.replaceLeaving = replaceLeaving;
    }

    /** Whether what is known is recent. */
    boolean isFresh(final Moment now) {
        return knownNs >= 0 && !now.isAtLeast(FRESH, knownNs);
    }

    /** A question, if there is a use for the answer. */
    JobAction.@Nullable AskLoad next(
            final Collection<GroupState> groups, final Collection<Job> live, final boolean isWanted, final Moment now) {
        if (isOpen || !isWanted && !isDue(groups, live, now)) {
            return null;
        }
        isOpen = true;
        askedNs = now.ns();
        return new JobAction.AskLoad();
    }

    void take(final Load load, final Collection<Job> live, final Moment now) {
        isOpen = false;
        knownNs = now.ns();
        final Map<Integer, Load.Busy> byNumber = new HashMap<>();
        load.workers().forEach(worker -> byNumber.put(worker.number(), worker));
        live.forEach(job -> take(job, byNumber, now));
    }

    /** A worker takes no more tasks, because its job will end. */
    void leaving(final Job job, final Set<Integer> workers) {
        job.leavingWorkers.addAll(workers);
        job.isLeaving = replaceLeaving && job.leavingWorkers.containsAll(job.workers.keySet());
    }

    private boolean isDue(final Collection<GroupState> groups, final Collection<Job> live, final Moment now) {
        final boolean isForRules = groups.stream().anyMatch(group -> isDue(group, now));
        final boolean maySeeLeaving = replaceLeaving && (askedNs < 0 || now.isAtLeast(LOOK_FOR_LEAVING, askedNs));
        return isForRules || maySeeLeaving && live.stream().anyMatch(job -> isNearItsEnd(job, now.wall()));
    }

    /** Whether it is time to apply a group's rule. */
    static boolean isDue(final GroupState group, final Moment now) {
        final AdaptiveRule rule = group.rule;
        return rule != null && (group.decidedNs < 0 || now.isAtLeast(rule.interval(), group.decidedNs));
    }

    private void take(final Job job, final Map<Integer, Load.Busy> byNumber, final Moment now) {
        if (job.workers.isEmpty()) {
            return;
        }
        boolean isIdle = true;
        job.isNeeded = false;
        job.storedBytes = 0;
        for (final Integer number : job.workers.keySet()) {
            final Load.Busy worker = byNumber.get(number);
            isIdle &= worker != null && worker.assigned() == 0;
            job.storedBytes += worker == null ? 0 : worker.storedBytes();
            job.isNeeded |= worker != null && worker.isNeeded();
            if (worker != null && worker.leaving()) {
                leaving(job, Set.of(number));
            }
        }
        if (!isIdle) {
            job.idleSinceNs = Moment.NEVER;
        } else if (job.idleSinceNs == Moment.NEVER) {
            job.idleSinceNs = now.ns();
        }
    }

    private static boolean isNearItsEnd(final Job job, final Instant wall) {
        final Duration walltime = job.group.shape.walltime();
        final Instant started = job.started;
        if (walltime == null || started == null || job.workers.isEmpty() || !job.counts()) {
            return false;
        }
        final Duration part = walltime.dividedBy(NEAR_THE_END_PART);
        return Duration.between(wall, started.plus(walltime))
                        .compareTo(part.compareTo(NEAR_THE_END) > 0 ? part : NEAR_THE_END)
                <= 0;
    }
}
