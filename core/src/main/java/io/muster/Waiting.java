package io.muster;

import java.time.Duration;

/** How long to wait, in the units that threads wait in and people read. */
final class Waiting {
    private Waiting() {}

    /** A duration in nanoseconds; what is too long to be one is 292 years. */
    static long nanos(final Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        try {
            return duration.toNanos();
        } catch (final ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }

    static String text(final Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + " s" : duration.toMillis() + " ms";
    }

    /** Waiting was interrupted: restores the flag and says so. */
    static MusterException interrupted(final String what) {
        Thread.currentThread().interrupt();
        return new MusterException("interrupted while waiting for " + what);
    }
}
