package io.muster.serialize;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Receives the bytes of a {@link SerializedValue} in order, in pieces of any size, and makes the value of them.
 *
 * <p>Bytes of arrays that are out of band go straight into the arrays; there is no copy of the whole. No more memory is
 * taken for the body than has arrived. Once something is found wrong, every further call says so. Not safe for use by
 * more than one thread at a time; {@link #value()} runs code of the user's classes, {@link #accept} does not.
 */
public final class ValueAssembler {
    /*
     * The user's objects are made last, when every array is full, and not when the body is complete: a record that
     * clones its array, a BitSet, a StringBuilder, a BigInteger or the key of a hash map looks into its array while it
     * is being read, and would see zeros. The memory needed is the same, since the body has to be kept only until then,
     * and its chunks are given up as they are read.
     */
    private final long totalBytes;
    private final long bodyBytes;
    private final int bodyChecksum;
    private final Serializer serializer;
    private final CRC32C checksum = new CRC32C();
    private @Nullable ChunkedBytes body = new ChunkedBytes();
    private @Nullable ArrayTable table;
    private Object[] arrays = {};
    private int current = -1;
    private long currentPosition;
    private long position;
    private boolean read;
    private @Nullable Object value;
    private @Nullable SerializationException failure;

    /**
     * An assembler for one value, of which nothing has arrived yet.
     *
     * @param totalBytes as {@link SerializedValue#totalBytes()}
     * @param bodyBytes as {@link SerializedValue#bodyBytes()}
     * @param bodyChecksum as {@link SerializedValue#bodyChecksum()}
     * @param serializer reads the body
     * @throws SerializationException if these sizes are impossible, or more than the heap of this JVM can hold
     */
    public ValueAssembler(long totalBytes, long bodyBytes, int bodyChecksum, Serializer serializer) {
        if (bodyBytes < 1 || totalBytes < bodyBytes) {
            throw new SerializationException("impossible value: bodyBytes=" + bodyBytes
                    + " must be at least 1 and <= totalBytes=" + totalBytes + "; the head is damaged");
        }
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (totalBytes > heapBytes) {
            throw new SerializationException("no room for a value: totalBytes=" + totalBytes
                    + " must be <= maxHeapBytes=" + heapBytes + "; give this JVM more heap (-Xmx), or smaller pieces");
        }
        this.totalBytes = totalBytes;
        this.bodyBytes = bodyBytes;
        this.bodyChecksum = bodyChecksum;
        this.serializer = Objects.requireNonNull(serializer, "serializer");
    }

    /**
     * Takes the next bytes of the value.
     *
     * @param src holds the bytes, and is empty afterwards
     * @throws SerializationException if the body doesn't match its checksum, lengths contradict each other, or there
     *     are more bytes than announced
     */
    public void accept(ByteBuffer src) {
        if (failure != null) {
            throw failure;
        }
        try {
            if (src.remaining() > totalBytes - position) {
                throw new SerializationException("too many bytes: position=" + position + " + length=" + src.remaining()
                        + " must be <= totalBytes=" + totalBytes);
            }
            if (position < bodyBytes) {
                acceptBody(src);
            }
            acceptArrays(src);
        } catch (SerializationException e) {
            fail(e);
            throw e;
        }
    }

    /**
     * The number of bytes that have been taken, and so the position at which to continue at another holder.
     *
     * @return in bytes
     */
    public long position() {
        return position;
    }

    /**
     * Whether all bytes have arrived and {@link #value()} may be called.
     *
     * @return true after the last byte, unless something was wrong
     */
    public boolean isComplete() {
        return position == totalBytes && failure == null;
    }

    /**
     * The value, made at the first call and the same at every further one.
     *
     * @return the value; may be null
     * @throws SerializationException if the value is not complete, a class is missing or refused, or its reading fails
     */
    public @Nullable Object value() {
        if (failure != null) {
            throw failure;
        }
        if (position < totalBytes) {
            throw new SerializationException("cut short: position=" + position + " must be totalBytes=" + totalBytes
                    + " before there is a value");
        }
        if (!read) {
            try {
                value = readValue();
            } catch (SerializationException e) {
                fail(e);
                throw e;
            }
            read = true;
            body = null;
            arrays = new Object[0];
        }
        return value;
    }

    private void acceptBody(ByteBuffer src) {
        int count = (int) Math.min(src.remaining(), bodyBytes - position);
        checksum.update(src.slice(src.position(), count));
        body().write(src, count);
        position += count;
        if (position == bodyBytes) {
            completeBody();
        }
    }

    private void completeBody() {
        if ((int) checksum.getValue() != bodyChecksum) {
            throw new SerializationException(
                    "damaged value: body checksum=" + Integer.toHexString((int) checksum.getValue()) + " must be "
                            + Integer.toHexString(bodyChecksum) + ", bodyBytes=" + bodyBytes);
        }
        byte[] tag = new byte[1];
        body().read(0, tag, 0, 1);
        if (tag[0] == Compact.ARRAY || tag[0] == Compact.STREAM) {
            table = Serializer.readTable(body().input(0, false), bodyBytes);
            arrays = new Object[table.count()];
        }
        long arrayBytes = table == null ? 0 : table.arrayBytes();
        if (arrayBytes != totalBytes - bodyBytes) {
            throw new SerializationException("damaged value: its body of bodyBytes=" + bodyBytes
                    + " announces arrayBytes=" + arrayBytes + ", which must be totalBytes - bodyBytes="
                    + (totalBytes - bodyBytes));
        }
        if (table == null ? bodyBytes > Compact.MAX_BYTES : table.isArray() == table.headBytes() < bodyBytes) {
            throw new SerializationException(
                    "damaged value: bodyBytes=" + bodyBytes + " don't fit to its tag=" + tag[0]);
        }
        nextArray();
    }

    private void acceptArrays(ByteBuffer src) {
        while (src.hasRemaining()) {
            ArrayTable arrayTable = Objects.requireNonNull(table);
            int count = (int) Math.min(src.remaining(), arrayTable.bytes(current) - currentPosition);
            if (currentPosition == 0) {
                arrays[current] = arrayTable.allocate(current);
            }
            arrayTable.kind(current).write(arrays[current], currentPosition, src, count);
            currentPosition += count;
            position += count;
            if (currentPosition == arrayTable.bytes(current)) {
                nextArray();
            }
        }
    }

    private void nextArray() {
        currentPosition = 0;
        current++;
        while (current < arrays.length && Objects.requireNonNull(table).bytes(current) == 0) {
            arrays[current] = Objects.requireNonNull(table).allocate(current);
            current++;
        }
    }

    private @Nullable Object readValue() {
        if (table == null) {
            byte[] bytes = new byte[(int) bodyBytes];
            body().read(0, bytes, 0, bytes.length);
            return serializer.fromBytes(bytes, 0, bytes.length);
        }
        int headBytes = table.headBytes();
        return headBytes == bodyBytes
                ? arrays[0]
                : serializer.readStream(body().input(headBytes, true), bodyBytes - headBytes, arrays);
    }

    private ChunkedBytes body() {
        return Objects.requireNonNull(body);
    }

    private void fail(SerializationException reason) {
        failure = reason;
        body = null;
        arrays = new Object[0];
    }
}
