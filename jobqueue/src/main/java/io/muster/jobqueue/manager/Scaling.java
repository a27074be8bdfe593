package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.scheduler.Demand;
import io.muster.scheduler.Load;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings the number of jobs to what is wanted. Jobs are submitted whenever there are too few. In a fixed group they are closed whenever
 * there are too many, in one that goes by the work only after the rule has said so several times, and then only what waits or is idle; but
 * never more are kept than its maximum. Nor does such a group close the last job that could keep a result which is still needed: computing
 * it again would take a job again.
 */
final class Scaling {
    private static final Duration LOAD_PATIENCE = Duration.ofSeconds(5);
    private static final String SCALED_DOWN = "scaled down";

    private final JobLimits limits;
    private final Submissions submissions;
    private final Departures departures;
    private final LoadWatch watch;
    private boolean needsLoad;

    Scaling(final JobLimits limits, final Submissions submissions, final Departures departures, final LoadWatch watch) {
        this.limits = limits;
        this.submissions = submissions;
        this.departures = departures;
        this.watch = watch;
    }

    /** Whether something can't be decided without knowing which jobs are idle. */
    boolean needsLoad() {
        return needsLoad;
    }

    void advance(final Collection<GroupState> groups, final List<Job> live, final Moment now) {
        needsLoad = false;
        final Census census = new Census(groups.size(), live);
        for (final GroupState group : groups) {
            final Census.Count count = census.of(group);
            if (group.rule == null && count.present > group.wanted) {
                closeSurplus(group, live, count.present - group.wanted, now);
            } else {
                group.surplusSinceNs = Moment.NEVER;
            }
        }
        for (final GroupState group : groups) {
            final int missing = group.wanted - census.of(group).present;
            if (missing > 0) {
                final int room = Math.min(submissions.room(group, now), census.room(group, limits));
                submit(group, Math.min(missing, room), census, now);
            }
        }
    }

    /** Applies the rules of the groups that go by the work. */
    void decide(final Collection<GroupState> groups, final List<Job> live, final Load load, final Moment now) {
        final Census census = new Census(groups.size(), live);
        final Map<GroupState, Integer> working = new LinkedHashMap<>();
        groups.forEach(group -> working.put(group, census.of(group).working));
        final Map<GroupState, Demand> demands = Demands.share(load, groups, working);
        for (final GroupState group : groups) {
            final AdaptiveRule rule = group.rule;
            if (rule != null && LoadWatch.isDue(group, now)) {
                group.decidedNs = now.ns();
                final Census.Count count = census.of(group);
                group.wanted = demands.getOrDefault(group, Demand.NONE)
                        .units(rule, count.working, count.present, group.policy.startDelay());
                final List<Job> closing = group.policy.closing(
                        rule,
                        group.wanted,
                        counted(group, live).toList(),
                        now.ns(),
                        jobs -> doesAnyStay(jobs, live, load));
                close(closing, count.present > rule.maximum() ? SCALED_DOWN : "no longer needed", now);
            }
        }
    }

    private void submit(final GroupState group, final int count, final Census census, final Moment now) {
        if (count > 0) {
            submissions.submit(group, count, now);
            census.submitted(group, count);
        }
    }

    /** Whether a worker would stay that could take what is needed. */
    private static boolean doesAnyStay(final List<Job> closing, final List<Job> live, final Load load) {
        final Set<Integer> going = live.stream()
                .filter(job -> job.departure != null || closing.contains(job))
                .flatMap(job -> job.workers.keySet().stream())
                .collect(Collectors.toSet());
        return load.workers().stream().anyMatch(worker -> !worker.leaving() && !going.contains(worker.number()));
    }

    private void closeSurplus(final GroupState group, final List<Job> live, final int surplus, final Moment now) {
        if (group.surplusSinceNs == Moment.NEVER) {
            group.surplusSinceNs = now.ns();
        }
        final List<Job> without = counted(group, live)
                .filter(job -> job.workers.isEmpty())
                .sorted(ClosingOrder.INSTANCE)
                .limit(surplus)
                .toList();
        close(without, SCALED_DOWN, now);
        final int more = surplus - without.size();
        if (more == 0) {
            return;
        }
        if (group.wanted == 0 || watch.isFresh(now) || now.isAtLeast(LOAD_PATIENCE, group.surplusSinceNs)) {
            close(counted(group, live).sorted(ClosingOrder.INSTANCE).limit(more).toList(), SCALED_DOWN, now);
        } else {
            needsLoad = true;
        }
    }

    private void close(final List<Job> jobs, final String reason, final Moment now) {
        if (!jobs.isEmpty()) {
            departures.begin(jobs, reason, now);
        }
    }

    private static Stream<Job> counted(final GroupState group, final List<Job> live) {
        return live.stream().filter(job -> job.group == group && job.counts());
    }
}
