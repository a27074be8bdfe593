package io.muster.jobqueue.lsf;

import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code bjobs -l}, for what a table does not have. Lines are broken anywhere, and go on after 21 spaces. */
final class LsfLong {
    private static final Pattern CONTINUED = Pattern.compile("\r?\n {21}(?=\\S| \\S)");
    private static final Pattern HEAD = Pattern.compile("Job <([0-9]+(?:\\[[0-9]+\\])?)>.*");
    private static final Pattern EVENT = Pattern.compile(
            "((?:[A-Z][a-z]{2} +)?[A-Z][a-z]{2} +[0-9]{1,2} +[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?: +[0-9]{4})?): +(.*)");
    private static final Pattern STARTED = Pattern.compile("(?i)(\\[[0-9]+\\] )?started .*on\\b.*");
    private static final Pattern EXITED = Pattern.compile("(Exited|Completed <exit>|Done successfully).*");
    private static final Pattern EXIT_CODE = Pattern.compile("\\bexit code ([0-9]{1,9})");
    private static final Pattern SIGNAL = Pattern.compile("\\bby signal ([0-9]{1,3})");
    private static final String REASONS = "PENDING REASONS:";

    private LsfLong() {}

    /** What is told of each job. */
    static Map<LsfId, Details> details(final String output) {
        final Map<LsfId, Details> jobs = new HashMap<>();
        Details details = new Details();
        for (final String line : CONTINUED.matcher(output).replaceAll("").split("\r?\n")) {
            final Matcher head = HEAD.matcher(line);
            if (head.matches()) {
                details = new Details();
                final LsfId id = LsfId.of(head.group(1));
                if (id != null) {
                    jobs.put(id, details);
                }
            } else {
                details.line(line);
            }
        }
        return jobs;
    }

    /** What {@code bjobs -l} tells of one job. */
    static final class Details {
        private final List<String> reasons = new ArrayList<>();
        private final StringBuilder ends = new StringBuilder();
        private String started = "";
        private String ended = "";
        private boolean isReasons;

        private Details() {}

        /** The status with what these tell. */
        JobStatus complete(final JobStatus status, final LsfTime time) {
            final Instant end = status.state() == JobState.ENDED ? time.past(ended) : null;
            final JobStatus timed = status.withTimes(status.submitted(), time.past(started), null, end);
            return switch (status.word()) {
                case "DONE" -> LsfEnd.done(timed);
                case "EXIT" -> LsfEnd.exit(timed, ends.toString(), number(EXIT_CODE), number(SIGNAL));
                default -> status.state() == JobState.PENDING ? timed.withReason(String.join("; ", reasons)) : timed;
            };
        }

        private void line(final String line) {
            final Matcher event = EVENT.matcher(line);
            if (event.matches()) {
                isReasons = false;
                event(event.group(1), event.group(2));
            } else if (line.strip().equals(REASONS)) {
                isReasons = true;
            } else if (line.isBlank() || !line.startsWith(" ")) {
                isReasons = false;
            } else if (isReasons) {
                reasons.add(line.strip().replaceFirst(";$", ""));
            }
        }

        private void event(final String time, final String text) {
            if (STARTED.matcher(text).matches()) {
                started = time;
            } else if (EXITED.matcher(text).matches()) {
                ended = time;
                ends.append(text).append('\n');
            }
        }

        private @Nullable Integer number(final Pattern pattern) {
            final Matcher matcher = pattern.matcher(ends);
            return matcher.find() ? Integer.valueOf(matcher.group(1)) : null;
        }
    }
}
