package io.muster.bench.taskbench;

import io.muster.MusterException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.util.Arrays;

/**
 * How much of what a task does.
 *
 * @param type what
 * @param iterations how often
 * @param samples in how many slices the scratch memory is cut, of which an iteration works on one
 * @param imbalance from 0 to 2: how far the iterations of a task may be from the given ones, for {@link KernelType#LOAD_IMBALANCE}
 */
public record Kernel(KernelType type, long iterations, int samples, double imbalance) implements Serializable {
    /** Does nothing. */
    public static final Kernel EMPTY = new Kernel(KernelType.EMPTY, 0, 16, 0);

    private static final int LANES = 64;
    private static final int LANES_2 = 32;

    /** Where results go, for no compiler to find that nobody needs them. */
    private static volatile double sink;

    /**
     * Checks the values.
     *
     * @throws MusterException if one is out of its range
     */
    public Kernel {
        if (iterations < 0 || samples < 1 || !(imbalance >= 0 && imbalance <= 2)) {
            throw new MusterException("iter=" + iterations + " must be >= 0, sample=" + samples
                    + " must be >= 1, and imbalance=" + imbalance + " must be >= 0 and <= 2");
        }
    }

    void run(final long graph, final long timestep, final long point, final byte[] scratch) {
        switch (type) {
            case EMPTY -> {}
            case BUSY_WAIT -> busyWait();
            case MEMORY_BOUND -> copy(timestep, scratch);
            case COMPUTE_DGEMM -> multiplyMatrices(scratch);
            case MEMORY_DAXPY -> addVectors(timestep, scratch);
            case COMPUTE_BOUND -> compute(iterations);
            case COMPUTE_BOUND2 -> compute2();
            case LOAD_IMBALANCE -> compute(iterations(graph, timestep, point));
        }
    }

    long flops(final TaskGraph graph, final long timestep, final long point) {
        final long side = matrixSide(graph.scratchBytes());
        return switch (type) {
            case EMPTY, BUSY_WAIT, MEMORY_BOUND, MEMORY_DAXPY -> 0;
            case COMPUTE_DGEMM -> 2 * side * side * side * iterations;
            case COMPUTE_BOUND -> 2 * LANES * iterations + LANES;
            case COMPUTE_BOUND2 -> 2 * LANES_2 * iterations;
            case LOAD_IMBALANCE -> 2 * LANES * iterations(graph.index(), timestep, point) + LANES;
        };
    }

    long bytes(final TaskGraph graph) {
        return type == KernelType.MEMORY_BOUND || type == KernelType.MEMORY_DAXPY
                ? graph.scratchBytes() * iterations / samples
                : 0;
    }

    private long iterations(final long graph, final long timestep, final long point) {
        return Math.round((1 + (Chance.uniform(graph, timestep, point) - 0.5) * imbalance) * iterations);
    }

    private void busyWait() {
        long value = 113;
        for (long i = 0; i < iterations; i++) {
            value = value * 139 % 2147483647;
        }
        sink = value;
    }

    private static void compute(final long iterations) {
        final double[] values = new double[LANES];
        Arrays.fill(values, 1.2345);
        for (long i = 0; i < iterations; i++) {
            for (int lane = 0; lane < LANES; lane++) {
                values[lane] = Math.fma(values[lane], values[lane], values[lane]);
            }
        }
        double product = 1;
        for (final double value : values) {
            product *= value;
        }
        sink = product;
    }

    private void compute2() {
        final double[] first = new double[LANES_2];
        final double[] second = new double[LANES_2];
        final double[] sums = new double[LANES_2];
        Arrays.fill(first, 1.2345);
        Arrays.fill(second, 1.010101);
        for (long i = 0; i < iterations; i++) {
            for (int lane = 0; lane < LANES_2; lane++) {
                sums[lane] += first[lane] * second[lane];
            }
        }
        sink = Arrays.stream(sums).sum();
    }

    private void copy(final long timestep, final byte[] scratch) {
        final int half = scratch.length / samples / 2;
        for (long i = 0; i < iterations; i++) {
            final int from = slice(timestep, i) * (scratch.length / samples);
            System.arraycopy(scratch, from, scratch, from + half, half);
        }
    }

    private void addVectors(final long timestep, final byte[] scratch) {
        final DoubleBuffer numbers = doubles(scratch);
        final int slice = scratch.length / samples / Double.BYTES;
        final int half = slice / 2;
        for (long i = 0; i < iterations; i++) {
            final int from = slice(timestep, i) * slice;
            for (int j = from; j < from + half; j++) {
                numbers.put(j + half, numbers.get(j) + numbers.get(j + half));
            }
        }
    }

    private int slice(final long timestep, final long iteration) {
        return (int) ((timestep * iterations + iteration) % samples);
    }

    private void multiplyMatrices(final byte[] scratch) {
        final DoubleBuffer numbers = doubles(scratch);
        final int side = (int) matrixSide(scratch.length);
        final int second = side * side;
        final int product = 2 * second;
        for (long i = 0; i < iterations; i++) {
            for (int row = 0; row < side; row++) {
                for (int inner = 0; inner < side; inner++) {
                    final double factor = numbers.get(row * side + inner);
                    for (int column = 0; column < side; column++) {
                        final int at = product + row * side + column;
                        numbers.put(at, numbers.get(at) + factor * numbers.get(second + inner * side + column));
                    }
                }
            }
        }
    }

    private static long matrixSide(final long scratchBytes) {
        return (long) Math.sqrt((double) (scratchBytes / (3 * Double.BYTES)));
    }

    private static DoubleBuffer doubles(final byte[] scratch) {
        return ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer();
    }
}
