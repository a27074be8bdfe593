package io.muster;

import io.muster.config.ConfigurationException;
import io.muster.config.DurationText;
import java.time.Duration;

/**
 * How many units a cluster has while it goes by the work there is: workers of a {@link LocalCluster}, jobs of a cluster on a batch queue.
 * The methods that take a value give a changed copy.
 *
 * <p>A job that costs minutes of waiting in a queue is not given back for a few idle seconds: it is closed after {@code idleGrace}, or
 * after as long as its like took to start lately, whichever is more. So no more time is spent on idle jobs than on waiting
 * for them again.
 *
 * @param minimum units that are there even if there is nothing to do
 * @param maximum units that are never exceeded
 * @param targetDuration how long the work there is should take
 * @param interval how often the rule is applied
 * @param waitCount how often in a row fewer must be wanted before any is closed
 * @param idleGrace how long a worker, or all workers of a job, must have been idle before it is closed; jobs that wait are cancelled without
 * @param keepUntilWalltime whether jobs that run are left to their walltime, idle or not
 */
public record AdaptiveRule(
        int minimum,
        int maximum,
        Duration targetDuration,
        Duration interval,
        int waitCount,
        Duration idleGrace,
        boolean keepUntilWalltime) {
    /** The most units that anybody may ask for: {@value}. */
    public static final int MOST = 100_000;

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Duration LONGEST_WORTH_IT = Duration.ofMinutes(10);

    /** From 0 to as many as the work needs, within 5 s; looked at every second, 3 times before closing, after 30 s of idleness. */
    public static final AdaptiveRule DEFAULT =
            new AdaptiveRule(0, MOST, Duration.ofSeconds(5), Duration.ofSeconds(1), 3, Duration.ofSeconds(30), false);

    /**
     * Sets the least number.
     *
     * @param units 0 or more; default 0
     * @return a changed copy
     */
    public AdaptiveRule minimum(final int units) {
        return new AdaptiveRule(units, maximum, targetDuration, interval, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets the greatest number.
     *
     * @param units at least the minimum, and 1; default {@link #MOST}
     * @return a changed copy
     */
    public AdaptiveRule maximum(final int units) {
        return new AdaptiveRule(minimum, units, targetDuration, interval, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how long the work there is should take.
     *
     * @param duration at least 1 ms; default 5 s
     * @return a changed copy
     */
    public AdaptiveRule targetDuration(final Duration duration) {
        return new AdaptiveRule(minimum, maximum, duration, interval, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how often the rule is applied.
     *
     * @param duration at least 1 ms; default 1 s
     * @return a changed copy
     */
    public AdaptiveRule interval(final Duration duration) {
        return new AdaptiveRule(minimum, maximum, targetDuration, duration, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how often in a row fewer must be wanted before any is closed.
     *
     * @param count at least 1; default 3
     * @return a changed copy
     */
    public AdaptiveRule waitCount(final int count) {
        return new AdaptiveRule(minimum, maximum, targetDuration, interval, count, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how long a worker or a job must have been idle before it is closed.
     *
     * @param duration 0 or more; default 30 s
     * @return a changed copy
     */
    public AdaptiveRule idleGrace(final Duration duration) {
        return new AdaptiveRule(minimum, maximum, targetDuration, interval, waitCount, duration, keepUntilWalltime);
    }

    /**
     * Sets whether jobs that run are left to their walltime.
     *
     * @param keep true to close none; default false
     * @return a changed copy
     */
    public AdaptiveRule keepUntilWalltime(final boolean keep) {
        return new AdaptiveRule(minimum, maximum, targetDuration, interval, waitCount, idleGrace, keep);
    }

    /**
     * Checks that the values fit together.
     *
     * @return this
     * @throws ConfigurationException if they do not; the message names them
     */
    public AdaptiveRule checked() {
        check("minimum", minimum, 0);
        check("maximum", maximum, 1);
        if (minimum > maximum) {
            throw new ConfigurationException(
                    "minimum=" + minimum + " must be <= maximum=" + maximum + "; lower the one or raise the other");
        }
        check("targetDuration", targetDuration, Duration.ofMillis(1));
        check("interval", interval, Duration.ofMillis(1));
        if (waitCount < 1) {
            throw new ConfigurationException("waitCount=" + waitCount + " must be >= 1; 1 closes at once");
        }
        check("idleGrace", idleGrace, Duration.ZERO);
        return this;
    }

    /**
     * How long a unit has to be idle before it is closed: the grace, or as long as it takes to get another one if that is more, but not
     * more than ten minutes for that.
     *
     * @param startDelay how long a unit takes to start
     * @return the time
     */
    public Duration idleBeforeClosing(final Duration startDelay) {
        final Duration worthIt = startDelay.compareTo(LONGEST_WORTH_IT) < 0 ? startDelay : LONGEST_WORTH_IT;
        return worthIt.compareTo(idleGrace) > 0 ? worthIt : idleGrace;
    }

    private static void check(final String name, final int units, final int least) {
        if (units < least || units > MOST) {
            throw new ConfigurationException(name + "=" + units + " must be in " + least + ".." + MOST
                    + "; it counts workers of a local cluster, or jobs, not cores: say how many you want");
        }
    }

    private static void check(final String name, final Duration value, final Duration least) {
        if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
            throw new ConfigurationException(name + "=" + DurationText.format(value) + " must be in "
                    + DurationText.format(least) + ".." + DurationText.format(LONGEST) + ", such as 30s");
        }
    }
}
