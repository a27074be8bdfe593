package io.muster.config;

import java.util.Locale;

/**
 * The definition of one setting: its names, type, default and rule. All there are is in {@link Options}.
 *
 * @param <T> its value
 */
public final class Option<T> {
    private static final String PREFIX = "MUSTER_";

    private final String key;
    private final ValueType<T> type;
    private final T defaultValue;
    private final String text;
    private final Rule<T> rule;
    private final boolean internal;

    Option(
            final String key,
            final ValueType<T> type,
            final T defaultValue,
            final String text,
            final Rule<T> rule,
            final boolean internal) {
        this.key = key;
        this.type = type;
        this.defaultValue = defaultValue;
        this.text = text;
        this.rule = rule;
        this.internal = internal;
    }

    /**
     * The name in files and on the command line.
     *
     * @return a dotted key, such as {@code worker.memory-limit}
     */
    public String key() {
        return key;
    }

    /**
     * The name of the environment variable.
     *
     * @return the key with {@code __} for dots and {@code _} for dashes, such as {@code MUSTER_WORKER__MEMORY_LIMIT}
     */
    public String environmentName() {
        return PREFIX + key.replace(".", "__").replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /**
     * What kind of value it takes.
     *
     * @return a word or two, such as {@code duration}
     */
    public String typeName() {
        return type.name();
    }

    /**
     * The value that it has unless it is set.
     *
     * @return the default
     */
    public T defaultValue() {
        return defaultValue;
    }

    /**
     * What it is for.
     *
     * @return one line
     */
    public String text() {
        return text;
    }

    /**
     * Whether Muster's processes set it for each other, and users do not.
     *
     * @return true if it is not for users
     */
    public boolean internal() {
        return internal;
    }

    /**
     * Reads a value.
     *
     * @param value its text form
     * @return the value
     * @throws ConfigurationException if it is not of this option's type, or breaks its rule
     */
    public T parse(final String value) {
        try {
            return checked(type.parser().apply(value));
        } catch (final IllegalArgumentException e) {
            throw new ConfigurationException(key + "=" + value + " " + e.getMessage(), e);
        }
    }

    /**
     * Writes a value so that {@link #parse} reads it back.
     *
     * @param value the value
     * @return its text form
     */
    public String format(final T value) {
        return type.formatter().apply(value);
    }

    @Override
    public String toString() {
        return key;
    }

    T checked(final T value) {
        if (!rule.holds().test(value)) {
            throw new ConfigurationException(key + "=" + format(value) + " " + rule.requirement());
        }
        return value;
    }
}
