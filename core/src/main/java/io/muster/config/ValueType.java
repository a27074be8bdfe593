package io.muster.config;

import io.muster.MemorySize;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A kind of value and its text form. The parser throws {@link IllegalArgumentException} with a message that begins with what the value
 * must be.
 *
 * @param name what people call it
 * @param parser reads a value
 * @param formatter writes one so that the parser reads it back
 * @param <T> the value
 */
record ValueType<T>(String name, Function<String, T> parser, Function<T, String> formatter) {
    static final String OFF = "off";

    static final ValueType<String> TEXT = new ValueType<>("text", text -> text, text -> text);
    static final ValueType<String> PATH = new ValueType<>("path", text -> text, text -> text);
    static final ValueType<Integer> INTEGER = new ValueType<>("integer", ValueType::toInteger, String::valueOf);
    static final ValueType<Long> LONG = new ValueType<>("integer", ValueType::toLong, String::valueOf);
    static final ValueType<Boolean> BOOLEAN = new ValueType<>("true or false", ValueType::toBoolean, String::valueOf);
    static final ValueType<Duration> DURATION = new ValueType<>("duration", DurationText::parse, DurationText::format);
    static final ValueType<MemorySize> MEMORY =
            new ValueType<>("memory size", ValueType::toMemorySize, MemorySize::toString);
    static final ValueType<Double> FRACTION =
            new ValueType<>("fraction or off", ValueType::toFraction, ValueType::fractionText);
    static final ValueType<List<String>> LIST =
            new ValueType<>("list", ValueType::toList, list -> String.join(",", list));

    static <E extends Enum<E>> ValueType<E> choice(final Class<E> type) {
        final String names =
                Arrays.stream(type.getEnumConstants()).map(ValueType::nameOf).collect(Collectors.joining(", "));
        return new ValueType<>("one of " + names, text -> toChoice(type, text, names), ValueType::nameOf);
    }

    private static Integer toInteger(final String text) {
        try {
            return Integer.valueOf(text.strip());
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static Long toLong(final String text) {
        try {
            return Long.valueOf(text.strip());
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("must be a whole number", e);
        }
    }

    private static Boolean toBoolean(final String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("must be true or false");
        };
    }

    private static MemorySize toMemorySize(final String text) {
        try {
            return MemorySize.parse(text);
        } catch (final IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "must be a number and a unit, such as 24GB or 1.5GiB; no unit: bytes", e);
        }
    }

    /** Off is 0. */
    private static Double toFraction(final String text) {
        final String stripped = text.strip();
        if (stripped.equalsIgnoreCase(OFF)) {
            return 0.0;
        }
        try {
            return Double.valueOf(stripped);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("must be a number such as 0.8, or off", e);
        }
    }

    private static String fractionText(final Double fraction) {
        return fraction == 0 ? OFF : fraction.toString();
    }

    private static List<String> toList(final String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(element -> !element.isEmpty())
                .toList();
    }

    private static <E extends Enum<E>> E toChoice(final Class<E> type, final String text, final String names) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> nameOf(constant).equalsIgnoreCase(text.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("must be one of " + names));
    }

    private static String nameOf(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
