package io.muster.jobqueue;

import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a batch system says of one job.
 *
 * @param id as the batch system writes it, with cluster suffix and array index where it has them
 * @param token what the job was marked with when it was submitted; empty where the answer does not hold it
 * @param state where it stands; {@link JobState#STARTING} is for jobs that have nodes but whose script does not run yet
 * @param word the batch system's own word for its state, flags included, such as {@code PENDING} or {@code Eqw}
 * @param reason why it is pending, or how it ended, in the batch system's words; empty if it does not say
 * @param node where it runs or ran; empty if nowhere
 * @param restarts how often the batch system has put it back into the queue
 * @param submitted when it was submitted; null if not said
 * @param started when it last began to run; null if not yet, or not said
 * @param expectedStart when the batch system thinks that it will start; null if it does not say
 * @param ended when it was over; null if it is not, or not said
 * @param exitCode as its script ended; null if it has not, or not said
 * @param signal the signal that ended it; null if none, or not said
 * @param end why it is over; null if it is not. {@link JobEnd#NOT_STARTED} of a job that is pending says that it will never start
 */
public record JobStatus(
        String id,
        String token,
        JobState state,
        String word,
        String reason,
        String node,
        int restarts,
        @Nullable Instant submitted,
        @Nullable Instant started,
        @Nullable Instant expectedStart,
        @Nullable Instant ended,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        @Nullable JobEnd end) {
    /**
     * A job of which only the state is known.
     *
     * @param id as the batch system writes it
     * @param state where it stands
     * @param word the batch system's own word
     * @return the status
     */
    public static JobStatus of(final String id, final JobState state, final String word) {
        return new JobStatus(id, "", state, word, "", "", 0, null, null, null, null, null, null, null);
    }

    /**
     * The same job, marked.
     *
     * @param newToken what the job was marked with
     * @return another status
     */
    public JobStatus withToken(final String newToken) {
        return changed(copy -> copy.token = newToken);
    }

    /**
     * The same job with a reason for waiting.
     *
     * @param newReason in the batch system's words
     * @return another status
     */
    public JobStatus withReason(final String newReason) {
        return changed(copy -> copy.reason = newReason);
    }

    /**
     * The same job on a node.
     *
     * @param newNode where it runs or ran
     * @return another status
     */
    public JobStatus withNode(final String newNode) {
        return changed(copy -> copy.node = newNode);
    }

    /**
     * The same job, put back into the queue so often.
     *
     * @param count at least 0
     * @return another status
     */
    public JobStatus withRestarts(final int count) {
        return changed(copy -> copy.restarts = count);
    }

    /**
     * The same job with its times.
     *
     * @param newSubmitted when it was submitted
     * @param newStarted when it began to run
     * @param newExpectedStart when it is expected to
     * @param newEnded when it was over
     * @return another status
     */
    public JobStatus withTimes(
            final @Nullable Instant newSubmitted,
            final @Nullable Instant newStarted,
            final @Nullable Instant newExpectedStart,
            final @Nullable Instant newEnded) {
        return changed(copy -> {
            copy.submitted = newSubmitted;
            copy.started = newStarted;
            copy.expectedStart = newExpectedStart;
            copy.ended = newEnded;
        });
    }

    /**
     * The same job, which waits for nothing any more: somebody has to delete it.
     *
     * @return another status
     */
    public JobStatus withoutHope() {
        return changed(copy -> {
            copy.exitCode = null;
            copy.signal = null;
            copy.end = JobEnd.NOT_STARTED;
        });
    }

    /**
     * The same job, over.
     *
     * @param newEnd why
     * @param newExitCode as its script ended, if known
     * @param newSignal the signal that ended it, if one did
     * @return another status
     */
    public JobStatus withEnd(
            final JobEnd newEnd, final @Nullable Integer newExitCode, final @Nullable Integer newSignal) {
        return changed(copy -> {
            copy.state = JobState.ENDED;
            copy.exitCode = newExitCode;
            copy.signal = newSignal;
            copy.end = newEnd;
        });
    }

    private JobStatus changed(final Consumer<Copy> change) {
        final Copy copy = new Copy(this);
        change.accept(copy);
        return new JobStatus(
                id,
                copy.token,
                copy.state,
                word,
                copy.reason,
                copy.node,
                copy.restarts,
                copy.submitted,
                copy.started,
                copy.expectedStart,
                copy.ended,
                copy.exitCode,
                copy.signal,
                copy.end);
    }

    /** What of a status may change. */
    private static final class Copy {
        private String token;
        private JobState state;
        private String reason;
        private String node;
        private int restarts;
        private @Nullable Instant submitted;
        private @Nullable Instant started;
        private @Nullable Instant expectedStart;
        private @Nullable Instant ended;
        private @Nullable Integer exitCode;
        private @Nullable Integer signal;
        private @Nullable JobEnd end;

        Copy(final JobStatus from) {
            token = from.token;
            state = from.state;
            reason = from.reason;
            node = from.node;
            restarts = from.restarts;
            submitted = from.submitted;
            started = from.started;
            expectedStart = from.expectedStart;
            ended = from.ended;
            exitCode = from.exitCode;
            signal = from.signal;
            end = from.end;
        }
    }
}
