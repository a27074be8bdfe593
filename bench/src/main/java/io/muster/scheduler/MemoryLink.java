package io.muster.scheduler;

import io.muster.protocol.ArrayBuffer;
import io.muster.transport.Link;
import io.muster.transport.MessageHandler;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Keeps the bytes that a session sends, for them to be read message by message, as often as wanted. */
final class MemoryLink implements Link {
    private static final int INITIAL = 64 * 1024;

    private final ArrayBuffer view = new ArrayBuffer();
    private byte[] bytes = new byte[INITIAL];
    private int length;

    boolean isEmpty() {
        return length == 0;
    }

    void clear() {
        length = 0;
    }

    void forEach(final MessageHandler handler) {
        int at = 0;
        while (at < length) {
            view.wrap(bytes, at, Integer.BYTES);
            final int size = view.getInt(0, ByteOrder.LITTLE_ENDIAN);
            at += Integer.BYTES;
            view.wrap(bytes, at, size);
            handler.onMessage(view.getShort(2, ByteOrder.LITTLE_ENDIAN) & 0xffff, view);
            at += size;
        }
    }

    @Override
    public int write(final byte[] source, final int offset, final int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
        }
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return count;
    }

    @Override
    public int poll(final ByteSink sink) {
        return 0;
    }

    @Override
    public boolean needsBell() {
        return false;
    }

    @Override
    public boolean isInstant() {
        return false;
    }

    @Override
    public void close() {
        clear();
    }
}
