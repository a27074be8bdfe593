package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.scheduler.Demand;
import io.muster.scheduler.Load;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shares the work out among the groups of a cluster. */
final class Demands {
    /** The cheapest first: fewest kinds of resources, smallest amount of them, then the one that came first. */
    private static final Comparator<GroupState> CHEAPEST = Comparator.<GroupState>comparingInt(
                    group -> group.shape.resources().size())
            .thenComparingDouble(group -> group.shape.resourceAmount())
            .thenComparingInt(group -> group.order);

    private Demands() {}

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
                final long slots = group.shape.slots(need);
                if (rule != null && slots > 0) {
                    final long fixed = fixedSlots(need, groups, running);
                    demands.merge(group, Demand.of(need, slots, fixed, rule), Demand::plus);
                    break;
                }
            }
        }
        return demands;
    }

    private static long fixedSlots(
            final Load.Need need, final Collection<GroupState> groups, final Map<GroupState, Integer> running) {
        return groups.stream()
                .filter(group -> group.rule == null)
                .mapToLong(group -> group.shape.slots(need) * running.getOrDefault(group, 0))
                .sum();
    }
}
