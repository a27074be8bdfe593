package io.muster.config;

import io.muster.MemorySize;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * What the value of one option must be, beyond its type.
 *
 * @param requirement goes on after {@code name=value}: {@code must be …}
 * @param holds the check
 * @param <T> the value
 */
record Rule<T>(String requirement, Predicate<T> holds) {
    static <T> Rule<T> none() {
        return new Rule<>("must be set", value -> true);
    }

    static Rule<Integer> between(final int least, final int most) {
        return new Rule<>("must be in " + least + ".." + most, value -> value >= least && value <= most);
    }

    static Rule<Long> atLeast(final long least) {
        return new Rule<>("must be >= " + least, value -> value >= least);
    }

    static Rule<Duration> between(final Duration least, final Duration most) {
        return new Rule<>(
                "must be in " + DurationText.format(least) + ".." + DurationText.format(most),
                value -> value.compareTo(least) >= 0 && value.compareTo(most) <= 0);
    }

    static Rule<MemorySize> atMost(final MemorySize most) {
        return new Rule<>("must be <= " + most, value -> value.compareTo(most) <= 0);
    }

    /** One line without control characters, so that it can stand in a message, a table and an argument. */
    static Rule<String> line() {
        return new Rule<>("must be one line without control characters", Rule::isLine);
    }

    /** Each element is {@code name=amount} with an amount of 0 or more. */
    static Rule<List<String>> amounts() {
        return new Rule<>(
                "must be a list such as gpu=2,licence=1",
                list -> list.stream().allMatch(element -> element.matches("[A-Za-z0-9._-]+=[0-9]+(\\.[0-9]+)?")));
    }

    static Rule<List<String>> numbers() {
        return new Rule<>(
                "must be a list of whole numbers",
                list -> list.stream().allMatch(element -> element.matches("-?[0-9]{1,18}|-?[0-9]{19}")));
    }

    static Rule<String> memoryLimit() {
        return new Rule<>("must be auto, 0 for no limit, or a memory size such as 24GB", Rule::isMemoryLimit);
    }

    /** 0 stands for off. */
    static Rule<Double> fraction() {
        return new Rule<>("must be off, or greater than 0 and at most 1", value -> value >= 0 && value <= 1);
    }

    static Rule<String> offOrMemorySize() {
        return new Rule<>(
                "must be off, or a memory size such as 100GB",
                text -> text.equals(ValueType.OFF) || !text.equals("auto") && isMemoryLimit(text));
    }

    private static boolean isLine(final String text) {
        return text.chars().noneMatch(Character::isISOControl);
    }

    private static boolean isMemoryLimit(final String text) {
        if (text.equals("auto")) {
            return true;
        }
        try {
            MemorySize.parse(text);
            return true;
        } catch (final IllegalArgumentException notASize) {
            return false;
        }
    }
}
