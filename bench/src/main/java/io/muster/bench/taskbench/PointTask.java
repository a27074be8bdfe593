package io.muster.bench.taskbench;

import io.muster.Fn;
import io.muster.MusterException;
import io.muster.Task;
import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task of a graph: checks all that its inputs hold, writes its output, runs its kernel. */
public final class PointTask implements Fn<List<byte[]>, byte[]>, Task<byte[]>, Externalizable {
    private static final long serialVersionUID = 1L;
    private static final long MAGIC = 0x5C4A7C8BL;

    private static final ThreadLocal<byte[]> SCRATCH = new ThreadLocal<>();
    private static final byte[] NO_SCRATCH = {};

    private transient @Nullable TaskGraph graph;
    private transient long timestep;
    private transient long point;

    /** Makes one that is to be read. */
    public PointTask() {
        graph = null;
    }

    /**
     * Makes the task at a place of a graph.
     *
     * @param graph the graph
     * @param timestep its row
     * @param point its column
     */
    public PointTask(final TaskGraph graph, final long timestep, final long point) {
        this.graph = graph;
        this.timestep = timestep;
        this.point = point;
    }

    @Override
    public byte[] call() {
        return apply(List.of());
    }

    @Override
    public byte[] apply(final List<byte[]> inputs) {
        final TaskGraph of = graph();
        final long[] expected = of.inputs(timestep, point);
        if (inputs.size() != expected.length) {
            throw new MusterException(place() + " has inputs=" + inputs.size() + ", which must be " + expected.length);
        }
        for (int i = 0; i < expected.length; i++) {
            check(i, inputs.get(i), expected[i]);
        }
        final byte[] output = new byte[of.outputBytes()];
        final ByteBuffer pairs = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
        while (pairs.remaining() >= TaskGraph.PAIR) {
            pairs.putLong(timestep).putLong(point);
        }
        of.kernel().run(of.index(), timestep, point, scratch(of.scratchBytes()));
        return output;
    }

    private void check(final int number, final byte[] input, final long column) {
        if (input.length != graph().outputBytes()) {
            throw new MusterException(place() + " input=" + number + " has bytes=" + input.length + ", which must be "
                    + graph().outputBytes());
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
        return "graph=" + graph().index() + " timestep=" + timestep + " point=" + point;
    }

    private TaskGraph graph() {
        if (graph == null) {
            throw new IllegalStateException("a task must be read before it runs");
        }
        return graph;
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
    public void writeExternal(final ObjectOutput out) throws IOException {
        final TaskGraph of = graph();
        out.writeLong(timestep);
        out.writeLong(point);
        out.writeInt(of.index());
        out.writeLong(of.timesteps());
        out.writeLong(of.width());
        out.writeByte(of.dependence().ordinal());
        out.writeLong(of.radix());
        out.writeLong(of.period());
        out.writeDouble(of.fraction());
        out.writeByte(of.kernel().type().ordinal());
        out.writeLong(of.kernel().iterations());
        out.writeInt(of.kernel().samples());
        out.writeDouble(of.kernel().imbalance());
        out.writeInt(of.outputBytes());
        out.writeInt(of.scratchBytes());
    }

    @Override
    public void readExternal(final ObjectInput in) throws IOException {
        timestep = in.readLong();
        point = in.readLong();
        final int index = in.readInt();
        final long timesteps = in.readLong();
        final long width = in.readLong();
        final Dependence dependence = Dependence.values()[in.readByte()];
        final long radix = in.readLong();
        final long period = in.readLong();
        final double fraction = in.readDouble();
        final Kernel kernel =
                new Kernel(KernelType.values()[in.readByte()], in.readLong(), in.readInt(), in.readDouble());
        graph = new TaskGraph(
                index, timesteps, width, dependence, radix, period, fraction, kernel, in.readInt(), in.readInt());
    }

    @Override
    public String toString() {
        return "PointTask(" + place() + ")";
    }
}
