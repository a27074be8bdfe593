package io.muster;

import java.io.Serializable;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory in bytes.
 *
 * @param bytes the amount, at least 0
 */
public record MemorySize(long bytes) implements Comparable<MemorySize>, Serializable {
    private static final Pattern TEXT = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([A-Za-z]*)");
    private static final String[] BINARY = {"PiB", "TiB", "GiB", "MiB", "KiB"};
    private static final String[] DECIMAL = {"PB", "TB", "GB", "MB", "kB"};
    private static final Map<String, Long> EXPONENTS = Map.of("", 0L, "k", 1L, "m", 2L, "g", 3L, "t", 4L, "p", 5L);

    /**
     * Makes one.
     *
     * @throws IllegalArgumentException if negative
     */
    public MemorySize {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes=" + bytes + " must be >= 0");
        }
    }

    /**
     * The amount given in mebibytes.
     *
     * @param mebibytes how many times 2^20 bytes
     * @return the amount
     */
    public static MemorySize mib(final long mebibytes) {
        return new MemorySize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /**
     * The amount given in gibibytes.
     *
     * @param gibibytes how many times 2^30 bytes
     * @return the amount
     */
    public static MemorySize gib(final long gibibytes) {
        return new MemorySize(Math.multiplyExact(gibibytes, 1L << 30));
    }

    /**
     * Reads an amount as dask does: {@code 24GB} and {@code 24G} are 24·10^9 bytes, {@code 24GiB} and {@code 24Gi} are
     * 24·2^30, a plain number is bytes. Case does not matter, fractions are allowed.
     *
     * @param text the amount
     * @return the amount, rounded down to whole bytes
     * @throws IllegalArgumentException if it is not an amount, or more than 2^63 - 1 bytes
     */
    public static MemorySize parse(final String text) {
        final Matcher matcher = TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            throw notASize(text);
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        unit = unit.endsWith("b") ? unit.substring(0, unit.length() - 1) : unit;
        final boolean binary = unit.endsWith("i");
        final Long exponent = EXPONENTS.get(binary ? unit.substring(0, unit.length() - 1) : unit);
        if (exponent == null || binary && exponent == 0) {
            throw notASize(text);
        }
        final BigDecimal factor = BigDecimal.valueOf(binary ? 1024 : 1000).pow(exponent.intValue());
        final BigDecimal bytes =
                new BigDecimal(matcher.group(1)).multiply(factor).setScale(0, RoundingMode.DOWN);
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException("memory size '" + text + "' must be < 2^63 bytes");
        }
        return new MemorySize(bytes.longValueExact());
    }

    @Override
    public int compareTo(final MemorySize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** The amount in the largest unit that gives a whole number; {@link #parse} reads it back exactly. */
    @Override
    public String toString() {
        for (int i = 0; i < BINARY.length && bytes > 0; i++) {
            final long binary = 1L << 10 * (BINARY.length - i);
            if (bytes % binary == 0) {
                return bytes / binary + BINARY[i];
            }
            final long decimal = thousandTo(DECIMAL.length - i);
            if (bytes % decimal == 0) {
                return bytes / decimal + DECIMAL[i];
            }
        }
        return bytes + "B";
    }

    private static long thousandTo(final int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 1000;
        }
        return power;
    }

    private static IllegalArgumentException notASize(final String text) {
        return new IllegalArgumentException(
                "memory size '" + text + "' must be a number and a unit, such as 24GB, 24GiB or 1.5TB; no unit: bytes");
    }
}
