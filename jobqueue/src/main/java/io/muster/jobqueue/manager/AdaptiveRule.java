package io.muster.jobqueue.manager;

import io.muster.config.ConfigurationException;
import java.time.Duration;

/**
 * How many jobs a group has while it goes by the work there is. The methods that take a value give a changed copy.
 *
 * <p>A job that costs minutes of waiting in a queue is not given back for a few idle seconds: it is closed after {@code idleGrace}, or
 * after as long as jobs of the group took to start lately, whichever is more. So no more time is spent on idle jobs than on waiting
 * for them again.
 *
 * @param minimumJobs jobs that are there even if there is nothing to do
 * @param maximumJobs jobs that are never exceeded
 * @param targetDuration how long the work there is should take
 * @param interval how often the rule is applied
 * @param waitCount how often in a row fewer jobs must be wanted before any is closed
 * @param idleGrace how long all workers of a job must have been idle before it is closed; waiting jobs are cancelled without
 * @param keepUntilWalltime whether jobs that run are left to their walltime, idle or not
 */
public record AdaptiveRule(
        int minimumJobs,
        int maximumJobs,
        Duration targetDuration,
        Duration interval,
        int waitCount,
        Duration idleGrace,
        boolean keepUntilWalltime) {
    /** From 0 jobs to as many as the work needs, within 5 s; looked at every second, 3 times before closing, after 30 s of idleness. */
    public static final AdaptiveRule DEFAULT = new AdaptiveRule(
            0, JobLimits.MOST_JOBS, Duration.ofSeconds(5), Duration.ofSeconds(1), 3, Duration.ofSeconds(30), false);

    /**
     * Sets the least number of jobs.
     *
     * @param jobs 0 or more; default 0
     * @return a changed copy
     */
    public AdaptiveRule minimumJobs(final int jobs) {
        return new AdaptiveRule(jobs, maximumJobs, targetDuration, interval, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets the greatest number of jobs.
     *
     * @param jobs at least the minimum, and 1; default {@link JobLimits#MOST_JOBS}
     * @return a changed copy
     */
    public AdaptiveRule maximumJobs(final int jobs) {
        return new AdaptiveRule(minimumJobs, jobs, targetDuration, interval, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how long the work there is should take.
     *
     * @param duration at least 1 ms; default 5 s
     * @return a changed copy
     */
    public AdaptiveRule targetDuration(final Duration duration) {
        return new AdaptiveRule(minimumJobs, maximumJobs, duration, interval, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how often the rule is applied.
     *
     * @param duration at least 1 ms; default 1 s
     * @return a changed copy
     */
    public AdaptiveRule interval(final Duration duration) {
        return new AdaptiveRule(
                minimumJobs, maximumJobs, targetDuration, duration, waitCount, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how often in a row fewer jobs must be wanted before any is closed.
     *
     * @param count at least 1; default 3
     * @return a changed copy
     */
    public AdaptiveRule waitCount(final int count) {
        return new AdaptiveRule(
                minimumJobs, maximumJobs, targetDuration, interval, count, idleGrace, keepUntilWalltime);
    }

    /**
     * Sets how long a job must have been idle before it is closed.
     *
     * @param duration 0 or more; default 30 s
     * @return a changed copy
     */
    public AdaptiveRule idleGrace(final Duration duration) {
        return new AdaptiveRule(
                minimumJobs, maximumJobs, targetDuration, interval, waitCount, duration, keepUntilWalltime);
    }

    /**
     * Sets whether jobs that run are left to their walltime.
     *
     * @param keep true to close none; default false
     * @return a changed copy
     */
    public AdaptiveRule keepUntilWalltime(final boolean keep) {
        return new AdaptiveRule(minimumJobs, maximumJobs, targetDuration, interval, waitCount, idleGrace, keep);
    }

    /**
     * Checks that the values fit together.
     *
     * @return this
     * @throws ConfigurationException if they do not; the message names them
     */
    public AdaptiveRule checked() {
        JobLimits.check("minimumJobs", minimumJobs, 0);
        JobLimits.check("maximumJobs", maximumJobs, 1);
        if (minimumJobs > maximumJobs) {
            throw new ConfigurationException("minimumJobs=" + minimumJobs + " must be <= maximumJobs=" + maximumJobs
                    + "; lower the one or raise the other");
        }
        TableSettings.check("targetDuration", targetDuration, Duration.ofMillis(1));
        TableSettings.check("interval", interval, Duration.ofMillis(1));
        if (waitCount < 1) {
            throw new ConfigurationException("waitCount=" + waitCount + " must be >= 1; 1 closes jobs at once");
        }
        TableSettings.check("idleGrace", idleGrace, Duration.ZERO);
        return this;
    }
}
