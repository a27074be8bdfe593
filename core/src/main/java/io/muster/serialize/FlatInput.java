package io.muster.serialize;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The bytes of a flat value while it is being read. */
final class FlatInput {
    private final byte[] src;
    private final int end;
    private int position;

    FlatInput(byte[] src, int position, int end) {
        this.src = src;
        this.position = position;
        this.end = end;
    }

    int remaining() {
        return end - position;
    }

    boolean isPresent() {
        byte value = nextByte();
        if (value != 0 && value != 1) {
            throw new SerializationException("damaged value: flag=" + value + " must be 0 or 1");
        }
        return value == 1;
    }

    byte nextByte() {
        return src[take(1)];
    }

    short nextShort() {
        return (short) Compact.SHORTS.get(src, take(Short.BYTES));
    }

    int nextInt() {
        return (int) Compact.INTS.get(src, take(Integer.BYTES));
    }

    long nextLong() {
        return (long) Compact.LONGS.get(src, take(Long.BYTES));
    }

    @Nullable
    String string() {
        byte form = nextByte();
        if (form == FlatOutput.NULL_STRING) {
            return null;
        }
        int length = nextInt();
        if (form == FlatOutput.LATIN1_STRING) {
            return new String(src, take(length), length, StandardCharsets.ISO_8859_1);
        }
        if (form != FlatOutput.UTF16_STRING || length < 0 || length > remaining() / Character.BYTES) {
            throw new SerializationException(
                    "damaged value: string form=" + form + " length=" + length + " remaining=" + remaining());
        }
        char[] chars = new char[length];
        for (int i = 0; i < length; i++) {
            chars[i] = (char) nextShort();
        }
        return new String(chars);
    }

    /** A string that is there. */
    String text() {
        String text = string();
        if (text == null) {
            throw new SerializationException("damaged value: a name must not be null");
        }
        return text;
    }

    /** Goes ahead, and tells where it was. */
    int take(int count) {
        if (count < 0 || count > end - position) {
            throw new SerializationException(
                    "damaged value: needs bytes=" + count + ", found remaining=" + (end - position));
        }
        int at = position;
        position += count;
        return at;
    }
}
