package io.muster.bench.taskbench;

import io.muster.MusterException;
import org.jspecify.annotations.Nullable;

/** The options of one graph, with the original's names and defaults. */
final class TaskBenchOptions {
    private final int index;
    private long steps = 4;
    private long width = 4;
    private Dependence type = Dependence.TRIVIAL;
    private long radix = 3;
    private long period = -1;
    private double fraction = 0.25;
    private KernelType kernel = KernelType.EMPTY;
    private long iterations;
    private int samples = 16;
    private double imbalance;
    private int output = TaskGraph.PAIR;
    private int scratch;

    TaskBenchOptions(final int index) {
        this.index = index;
    }

    void set(final String option, final @Nullable String value) {
        switch (option) {
            case "-steps" -> steps = integer(option, value);
            case "-width" -> width = integer(option, value);
            case "-type" -> type = Names.parse("type", given(option, value), Dependence.values());
            case "-radix" -> radix = integer(option, value);
            case "-period" -> period = notNegative(option, integer(option, value));
            case "-fraction" -> fraction = number(option, value);
            case "-kernel" -> kernel = Names.parse("kernel", given(option, value), KernelType.values());
            case "-iter" -> iterations = integer(option, value);
            case "-sample" -> samples = size(option, value);
            case "-imbalance" -> imbalance = number(option, value);
            case "-output" -> output = size(option, value);
            case "-scratch" -> scratch = size(option, value);
            default ->
                throw new MusterException("option=" + option
                        + " must be one of -steps, -width, -type, -radix, -period, -fraction, -kernel, -iter, -sample,"
                        + " -imbalance, -output, -scratch, -and");
        }
    }

    TaskGraph graph() {
        return new TaskGraph(
                index,
                steps,
                width,
                type,
                radix,
                period < 0 ? type.defaultPeriod() : period,
                fraction,
                new Kernel(kernel, iterations, samples, imbalance),
                output,
                scratch);
    }

    private static String given(final String option, final @Nullable String value) {
        if (value == null) {
            throw new MusterException("option=" + option + " must have a value after it");
        }
        return value;
    }

    private static long notNegative(final String option, final long value) {
        if (value < 0) {
            throw new MusterException(option + "=" + value + " must be >= 0");
        }
        return value;
    }

    private static int size(final String option, final @Nullable String value) {
        final long size = integer(option, value);
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw new MusterException(option + "=" + size + " must be >= 0 and <= " + Integer.MAX_VALUE);
        }
        return (int) size;
    }

    private static long integer(final String option, final @Nullable String value) {
        try {
            return Long.parseLong(given(option, value));
        } catch (final NumberFormatException e) {
            throw new MusterException(option + "=" + value + " must be a whole number", e);
        }
    }

    private static double number(final String option, final @Nullable String value) {
        try {
            return Double.parseDouble(given(option, value));
        } catch (final NumberFormatException e) {
            throw new MusterException(option + "=" + value + " must be a number", e);
        }
    }
}
