package io.muster.serialize;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The short form of everyday small values: a tag byte, then the value; longer values only have their tags here. */
final class Compact {
    static final byte NULL = 0;
    static final byte TRUE = 1;
    static final byte FALSE = 2;
    static final byte BYTE = 3;
    static final byte SHORT = 4;
    static final byte CHAR = 5;
    static final byte INT = 6;
    static final byte LONG = 7;
    static final byte FLOAT = 8;
    static final byte DOUBLE = 9;
    static final byte LATIN1 = 10;
    static final byte UTF16 = 11;
    static final byte ARRAY = 12;
    static final byte STREAM = 13;
    static final byte FLAT = 14;

    /** The longest short form: a string of two bytes a character. */
    static final int MAX_BYTES = 1 + (Character.BYTES << 20);

    private static final int MAX_CHARS = MAX_BYTES / Character.BYTES;

    /** Numbers in bytes, for all short forms. */
    static final VarHandle SHORTS = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private static final VarHandle CHARS = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Compact() {}

    /** Whether a tag belongs to a form that this class reads. */
    static boolean reads(byte tag) {
        return tag >= NULL && tag <= UTF16;
    }

    /** The short form of a value, or null for a value that has none. */
    static byte @Nullable [] encode(@Nullable Object value) {
        if (value == null) {
            return new byte[] {NULL};
        }
        Class<?> type = value.getClass();
        if (type == Integer.class) {
            return encodeInt(INT, (Integer) value);
        }
        if (type == Long.class) {
            return encodeLong(LONG, (Long) value);
        }
        if (type == Double.class) {
            return encodeLong(DOUBLE, Double.doubleToRawLongBits((Double) value));
        }
        if (type == String.class) {
            return encodeString((String) value);
        }
        if (type == Boolean.class) {
            return new byte[] {(Boolean) value ? TRUE : FALSE};
        }
        return Number.class == type.getSuperclass() || type == Character.class ? encodeRare(value) : null;
    }

    /** The value of a short form that fills the range exactly. */
    static @Nullable Object decode(byte[] src, int offset, int length) {
        byte tag = src[offset];
        int at = offset + 1;
        int rest = length - 1;
        switch (tag) {
            case NULL:
                return exactly(tag, 0, rest, null);
            case TRUE:
                return exactly(tag, 0, rest, Boolean.TRUE);
            case FALSE:
                return exactly(tag, 0, rest, Boolean.FALSE);
            case BYTE:
                check(tag, 1, rest);
                return src[at];
            case SHORT:
                check(tag, Short.BYTES, rest);
                return (short) SHORTS.get(src, at);
            case CHAR:
                check(tag, Character.BYTES, rest);
                return (char) CHARS.get(src, at);
            case INT:
                check(tag, Integer.BYTES, rest);
                return (int) INTS.get(src, at);
            case LONG:
                check(tag, Long.BYTES, rest);
                return (long) LONGS.get(src, at);
            case FLOAT:
                check(tag, Float.BYTES, rest);
                return Float.intBitsToFloat((int) INTS.get(src, at));
            case DOUBLE:
                check(tag, Double.BYTES, rest);
                return Double.longBitsToDouble((long) LONGS.get(src, at));
            case LATIN1:
                return new String(src, at, rest, StandardCharsets.ISO_8859_1);
            case UTF16:
                check(tag, rest & ~1, rest);
                return decodeUtf16(src, at, rest);
            default:
                throw new SerializationException("not a value that this version reads: tag=" + tag + ", length="
                        + length + "; the bytes are damaged, or the sender runs a newer Muster");
        }
    }

    private static byte[] encodeInt(byte tag, int value) {
        byte[] bytes = new byte[1 + Integer.BYTES];
        bytes[0] = tag;
        INTS.set(bytes, 1, value);
        return bytes;
    }

    private static byte[] encodeLong(byte tag, long value) {
        byte[] bytes = new byte[1 + Long.BYTES];
        bytes[0] = tag;
        LONGS.set(bytes, 1, value);
        return bytes;
    }

    private static byte @Nullable [] encodeString(String value) {
        if (value.length() > MAX_CHARS) {
            return null;
        }
        byte[] latin1 = value.getBytes(StandardCharsets.ISO_8859_1);
        if (new String(latin1, StandardCharsets.ISO_8859_1).equals(value)) {
            byte[] bytes = new byte[1 + latin1.length];
            bytes[0] = LATIN1;
            System.arraycopy(latin1, 0, bytes, 1, latin1.length);
            return bytes;
        }
        byte[] bytes = new byte[1 + value.length() * Character.BYTES];
        bytes[0] = UTF16;
        utf16(bytes, 1, bytes.length - 1).asCharBuffer().put(value);
        return bytes;
    }

    private static byte @Nullable [] encodeRare(Object value) {
        Class<?> type = value.getClass();
        if (type == Byte.class) {
            return new byte[] {BYTE, (Byte) value};
        }
        if (type == Float.class) {
            return encodeInt(FLOAT, Float.floatToRawIntBits((Float) value));
        }
        if (type == Short.class) {
            byte[] bytes = {SHORT, 0, 0};
            SHORTS.set(bytes, 1, (short) (Short) value);
            return bytes;
        }
        if (type == Character.class) {
            byte[] bytes = {CHAR, 0, 0};
            CHARS.set(bytes, 1, (char) (Character) value);
            return bytes;
        }
        return null;
    }

    private static String decodeUtf16(byte[] src, int offset, int length) {
        char[] chars = new char[length / Character.BYTES];
        utf16(src, offset, length).asCharBuffer().get(chars);
        return new String(chars);
    }

    private static ByteBuffer utf16(byte[] bytes, int offset, int length) {
        return ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static @Nullable Object exactly(byte tag, int required, int found, @Nullable Object value) {
        check(tag, required, found);
        return value;
    }

    private static void check(byte tag, int required, int found) {
        if (found != required) {
            throw new SerializationException(
                    "damaged value: tag=" + tag + " needs length=" + (1 + required) + ", found length=" + (1 + found));
        }
    }
}
