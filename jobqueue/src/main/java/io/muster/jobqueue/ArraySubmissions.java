package io.muster.jobqueue;

import io.muster.jobqueue.SubmissionException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submits arrays as large as a batch system takes them. One that is refused as too large is halved, and the half is remembered. If a
 * later part is refused for good, the earlier ones are cancelled.
 */
public final class ArraySubmissions {
    private static final Logger LOG = LoggerFactory.getLogger(ArraySubmissions.class);

    private final String system;
    private final BatchQueue queue;
    private final Predicate<SubmissionException> isTooLarge;
    private volatile int largest = Integer.MAX_VALUE;

    /** Submits one array, or one job. */
    @FunctionalInterface
    public interface Part {
        /**
         * Submits it.
         *
         * @param count how many jobs
         * @param before ids of the parts that are submitted already
         * @return the ids
         * @throws SubmissionException if it was not taken
         */
        List<String> submit(int count, Set<String> before);
    }

    /**
     * Makes one.
     *
     * @param system the batch system's name, for messages
     * @param queue finds and cancels jobs
     * @param isTooLarge whether arrays are taken, but not such large ones
     */
    public ArraySubmissions(
            final String system, final BatchQueue queue, final Predicate<SubmissionException> isTooLarge) {
        this.system = system;
        this.queue = queue;
        this.isTooLarge = isTooLarge;
    }

    /**
     * Submits jobs, in as few parts as it takes.
     *
     * @param count how many
     * @param part submits some of them
     * @return the ids
     * @throws SubmissionException if a part was not taken
     */
    public List<String> submit(final int count, final Part part) {
        final List<String> ids = new ArrayList<>();
        try {
            submit(count, part, ids);
        } catch (final SubmissionException e) {
            if (e.kind() != Kind.SYSTEM_DOWN) {
                cancelAfterRejection(ids);
            }
            throw e;
        }
        return ids;
    }

    /**
     * Looks up the jobs of a part whose answer does not tell their ids.
     *
     * @param request as it was submitted
     * @param count how many jobs the part has
     * @param before ids of other parts
     * @param problem what came instead of ids
     * @return the ids
     * @throws SubmissionException if they are not there; nobody knows then whether they will be
     */
    public List<String> lookUp(
            final JobRequest request, final int count, final Set<String> before, final String problem) {
        final List<String> found;
        try {
            found = queue.find(request.token()).stream()
                    .map(JobStatus::id)
                    .filter(id -> !before.contains(id))
                    .distinct()
                    .toList();
        } catch (final QueueUnavailableException e) {
            throw new SubmissionException(Kind.SYSTEM_DOWN, problem, e);
        }
        if (found.size() != count) {
            throw new SubmissionException(Kind.SYSTEM_DOWN, problem + "; jobs with its token=" + found.size(), null);
        }
        return found;
    }

    private void submit(final int count, final Part part, final List<String> ids) {
        final int half = (count + 1) / 2;
        if (count <= largest) {
            try {
                ids.addAll(part.submit(count, Set.copyOf(ids)));
                return;
            } catch (final SubmissionException e) {
                if (count == 1 || !isTooLarge.test(e)) {
                    throw e;
                }
                largest = half;
                LOG.info(
                        "{} refused an array of count={}; jobs are submitted in arrays of at most {}",
                        system,
                        count,
                        half);
            }
        }
        submit(half, part, ids);
        submit(count - half, part, ids);
    }

    private void cancelAfterRejection(final List<String> ids) {
        try {
            queue.cancel(ids);
        } catch (final QueueUnavailableException e) {
            LOG.warn("jobs={} were submitted before the rest was refused, and could not be cancelled", ids, e);
        }
    }
}
