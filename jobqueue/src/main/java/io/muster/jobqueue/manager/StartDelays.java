package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How long the last jobs of a group took from their submission to their first worker. */
final class StartDelays {
    private static final int KEPT = 20;

    private final Deque<Long> delaysNs = new ArrayDeque<>();

    void add(final long ns) {
        if (delaysNs.size() == KEPT) {
            delaysNs.remove();
        }
        delaysNs.add(ns);
    }

    /** The median; 0 if no job has started yet. */
    Duration median() {
        return delaysNs.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(delaysNs.stream()
                        .sorted()
                        .skip(delaysNs.size() / 2)
                        .findFirst()
                        .orElse(0L));
    }
}
