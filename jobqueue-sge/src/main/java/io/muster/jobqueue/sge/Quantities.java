package io.muster.jobqueue.sge;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Amounts of memory and time as Grid Engine writes them. */
final class Quantities {
    private static final Pattern MEMORY = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)([kKmMgGtT]?)B?");
    private static final Pattern CLOCK = Pattern.compile("([0-9]{0,9}):([0-9]{0,9}):([0-9]{0,9})");
    private static final Pattern SECONDS = Pattern.compile("([0-9]{1,12})(?:\\.[0-9]{1,9})?s?");

    private Quantities() {}

    /** Bytes; small letters stand for powers of 1000. 0 for what is no amount. */
    static double bytes(final String text) {
        final Matcher matcher = MEMORY.matcher(text);
        if (!matcher.matches()) {
            return 0;
        }
        final String unit = matcher.group(2);
        final int power = unit.isEmpty() ? 0 : "KMGT".indexOf(Character.toUpperCase(unit.charAt(0))) + 1;
        final int base = !unit.isEmpty() && Character.isLowerCase(unit.charAt(0)) ? 1000 : 1024;
        return Double.parseDouble(matcher.group(1)) * Math.pow(base, power);
    }

    /** Such as {@code 14s}, {@code 13.9} or {@code 0:1:40}; null for what is no time, {@code INFINITY} for example. */
    static @Nullable Duration time(final String text) {
        final Matcher clock = CLOCK.matcher(text);
        if (clock.matches()) {
            return Duration.ofHours(number(clock.group(1)))
                    .plusMinutes(number(clock.group(2)))
                    .plusSeconds(number(clock.group(3)));
        }
        final Matcher seconds = SECONDS.matcher(text);
        return seconds.matches() ? Duration.ofSeconds(number(seconds.group(1))) : null;
    }

    private static long number(final String digits) {
        return digits.isEmpty() ? 0 : Long.parseLong(digits);
    }
}
