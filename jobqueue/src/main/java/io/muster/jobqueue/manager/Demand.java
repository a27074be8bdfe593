package io.muster.jobqueue.manager;

import io.muster.scheduler.Load;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many jobs' worth of work there is for one group that goes by the work.
 *
 * @param byTasks so many jobs run all tasks that could run, at once
 * @param jobSeconds so long one job takes for all of them
 */
record Demand(double byTasks, double jobSeconds) {
    static final Demand NONE = new Demand(0, 0);

    private static final double US_PER_SECOND = 1e6;
    private static final double ROUNDING = 1e-9;

    /** The cheapest first: fewest kinds of resources, smallest amount of them, then the one that came first. */
    private static final Comparator<GroupState> CHEAPEST = Comparator.<GroupState>comparingInt(
                    group -> group.shape.resources().size())
            .thenComparingDouble(group -> group.shape.resourceAmount())
            .thenComparingInt(group -> group.order);

    /**
     * Shares out the work: each kind of task goes to the cheapest group that goes by the work and offers what it needs, less what jobs
     * of fixed groups do of it in the time that it should take.
     *
     * @param load what there is to do
     * @param groups all groups
     * @param running jobs with workers of each group
     */
    static Map<GroupState, Demand> share(
            final Load load, final Collection<GroupState> groups, final Map<GroupState, Integer> running) {
        final List<GroupState> cheapest = groups.stream().sorted(CHEAPEST).toList();
        final Map<GroupState, Demand> demands = new LinkedHashMap<>();
        for (final Load.Need need : load.classes()) {
            for (final GroupState group : cheapest) {
                final AdaptiveRule rule = group.rule;
                final long slots = group.shape.slots(need.resources());
                if (rule != null && slots > 0) {
                    final long fixed = fixedSlots(need, groups, running);
                    final double tasks = Math.max(0, need.tasks() - fixed);
                    final double work =
                            Math.max(0, need.workUs() / US_PER_SECOND - fixed * seconds(rule.targetDuration()));
                    demands.merge(group, new Demand(tasks / slots, work / slots), Demand::plus);
                    break;
                }
            }
        }
        return demands;
    }

    /**
     * How many jobs are wanted.
     *
     * @param rule of the group
     * @param running its jobs with workers
     * @param present those, and the ones that wait
     * @param startDelay how long a job takes to start
     */
    int jobs(final AdaptiveRule rule, final int running, final int present, final Duration startDelay) {
        final double target = seconds(rule.targetDuration());
        long wanted = roundedUp(Math.min(byTasks, jobSeconds / target));
        if (byTasks > 0) {
            wanted = Math.max(1, wanted);
        }
        if (wanted > present && running > 0) {
            final double left = Math.max(0, jobSeconds - running * seconds(startDelay));
            wanted = Math.min(wanted, Math.max(present, running + roundedUp(left / target)));
        }
        return (int) Math.min(Math.max(wanted, rule.minimumJobs()), rule.maximumJobs());
    }

    private Demand plus(final @Nullable Demand other) {
        return other == null ? this : new Demand(byTasks + other.byTasks, jobSeconds + other.jobSeconds);
    }

    private static long fixedSlots(
            final Load.Need need, final Collection<GroupState> groups, final Map<GroupState, Integer> running) {
        return groups.stream()
                .filter(group -> group.rule == null)
                .mapToLong(group -> group.shape.slots(need.resources()) * running.getOrDefault(group, 0))
                .sum();
    }

    private static long roundedUp(final double jobs) {
        return (long) Math.ceil(jobs - ROUNDING);
    }

    private static double seconds(final Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
