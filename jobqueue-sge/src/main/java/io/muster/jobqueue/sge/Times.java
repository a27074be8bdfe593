package io.muster.jobqueue.sge;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as the versions of Grid Engine write them, in UTC: its commands are run so. */
final class Times {
    private static final long FIRST_IN_MILLIS = 100_000_000_000L;
    private static final List<DateTimeFormatter> FORMS = List.of(
            DateTimeFormatter.ISO_LOCAL_DATE_TIME,
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss yyyy", Locale.ROOT),
            DateTimeFormatter.ofPattern("MM/dd/yyyy HH:mm:ss[.SSS]", Locale.ROOT));

    private Times() {}

    /** Null for what is no time, such as {@code -/-}, and for times before 1971, by which an unset one is written. */
    static @Nullable Instant parse(final String text) {
        final String time = text.strip().replaceAll(" +", " ");
        if (time.matches("[0-9]{9,15}")) {
            final long since1970 = Long.parseLong(time);
            return since1970 >= FIRST_IN_MILLIS ? Instant.ofEpochMilli(since1970) : Instant.ofEpochSecond(since1970);
        }
        for (final DateTimeFormatter form : FORMS) {
            try {
                final LocalDateTime parsed = LocalDateTime.parse(time, form);
                return parsed.getYear() <= 1970 ? null : parsed.toInstant(ZoneOffset.UTC);
            } catch (final DateTimeException e) {
                continue;
            }
        }
        return null;
    }
}
