package io.muster.jobqueue.pbs;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code qstat -f} says of one job.
 *
 * @param id as PBS writes it
 * @param attributes by their names in lower case; those within another one have its name and a dot before theirs
 */
record PbsJob(String id, Map<String, String> attributes) {
    /** The variable that a job is marked with. */
    static final String MARK = "MUSTERJOB_TOKEN";

    /** What its value begins with, so that PBS never takes it for a number. */
    static final String MARK_PREFIX = "token-";

    private static final String VARIABLES = "variable_list";
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:^|,)\\s*" + MARK + "=" + MARK_PREFIX + "([A-Za-z0-9-]+)");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ENGLISH);

    /** The first of the attributes that is there; empty if none is. */
    String text(final String... names) {
        for (final String name : names) {
            final String value = attributes.get(name);
            if (value != null) {
                return value;
            }
        }
        return "";
    }

    /** A whole number; null if it is not there or is none. */
    @Nullable
    Integer number(final String... names) {
        final String text = text(names);
        return text.matches("-?[0-9]{1,9}") ? Integer.valueOf(text) : null;
    }

    /** A point in time, written out in the zone or in seconds since 1970; null if it is not there. */
    @Nullable
    Instant time(final ZoneId zone, final String... names) {
        final String text = text(names).strip();
        if (text.matches("[0-9]{1,12}")) {
            return Instant.ofEpochSecond(Long.parseLong(text));
        }
        try {
            return LocalDateTime.parse(text.replaceAll("\\s+", " "), TIME)
                    .atZone(zone)
                    .toInstant();
        } catch (final DateTimeException e) {
            return null;
        }
    }

    /** A length of time, hours and minutes and seconds or seconds alone; null if it is not there. */
    @Nullable
    Duration length(final String name) {
        final String text = text(name);
        if (!text.matches("[0-9]{1,9}(:[0-9]{1,2}){0,2}")) {
            return null;
        }
        long seconds = 0;
        for (final String part : text.split(":")) {
            seconds = seconds * 60 + Long.parseLong(part);
        }
        return Duration.ofSeconds(seconds);
    }

    /** What the job was marked with; empty if it is not said. */
    String token() {
        final String value = text(VARIABLES + "." + MARK.toLowerCase(Locale.ROOT));
        if (value.startsWith(MARK_PREFIX)) {
            return value.substring(MARK_PREFIX.length());
        }
        final Matcher matcher = ASSIGNMENT.matcher(text(VARIABLES));
        return matcher.find() ? matcher.group(1) : "";
    }
}
