package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.List;

/** How long to wait before something is tried again: 1, 2, 5, 10, 30, then always 60 seconds. */
final class BackOff {
    private static final List<Integer> SECONDS = List.of(1, 2, 5, 10, 30, 60);

    private BackOff() {}

    /** The wait after so many failures in a row, at least 1. */
    static Duration after(final int failures) {
        return Duration.ofSeconds(SECONDS.get(Math.min(Math.max(failures, 1), SECONDS.size()) - 1));
    }
}
