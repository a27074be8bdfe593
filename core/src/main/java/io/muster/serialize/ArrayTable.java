package io.muster.serialize;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The head of a body that has arrays out of band: which kinds, how long, in the order in which their bytes follow. */
final class ArrayTable {
    private static final int ENTRY_BYTES = 1 + Integer.BYTES;
    private static final int STREAM_HEAD_BYTES = 1 + Integer.BYTES;
    private static final int ARRAY_HEAD_BYTES = 1 + ENTRY_BYTES;

    private final ArrayKind[] kinds;
    private final int[] lengths;
    private final int headBytes;
    private final long arrayBytes;

    private ArrayTable(ArrayKind[] kinds, int[] lengths, int headBytes) {
        this.kinds = kinds;
        this.lengths = lengths;
        this.headBytes = headBytes;
        long total = 0;
        for (int i = 0; i < kinds.length; i++) {
            total += kinds[i].bytes(lengths[i]);
        }
        this.arrayBytes = total;
    }

    /** The head of a value that is one primitive array. */
    static byte[] headOfArray(ArrayKind kind, Object array) {
        ByteBuffer head = ByteBuffer.allocate(ARRAY_HEAD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return head.put(Compact.ARRAY)
                .put(kind.code())
                .putInt(Array.getLength(array))
                .array();
    }

    /** The head of a JDK stream whose arrays are out of band. */
    static byte[] headOfStream(List<ArrayKind> kinds, List<Object> arrays) {
        ByteBuffer head = ByteBuffer.allocate(Math.addExact(STREAM_HEAD_BYTES, kinds.size() * ENTRY_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        head.put(Compact.STREAM).putInt(kinds.size());
        for (int i = 0; i < kinds.size(); i++) {
            head.put(kinds.get(i).code()).putInt(Array.getLength(arrays.get(i)));
        }
        return head.array();
    }

    /**
     * Reads a head, which may be a lie, and leaves the input behind it; allocates no more than a small multiple of what
     * the input has.
     *
     * @param in a body whose first byte is {@link Compact#ARRAY} or {@link Compact#STREAM}
     * @param available how many bytes the input has
     */
    static ArrayTable read(InputStream in, long available) throws IOException {
        boolean stream = in.read() == Compact.STREAM;
        int count = stream ? readInt(in) : 1;
        int fixed = stream ? STREAM_HEAD_BYTES : 1;
        if (count < 0 || count > (available - fixed) / ENTRY_BYTES) {
            throw new SerializationException("damaged value: arrays=" + Integer.toUnsignedString(count)
                    + " can't be described in bytes=" + available);
        }
        ArrayKind[] kinds = new ArrayKind[count];
        int[] lengths = new int[count];
        for (int i = 0; i < count; i++) {
            int code = in.read();
            ArrayKind kind = ArrayKind.ofCode(code);
            int length = readInt(in);
            if (kind == null || length < 0) {
                throw new SerializationException(
                        "damaged value: array " + i + " has kind=" + code + ", length=" + length);
            }
            kinds[i] = kind;
            lengths[i] = length;
        }
        return new ArrayTable(kinds, lengths, fixed + count * ENTRY_BYTES);
    }

    /** Whether the value is the one array itself, so that there is no stream. */
    boolean isArray() {
        return headBytes == ARRAY_HEAD_BYTES;
    }

    int count() {
        return kinds.length;
    }

    int headBytes() {
        return headBytes;
    }

    /** The raw bytes of all arrays together. */
    long arrayBytes() {
        return arrayBytes;
    }

    ArrayKind kind(int index) {
        return kinds[index];
    }

    long bytes(int index) {
        return kinds[index].bytes(lengths[index]);
    }

    /** A new array of zeros for an entry. */
    Object allocate(int index) {
        try {
            return kinds[index].allocate(lengths[index]);
        } catch (OutOfMemoryError e) {
            throw new SerializationException(
                    "no room for an array: kind=" + kinds[index] + ", length=" + lengths[index] + ", maxHeapBytes="
                            + Runtime.getRuntime().maxMemory() + "; give this JVM more heap (-Xmx), or smaller pieces",
                    e);
        }
    }

    private static int readInt(InputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            int next = in.read();
            if (next < 0) {
                throw new SerializationException("damaged value: it ends inside of its array table");
            }
            value |= next << shift;
        }
        return value;
    }
}
