package io.muster.jobqueue;

import io.muster.MemorySize;
import io.muster.config.ConfigurationException;
import io.muster.config.DurationText;
import io.muster.jobqueue.JobValue.Shape;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One key of {@code jobqueue.yaml}: its name, what it takes, and what it is without being set. Those that all batch
 * systems have are in {@link JobKeys}; a system that defines one of the same name puts its own rule in its place.
 *
 * @param <T> its value
 */
public final class JobKey<T> {
    private static final Duration LEAST_TIME = Duration.ofMillis(10);
    private static final Duration MOST_TIME = Duration.ofDays(365);

    private final String name;
    private final Shape shape;
    private final Function<List<String>, T> parser;
    private final Rule<T> rule;
    private final @Nullable T defaultValue;
    private final String note;

    private JobKey(
            final String name,
            final Shape shape,
            final Function<List<String>, T> parser,
            final Rule<T> rule,
            final @Nullable T defaultValue,
            final String note) {
        this.name = name;
        this.shape = shape;
        this.parser = parser;
        this.rule = rule;
        this.defaultValue = defaultValue;
        this.note = note;
    }

    /**
     * A key with a text that an allow-list describes.
     *
     * @param name the key's name
     * @param allowed a regular expression that the whole text matches
     * @param requirement the same in words: {@code must be …}
     * @return the key
     */
    public static JobKey<String> text(final String name, final String allowed, final String requirement) {
        final Pattern pattern = Pattern.compile(allowed);
        return scalar(
                name,
                Function.identity(),
                new Rule<>(requirement, text -> pattern.matcher(text).matches()));
    }

    /**
     * A key with a whole number.
     *
     * @param name the key's name
     * @param least the least that it may be
     * @param most the most that it may be
     * @return the key
     */
    public static JobKey<Integer> number(final String name, final int least, final int most) {
        final String requirement = "must be a whole number in " + least + ".." + most;
        return scalar(
                name,
                text -> parsed(text.strip(), Integer::valueOf, requirement),
                new Rule<>(requirement, number -> number >= least && number <= most));
    }

    /**
     * A key with an amount of memory, more than 0.
     *
     * @param name the key's name
     * @return the key
     */
    public static JobKey<MemorySize> memory(final String name) {
        final String requirement = "must be > 0 and a number with a unit, such as 24GB or 24GiB; without a unit: bytes";
        return scalar(
                name,
                text -> parsed(text, MemorySize::parse, requirement),
                new Rule<>(requirement, size -> size.bytes() > 0));
    }

    /**
     * A key that is on or off.
     *
     * @param name the key's name
     * @param defaultValue whether it is on without being set
     * @return the key
     */
    public static JobKey<Boolean> flag(final String name, final boolean defaultValue) {
        return scalar(name, JobKey::toBoolean, new Rule<Boolean>("must be true or false", value -> true))
                .withDefault(defaultValue);
    }

    /**
     * The key {@code walltime}, 30 minutes unless it is set.
     *
     * @param forms what the batch system takes
     * @return the key
     */
    public static JobKey<Walltime> walltime(final WalltimeForms forms) {
        return scalar("walltime", forms::parse, new Rule<Walltime>("must be a walltime", walltime -> true))
                .withDefault(forms.of(Duration.ofMinutes(30)));
    }

    static JobKey<Duration> time(final String name) {
        return scalar(
                name,
                JobKey::toTime,
                new Rule<>(
                        "must be in 10ms..365d",
                        time -> time.compareTo(LEAST_TIME) >= 0 && time.compareTo(MOST_TIME) <= 0));
    }

    static JobKey<List<String>> list(final String name, final String requirement, final Predicate<String> holds) {
        return new JobKey<>(
                name,
                Shape.LIST,
                elements -> elements.stream().filter(text -> !text.isBlank()).toList(),
                new Rule<>(requirement, elements -> elements.stream().allMatch(holds)),
                List.of(),
                "");
    }

    static JobKey<List<String>> map(final String name) {
        return new JobKey<>(
                name, Shape.MAP, Function.identity(), new Rule<>("must be a map", map -> true), List.of(), "");
    }

    /**
     * The same with a value that it has unless it is set.
     *
     * @param value the default
     * @return the key
     */
    public JobKey<T> withDefault(final T value) {
        return new JobKey<>(name, shape, parser, rule, value, note);
    }

    /** The same with what someone who sets it is told. */
    JobKey<T> withNote(final String text) {
        return new JobKey<>(name, shape, parser, rule, defaultValue, text);
    }

    /**
     * The name in files.
     *
     * @return words with dashes, such as {@code job-script-prologue}
     */
    public String name() {
        return name;
    }

    @Override
    public String toString() {
        return name;
    }

    @Nullable
    T defaultValue() {
        return defaultValue;
    }

    String note() {
        return note;
    }

    boolean isList() {
        return shape == Shape.LIST;
    }

    /** Makes sense of what was written. */
    T parse(final JobValue value, final String origin) {
        if (value.shape() != shape && !(shape == Shape.LIST && value.shape() == Shape.TEXT)) {
            throw refused(value.shown(), "must be a " + shape.name().toLowerCase(Locale.ROOT), origin, null);
        }
        final T parsed;
        try {
            parsed = parser.apply(value.elements());
        } catch (final IllegalArgumentException e) {
            throw refused(value.shown(), String.valueOf(e.getMessage()), origin, e);
        }
        return checked(parsed, value.shown(), origin);
    }

    /** The value as it would be written; {@link #parse} reads it back. */
    JobValue written(final T value) {
        if (value instanceof List<?> list) {
            return new JobValue(shape, list.stream().map(String::valueOf).toList());
        }
        return new JobValue(
                shape, List.of(value instanceof Duration time ? DurationText.format(time) : value.toString()));
    }

    /** Checks what a program sets. */
    T checked(final T value, final String origin) {
        return checked(value, Shown.of(value.toString()), origin);
    }

    private T checked(final T value, final String shown, final String origin) {
        if (!rule.holds().test(value)) {
            throw refused(shown, rule.requirement(), origin, null);
        }
        return value;
    }

    private ConfigurationException refused(
            final String shown, final String requirement, final String origin, final @Nullable Throwable cause) {
        final String message = name + "=" + shown + " " + requirement + " (set by " + origin + ")";
        return cause == null ? new ConfigurationException(message) : new ConfigurationException(message, cause);
    }

    private static <T> JobKey<T> scalar(final String name, final Function<String, T> parser, final Rule<T> rule) {
        return new JobKey<>(name, Shape.TEXT, elements -> parser.apply(elements.get(0)), rule, null, "");
    }

    private static <T> T parsed(final String text, final Function<String, T> parser, final String requirement) {
        try {
            return parser.apply(text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(requirement, e);
        }
    }

    /** As YAML 1.1 has it, which dask's files are written in. */
    private static Boolean toBoolean(final String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on" -> true;
            case "false", "no", "off" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static Duration toTime(final String text) {
        try {
            final String stripped = text.strip();
            return DurationText.parse(stripped.matches("[0-9]+(\\.[0-9]+)?") ? stripped + "s" : stripped);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException("must be a number of seconds, or a duration such as 5m", e);
        }
    }

    private record Rule<T>(String requirement, Predicate<T> holds) {}
}
