package io.muster.scheduler;

import io.muster.AdaptiveRule;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many units' worth of work there is for a cluster that goes by the work, or for a part of it; a unit is a worker or a job.
 *
 * @param byTasks so many units run all tasks that could run, at once
 * @param unitSeconds so long one unit takes for all of them
 */
public record Demand(double byTasks, double unitSeconds) {
    /** Nothing to do. */
    public static final Demand NONE = new Demand(0, 0);

    private static final double US_PER_SECOND = 1e6;
    private static final double ROUNDING = 1e-9;

    /**
     * What tasks that need the same come to.
     *
     * @param need the tasks
     * @param slots how many of them a unit runs at once, at least 1
     * @param others how many of them are run at once by what does not go by the work
     * @param rule says how long the work should take
     * @return the demand, less what the others do in that time
     */
    public static Demand of(final Load.Need need, final long slots, final long others, final AdaptiveRule rule) {
        final double tasks = Math.max(0, need.tasks() - others);
        final double work = Math.max(0, need.workUs() / US_PER_SECOND - others * seconds(rule.targetDuration()));
        return new Demand(tasks / slots, work / slots);
    }

    /**
     * Both together.
     *
     * @param other the other; null for none
     * @return the sum
     */
    public Demand plus(final @Nullable Demand other) {
        return other == null ? this : new Demand(byTasks + other.byTasks, unitSeconds + other.unitSeconds);
    }

    /**
     * How many units are wanted.
     *
     * @param rule gives the bounds
     * @param running units that work
     * @param present those, and the ones that are to come
     * @param startDelay how long a unit takes to start
     * @return the number, within the bounds
     */
    public int units(final AdaptiveRule rule, final int running, final int present, final Duration startDelay) {
        final double target = seconds(rule.targetDuration());
        long wanted = roundedUp(Math.min(byTasks, unitSeconds / target));
        if (byTasks > 0) {
            wanted = Math.max(1, wanted);
        }
        if (wanted > present && running > 0) {
            final double left = Math.max(0, unitSeconds - running * seconds(startDelay));
            wanted = Math.min(wanted, Math.max(present, running + roundedUp(left / target)));
        }
        return (int) Math.min(Math.max(wanted, rule.minimum()), rule.maximum());
    }

    private static long roundedUp(final double units) {
        return (long) Math.ceil(units - ROUNDING);
    }

    private static double seconds(final Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
