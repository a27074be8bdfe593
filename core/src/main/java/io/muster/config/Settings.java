package io.muster.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value for every option in {@link Options}; immutable. Those that are not set have their default.
 *
 * <p>{@link #load()} puts these layers on each other, later ones win: the defaults; the site's file, {@code /etc/muster/muster.yaml} or
 * what {@code MUSTER_SITE_CONFIG} names; the user's file, {@code ~/.config/muster/muster.yaml} or what {@code MUSTER_CONFIG} names; the
 * environment, such as {@code MUSTER_WORKER__THREADS}. The command line and programs come on top with {@link #withText} and
 * {@link #with}.
 */
public final class Settings {
    private static final Settings DEFAULTS = new Settings(Map.of());
    private static final String COMMAND_LINE = "the command line";
    private static final String PROGRAM = "the program";

    private final Map<Option<?>, Entry<?>> entries;

    private Settings(final Map<Option<?>, Entry<?>> entries) {
        this.entries = entries;
    }

    /**
     * Reads files and environment.
     *
     * @return the settings; {@link #check()} has still to be called
     * @throws ConfigurationException if a layer cannot be read, has an unknown key, or a value that is not valid
     */
    public static Settings load() {
        return new SettingsLoader(
                        System.getenv(), Path.of("/etc/muster/muster.yaml"), Path.of(System.getProperty("user.home")))
                .load();
    }

    /**
     * The defaults alone, whatever files and environment say.
     *
     * @return the settings
     */
    public static Settings defaults() {
        return DEFAULTS;
    }

    /**
     * What {@link #toArguments()} wrote, on the defaults: neither files nor environment are read again.
     *
     * @param arguments each {@code key=value}
     * @return the settings
     * @throws ConfigurationException if one is not {@code key=value}, has an unknown key or no valid value
     */
    public static Settings fromArguments(final List<String> arguments) {
        Settings settings = DEFAULTS;
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return settings;
    }

    /**
     * The value of an option.
     *
     * @param option the option
     * @param <T> its value
     * @return the value
     */
    public <T> T get(final Option<T> option) {
        final Entry<T> entry = entry(option);
        return entry == null ? option.defaultValue() : entry.value();
    }

    /**
     * Where the value of an option comes from.
     *
     * @param option the option
     * @return {@code the defaults}, {@code the command line}, {@code the program}, a file with its line, or an environment variable
     */
    public String origin(final Option<?> option) {
        final Entry<?> entry = entries.get(option);
        return entry == null ? "the defaults" : entry.origin();
    }

    /**
     * Whether the value of an option comes from a layer above the defaults.
     *
     * @param option the option
     * @return true if it was set, if only to its default
     */
    public boolean isSet(final Option<?> option) {
        return entries.containsKey(option);
    }

    /**
     * The same with another value, as set by the program.
     *
     * @param option the option
     * @param value its value
     * @param <T> its value
     * @return other settings
     * @throws ConfigurationException if the value breaks the option's rule
     */
    public <T> Settings with(final Option<T> option, final T value) {
        return plus(option, option.checked(value), PROGRAM);
    }

    /**
     * The same with another value, as set on the command line.
     *
     * @param key the dotted key
     * @param text the value's text form
     * @return other settings
     * @throws ConfigurationException if there is no such option, or it cannot have the value
     */
    public Settings withText(final String key, final String text) {
        return withText(Options.byKey(key), text, COMMAND_LINE);
    }

    /**
     * The same with another value, as set on the command line.
     *
     * @param argument {@code key=value}
     * @return other settings
     * @throws ConfigurationException if it is not {@code key=value}, there is no such option, or it cannot have the value
     */
    public Settings withArgument(final String argument) {
        final int equals = argument.indexOf('=');
        if (equals < 1) {
            throw new ConfigurationException("argument '" + argument + "' must be key=value, such as worker.threads=4");
        }
        return withText(argument.substring(0, equals), argument.substring(equals + 1));
    }

    /**
     * What is set, for a process that is started with these settings and reads them with {@link #fromArguments}.
     *
     * @return {@code key=value} for each value above the defaults, in the order of the reference
     */
    public List<String> toArguments() {
        final List<String> arguments = new ArrayList<>();
        for (final Option<?> option : Options.all()) {
            if (isSet(option)) {
                arguments.add(text(option));
            }
        }
        return arguments;
    }

    /**
     * Checks the rules between options, all of them at once.
     *
     * @return these settings
     * @throws ConfigurationException if some are broken; the message names them all
     */
    public Settings check() {
        final List<String> broken = new ArrayList<>();
        if (get(Options.WORKER_FENCE).compareTo(get(Options.SCHEDULER_LEASE)) >= 0) {
            broken.add(text(Options.WORKER_FENCE) + " must be < " + text(Options.SCHEDULER_LEASE)
                    + "; a worker has to stop before its tasks go to others: lower worker.fence or raise"
                    + " scheduler.lease"
                    + origins(Options.WORKER_FENCE, Options.SCHEDULER_LEASE));
        }
        final Duration third = get(Options.WORKER_FENCE).dividedBy(3);
        if (get(Options.SESSION_HEARTBEAT).compareTo(third) > 0) {
            broken.add(text(Options.SESSION_HEARTBEAT) + " must be <= a third of " + text(Options.WORKER_FENCE)
                    + "; two heartbeats may get lost: lower session.heartbeat or raise worker.fence"
                    + origins(Options.SESSION_HEARTBEAT, Options.WORKER_FENCE));
        }
        final List<Option<Double>> thresholds = List.of(
                Options.WORKER_MEMORY_TARGET,
                Options.WORKER_MEMORY_SPILL,
                Options.WORKER_MEMORY_PAUSE,
                Options.WORKER_MEMORY_TERMINATE);
        Option<Double> lower = null;
        for (final Option<Double> threshold : thresholds) {
            if (lower != null && get(threshold) > 0 && get(lower) > get(threshold)) {
                broken.add(text(lower) + " must be <= " + text(threshold)
                        + "; results have to go to disk before a worker stops starting tasks, and that before it is"
                        + " killed" + origins(lower, threshold));
            }
            lower = get(threshold) > 0 ? threshold : lower;
        }
        if (!broken.isEmpty()) {
            throw new ConfigurationException(String.join("\n", broken));
        }
        return this;
    }

    @Override
    public String toString() {
        return "Settings" + toArguments();
    }

    <T> Settings withText(final Option<T> option, final String text, final String origin) {
        try {
            return plus(option, option.parse(text), origin);
        } catch (final ConfigurationException e) {
            throw new ConfigurationException(e.getMessage() + " (set by " + origin + ")", e);
        }
    }

    private <T> Settings plus(final Option<T> option, final T value, final String origin) {
        final Map<Option<?>, Entry<?>> more = new LinkedHashMap<>(entries);
        more.put(option, new Entry<>(value, origin));
        return new Settings(more);
    }

    private <T> String text(final Option<T> option) {
        return option.key() + "=" + option.format(get(option));
    }

    private String origins(final Option<?> first, final Option<?> second) {
        return " (set by " + origin(first) + " and " + origin(second) + ")";
    }

    @SuppressWarnings("unchecked")
    private <T> @Nullable Entry<T> entry(final Option<T> option) {
        return (Entry<T>) entries.get(option);
    }

    private record Entry<T>(T value, String origin) {}
}
