package io.muster.serialize;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The eight kinds of primitive arrays, and how their elements become little-endian bytes; ordinals are wire codes. */
enum ArrayKind {
    BYTE(byte.class, 0, (a, i, n, b) -> b.put((byte[]) a, i, n), (a, i, n, b) -> b.get((byte[]) a, i, n)),
    BOOLEAN(boolean.class, 0, ArrayKind::putBooleans, ArrayKind::getBooleans),
    SHORT(
            short.class,
            1,
            (a, i, n, b) -> b.asShortBuffer().put((short[]) a, i, n),
            (a, i, n, b) -> b.asShortBuffer().get((short[]) a, i, n)),
    CHAR(
            char.class,
            1,
            (a, i, n, b) -> b.asCharBuffer().put((char[]) a, i, n),
            (a, i, n, b) -> b.asCharBuffer().get((char[]) a, i, n)),
    INT(
            int.class,
            2,
            (a, i, n, b) -> b.asIntBuffer().put((int[]) a, i, n),
            (a, i, n, b) -> b.asIntBuffer().get((int[]) a, i, n)),
    LONG(
            long.class,
            3,
            (a, i, n, b) -> b.asLongBuffer().put((long[]) a, i, n),
            (a, i, n, b) -> b.asLongBuffer().get((long[]) a, i, n)),
    FLOAT(
            float.class,
            2,
            (a, i, n, b) -> b.asFloatBuffer().put((float[]) a, i, n),
            (a, i, n, b) -> b.asFloatBuffer().get((float[]) a, i, n)),
    DOUBLE(
            double.class,
            3,
            (a, i, n, b) -> b.asDoubleBuffer().put((double[]) a, i, n),
            (a, i, n, b) -> b.asDoubleBuffer().get((double[]) a, i, n));

    private static final ArrayKind[] KINDS = values();

    private final Class<?> component;
    private final int shift;
    private final BulkCopy toBytes;
    private final BulkCopy fromBytes;

    ArrayKind(Class<?> component, int shift, BulkCopy toBytes, BulkCopy fromBytes) {
        this.component = component;
        this.shift = shift;
        this.toBytes = toBytes;
        this.fromBytes = fromBytes;
    }

    /** Copies whole elements between an array and a little-endian buffer, from the buffer's start. */
    private interface BulkCopy {
        void copy(Object array, int index, int count, ByteBuffer bytes);
    }

    /** The kind of a primitive array, or null for anything else. */
    static @Nullable ArrayKind of(Object value) {
        Class<?> component = value.getClass().getComponentType();
        if (component == null || !component.isPrimitive()) {
            return null;
        }
        for (ArrayKind kind : KINDS) {
            if (kind.component == component) {
                return kind;
            }
        }
        return null;
    }

    /** The kind of a wire code, or null for a code that has none. */
    static @Nullable ArrayKind ofCode(int code) {
        return code >= 0 && code < KINDS.length ? KINDS[code] : null;
    }

    byte code() {
        return (byte) ordinal();
    }

    long bytes(int length) {
        return (long) length << shift;
    }

    long bytes(Object array) {
        return bytes(Array.getLength(array));
    }

    Object allocate(int length) {
        return Array.newInstance(component, length);
    }

    Object copyOf(Object array) {
        int length = Array.getLength(array);
        Object copy = allocate(length);
        System.arraycopy(array, 0, copy, 0, length);
        return copy;
    }

    /** Copies a range of the array's raw bytes, which may start and end inside of elements, out of it. */
    void read(Object array, long position, ByteBuffer dst, int length) {
        transfer(array, position, dst, length, true);
    }

    /** Copies bytes into a range of the array's raw bytes, which may start and end inside of elements. */
    void write(Object array, long position, ByteBuffer src, int length) {
        transfer(array, position, src, length, false);
    }

    private void transfer(Object array, long position, ByteBuffer bytes, int length, boolean out) {
        int size = 1 << shift;
        int index = (int) (position >>> shift);
        int lead = (int) (position & (size - 1));
        int done = 0;
        if (lead != 0) {
            done = Math.min(size - lead, length);
            transferPart(array, index++, lead, bytes, done, out);
        }
        int whole = (length - done) >>> shift;
        if (whole > 0) {
            int wholeBytes = whole << shift;
            ByteBuffer elements = bytes.slice(bytes.position(), wholeBytes).order(ByteOrder.LITTLE_ENDIAN);
            (out ? toBytes : fromBytes).copy(array, index, whole, elements);
            bytes.position(bytes.position() + wholeBytes);
            index += whole;
            done += wholeBytes;
        }
        if (done < length) {
            transferPart(array, index, 0, bytes, length - done, out);
        }
    }

    private void transferPart(Object array, int index, int from, ByteBuffer bytes, int count, boolean out) {
        byte[] element = new byte[1 << shift];
        toBytes.copy(array, index, 1, littleEndian(element));
        if (out) {
            bytes.put(element, from, count);
        } else {
            bytes.get(element, from, count);
            fromBytes.copy(array, index, 1, littleEndian(element));
        }
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void putBooleans(Object array, int index, int count, ByteBuffer bytes) {
        boolean[] from = (boolean[]) array;
        for (int i = 0; i < count; i++) {
            bytes.put(i, from[index + i] ? (byte) 1 : 0);
        }
    }

    private static void getBooleans(Object array, int index, int count, ByteBuffer bytes) {
        boolean[] to = (boolean[]) array;
        for (int i = 0; i < count; i++) {
            to[index + i] = bytes.get(i) != 0;
        }
    }
}
