package io.muster.jobqueue.manager;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Lets jobs go: first their workers, so that nothing is lost, then the jobs. A cancel is said again, ever less often, as long as the
 * batch system says that the job is still there.
 */
final class Departures {
    /** How long a job may take to end by itself after its last worker has left. */
    private static final Duration TO_END_ITSELF = Duration.ofSeconds(5);

    private final Duration patience;
    private final List<JobAction> actions;

    Departures(final Duration patience, final List<JobAction> actions) {
        this.patience = patience;
        this.actions = actions;
    }

    void begin(final Collection<Job> jobs, final String reason, final Moment now) {
        final List<Integer> workers = new ArrayList<>();
        for (final Job job : jobs) {
            job.departure = new Departure(reason, job.workers.isEmpty() ? now.ns() : now.in(patience));
            workers.addAll(job.workers.keySet());
        }
        if (!workers.isEmpty()) {
            actions.add(new JobAction.Retire(workers, patience, reason));
        }
    }

    /** Cancels jobs whatever their workers do. */
    void cancel(final Collection<Job> jobs, final String reason, final Moment now) {
        for (final Job job : jobs) {
            final Departure before = job.departure;
            if (before == null) {
                job.departure = new Departure(reason, now.ns());
            } else if (before.cancels == 0) {
                before.cancelNs = now.ns();
            }
        }
    }

    /** A worker came in a job that is to go; so it came too late. */
    void workerJoined(final Job job, final Departure departure, final int worker, final Moment now) {
        if (departure.cancels == 0) {
            departure.cancelNs = now.in(patience);
        }
        actions.add(new JobAction.Retire(List.of(worker), patience, departure.reason));
    }

    void workersLeft(final Departure departure, final Moment now) {
        if (departure.cancels == 0) {
            departure.cancelNs = Math.min(departure.cancelNs, now.in(TO_END_ITSELF));
        }
    }

    /** Cancels what is due. */
    void advance(final Collection<Job> live, final Moment now) {
        final List<String> ids = new ArrayList<>();
        for (final Job job : live) {
            final Departure departure = job.departure;
            if (departure != null && job.hasId() && !departure.isCancelling && now.ns() >= departure.cancelNs) {
                departure.isCancelling = true;
                departure.cancels++;
                departure.cancelNs = Moment.NEVER;
                ids.add(job.id);
            }
        }
        if (!ids.isEmpty()) {
            actions.add(new JobAction.Cancel(ids));
        }
    }

    void cancelled(final Departure departure, final Moment now) {
        departure.isCancelling = false;
        departure.problem = "";
        departure.cancelledNs = now.ns();
    }

    void cancelFailed(final Departure departure, final String text, final Moment now) {
        departure.problem = text;
        departure.isCancelling = false;
        departure.cancelNs = now.in(BackOff.after(departure.cancels));
    }

    /** The batch system was asked and says that the job is still there. */
    void stillThere(final Departure departure, final long askedNs, final Moment now) {
        if (departure.cancelledNs < askedNs && departure.cancelNs == Moment.NEVER && !departure.isCancelling) {
            departure.cancelNs = Math.max(
                    now.ns(),
                    departure.cancelledNs + BackOff.after(departure.cancels).toNanos());
        }
    }
}
