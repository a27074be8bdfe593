package io.muster.jobqueue.slurm;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A line of squeue or sacct about one job, or about elements of an array that share their fate. Both are asked for
 * {@code id|state|exit status|restarts|submitted|start|end|node|comment|reason|}, with times in seconds since 1970; the
 * reason may have the separator in it.
 */
record JobLine(
        String id,
        String word,
        String exit,
        String restarts,
        String submitted,
        String start,
        String end,
        String node,
        String comment,
        String reason) {
    private static final Pattern SEPARATOR = Pattern.compile("\\|");
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");
    private static final Set<String> NOTHING = Set.of("(null)", "None", "None assigned", "N/A", "n/a", "Unknown");
    private static final int FIELDS = 10;

    /** Reads it; null if it is something else. */
    static @Nullable JobLine of(final String line) {
        final String[] fields = SEPARATOR.split(line, FIELDS);
        final String reason = fields[fields.length - 1];
        if (fields.length < FIELDS || !reason.endsWith("|")) {
            return null;
        }
        final List<String> text = List.of(fields).stream()
                .map(String::strip)
                .map(field -> NOTHING.contains(field) ? "" : field)
                .toList();
        return new JobLine(
                text.get(0),
                text.get(1),
                text.get(2),
                text.get(3),
                text.get(4),
                text.get(5),
                text.get(6),
                text.get(7),
                text.get(8),
                something(reason.substring(0, reason.length() - 1)));
    }

    /** Whether it is what is left of a job that sbatch was told that it is not taken, though it has a number. */
    boolean isRefused() {
        final JobStatus status = status(id);
        return status.end() == JobEnd.NOT_STARTED && status.node().isEmpty();
    }

    /** What it says of a job that it is about. */
    JobStatus status(final String job) {
        final JobState state = StateWords.state(word, time(end) != null);
        final boolean isPending = state == JobState.PENDING;
        final boolean hasStarted = !isPending && !node.isEmpty();
        final JobStatus status = JobStatus.of(job, state, word)
                .withToken(comment)
                .withReason(reason)
                .withNode(node)
                .withRestarts(NUMBER.matcher(restarts).matches() ? (int) Long.parseLong(restarts) : 0)
                .withTimes(
                        time(submitted),
                        hasStarted ? time(start) : null,
                        isPending ? time(start) : null,
                        state == JobState.ENDED ? time(end) : null);
        return state == JobState.ENDED ? ended(status, hasStarted) : status;
    }

    private JobStatus ended(final JobStatus status, final boolean hasStarted) {
        final ExitStatus script = ExitStatus.of(exit);
        final JobEnd why = StateWords.end(word, hasStarted);
        if (script.couldNotStart() || why == JobEnd.FAILED && !hasStarted) {
            return status.withEnd(JobEnd.NOT_STARTED, null, null);
        }
        final Integer code = script.code();
        final boolean isItsOwn = why == JobEnd.COMPLETED || why == JobEnd.FAILED || code != null && code != 0;
        return status.withEnd(why, isItsOwn ? code : null, script.signal());
    }

    private static String something(final String text) {
        return NOTHING.contains(text.strip()) ? "" : text.strip();
    }

    private static @Nullable Instant time(final String text) {
        return NUMBER.matcher(text).matches() && !text.equals("0") ? Instant.ofEpochSecond(Long.parseLong(text)) : null;
    }
}
