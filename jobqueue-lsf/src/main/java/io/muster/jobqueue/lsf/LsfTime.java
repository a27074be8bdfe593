package io.muster.jobqueue.lsf;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * LSF's times, such as {@code Nov 21 21:34}, {@code Sat Nov 21 21:34:05} and {@code Nov 21 21:34:05 2026}, told in a
 * zone.
 */
final class LsfTime {
    private static final Pattern FORM = Pattern.compile(
            "(?:[A-Z][a-z]{2} +)?([A-Z][a-z]{2}) +([0-9]{1,2}) +([0-9]{1,2}:[0-9]{2})(:[0-9]{2})?(?: +([0-9]{4}))?(?:"
                    + " +[A-Z])?");
    private static final DateTimeFormatter FORMAT = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("uuuu MMM d H:mm:ss")
            .toFormatter(Locale.ENGLISH)
            .withResolverStyle(ResolverStyle.STRICT);
    private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

    private final ZoneId zone;
    private final Instant now;

    LsfTime(final ZoneId zone, final Instant now) {
        this.zone = zone;
        this.now = now;
    }

    /** A time that is over: without a year it is the last such one. Null if the text is no time. */
    @Nullable
    Instant past(final String text) {
        final int year = now.plus(CLOCKS_DIFFER).atZone(zone).getYear();
        final Instant time = of(text, year);
        return time != null && time.isAfter(now.plus(CLOCKS_DIFFER)) ? of(text, year - 1) : time;
    }

    /** A time to come: without a year it is the next such one. Null if the text is no time. */
    @Nullable
    Instant future(final String text) {
        final int year = now.minus(CLOCKS_DIFFER).atZone(zone).getYear();
        final Instant time = of(text, year);
        return time != null && time.isBefore(now.minus(CLOCKS_DIFFER)) ? of(text, year + 1) : time;
    }

    private @Nullable Instant of(final String text, final int year) {
        final Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            return null;
        }
        final String seconds = matcher.group(4) == null ? ":00" : matcher.group(4);
        final String told = matcher.group(5) == null ? Integer.toString(year) : matcher.group(5);
        try {
            return LocalDateTime.parse(
                            told + " " + matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3) + seconds,
                            FORMAT)
                    .atZone(zone)
                    .toInstant();
        } catch (final DateTimeException e) {
            return null;
        }
    }
}
