package io.muster.serialize;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of a flat value while it is being written. */
final class FlatOutput {
    static final byte ENUM = 20;
    static final byte RECORD = 21;
    static final byte LAMBDA = 22;

    /** What says how a string's characters are written, ahead of them. */
    static final byte NULL_STRING = 0;

    static final byte LATIN1_STRING = 1;
    static final byte UTF16_STRING = 2;

    /** Longer values are better off with what is made for large ones. */
    static final int MAX_BYTES = 1 << 16;

    private static final int ROOM = 64;

    private byte[] bytes;
    private int size;
    private Object[] entered = {};
    private int records;
    private boolean failed;

    /** Begins with these bytes. */
    FlatOutput(byte[] head) {
        bytes = Arrays.copyOf(head, head.length + ROOM);
        size = head.length;
    }

    /** What was written; null if the value has no flat form after all. */
    byte @Nullable [] toBytes() {
        return failed || size > MAX_BYTES ? null : Arrays.copyOf(bytes, size);
    }

    /** A record is about to be written; one that is there twice would be two when read. */
    void enter(Object record) {
        for (int i = 0; i < records; i++) {
            failed |= entered[i] == record;
        }
        if (records == entered.length) {
            entered = Arrays.copyOf(entered, records + 4);
        }
        entered[records++] = record;
    }

    void putByte(int value) {
        int at = reserve(1);
        bytes[at] = (byte) value;
    }

    void putShort(short value) {
        int at = reserve(Short.BYTES);
        Compact.SHORTS.set(bytes, at, value);
    }

    void putInt(int value) {
        int at = reserve(Integer.BYTES);
        Compact.INTS.set(bytes, at, value);
    }

    void putLong(long value) {
        int at = reserve(Long.BYTES);
        Compact.LONGS.set(bytes, at, value);
    }

    void putBytes(byte[] all) {
        int at = reserve(all.length);
        System.arraycopy(all, 0, bytes, at, all.length);
    }

    void putString(@Nullable String value) {
        if (value == null) {
            putByte(NULL_STRING);
            return;
        }
        int length = value.length();
        if (length > MAX_BYTES) {
            failed = true;
            return;
        }
        if (isLatin1(value)) {
            putByte(LATIN1_STRING);
            putInt(length);
            putBytes(value.getBytes(StandardCharsets.ISO_8859_1));
            return;
        }
        putByte(UTF16_STRING);
        putInt(length);
        for (int i = 0; i < length; i++) {
            putShort((short) value.charAt(i));
        }
    }

    private static boolean isLatin1(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) > 0xff) {
                return false;
            }
        }
        return true;
    }

    /** Makes room, maybe in another array. */
    private int reserve(int count) {
        int at = size;
        size += count;
        if (size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
        }
        return at;
    }
}
