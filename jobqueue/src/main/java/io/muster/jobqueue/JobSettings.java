package io.muster.jobqueue;

import io.muster.config.ConfigurationException;
import io.muster.config.NearestName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value for every key of one batch system; immutable. Each value has been checked; those that are not set have their
 * default. A key may also be set to null, which leaves out what it stands for.
 */
public final class JobSettings {
    private static final String PROGRAM = "the program";
    private static final String COMMAND_LINE = "the command line";

    private final BatchSystem system;
    private final Map<String, JobKey<?>> keys;
    private final Map<String, Entry> entries;
    private final List<String> notes;

    private JobSettings(
            final BatchSystem system,
            final Map<String, JobKey<?>> keys,
            final Map<String, Entry> entries,
            final List<String> notes) {
        this.system = system;
        this.keys = keys;
        this.entries = entries;
        this.notes = notes;
    }

    /**
     * The defaults of a batch system.
     *
     * @param system the batch system
     * @return the settings
     */
    public static JobSettings of(final BatchSystem system) {
        final Map<String, JobKey<?>> keys = new LinkedHashMap<>();
        JobKeys.ALL.forEach(key -> keys.put(key.name(), key));
        system.keys().forEach(key -> keys.put(key.name(), key));
        return new JobSettings(system, keys, Map.of(), List.of());
    }

    /**
     * The batch system that they are for.
     *
     * @return the batch system
     */
    public BatchSystem system() {
        return system;
    }

    /**
     * The value of a key.
     *
     * @param key the key; the batch system's own one of the same name counts
     * @param <T> its value
     * @return the value; null if there is none
     */
    public <T> @Nullable T get(final JobKey<T> key) {
        final JobKey<T> own = own(key);
        final Entry entry = entries.get(own.name());
        return entry == null ? own.defaultValue() : value(entry);
    }

    /**
     * The same with another value, as set by the program.
     *
     * @param key the key
     * @param value its value, or null
     * @param <T> its value
     * @return other settings
     * @throws ConfigurationException if the batch system has no such key, or the value breaks its rule
     */
    public <T> JobSettings with(final JobKey<T> key, final @Nullable T value) {
        final JobKey<T> own = own(key);
        return plus(own, value == null ? null : own.checked(value, PROGRAM), PROGRAM);
    }

    /**
     * The same with another value, as set on the command line.
     *
     * @param argument {@code key=value}; an empty value is null; a list has one element, or is written {@code [a, b]}
     * @return other settings
     * @throws ConfigurationException if it is not {@code key=value}, there is no such key, or it cannot have the value
     */
    public JobSettings withArgument(final String argument) {
        final int equals = argument.indexOf('=');
        if (equals < 1) {
            throw new ConfigurationException(
                    "argument '" + Shown.of(argument) + "' must be key=value, such as walltime=01:00:00");
        }
        final String name = argument.substring(0, equals);
        final String text = argument.substring(equals + 1);
        final JobKey<?> key = key(name, COMMAND_LINE);
        final boolean isYaml = key.isList() && text.startsWith("[") || text.isEmpty() || text.equals("null");
        return with(name, isYaml ? JobqueueFile.value(text, COMMAND_LINE) : JobValue.text(text), COMMAND_LINE);
    }

    /**
     * The same with a value from the surroundings, unless the key has one already.
     *
     * @param key the key
     * @param text the value
     * @param origin where it is from, such as {@code the environment variable PBS_ACCOUNT}
     * @return the same or other settings
     * @throws ConfigurationException if the key cannot have the value
     */
    public JobSettings withFallback(final JobKey<?> key, final String text, final String origin) {
        return get(key) == null ? with(key.name(), JobValue.text(text), origin) : this;
    }

    /**
     * What someone who wrote these settings should be told.
     *
     * @return a line each
     */
    public List<String> notes() {
        final List<String> all = new ArrayList<>(notes);
        entries.forEach((name, entry) -> {
            final String note = entry.key().note();
            if (!note.isEmpty() && entry.value() != null && !entry.value().equals(List.of())) {
                all.add(entry.origin() + ": " + name + " " + note);
            }
        });
        return all;
    }

    /**
     * What is set, for another process; {@link #ofJson} reads it.
     *
     * @return an object with a member for each key that is set
     */
    public Map<String, Object> toJson() {
        final Map<String, Object> json = new LinkedHashMap<>();
        entries.forEach((name, entry) -> json.put(name, entry.toJson()));
        return json;
    }

    /**
     * Settings that another process has written.
     *
     * @param system the batch system that they are for
     * @param json what {@link #toJson} gave
     * @return the settings
     * @throws ConfigurationException if that is not so, or a value breaks its rule
     */
    public static JobSettings ofJson(final BatchSystem system, final Map<?, ?> json) {
        JobSettings settings = of(system);
        for (final Map.Entry<?, ?> entry : json.entrySet()) {
            final JobValue value = entry.getValue() == null ? null : JobValue.ofJson(entry.getValue());
            settings = settings.with(String.valueOf(entry.getKey()), value, PROGRAM);
        }
        return settings;
    }

    JobSettings withNote(final String note) {
        final List<String> more = new ArrayList<>(notes);
        more.add(note);
        return new JobSettings(system, keys, entries, List.copyOf(more));
    }

    /** Underscores are as good as dashes; an empty text is as good as none. */
    JobSettings with(final String name, final @Nullable JobValue value, final String origin) {
        final JobKey<?> key = key(name, origin);
        return plus(key, value == null || value.equals(JobValue.text("")) ? null : key.parse(value, origin), origin);
    }

    private JobKey<?> key(final String name, final String origin) {
        final JobKey<?> key = keys.get(name.replace('_', '-'));
        if (key == null) {
            throw new ConfigurationException(origin + ": " + system.name() + " has no key " + Shown.of(name)
                    + ", the nearest is " + NearestName.of(name, keys.keySet()));
        }
        return key;
    }

    private JobSettings plus(final JobKey<?> key, final @Nullable Object value, final String origin) {
        final Map<String, Entry> more = new LinkedHashMap<>(entries);
        more.put(key.name(), new Entry(key, value, origin));
        return new JobSettings(system, keys, more, notes);
    }

    @SuppressWarnings("unchecked")
    private <T> JobKey<T> own(final JobKey<T> key) {
        return (JobKey<T>) key(key.name(), PROGRAM);
    }

    @SuppressWarnings("unchecked")
    private static <T> @Nullable T value(final Entry entry) {
        return (T) entry.value();
    }

    private record Entry(JobKey<?> key, @Nullable Object value, String origin) {
        @Nullable
        Object toJson() {
            return value == null ? null : written(key, value).toJson();
        }

        @SuppressWarnings("unchecked")
        private static <T> JobValue written(final JobKey<T> key, final Object value) {
            return key.written((T) value);
        }
    }
}
