package io.muster.jobqueue;

import io.muster.config.DurationText;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a batch system writes a walltime. What is in one of its own forms is taken as it is. Forms that
 * mean the same to every system that knows them, such as {@code 1-12}, {@code 01:30:00} and {@code 1h30m}, are
 * rewritten for those that do not.
 */
public final class WalltimeForms {
    /** Hours, minutes and seconds: the only form, and the one that is written. */
    public static final WalltimeForms HOURS_MINUTES_SECONDS = new WalltimeForms(List.of("H:M:S"), "", Set.of());

    private static final List<String> COMMON = List.of("D-H:M:S", "D-H:M", "D-H", "H:M:S");
    private static final Map<Character, Long> SECONDS = Map.of('D', 86_400L, 'H', 3600L, 'M', 60L, 'S', 1L);
    private static final Map<Character, Long> MOST = Map.of('H', 23L, 'M', 59L, 'S', 59L);
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    private final Map<String, Pattern> own;
    private final Set<String> unlimited;
    private final boolean seconds;

    /**
     * Makes them.
     *
     * @param forms each of the letters D, H, M, S for a number of days, hours, minutes, seconds, and what stands between
     *     them; the first tells what is written for a duration: {@code H:M:S} or {@code H:M}
     * @param suffix a regular expression of what may follow any form; empty for nothing
     * @param unlimited words, in upper case, for no limit
     */
    public WalltimeForms(final List<String> forms, final String suffix, final Set<String> unlimited) {
        this.own = new LinkedHashMap<>();
        forms.forEach(form -> own.put(form, pattern(form, suffix)));
        this.unlimited = Set.copyOf(unlimited);
        this.seconds = forms.get(0).endsWith("S");
    }

    /**
     * Reads a walltime.
     *
     * @param text in one of the forms
     * @return the walltime
     * @throws IllegalArgumentException if it is in none of them, or is 0; the message begins with what it must be
     */
    public Walltime parse(final String text) {
        final String stripped = text.strip();
        if (unlimited.contains(stripped.toUpperCase(Locale.ROOT))) {
            return new Walltime(stripped, null);
        }
        for (final Map.Entry<String, Pattern> form : own.entrySet()) {
            final Duration duration = read(form.getKey(), form.getValue(), stripped);
            if (duration != null) {
                return new Walltime(stripped, checked(duration));
            }
        }
        return of(common(stripped));
    }

    /**
     * The walltime of a duration.
     *
     * @param duration more than 0; parts of the smallest unit are rounded up
     * @return the walltime
     * @throws IllegalArgumentException if it is 0 or less, or longer than ten years
     */
    public Walltime of(final Duration duration) {
        checked(duration);
        final long unit = seconds ? 1 : MINUTE;
        final long whole = duration.plusSeconds(unit).minusNanos(1).toSeconds() / unit * unit;
        final String minutes = String.format(Locale.ROOT, "%02d:%02d", whole / HOUR, whole % HOUR / MINUTE);
        final String text = seconds ? minutes + String.format(Locale.ROOT, ":%02d", whole % MINUTE) : minutes;
        return new Walltime(text, Duration.ofSeconds(whole));
    }

    private Duration common(final String text) {
        for (final String form : COMMON) {
            final Duration duration = read(form, pattern(form, ""), text);
            if (duration != null) {
                return duration;
            }
        }
        try {
            return DurationText.parse(text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("must be one of " + forms() + ", or a duration such as 1h30m", e);
        }
    }

    private String forms() {
        final String forms = own.keySet().stream()
                .map(form -> form.replace("D", "days")
                        .replace("H", "hours")
                        .replace("M", "minutes")
                        .replace("S", "seconds"))
                .collect(Collectors.joining(", "));
        return unlimited.isEmpty()
                ? forms
                : forms + ", " + String.join(", ", unlimited.stream().sorted().toList());
    }

    private static Duration checked(final Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("must be > 0; for the queue's own limit set it to null");
        }
        if (duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("must be <= " + LONGEST.toDays() + " days");
        }
        return duration;
    }

    private static @Nullable Duration read(final String form, final Pattern pattern, final String text) {
        final Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        final Map<Character, Long> numbers = new HashMap<>();
        int group = 0;
        for (final char unit : form.toCharArray()) {
            if (SECONDS.containsKey(unit)) {
                group++;
                final long number = Long.parseLong(matcher.group(group));
                if (group > 1 && number > MOST.getOrDefault(unit, Long.MAX_VALUE)) {
                    return null;
                }
                numbers.put(unit, number);
            }
        }
        return Duration.ofSeconds(numbers.entrySet().stream()
                .mapToLong(number -> number.getValue() * SECONDS.getOrDefault(number.getKey(), 0L))
                .sum());
    }

    private static Pattern pattern(final String form, final String suffix) {
        return Pattern.compile(form.replaceAll("[DHMS]", "([0-9]{1,9})") + suffix);
    }
}
