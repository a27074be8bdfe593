package io.muster.jobqueue.manager;

import io.muster.config.ConfigurationException;
import io.muster.config.DurationText;
import java.time.Duration;

/**
 * How a {@link JobTable} works.
 *
 * @param queryInterval the least time between two questions to the batch system
 * @param lostGrace how long after its submission a job may be unknown to the batch system
 * @param drainPatience how long the workers of a job that is closed may take to leave
 * @param closeTimeout how long it may take to see the queue empty in the end
 * @param replaceLeaving whether a job counts no more from the time that its workers begin to leave
 * @param limits of the whole cluster
 */
record TableSettings(
        Duration queryInterval,
        Duration lostGrace,
        Duration drainPatience,
        Duration closeTimeout,
        boolean replaceLeaving,
        JobLimits limits) {
    private static final Duration LONGEST = Duration.ofDays(365);

    static final TableSettings DEFAULT = new TableSettings(
            Duration.ofSeconds(30),
            Duration.ofMinutes(1),
            Duration.ofMinutes(10),
            Duration.ofSeconds(40),
            true,
            JobLimits.NONE);

    /** How many questions may stay unanswered before a job is shown as unknown. */
    private static final int UNANSWERED = 3;

    TableSettings {
        check("queryInterval", queryInterval, Duration.ofMillis(1));
        check("lostGrace", lostGrace, Duration.ZERO);
        check("drainPatience", drainPatience, Duration.ZERO);
        check("closeTimeout", closeTimeout, Duration.ofMillis(1));
    }

    TableSettings queryInterval(final Duration interval) {
        return new TableSettings(interval, lostGrace, drainPatience, closeTimeout, replaceLeaving, limits);
    }

    TableSettings lostGrace(final Duration grace) {
        return new TableSettings(queryInterval, grace, drainPatience, closeTimeout, replaceLeaving, limits);
    }

    TableSettings drainPatience(final Duration patience) {
        return new TableSettings(queryInterval, lostGrace, patience, closeTimeout, replaceLeaving, limits);
    }

    TableSettings closeTimeout(final Duration timeout) {
        return new TableSettings(queryInterval, lostGrace, drainPatience, timeout, replaceLeaving, limits);
    }

    TableSettings replaceLeaving(final boolean replace) {
        return new TableSettings(queryInterval, lostGrace, drainPatience, closeTimeout, replace, limits);
    }

    TableSettings limits(final JobLimits newLimits) {
        return new TableSettings(queryInterval, lostGrace, drainPatience, closeTimeout, replaceLeaving, newLimits);
    }

    /** How long nothing may be heard of a job before it is shown as unknown. */
    Duration unknownAfter() {
        return queryInterval.multipliedBy(UNANSWERED);
    }

    static void check(final String name, final Duration duration, final Duration least) {
        if (duration.compareTo(least) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new ConfigurationException(name + "=" + DurationText.format(duration) + " must be in "
                    + DurationText.format(least) + ".." + DurationText.format(LONGEST) + ", such as 30s");
        }
    }
}
