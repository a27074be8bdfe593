package io.muster.protocol;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.agrona.AsciiNumberFormatException;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer over a {@code byte[]} that works in every JVM, without flags and without {@code Unsafe}.
 *
 * <p>It reads and writes exactly what Agrona's own buffers do, and the SBE codecs run on it unchanged. Every access is
 * checked against the wrapped range and throws {@link IndexOutOfBoundsException} outside of it. Only memory on the Java
 * heap can be wrapped. Numbers are in the native byte order unless an order is given. An instance is not safe for use by
 * several threads at once.
 */
public final class ArrayBuffer implements MutableDirectBuffer {
    private static final byte[] EMPTY = {};
    private static final byte[] NULL_BYTES = {'n', 'u', 'l', 'l'};
    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    private static final VarHandle NATIVE_SHORT = view(short[].class, NATIVE);
    private static final VarHandle NATIVE_CHAR = view(char[].class, NATIVE);
    private static final VarHandle NATIVE_INT = view(int[].class, NATIVE);
    private static final VarHandle NATIVE_LONG = view(long[].class, NATIVE);

    private byte[] array = EMPTY;
    private int offset;
    private int capacity;

    /** Makes a buffer of no bytes, to be wrapped around an array later. */
    public ArrayBuffer() {}

    /**
     * Makes a buffer over a new array of zeros.
     *
     * @param capacity in bytes
     */
    public ArrayBuffer(final int capacity) {
        this(new byte[capacity]);
    }

    /**
     * Makes a buffer over a whole array, which is shared and not copied.
     *
     * @param array to read and write
     */
    public ArrayBuffer(final byte[] array) {
        wrap(array);
    }

    /**
     * Makes a buffer over a part of an array, which is shared and not copied.
     *
     * @param array to read and write
     * @param offset of the first byte of the part
     * @param length of the part in bytes
     * @throws IndexOutOfBoundsException if the part does not lie within the array
     */
    public ArrayBuffer(final byte[] array, final int offset, final int length) {
        wrap(array, offset, length);
    }

