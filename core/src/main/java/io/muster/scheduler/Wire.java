package io.muster.scheduler;

import io.muster.transport.ProtocolException;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Packed numbers inside of messages, and checks of the lengths that messages claim. */
public final class Wire {
    /** Bytes of a number with a mark. */
    public static final int MARKED_LONG = Long.BYTES + 1;

    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

    private Wire() {}

    /**
     * Checks that a field lies within its message, before anything of its length is allocated.
     *
     * @param message the message
     * @param offset where the field's bytes begin
     * @param length the length it claims
     * @return the length
     * @throws ProtocolException if it does not
     */
    public static int within(final DirectBuffer message, final int offset, final int length) {
        if (length < 0 || length > message.capacity() - offset) {
            throw new ProtocolException(
                    "fieldBytes=" + length + " at " + offset + " must lie within messageBytes=" + message.capacity());
        }
        return length;
    }

    /**
     * Reads a field.
     *
     * @param message the message
     * @param offset where its bytes begin
     * @param length its length
     * @return its bytes
     */
    public static byte[] bytes(final DirectBuffer message, final int offset, final int length) {
        final byte[] bytes = new byte[within(message, offset, length)];
        message.getBytes(offset, bytes);
        return bytes;
    }

    /**
     * Reads packed int32 values.
     *
     * @param message the message
     * @param offset where they begin
     * @param length bytes they take
     * @param reuse is used if long enough
     * @return an array whose first {@code length / 4} values they are
     */
    public static int[] ints(final DirectBuffer message, final int offset, final int length, final int[] reuse) {
        final int count = count(message, offset, length, Integer.BYTES);
        final int[] values = count <= reuse.length ? reuse : new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = message.getInt(offset + i * Integer.BYTES, LE);
        }
        return values;
    }

    /**
     * Reads packed int64 values.
     *
     * @param message the message
     * @param offset where they begin
     * @param length bytes they take
     * @return the values
     */
    public static long[] longs(final DirectBuffer message, final int offset, final int length) {
        final long[] values = new long[count(message, offset, length, Long.BYTES)];
        for (int i = 0; i < values.length; i++) {
            values[i] = message.getLong(offset + i * Long.BYTES, LE);
        }
        return values;
    }

    /**
     * How many entries of a fixed size a field has.
     *
     * @param message the message
     * @param offset where they begin
     * @param length bytes they take
     * @param entryBytes of one
     * @return the count
     */
    public static int count(final DirectBuffer message, final int offset, final int length, final int entryBytes) {
        if (within(message, offset, length) % entryBytes != 0) {
            throw new ProtocolException("fieldBytes=" + length + " must be a multiple of " + entryBytes);
        }
        return length / entryBytes;
    }

    /**
     * Writes a packed int32.
     *
     * @param buffer where
     * @param index at
     * @param value what
     */
    public static void putInt(final MutableDirectBuffer buffer, final int index, final int value) {
        buffer.putInt(index, value, LE);
    }

    /**
     * Writes a packed int64.
     *
     * @param buffer where
     * @param index at
     * @param value what
     */
    public static void putLong(final MutableDirectBuffer buffer, final int index, final long value) {
        buffer.putLong(index, value, LE);
    }
}
