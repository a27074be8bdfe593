package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobState;
import java.util.Comparator;

/**
 * Which job goes first: what waits, then what has no worker yet, then what is idle, then what works. Among those with workers the ones
 * that hold nothing go before those that hold results, first what is elsewhere too or not needed, then the fewest bytes; otherwise the
 * youngest first.
 */
final class ClosingOrder implements Comparator<Job> {
    static final ClosingOrder INSTANCE = new ClosingOrder();

    private static final Comparator<Job> ORDER = Comparator.comparingInt(ClosingOrder::stage)
            .thenComparing(job -> job.isNeeded)
            .thenComparingLong(job -> job.storedBytes)
            .thenComparing(Comparator.comparingLong((Job job) -> job.number).reversed());

    private ClosingOrder() {}

    @Override
    public int compare(final Job one, final Job other) {
        return ORDER.compare(one, other);
    }

    private static int stage(final Job job) {
        if (!job.hasId()) {
            return 0;
        }
        if (job.isPending()) {
            return job.status.state() == JobState.PENDING ? 1 : 2;
        }
        if (job.workers.isEmpty()) {
            return 3;
        }
        return job.idleSinceNs == Moment.NEVER ? 5 : 4;
    }
}
