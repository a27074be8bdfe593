package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When to ask the batch system, and about which jobs. One question at a time. */
final class Queries {
    private static final Duration QUICK = Duration.ofMillis(500);
    private static final int QUICK_QUESTIONS = 6;

    private final Duration interval;
    private List<String> asked = List.of();
    private boolean isOpen;
    private long sentNs;
    private boolean isFirst = true;
    private int closingQueries;

    Queries(final Duration interval) {
        this.interval = interval;
    }

    /** A question, if it is time for one and there is something to ask. */
    JobAction.@Nullable Query next(final Collection<Job> live, final boolean isClosing, final Moment now) {
        final Duration between = isClosing ? closingInterval() : interval;
        if (isOpen || !isFirst && !now.isAtLeast(between, sentNs)) {
            return null;
        }
        if (live.stream().noneMatch(job -> isDue(job, between, now))) {
            return null;
        }
        asked = live.stream()
                .filter(job -> job.hasId() && !isExplained(job))
                .map(job -> job.id)
                .toList();
        isOpen = true;
        isFirst = false;
        sentNs = now.ns();
        closingQueries += isClosing ? 1 : 0;
        return new JobAction.Query(asked);
    }

    /** Whether an answer is awaited. */
    boolean isOpen() {
        return isOpen;
    }

    List<String> asked() {
        return asked;
    }

    long sentNs() {
        return sentNs;
    }

    void answered() {
        isOpen = false;
    }

    /** A few questions in quick succession, as most jobs go within a second or two. */
    private Duration closingInterval() {
        final Duration wait =
                closingQueries < QUICK_QUESTIONS ? QUICK : BackOff.after(closingQueries - QUICK_QUESTIONS);
        return wait.compareTo(interval) < 0 ? wait : interval;
    }

    private static boolean isDue(final Job job, final Duration between, final Moment now) {
        return job.hasId() && !isExplained(job) && (now.ns() >= job.askSinceNs || now.isAtLeast(between, job.heardNs));
    }

    private static boolean isExplained(final Job job) {
        return job.isExplained() && (job.departure == null || job.departure.cancels == 0);
    }
}
