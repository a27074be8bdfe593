package io.muster.bench;

import io.muster.config.Json;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What a benchmark found: named values, in the order in which they are printed. */
final class BenchResult {
    private static final MathContext DIGITS = new MathContext(6);
    private static final String NAME = "bench";

    private final Map<String, Object> values = new LinkedHashMap<>();

    BenchResult(final String bench) {
        values.put(NAME, bench);
    }

    /** One that was printed as JSON. */
    static BenchResult of(final Map<?, ?> values) {
        final BenchResult result = new BenchResult(String.valueOf(values.get(NAME)));
        values.forEach((name, value) -> result.values.put(String.valueOf(name), Objects.requireNonNull(value)));
        return result;
    }

    BenchResult with(final String name, final String value) {
        values.put(name, value);
        return this;
    }

    BenchResult with(final String name, final boolean value) {
        values.put(name, value);
        return this;
    }

    BenchResult with(final String name, final long value) {
        values.put(name, value);
        return this;
    }

    /** Keeps six digits: no clock here is better. */
    BenchResult with(final String name, final double value) {
        values.put(name, new BigDecimal(value).round(DIGITS).doubleValue());
        return this;
    }

    BenchResult with(final String name, final double[] numbers) {
        values.put(
                name,
                DoubleStream.of(numbers)
                        .mapToObj(number -> new BigDecimal(number).round(DIGITS).doubleValue())
                        .toList());
        return this;
    }

    BenchResult with(final String name, final List<String> texts) {
        values.put(name, texts);
        return this;
    }

    /** Numbers by name, which keep six digits too. */
    BenchResult with(final String name, final Map<String, Double> numbers) {
        final Map<String, Object> rounded = new LinkedHashMap<>();
        numbers.forEach((key, number) ->
                rounded.put(key, new BigDecimal(number).round(DIGITS).doubleValue()));
        values.put(name, rounded);
        return this;
    }

    String json() {
        return Json.write(values);
    }

    String text() {
        return values.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(NAME))
                .map(entry -> entry.getKey() + "=" + text(entry.getValue()))
                .collect(Collectors.joining("  ", values.get(NAME) + ": ", ""));
    }

    static String text(final Object value) {
        if (value instanceof Long number) {
            return String.format(Locale.ROOT, "%,d", number);
        }
        return value instanceof Double number ? BigDecimal.valueOf(number).toPlainString() : value.toString();
    }
}
