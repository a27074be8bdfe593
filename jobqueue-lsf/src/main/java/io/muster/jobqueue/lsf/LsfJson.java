package io.muster.jobqueue.lsf;

import io.muster.config.Json;
import io.muster.config.JsonException;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads {@code bjobs -json}. All values are texts; what is not there is an empty one or a dash. */
final class LsfJson {
    /** The fields to ask for. */
    static final String FIELDS =
            "jobid jobindex stat exit_code exit_reason pend_reason exec_host submit_time start_time"
                    + " estimated_start_time finish_time job_description";

    private static final Pattern BEGIN = Pattern.compile("(?m)^\\s*\\{");
    private static final String NOTHING = "-";

    private final LsfTime time;
    private final Map<LsfId, JobStatus> jobs = new LinkedHashMap<>();
    private final Set<LsfId> unknown = new LinkedHashSet<>();

    private LsfJson(final LsfTime time) {
        this.time = time;
    }

    /**
     * The jobs in an output, which may begin with other lines.
     *
     * @throws JsonException if there is no document with records in it
     */
    static LsfAnswer answer(final String output, final LsfTime time) {
        final Matcher begin = BEGIN.matcher(output);
        final String document = begin.find() ? output.substring(begin.start(), output.lastIndexOf('}') + 1) : output;
        final LsfJson reader = new LsfJson(time);
        if (Json.parse(document.strip()) instanceof Map<?, ?> answer
                && answer.get("RECORDS") instanceof List<?> records) {
            records.forEach(reader::record);
        }
        return new LsfAnswer(reader.jobs, reader.unknown);
    }

    private void record(final @Nullable Object element) {
        if (!(element instanceof Map<?, ?> record)) {
            return;
        }
        final String number = text(record, "JOBID");
        final String index = text(record, "JOBINDEX");
        final LsfId id = LsfId.of(
                index.isEmpty() || index.equals("0") || number.contains("[") ? number : number + "[" + index + "]");
        if (id != null && record.containsKey("ERROR")) {
            unknown.add(id);
        } else if (id != null) {
            jobs.put(id, status(id, record));
        }
    }

    private JobStatus status(final LsfId id, final Map<?, ?> record) {
        final String word = text(record, "STAT");
        final JobState state = LsfState.of(word);
        final boolean isPending = state == JobState.PENDING;
        final JobStatus status = JobStatus.of(id.toString(), state, word)
                .withToken(LsfMark.inDescription(text(record, "JOB_DESCRIPTION")))
                .withReason(isPending ? text(record, "PEND_REASON").replaceFirst(";$", "") : "")
                .withNode(hosts(text(record, "EXEC_HOST")))
                .withTimes(
                        time.past(text(record, "SUBMIT_TIME")),
                        time.past(text(record, "START_TIME")),
                        isPending ? time.future(text(record, "ESTIMATED_START_TIME")) : null,
                        state == JobState.ENDED ? time.past(text(record, "FINISH_TIME")) : null);
        return switch (word) {
            case "DONE" -> LsfEnd.done(status);
            case "EXIT" -> LsfEnd.exit(status, text(record, "EXIT_REASON"), number(text(record, "EXIT_CODE")), null);
            default -> status;
        };
    }

    /** {@code hostA:hostA} and {@code 2*hostA} are hostA. */
    static String hosts(final String text) {
        return Arrays.stream(text.split(":"))
                .map(host -> host.replaceFirst("^[0-9]+\\*", "").strip())
                .filter(host -> !host.isEmpty() && !host.equals(NOTHING))
                .distinct()
                .collect(Collectors.joining(","));
    }

    private static String text(final Map<?, ?> record, final String name) {
        final Object value = record.get(name);
        final String text = value == null ? "" : value.toString().strip();
        return text.equals(NOTHING) ? "" : text;
    }

    private static @Nullable Integer number(final String text) {
        return text.matches("[0-9]{1,9}") ? Integer.valueOf(text) : null;
    }
}
