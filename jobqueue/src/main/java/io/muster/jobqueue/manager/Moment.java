package io.muster.jobqueue.manager;

import java.time.Duration;
import java.time.Instant;

/**
 * A point in time, on two clocks.
 *
 * @param ns nanoseconds since the manager began, 0 or more, never running backwards; all decisions go by it
 * @param wall what a clock on the wall says; for people, and for comparison with what a batch system says
 */
record Moment(long ns, Instant wall) {
    /** Later than every moment. */
    static final long NEVER = Long.MAX_VALUE;

    long in(final Duration duration) {
        return ns + duration.toNanos();
    }

    boolean isAtLeast(final Duration duration, final long afterNs) {
        return ns - afterNs >= duration.toNanos();
    }
}
