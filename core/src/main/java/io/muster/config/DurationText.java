package io.muster.config;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How durations are written: {@code 15s}, {@code 500 ms}, {@code 1h30m}, {@code PT15S}. */
public final class DurationText {
    private static final Pattern PART = Pattern.compile("\\G\\s*([0-9]+(?:\\.[0-9]+)?)\\s*([a-zµμ]+)\\s*");
    private static final long US = 1_000;
    private static final long MS = 1_000 * US;
    private static final long SECOND = 1_000 * MS;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("ns", 1L),
            Map.entry("us", US),
            Map.entry("µs", US),
            Map.entry("μs", US),
            Map.entry("ms", MS),
            Map.entry("s", SECOND),
            Map.entry("sec", SECOND),
            Map.entry("m", MINUTE),
            Map.entry("min", MINUTE),
            Map.entry("h", HOUR),
            Map.entry("d", DAY));

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private DurationText() {}

    /**
     * Reads a duration.
     *
     * @param text numbers with units, the ISO form, or 0
     * @return the duration, 0 or more
     * @throws IllegalArgumentException if it is neither; the message begins with what it must be
     */
    public static Duration parse(final String text) {
        final String stripped = text.strip();
        if (stripped.equals("0")) {
            return Duration.ZERO;
        }
        return stripped.startsWith("P") ? iso(stripped) : units(stripped);
    }

    /**
     * Writes a duration: the shortest form that {@link #parse} reads back exactly; ISO form of what it would not read.
     *
     * @param duration the duration
     * @return its text form
     */
    public static String format(final Duration duration) {
        if (duration.isNegative() || duration.compareTo(LONGEST) > 0) {
            return duration.toString();
        }
        final long ns = duration.toNanos();
        if (ns == 0) {
            return "0";
        }
        if (ns % SECOND == 0) {
            return clock(ns);
        }
        if (ns % MS == 0) {
            return ns / MS + "ms";
        }
        return ns % US == 0 ? ns / US + "us" : ns + "ns";
    }

    private static String clock(final long ns) {
        if (ns % MINUTE != 0) {
            return ns / SECOND + "s";
        }
        final long minutes = ns % HOUR / MINUTE;
        return (ns >= HOUR ? ns / HOUR + "h" : "") + (minutes > 0 ? minutes + "m" : "");
    }

    private static Duration iso(final String text) {
        try {
            final Duration duration = Duration.parse(text);
            if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
                return duration;
            }
            throw notADuration();
        } catch (final DateTimeException e) {
            throw notADuration();
        }
    }

    private static Duration units(final String text) {
        final String lower = text.toLowerCase(Locale.ROOT);
        final Matcher matcher = PART.matcher(lower);
        BigDecimal ns = BigDecimal.ZERO;
        int end = 0;
        while (matcher.find()) {
            final Long unit = UNITS.get(matcher.group(2));
            if (unit == null) {
                throw notADuration();
            }
            ns = ns.add(new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit)));
            end = matcher.end();
        }
        if (end == 0 || end < lower.length() || ns.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw notADuration();
        }
        return Duration.ofNanos(ns.longValue());
    }

    private static IllegalArgumentException notADuration() {
        return new IllegalArgumentException(
                "must be a number and a unit (ns, us, ms, s, m, h, d), such as 15s, 500 ms or 1h30m");
    }
}
