package io.muster.jobqueue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job of a cluster, from its submission to its end and beyond.
 *
 * @param id as the batch system writes it
 * @param name its name in the queue
 * @param group the group of the cluster that it belongs to
 * @param state where it stands
 * @param word the batch system's own word for that; {@code submitted} until it has said one
 * @param reason why it is pending, in the batch system's words where it has said some, or why this cluster closes or closed it; may be empty
 * @param node where it runs or ran; empty if nowhere yet
 * @param workers names of its workers that are here
 * @param restarts how often the batch system has put it back into the queue
 * @param submitted when it was submitted; null if not known
 * @param expectedStart when the batch system expects it to start; null if it does not say
 * @param started when it began to run; null if it has not
 * @param ended when it was over; null if it is not
 * @param exitCode as its script ended; null if not, or not known
 * @param signal the signal that ended it; null if none, or not known
 * @param end why it is over; null if it is not
 * @param message all that is known about a failure, with the last lines that it wrote; empty if there is none
 */
public record Job(
        String id,
        String name,
        String group,
        JobState state,
        String word,
        String reason,
        String node,
        List<String> workers,
        int restarts,
        @Nullable Instant submitted,
        @Nullable Instant expectedStart,
        @Nullable Instant started,
        @Nullable Instant ended,
        @Nullable Integer exitCode,
        @Nullable Integer signal,
        @Nullable JobEnd end,
        String message) {
    /** Copies the list. */
    public Job {
        workers = List.copyOf(workers);
    }

    /** As {@code ./muster jobs --json} shows it. */
    static Job ofJson(final Map<?, ?> json) {
        return new Job(
                text(json, "id"),
                text(json, "name"),
                text(json, "group"),
                JobState.valueOf(text(json, "state").toUpperCase(Locale.ROOT)),
                text(json, "word"),
                text(json, "reason"),
                text(json, "node"),
                json.get("workers") instanceof List<?> list
                        ? list.stream().map(String::valueOf).toList()
                        : List.of(),
                json.get("restarts") instanceof Long count ? count.intValue() : 0,
                time(json, "submitted"),
                time(json, "expected_start"),
                time(json, "started"),
                time(json, "ended"),
                number(json, "exit_code"),
                number(json, "signal"),
                json.get("end") instanceof String end ? JobEnd.valueOf(end.toUpperCase(Locale.ROOT)) : null,
                text(json, "message"));
    }

    /** As an answer of the job manager has them. */
    static List<Job> listOfJson(final @Nullable Object json) {
        final List<Job> jobs = new ArrayList<>();
        if (json instanceof List<?> list) {
            for (final Object job : list) {
                if (job instanceof Map<?, ?> map) {
                    jobs.add(ofJson(map));
                }
            }
        }
        return jobs;
    }

    private static String text(final Map<?, ?> json, final String name) {
        return json.get(name) instanceof String text ? text : "";
    }

    private static @Nullable Instant time(final Map<?, ?> json, final String name) {
        return json.get(name) instanceof String text ? Instant.parse(text) : null;
    }

    private static @Nullable Integer number(final Map<?, ?> json, final String name) {
        return json.get(name) instanceof Long number ? Integer.valueOf(number.intValue()) : null;
    }
}
