package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import java.util.Arrays;

/**
 * Messages on their way out, as the bytes of a stream: each is its length and its SBE bytes. Used by one thread at a time.
 *
 * <p>To add a message: {@link #begin} with an upper bound, encode at index 0 of what it returns, {@link #end} with the length.
 */
public final class Outbox {
    private static final int INITIAL = 64 * 1024;
    private static final int LENGTH_BYTES = 4;
    private static final int KEEP = 4 << 20;

    private final ArrayBuffer view = new ArrayBuffer();
    private byte[] bytes = new byte[INITIAL];
    private int head;
    private int tail;

    /**
     * Makes room for a message.
     *
     * @param maxBytes an upper bound of its length
     * @return where to encode it, from index 0
     */
    public ArrayBuffer begin(final int maxBytes) {
        reserve(maxBytes + LENGTH_BYTES);
        view.wrap(bytes, tail + LENGTH_BYTES, maxBytes);
        return view;
    }

    /**
     * Ends the message begun.
     *
     * @param length its length in bytes
     */
    public void end(final int length) {
        bytes[tail] = (byte) length;
        bytes[tail + 1] = (byte) (length >>> 8);
        bytes[tail + 2] = (byte) (length >>> 16);
        bytes[tail + 3] = (byte) (length >>> 24);
        tail += LENGTH_BYTES + length;
    }

    /**
     * How many bytes wait.
     *
     * @return bytes
     */
    public int size() {
        return tail - head;
    }

    /** Adds a ring of the bell. */
    void ring() {
        reserve(LENGTH_BYTES);
        end(0);
    }

    /** Moves everything that waits here behind what waits there. */
    void moveTo(final Outbox other) {
        if (other.size() == 0) {
            final byte[] empty = other.bytes;
            other.bytes = bytes;
            other.head = head;
            other.tail = tail;
            bytes = empty.length > KEEP ? new byte[INITIAL] : empty;
        } else {
            other.reserve(size());
            System.arraycopy(bytes, head, other.bytes, other.tail, size());
            other.tail += size();
        }
        head = 0;
        tail = 0;
    }

    /** Sends what it can; returns how many bytes went, or {@link Link#CLOSED}. */
    int sendTo(final Link link) {
        int sent = 0;
        while (head < tail) {
            final int taken = link.write(bytes, head, tail - head);
            if (taken < 0) {
                return Link.CLOSED;
            }
            if (taken == 0) {
                return sent;
            }
            head += taken;
            sent += taken;
        }
        head = 0;
        tail = 0;
        if (bytes.length > KEEP) {
            bytes = new byte[INITIAL];
        }
        return sent;
    }

    private void reserve(final int length) {
        if (bytes.length - tail >= length) {
            return;
        }
        if (head > 0 && bytes.length - size() >= length) {
            System.arraycopy(bytes, head, bytes, 0, size());
        } else {
            final long needed = (long) size() + length;
            final long grown = Math.min(Math.max(needed, 2L * bytes.length), Integer.MAX_VALUE - 16);
            if (grown < needed) {
                throw new IllegalStateException(
                        "waitingBytes=" + needed + " must be <= " + grown + "; the peer reads too slowly");
            }
            bytes = head == 0 ? Arrays.copyOf(bytes, (int) grown) : moved(new byte[(int) grown]);
        }
        tail -= head;
        head = 0;
    }

    private byte[] moved(final byte[] larger) {
        System.arraycopy(bytes, head, larger, 0, size());
        return larger;
    }
}
