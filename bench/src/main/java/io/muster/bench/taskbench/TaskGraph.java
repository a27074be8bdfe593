package io.muster.bench.taskbench;

import io.muster.MusterException;
import java.io.Serializable;
import java.util.stream.LongStream;

/**
 * Rows of tasks, of which each depends on some of the row before. A task is a timestep, which is its row, and a point, its column. Where the
 * width is small for the radix and the period, a task may depend on another one twice.
 *
 * @param index which graph of a run this is, from 0
 * @param timesteps how many rows
 * @param width how many columns at most
 * @param dependence which tasks depend on which
 * @param radix how many columns a task depends on; for {@link Dependence#NEAREST}, {@link Dependence#SPREAD} and
 *     {@link Dependence#RANDOM_NEAREST}
 * @param period after how many rows the pattern repeats; for the latter two, else 0
 * @param fraction which part of the nearest a task depends on, for {@link Dependence#RANDOM_NEAREST}; from 0 to 1
 * @param kernel what each task does
 * @param outputBytes the size of a result
 * @param scratchBytes the size of what the kernel works on; a multiple of 8
 */
public record TaskGraph(
        int index,
        long timesteps,
        long width,
        Dependence dependence,
        long radix,
        long period,
        double fraction,
        Kernel kernel,
        int outputBytes,
        int scratchBytes)
        implements Serializable {
    /** The size of the least output: what says which task it is of. */
    public static final int PAIR = 2 * Long.BYTES;

    private static final long[] NONE = {};

    /**
     * Checks the values.
     *
     * @throws MusterException if one is out of its range, or does not fit the dependence
     */
    public TaskGraph {
        atLeast("steps", timesteps, 1);
        atLeast("width", width, dependence == Dependence.FFT ? 2 : 1);
        atLeast("radix", radix, dependence == Dependence.SPREAD ? 1 : 0);
        atLeast("output", outputBytes, PAIR);
        atLeast("scratch", scratchBytes, kernel.type().needsScratch() ? Long.BYTES * kernel.samples() : 0);
        if (timesteps > Integer.MAX_VALUE || width > Integer.MAX_VALUE || radix > Integer.MAX_VALUE) {
            throw new MusterException("steps=" + timesteps + ", width=" + width + " and radix=" + radix + " must be <= "
                    + Integer.MAX_VALUE);
        }
        if (scratchBytes % Long.BYTES != 0) {
            throw new MusterException("scratch=" + scratchBytes + " must be a multiple of " + Long.BYTES);
        }
        if (!(fraction >= 0 && fraction <= 1)) {
            throw new MusterException("fraction=" + fraction + " must be >= 0 and <= 1");
        }
        if (dependence.hasPeriod() ? period < 1 : period != 0) {
            throw new MusterException("period=" + period + " must be " + (dependence.hasPeriod() ? ">= 1" : "0")
                    + " for type=" + Names.of(dependence));
        }
    }

    private static void atLeast(final String name, final long value, final long least) {
        if (value < least) {
            throw new MusterException(name + "=" + value + " must be >= " + least);
        }
    }

    /**
     * The first column of a row.
     *
     * @param timestep the row
     * @return the column
     */
    public long offset(final long timestep) {
        return dependence == Dependence.DOM && timestep >= 0 ? Math.max(0, timestep + width - timesteps) : 0;
    }

    /**
     * How many tasks a row has.
     *
     * @param timestep the row; -1 is empty
     * @return the number
     */
    public long width(final long timestep) {
        if (timestep < 0) {
            return 0;
        }
        return switch (dependence) {
            case DOM -> Math.min(width, Math.min(timestep + 1, timesteps - timestep));
            case TREE -> Math.min(width, 1L << Math.min(timestep, 62));
            default -> width;
        };
    }

    /**
     * How many sets of dependencies there are, of which each row follows one.
     *
     * @return at least 1
     */
    public long dependenceSets() {
        return switch (dependence) {
            case FFT -> Long.SIZE - Long.numberOfLeadingZeros(width - 1);
            case SPREAD, RANDOM_NEAREST -> period;
            default -> 1;
        };
    }

    /**
     * Which set of dependencies a row follows.
     *
     * @param timestep the row
     * @return from 0
     */
    public long dependenceSet(final long timestep) {
        return switch (dependence) {
            case FFT -> (timestep + dependenceSets() - 1) % dependenceSets();
            case SPREAD, RANDOM_NEAREST -> timestep % dependenceSets();
            default -> 0;
        };
    }

    /**
     * What a task depends on.
     *
     * @param timestep its row
     * @param point its column
     * @return columns of the row before, all of which are there, in the order of the inputs
     */
    public long[] inputs(final long timestep, final long point) {
        final long from = offset(timestep - 1);
        final long to = from + width(timestep - 1);
        if (from == to) {
            return NONE;
        }
        final long[] all = dependencies(dependenceSet(timestep), point);
        for (final long each : all) {
            if (each < from || each >= to) {
                return LongStream.of(all)
                        .filter(column -> column >= from && column < to)
                        .toArray();
            }
        }
        return all;
    }

    /**
     * What a column depends on, whether or not the row before has it.
     *
     * @param set the set of dependencies
     * @param point the column
     * @return columns of the row before, in order
     */
    public long[] dependencies(final long set, final long point) {
        return switch (dependence) {
            case DOM -> range(Math.max(0, point - 1), point);
            case TREE -> new long[] {point / 2};
            case NEAREST -> nearest(point, radix / 2, (radix - 1) / 2);
            case SPREAD -> spread(set, point, 1);
            case RANDOM_NEAREST ->
                LongStream.of(nearest(point, radix / 2, (radix - 1) / 2))
                        .filter(other -> other == point || Chance.uniform(index, radix, set, other, point) < fraction)
                        .toArray();
            default -> symmetric(set, point);
        };
    }

    /**
     * What depends on a column, whether or not the row after has it.
     *
     * @param set the set of dependencies
     * @param point the column
     * @return columns of the row after, in order
     */
    public long[] reverseDependencies(final long set, final long point) {
        return switch (dependence) {
            case DOM -> range(point, Math.min(width - 1, point + 1));
            case TREE -> range(2 * point, Math.min(2 * point + 1, width - 1));
            case NEAREST -> nearest(point, (radix - 1) / 2, radix / 2);
            case SPREAD -> spread(set, point, -1);
            case RANDOM_NEAREST ->
                LongStream.of(nearest(point, (radix - 1) / 2, radix / 2))
                        .filter(other -> other == point || Chance.uniform(index, radix, set, point, other) < fraction)
                        .toArray();
            default -> symmetric(set, point);
        };
    }

    /**
     * How many tasks there are.
     *
     * @return the number
     */
    public long tasks() {
        return LongStream.range(0, timesteps).map(this::width).sum();
    }

    /** Where both directions are the same. */
    private long[] symmetric(final long set, final long point) {
        return switch (dependence) {
            case NO_COMM -> new long[] {point};
            case STENCIL_1D -> neighbours(point);
            case STENCIL_1D_PERIODIC -> periodic(point);
            case FFT ->
                LongStream.of(point - (1L << set), point, point + (1L << set))
                        .filter(other -> other >= 0 && other < width)
                        .toArray();
            case ALL_TO_ALL -> range(0, width - 1);
            default -> NONE;
        };
    }

    private long[] neighbours(final long point) {
        return range(Math.max(0, point - 1), Math.min(point + 1, width - 1));
    }

    private long[] periodic(final long point) {
        final LongStream first = point == 0 ? LongStream.of(width - 1) : LongStream.empty();
        final LongStream last = point == width - 1 ? LongStream.of(0) : LongStream.empty();
        return LongStream.concat(LongStream.of(neighbours(point)), LongStream.concat(first, last))
                .toArray();
    }

    private long[] nearest(final long point, final long before, final long after) {
        return radix == 0 ? NONE : range(Math.max(0, point - before), Math.min(point + after, width - 1));
    }

    private long[] spread(final long set, final long point, final int direction) {
        return LongStream.range(0, radix)
                .map(i -> Math.floorMod(point + direction * (i * width / radix + (i > 0 ? set : 0)), width))
                .toArray();
    }

    private static long[] range(final long first, final long last) {
        if (first > last) {
            return NONE;
        }
        final long[] columns = new long[(int) (last - first + 1)];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = first + i;
        }
        return columns;
    }
}
