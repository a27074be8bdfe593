package io.muster.bench.taskbench;

import io.muster.Fn;
import io.muster.MusterException;
import io.muster.Task;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A task of a graph: checks all that its inputs hold, writes its output, runs its kernel.
 *
 * @param graph the graph
 * @param timestep its row
 * @param point its column
 */
public record PointTask(TaskGraph graph, long timestep, long point) implements Fn<List<byte[]>, byte[]>, Task<byte[]> {
    private static final long MAGIC = 0x5C4A7C8BL;

    private static final ThreadLocal<byte[]> SCRATCH = new ThreadLocal<>();
    private static final byte[] NO_SCRATCH = {};

    @Override
    public byte[] call() {
        return apply(List.of());
    }

    @Override
    public byte[] apply(final List<byte[]> inputs) {
        final long[] expected = graph.inputs(timestep, point);
        if (inputs.size() != expected.length) {
            throw new MusterException(place() + " has inputs=" + inputs.size() + ", which must be " + expected.length);
        }
        for (int i = 0; i < expected.length; i++) {
            check(i, inputs.get(i), expected[i]);
        }
        final byte[] output = new byte[graph.outputBytes()];
        final ByteBuffer pairs = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
        while (pairs.remaining() >= TaskGraph.PAIR) {
            pairs.putLong(timestep).putLong(point);
        }
        graph.kernel().run(graph.index(), timestep, point, scratch(graph.scratchBytes()));
        return output;
    }

    private void check(final int number, final byte[] input, final long column) {
        if (input.length != graph.outputBytes()) {
            throw new MusterException(place() + " input=" + number + " has bytes=" + input.length + ", which must be "
                    + graph.outputBytes());
        }
        final ByteBuffer pairs = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        while (pairs.remaining() >= TaskGraph.PAIR) {
            final long foundTimestep = pairs.getLong();
            final long foundPoint = pairs.getLong();
            if (foundTimestep != timestep - 1 || foundPoint != column) {
                throw new MusterException(place() + " input=" + number + " holds timestep=" + foundTimestep + " point="
                        + foundPoint + ", which must be timestep=" + (timestep - 1) + " point=" + column);
            }
        }
    }

    private String place() {
        return "graph=" + graph.index() + " timestep=" + timestep + " point=" + point;
    }

    private static byte[] scratch(final int bytes) {
        if (bytes == 0) {
            return NO_SCRATCH;
        }
        byte[] scratch = SCRATCH.get();
        if (scratch == null || scratch.length != bytes) {
            scratch = new byte[bytes];
            final ByteBuffer words = ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN);
            while (words.hasRemaining()) {
                words.putLong(MAGIC);
            }
            SCRATCH.set(scratch);
        }
        final long first =
                ByteBuffer.wrap(scratch).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (first != MAGIC) {
            throw new MusterException("scratch begins with " + first + ", which must be " + MAGIC);
        }
        return scratch;
    }

    @Override
    public String toString() {
        return "PointTask(" + place() + ")";
    }
}
