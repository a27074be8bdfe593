package io.muster.scheduler;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Named amounts, of what a worker offers or a task needs; counted in millionths, so that what is taken and given back adds up. */
final class Resources {
    static final Resources NONE = new Resources(new String[0], new long[0]);

    private static final double UNITS = 1_000_000;

    private final String[] names;
    private final long[] amounts;

    private Resources(final String[] names, final long[] amounts) {
        this.names = names;
        this.amounts = amounts;
    }

    /**
     * What a map says; entries of amount 0 count for nothing.
     *
     * @throws InvalidRequestException if an amount is negative or not a number
     */
    static Resources of(final Map<String, Double> named) {
        if (named.isEmpty()) {
            return NONE;
        }
        final TreeMap<String, Long> units = new TreeMap<>();
        named.forEach((name, amount) -> {
            if (!(amount >= 0)) {
                throw new InvalidRequestException("resource " + name + "=" + amount + " must be a number >= 0");
            }
            if (amount > 0) {
                units.put(name, Math.max(1, Math.round(amount * UNITS)));
            }
        });
        if (units.isEmpty()) {
            return NONE;
        }
        return new Resources(
                units.keySet().toArray(new String[0]),
                units.values().stream().mapToLong(Long::longValue).toArray());
    }

    boolean isEmpty() {
        return names.length == 0;
    }

    int count() {
        return names.length;
    }

    String name(final int index) {
        return names[index];
    }

    long amount(final int index) {
        return amounts[index];
    }

    long[] amounts() {
        return amounts.clone();
    }

    /** Where a name stands, or a negative number. */
    int indexOf(final String name) {
        return Arrays.binarySearch(names, name);
    }

    /** Whether something of this name is in both. */
    boolean overlaps(final Resources other) {
        for (final String name : names) {
            if (other.indexOf(name) >= 0) {
                return true;
            }
        }
        return false;
    }

    Map<String, Double> asMap() {
        final Map<String, Double> named = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            named.put(names[i], amounts[i] / UNITS);
        }
        return named;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Resources that
                && Arrays.equals(names, that.names)
                && Arrays.equals(amounts, that.amounts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(names) + Arrays.hashCode(amounts);
    }

    @Override
    public String toString() {
        return asMap().toString();
    }
}
