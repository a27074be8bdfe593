package io.muster.scheduler;

import io.muster.transport.ProtocolException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Named amounts as messages carry them: {@code name=amount}, one a line. */
final class ResourceText {
    private static final Pattern ENTRY = Pattern.compile("([A-Za-z0-9._-]{1,128})=([0-9]{1,15}(?:\\.[0-9]{1,15})?)");
    private static final int MAX_ENTRIES = 1024;

    private ResourceText() {}

    /** Writes amounts as {@link #parse} reads them. */
    static String of(final Map<String, Double> amounts) {
        return amounts.entrySet().stream()
                .map(amount -> amount.getKey() + "="
                        + BigDecimal.valueOf(amount.getValue())
                                .setScale(6, RoundingMode.HALF_UP)
                                .stripTrailingZeros()
                                .toPlainString())
                .collect(Collectors.joining("\n"));
    }

    /**
     * Reads amounts.
     *
     * @param text the lines; empty: nothing
     * @return amount by name, sorted
     * @throws ProtocolException if a line is something else, or a name comes twice
     */
    static Map<String, Double> parse(final String text) {
        final Map<String, Double> amounts = new TreeMap<>();
        if (text.isEmpty()) {
            return amounts;
        }
        final String[] lines = text.split("\n", MAX_ENTRIES + 1);
        if (lines.length > MAX_ENTRIES) {
            throw new ProtocolException("resources=" + lines.length + " must be <= " + MAX_ENTRIES);
        }
        for (final String line : lines) {
            final var entry = ENTRY.matcher(line);
            if (!entry.matches()) {
                throw new ProtocolException(
                        "resource '" + line + "' must be name=amount, such as gpu=2, with an amount of 0 or more");
            }
            if (amounts.put(entry.group(1), Double.valueOf(entry.group(2))) != null) {
                throw new ProtocolException("resource '" + line + "' comes twice; it must be named once");
            }
        }
        return amounts;
    }
}
