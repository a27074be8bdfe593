package io.muster.jobqueue.manager;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.scheduler.ManagedWorker;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a job, at one moment.
 *
 * @param id as the batch system writes it; empty if it has not said so yet
 * @param token what the job was marked with
 * @param name what the job is called in the batch system; empty if that was left to it
 * @param group the name of its group
 * @param state where it stands
 * @param reason why it is there, such as why it waits, in the batch system's words where it has said some, or why this cluster closes or
 *     closed it; may be empty
 * @param word the batch system's own word for its state, {@code submitted} until it has said one; empty if it has not taken the job yet
 * @param node where it runs or ran; may be empty
 * @param submitted when it was submitted
 * @param started when it began to run; null if not yet
 * @param expectedStart when the batch system thinks that it will start; null if it does not say, or it has started
 * @param ended when it was over; null if it is not
 * @param exitCode as its script ended; null if not known
 * @param signal the signal that ended it; null if none, or not known
 * @param end why it is over; null if it is not
 * @param workers the names of its workers that are here
 * @param restarts how often the batch system has put it back into the queue
 * @param message what went wrong with it, on one or several lines; empty if nothing
 */
public record JobView(
        String id,
        String token,
        String name,
        String group,
        JobState state,
        String reason,
        String word,
        String node,
        @Nullable Instant submitted,
        @Nullable Instant started,
        @Nullable Instant expectedStart,
        @Nullable Instant ended,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        @Nullable JobEnd end,
        List<String> workers,
        int restarts,
        String message) {
    /** Copies the list. */
    public JobView {
        workers = List.copyOf(workers);
    }

    static JobView of(final Job job, final JobState state, final String queryProblem) {
        final boolean hasStarted = job.started != null || job.isOver();
        return new JobView(
                job.id,
                job.submission.token,
                job.group.shape.jobName(),
                job.group.shape.name(),
                state,
                reason(job, state, queryProblem),
                job.status.word(),
                job.node,
                job.submitted,
                job.started,
                hasStarted ? null : job.status.expectedStart(),
                job.ended,
                job.status.exitCode(),
                job.status.signal(),
                job.end,
                job.workers.values().stream().map(ManagedWorker::name).toList(),
                job.restarts,
                FailureText.of(job));
    }

    /**
     * The same for JSON.
     *
     * @return names such as {@code expected_start} with texts, numbers, lists and nulls; states and ends in lower case, times in ISO form
     */
    public Map<String, @Nullable Object> toMap() {
        final Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("token", token);
        map.put("name", name);
        map.put("group", group);
        map.put("state", lower(state));
        map.put("reason", reason);
        map.put("word", word);
        map.put("node", node);
        map.put("submitted", text(submitted));
        map.put("started", text(started));
        map.put("expected_start", text(expectedStart));
        map.put("ended", text(ended));
        map.put("exit_code", exitCode);
        map.put("signal", signal);
        map.put("end", end == null ? null : lower(end));
        map.put("workers", workers);
        map.put("restarts", restarts);
        map.put("message", message);
        return map;
    }

    private static String reason(final Job job, final JobState state, final String queryProblem) {
        if (job.departure != null && !job.isHopeless) {
            return (job.isOver() ? "closed: " : "closing: ") + job.departure.reason;
        }
        if (job.isOver()) {
            return "";
        }
        if (!job.hasId() && job.workers.isEmpty()) {
            return job.submission.problem.isEmpty() ? "being submitted" : job.submission.problem;
        }
        if (state == JobState.UNKNOWN && job.status.state() != JobState.UNKNOWN) {
            return queryProblem.isEmpty() ? "the batch system does not say" : queryProblem;
        }
        return job.status.reason();
    }

    private static String lower(final Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String text(final @Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