    private static VarHandle view(final Class<?> arrayType, final ByteOrder order) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, order);
    }

    @Override
    public void wrap(final byte[] buffer) {
        array = buffer;
        offset = 0;
        capacity = buffer.length;
    }

    @Override
    public void wrap(final byte[] buffer, final int offset, final int length) {
        Objects.checkFromIndexSize(offset, length, buffer.length);
        this.array = buffer;
        this.offset = offset;
        this.capacity = length;
    }

    /**
     * Wraps the whole of a byte buffer, whatever its position and limit are.
     *
     * @throws IllegalArgumentException if the byte buffer has no accessible array
     */
    @Override
    public void wrap(final ByteBuffer buffer) {
        wrap(buffer, 0, buffer.capacity());
    }

    /**
     * Wraps a part of a byte buffer, whatever its position and limit are.
     *
     * @throws IllegalArgumentException if the byte buffer has no accessible array
     */
    @Override
    public void wrap(final ByteBuffer buffer, final int offset, final int length) {
        if (!buffer.hasArray()) {
            throw new IllegalArgumentException("buffer=" + buffer + " must be a writable heap buffer: it has no array");
        }
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        wrap(buffer.array(), buffer.arrayOffset() + offset, length);
    }

    /**
     * Wraps the memory of another buffer, which must be an array.
     *
     * @throws IllegalArgumentException if the other buffer is not backed by an array
     */
    @Override
    public void wrap(final DirectBuffer buffer) {
        wrap(buffer, 0, buffer.capacity());
    }

    /**
     * Wraps a part of the memory of another buffer, which must be an array.
     *
     * @throws IllegalArgumentException if the other buffer is not backed by an array
     */
    @Override
    public void wrap(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = buffer.byteArray();
        if (bytes == null) {
            throw new IllegalArgumentException("buffer=" + buffer + " must be on the Java heap: it has no array");
        }
        Objects.checkFromIndexSize(offset, length, buffer.capacity());
        wrap(bytes, buffer.wrapAdjustment() + offset, length);
    }

    /**
     * Always refuses: memory outside the Java heap cannot be wrapped.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(final long address, final int length) {
        throw new UnsupportedOperationException(
                "address=" + address + " is outside the Java heap: wrap a byte[] instead");
    }

    /**
     * The position of the first byte as {@code Unsafe} counts it from the start of the array object.
     *
     * <p>Only Agrona's Unsafe-based buffers ask for it. This is the one method that needs the JVM flag that they need.
     */
    @Override
    public long addressOffset() {
        return BufferUtil.ARRAY_BASE_OFFSET + offset;
    }

    @Override
    public byte[] byteArray() {
        return array;
    }

    /** Always null: this buffer wraps arrays. */
    @Override
    public @Nullable ByteBuffer byteBuffer() {
        return null;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int wrapAdjustment() {
        return offset;
    }

    @Override
    public boolean isExpandable() {
        return false;
    }

    @Override
    public void checkLimit(final int limit) {
        if (limit < 0 || limit > capacity) {
            throw new IndexOutOfBoundsException("limit=" + limit + " must be within 0 and capacity=" + capacity);
        }
    }

    @Override
    public void boundsCheck(final int index, final int length) {
        Objects.checkFromIndexSize(index, length, capacity);
    }

    @Override
    public long getLong(final int index, final ByteOrder byteOrder) {
        final long bits = getLong(index);
        return byteOrder == NATIVE ? bits : Long.reverseBytes(bits);
    }

    @Override
    public long getLong(final int index) {
        return (long) NATIVE_LONG.get(array, at(index, Long.BYTES));
    }

    @Override
    public void putLong(final int index, final long value, final ByteOrder byteOrder) {
        putLong(index, byteOrder == NATIVE ? value : Long.reverseBytes(value));
    }

    @Override
    public void putLong(final int index, final long value) {
        NATIVE_LONG.set(array, at(index, Long.BYTES), value);
    }

    @Override
    public int getInt(final int index, final ByteOrder byteOrder) {
        final int bits = getInt(index);
        return byteOrder == NATIVE ? bits : Integer.reverseBytes(bits);
    }

    @Override
    public int getInt(final int index) {
        return (int) NATIVE_INT.get(array, at(index, Integer.BYTES));
    }

    @Override
    public void putInt(final int index, final int value, final ByteOrder byteOrder) {
        putInt(index, byteOrder == NATIVE ? value : Integer.reverseBytes(value));
    }

    @Override
    public void putInt(final int index, final int value) {
        NATIVE_INT.set(array, at(index, Integer.BYTES), value);
    }

    @Override
    public double getDouble(final int index, final ByteOrder byteOrder) {
        return Double.longBitsToDouble(getLong(index, byteOrder));
    }

    @Override
    public double getDouble(final int index) {
        return Double.longBitsToDouble(getLong(index));
    }

    @Override
    public void putDouble(final int index, final double value, final ByteOrder byteOrder) {
        putLong(index, Double.doubleToRawLongBits(value), byteOrder);
    }

    @Override
    public void putDouble(final int index, final double value) {
        putLong(index, Double.doubleToRawLongBits(value));
    }

    @Override
    public float getFloat(final int index, final ByteOrder byteOrder) {
        return Float.intBitsToFloat(getInt(index, byteOrder));
    }

    @Override
    public float getFloat(final int index) {
        return Float.intBitsToFloat(getInt(index));
    }

    @Override
    public void putFloat(final int index, final float value, final ByteOrder byteOrder) {
        putInt(index, Float.floatToRawIntBits(value), byteOrder);
    }

    @Override
    public void putFloat(final int index, final float value) {
        putInt(index, Float.floatToRawIntBits(value));
    }

    @Override
    public short getShort(final int index, final ByteOrder byteOrder) {
        final short bits = getShort(index);
        return byteOrder == NATIVE ? bits : Short.reverseBytes(bits);
    }

    @Override
    public short getShort(final int index) {
        return (short) NATIVE_SHORT.get(array, at(index, Short.BYTES));
    }

    @Override
    public void putShort(final int index, final short value, final ByteOrder byteOrder) {
        putShort(index, byteOrder == NATIVE ? value : Short.reverseBytes(value));
    }

    @Override
    public void putShort(final int index, final short value) {
        NATIVE_SHORT.set(array, at(index, Short.BYTES), value);
    }

    @Override
    public char getChar(final int index, final ByteOrder byteOrder) {
        final char bits = getChar(index);
        return byteOrder == NATIVE ? bits : Character.reverseBytes(bits);
    }

    @Override
    public char getChar(final int index) {
        return (char) NATIVE_CHAR.get(array, at(index, Character.BYTES));
    }

    @Override
    public void putChar(final int index, final char value, final ByteOrder byteOrder) {
        putChar(index, byteOrder == NATIVE ? value : Character.reverseBytes(value));
    }

    @Override
    public void putChar(final int index, final char value) {
        NATIVE_CHAR.set(array, at(index, Character.BYTES), value);
    }

    @Override
    public byte getByte(final int index) {
        return array[offset + Objects.checkIndex(index, capacity)];
    }

    @Override
    public void putByte(final int index, final byte value) {
        array[offset + Objects.checkIndex(index, capacity)] = value;
    }

    @Override
    public void setMemory(final int index, final int length, final byte value) {
        final int from = at(index, length);
        Arrays.fill(array, from, from + length, value);
    }

    @Override
    public void getBytes(final int index, final byte[] dst) {
        getBytes(index, dst, 0, dst.length);
    }

    @Override
    public void getBytes(final int index, final byte[] dst, final int offset, final int length) {
        System.arraycopy(array, at(index, length), dst, offset, length);
    }

    @Override
    public void getBytes(final int index, final MutableDirectBuffer dstBuffer, final int dstIndex, final int length) {
        dstBuffer.putBytes(dstIndex, array, at(index, length), length);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dstBuffer, final int length) {
        dstBuffer.put(array, at(index, length), length);
    }

    @Override
    public void getBytes(final int index, final ByteBuffer dstBuffer, final int dstOffset, final int length) {
        dstBuffer.put(dstOffset, array, at(index, length), length);
    }

    @Override
    public void putBytes(final int index, final byte[] src) {
        putBytes(index, src, 0, src.length);
    }

    @Override
    public void putBytes(final int index, final byte[] src, final int offset, final int length) {
        System.arraycopy(src, offset, array, at(index, length), length);
    }

    @Override
    public void putBytes(final int index, final ByteBuffer srcBuffer, final int length) {
        srcBuffer.get(array, at(index, length), length);
    }

    @Override
    public void putBytes(final int index, final ByteBuffer srcBuffer, final int srcIndex, final int length) {
        srcBuffer.get(srcIndex, array, at(index, length), length);
    }

    @Override
    public void putBytes(final int index, final DirectBuffer srcBuffer, final int srcIndex, final int length) {
        srcBuffer.getBytes(srcIndex, array, at(index, length), length);
    }

    @Override
    public int parseNaturalIntAscii(final int index, final int length) {
        return (int) parseNatural(index, length, index, length, Integer.MAX_VALUE);
    }

    @Override
    public long parseNaturalLongAscii(final int index, final int length) {
        return parseNatural(index, length, index, length, Long.MAX_VALUE);
    }

    @Override
    public int parseIntAscii(final int index, final int length) {
        return (int) parseSigned(index, length, Integer.MIN_VALUE);
    }

    @Override
    public long parseLongAscii(final int index, final int length) {
        return parseSigned(index, length, Long.MIN_VALUE);
    }

    private long parseSigned(final int index, final int length, final long least) {
        if (length > 1 && getByte(index) == '-') {
            return parseNegated(index + 1, length - 1, index, length, least);
        }
        return parseNatural(index, length, index, length, -(least + 1));
    }

    private long parseNatural(final int from, final int digits, final int index, final int length, final long most) {
        return -parseNegated(from, digits, index, length, -most);
    }

    /* Works on the negative side, which has room for one value more than the positive one. */
    private long parseNegated(final int from, final int digits, final int index, final int length, final long least) {
        if (digits <= 0) {
            throw new AsciiNumberFormatException("length=" + length + " must be > 0 to parse a number, index=" + index);
        }
        final int start = at(from, digits);
        long value = 0;
        for (int i = start; i < start + digits; i++) {
            final int digit = array[i] - '0';
            if (digit < 0 || digit > 9 || value < (least + digit) / 10) {
                throw new AsciiNumberFormatException(
                        "text='" + getStringWithoutLengthAscii(index, length) + "' must be a whole number that fits");
            }
            value = value * 10 - digit;
        }
        return value;
    }

    @Override
    public int putIntAscii(final int index, final int value) {
        return putStringWithoutLengthAscii(index, Integer.toString(value));
    }

    @Override
    public int putLongAscii(final int index, final long value) {
        return putStringWithoutLengthAscii(index, Long.toString(value));
    }

    @Override
    public int putNaturalIntAscii(final int index, final int value) {
        return putNaturalLongAscii(index, value);
    }

    @Override
    public int putNaturalLongAscii(final int index, final long value) {
        return putStringWithoutLengthAscii(index, Long.toString(requireNatural(value)));
    }

    @Override
    public void putNaturalPaddedIntAscii(final int index, final int length, final int value) {
        final String digits = Integer.toString((int) requireNatural(value));
        final int padding = length - digits.length();
        if (padding < 0) {
            throw new NumberFormatException("value=" + value + " must fit into length=" + length + " digits");
        }
        setMemory(index, padding, (byte) '0');
        putStringWithoutLengthAscii(index + padding, digits);
    }

    @Override
    public int putNaturalIntAsciiFromEnd(final int value, final int endExclusive) {
        final String digits = Integer.toString((int) requireNatural(value));
        final int start = endExclusive - digits.length();
        putStringWithoutLengthAscii(start, digits);
        return start;
    }

    private static long requireNatural(final long value) {
        if (value < 0) {
            throw new IllegalArgumentException("value=" + value + " must be >= 0");
        }
        return value;
    }

    @Override
    public String getStringAscii(final int index) {
        return getStringAscii(index, getInt(index));
    }

    @Override
    public int getStringAscii(final int index, final Appendable appendable) {
        return getStringAscii(index, getInt(index), appendable);
    }

    @Override
    public String getStringAscii(final int index, final ByteOrder byteOrder) {
        return getStringAscii(index, getInt(index, byteOrder));
    }

    @Override
    public int getStringAscii(final int index, final Appendable appendable, final ByteOrder byteOrder) {
        return getStringAscii(index, getInt(index, byteOrder), appendable);
    }

    @Override
    public String getStringAscii(final int index, final int length) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length);
    }

    @Override
    public int getStringAscii(final int index, final int length, final Appendable appendable) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length, appendable);
    }

    @Override
    public String getStringWithoutLengthAscii(final int index, final int length) {
        return new String(array, at(index, length), length, StandardCharsets.US_ASCII);
    }

    @Override
    public int getStringWithoutLengthAscii(final int index, final int length, final Appendable appendable) {
        final int start = at(index, length);
        try {
            for (int i = start; i < start + length; i++) {
                appendable.append(array[i] < 0 ? '?' : (char) array[i]);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return length;
    }

    @Override
    public int putStringAscii(final int index, final @Nullable String value) {
        return putStringAscii(index, (CharSequence) value, NATIVE);
    }

    @Override
    public int putStringAscii(final int index, final @Nullable CharSequence value) {
        return putStringAscii(index, value, NATIVE);
    }

    @Override
    public int putStringAscii(final int index, final @Nullable String value, final ByteOrder byteOrder) {
        return putStringAscii(index, (CharSequence) value, byteOrder);
    }

    @Override
    public int putStringAscii(final int index, final @Nullable CharSequence value, final ByteOrder byteOrder) {
        final int length = value == null ? 0 : value.length();
        boundsCheck(index, STR_HEADER_LEN + length);
        putInt(index, length, byteOrder);
        return STR_HEADER_LEN + putStringWithoutLengthAscii(index + STR_HEADER_LEN, value);
    }

    @Override
    public int putStringWithoutLengthAscii(final int index, final @Nullable String value) {
        return putStringWithoutLengthAscii(index, (CharSequence) value);
    }

    @Override
    public int putStringWithoutLengthAscii(final int index, final @Nullable CharSequence value) {
        return putStringWithoutLengthAscii(index, value, 0, Integer.MAX_VALUE);
    }

    @Override
    public int putStringWithoutLengthAscii(
            final int index, final @Nullable String value, final int valueOffset, final int length) {
        return putStringWithoutLengthAscii(index, (CharSequence) value, valueOffset, length);
    }

    @Override
    public int putStringWithoutLengthAscii(
            final int index, final @Nullable CharSequence value, final int valueOffset, final int length) {
        if (value == null) {
            return 0;
        }
        final int count = Math.min(value.length() - valueOffset, length);
        final int start = at(index, count);
        for (int i = 0; i < count; i++) {
            final char c = value.charAt(valueOffset + i);
            array[start + i] = c > 127 ? (byte) '?' : (byte) c;
        }
        return count;
    }

    @Override
    public String getStringUtf8(final int index) {
        return getStringUtf8(index, getInt(index));
    }

    @Override
    public String getStringUtf8(final int index, final ByteOrder byteOrder) {
        return getStringUtf8(index, getInt(index, byteOrder));
    }

    @Override
    public String getStringUtf8(final int index, final int length) {
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, length);
    }

    @Override
    public String getStringWithoutLengthUtf8(final int index, final int length) {
        return new String(array, at(index, length), length, StandardCharsets.UTF_8);
    }

    @Override
    public int putStringUtf8(final int index, final @Nullable String value) {
        return putStringUtf8(index, value, NATIVE, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(final int index, final @Nullable String value, final ByteOrder byteOrder) {
        return putStringUtf8(index, value, byteOrder, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(final int index, final @Nullable String value, final int maxEncodedLength) {
        return putStringUtf8(index, value, NATIVE, maxEncodedLength);
    }

    @Override
    public int putStringUtf8(
            final int index, final @Nullable String value, final ByteOrder byteOrder, final int maxEncodedLength) {
        final byte[] bytes = utf8(value);
        if (bytes.length > maxEncodedLength) {
            throw new IllegalArgumentException(
                    "encodedLength=" + bytes.length + " must be <= maxEncodedLength=" + maxEncodedLength);
        }
        boundsCheck(index, STR_HEADER_LEN + bytes.length);
        putInt(index, bytes.length, byteOrder);
        putBytes(index + STR_HEADER_LEN, bytes);
        return STR_HEADER_LEN + bytes.length;
    }

    @Override
    public int putStringWithoutLengthUtf8(final int index, final @Nullable String value) {
        final byte[] bytes = utf8(value);
        putBytes(index, bytes);
        return bytes.length;
    }

    private static byte[] utf8(final @Nullable String value) {
        return value == null ? NULL_BYTES : value.getBytes(StandardCharsets.UTF_8);
    }

    private int at(final int index, final int length) {
        return offset + Objects.checkFromIndexSize(index, length, capacity);
    }

    /** Compares the bytes as signed numbers, the first that differs decides; a buffer sorts after its prefixes. */
    @Override
    public int compareTo(final DirectBuffer that) {
        final int shared = Math.min(capacity, that.capacity());
        for (int i = 0; i < shared; i++) {
            final int order = Byte.compare(getByte(i), that.getByte(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(capacity, that.capacity());
    }

    /** True for another {@code ArrayBuffer} whose bytes are equal. */
    @Override
    public boolean equals(final @Nullable Object other) {
        return other instanceof ArrayBuffer that
                && Arrays.equals(
                        array, offset, offset + capacity, that.array, that.offset, that.offset + that.capacity);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + capacity; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "ArrayBuffer{offset=" + offset + ", capacity=" + capacity + ", arrayLength=" + array.length + "}";
    }
}
