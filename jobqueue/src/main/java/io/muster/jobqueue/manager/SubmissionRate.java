package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** How many jobs were submitted in the last minute. Exact: no minute has more than the limit, also across the seam of two. */
final class SubmissionRate {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final Deque<Batch> batches = new ArrayDeque<>();
    private final int perMinute;
    private int count;

    SubmissionRate(final int perMinute) {
        this.perMinute = perMinute;
    }

    int room(final Moment now) {
        for (Batch first = batches.peek(); first != null && now.isAtLeast(WINDOW, first.ns()); first = batches.peek()) {
            count -= first.jobs();
            batches.remove();
        }
        return perMinute - count;
    }

    void add(final Moment now, final int jobs) {
        batches.add(new Batch(now.ns(), jobs));
        count += jobs;
    }

    private record Batch(long ns, int jobs) {}
}
