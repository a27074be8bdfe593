package io.muster.dashboard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A browser's connection; used by the server's thread only. */
final class Connection {
    /** The longest head of a request. */
    static final int MAX_HEAD = 16 * 1024;

    private static final byte[] CHUNK_END = {'\r', '\n'};

    /** What a connection is about. */
    enum Phase {
        /** A request is read. */
        READING,
        /** A request is being answered by another thread. */
        ANSWERING,
        /** An answer is sent. */
        WRITING,
        /** Events are sent as they come. */
        STREAMING,
        /** All is said; what the other side still sends is not read by anybody. */
        ENDING
    }

    private final SocketChannel channel;
    private final SelectionKey key;
    private final Deque<ByteBuffer> out = new ArrayDeque<>();
    private ByteBuffer in = ByteBuffer.allocate(1024);
    private long pendingBytes;
    private boolean isChunked;

    Phase phase = Phase.READING;

    /** When it is hung up, unless something happens before. */
    long deadlineNs;

    /** Whether it has shown that it may look. */
    boolean isTrusted;

    /** Whether it goes on after the answer. */
    boolean keepsAlive;

    /** Called once when a stream ends. */
    @Nullable
    Runnable onEnd;

    Connection(final SocketChannel channel, final SelectionKey key) {
        this.channel = channel;
        this.key = key;
    }

    /**
     * Takes in what has come.
     *
     * @return false if the other side hung up
     */
    boolean read() throws IOException {
        if (phase != Phase.READING) {
            final ByteBuffer nobody = ByteBuffer.allocate(4096);
            return channel.read(nobody) >= 0;
        }
        if (!in.hasRemaining()) {
            in.flip();
            in = ByteBuffer.allocate(Math.min(MAX_HEAD, in.limit() * 2)).put(in);
        }
        return channel.read(in) >= 0;
    }

    /** Takes the head of the next request out of what has come; null if it is not complete. */
    @Nullable
    String takeHead() {
        final byte[] bytes = in.array();
        for (int i = 0; i < in.position(); i++) {
            if (bytes[i] == '\n') {
                final int before = i > 0 && bytes[i - 1] == '\r' ? i - 2 : i - 1;
                if (before >= 0 && bytes[before] == '\n') {
                    final int end = before > 0 && bytes[before - 1] == '\r' ? before - 1 : before;
                    final String head = new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
                    in.flip().position(i + 1);
                    in.compact();
                    return head;
                }
            }
        }
        return null;
    }

    /** Whether the head that is read is longer than any may be. */
    boolean isTooLong() {
        return in.position() == MAX_HEAD;
    }

    /** Whether what is too long is its first line. */
    boolean isLineTooLong() {
        for (int i = 0; i < in.position(); i++) {
            if (in.array()[i] == '\n') {
                return false;
            }
        }
        return true;
    }

    void send(final byte[] bytes) {
        if (bytes.length > 0) {
            out.add(ByteBuffer.wrap(bytes));
            pendingBytes += bytes.length;
        }
    }

    void beginStream(final boolean chunked) {
        isChunked = chunked;
        phase = Phase.STREAMING;
        send(Response.streamHead(chunked));
    }

    /** Sends a piece of a stream; the bytes are shared with other connections. */
    void sendPiece(final byte[] piece) {
        if (isChunked) {
            send((Integer.toHexString(piece.length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            send(piece);
            send(CHUNK_END);
        } else {
            send(piece);
        }
    }

    /** How much is waiting to be taken by the other side. */
    long pendingBytes() {
        return pendingBytes;
    }

    /**
     * Sends what the other side takes now.
     *
     * @return whether it took anything
     */
    boolean write() throws IOException {
        boolean wrote = false;
        while (!out.isEmpty()) {
            final ByteBuffer next = out.element();
            final int count = channel.write(next);
            pendingBytes -= count;
            wrote |= count > 0;
            if (next.hasRemaining()) {
                return wrote;
            }
            out.remove();
        }
        return wrote;
    }

    /** Tells the selector what is of interest now. */
    void showInterest() {
        if (key.isValid()) {
            final boolean reads = phase == Phase.READING || phase == Phase.STREAMING || phase == Phase.ENDING;
            key.interestOps((reads ? SelectionKey.OP_READ : 0) | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE));
        }
    }

    void shutDown() throws IOException {
        phase = Phase.ENDING;
        channel.shutdownOutput();
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    void close() {
        key.cancel();
        try {
            channel.close();
        } catch (final IOException e) {
            out.clear();
        }
        out.clear();
        if (onEnd != null) {
            final Runnable ended = onEnd;
            onEnd = null;
            ended.run();
        }
    }
}
