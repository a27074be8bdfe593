package io.muster.transport;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.security.cert.CertificateException;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * One side of a TLS byte stream over a non-blocking socket.
 *
 * <p>No method blocks. Call {@link #handshake()} until it is true, then {@link #read} and {@link #write}. Wait for
 * the socket to be readable only after {@code read} has returned 0, since decrypted bytes may be held here; wait for
 * it to be writable while {@link #wantsWrite()}. Not thread-safe: its owner guards it by a lock.
 */
public final class TlsChannel implements AutoCloseable {
    private static final int MAX_RECORD_BYTES = 16 * 1024;
    private static final int RECORDS_IN = 2;
    private static final int RECORDS_OUT = 4;
    private static final int MAX_FILLS_PER_READ = 16;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /*
     * Ciphertext from the socket waits in netIn, always ready to be drained; one decrypted record waits in appIn,
     * always ready to be drained, and the next is unwrapped only when appIn is empty. Ciphertext for the socket waits
     * in netOut, always ready to be filled; a record is wrapped only when netOut has room for a whole one, so that
     * neither direction buffers without bound. Messages of TLS itself after the handshake (session tickets, key
     * updates) pass through read; when the engine owes an answer and netOut has no room, reading stalls until a flush
     * makes room.
     */
    private final SocketChannel socket;
    private final SSLEngine engine;
    private final int packetBytes;
    private final ByteBuffer netIn;
    private final ByteBuffer netOut;
    private final ByteBuffer appIn;
    private final ByteBuffer appOut;

    private boolean started;
    private boolean handshaken;
    private boolean owesAnswer;
    private boolean inboundClosed;
    private boolean truncated;
    private boolean closed;
    private @Nullable IOException failure;

    private enum Unwrapped {
        PROGRESS,
        INCOMPLETE_RECORD,
        STALLED,
        CLOSED
    }

    /**
     * Creates one side over a connected socket; nothing is sent yet.
     *
     * @param socket connected and in non-blocking mode; closed by {@link #close()}
     * @param engine unused, and with its client or server mode set
     * @throws IllegalArgumentException if the socket is in blocking mode
     */
    public TlsChannel(SocketChannel socket, SSLEngine engine) {
        if (socket.isBlocking()) {
            throw new IllegalArgumentException("socket.isBlocking()=true, required is a non-blocking socket");
        }
        this.socket = socket;
        this.engine = engine;
        this.packetBytes = engine.getSession().getPacketBufferSize();
        this.netIn = ByteBuffer.allocate(RECORDS_IN * packetBytes).limit(0);
        this.netOut = ByteBuffer.allocate(RECORDS_OUT * packetBytes);
        this.appIn = ByteBuffer.allocateDirect(engine.getSession().getApplicationBufferSize())
                .limit(0);
        this.appOut = ByteBuffer.allocateDirect(MAX_RECORD_BYTES);
    }

    /**
     * Takes the handshake as far as it goes without waiting; runs the engine's tasks in this thread.
     *
     * @return true when it has finished and all of its bytes were sent
     * @throws SSLException if the peer is not trusted, does not trust this side, or does not speak TLS 1.3
     * @throws IOException if the peer is gone
     */
    public boolean handshake() throws IOException {
        checkUsable();
        if (!started) {
            started = true;
            engine.beginHandshake();
        }
        while (!handshaken) {
            boolean progress = switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> wrapEngineMessage();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrapHandshake();
                case FINISHED, NOT_HANDSHAKING -> handshaken = true;
            };
            if (!progress) {
                flush();
                return false;
            }
        }
        return flush();
    }

    /**
     * Reads decrypted bytes that are here.
     *
     * @param dst gets the bytes
     * @param off where they begin
     * @param len how many at most
     * @return how many were read; 0 if there are none now; -1 if the peer has closed, see {@link #wasTruncated()}
     * @throws IOException if the connection has failed or the peer's bytes are not genuine
     * @throws IllegalStateException if the handshake has not finished
     */
    public int read(byte[] dst, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, dst.length);
        checkOpen();
        int total = 0;
        int fills = 0;
        while (total < len) {
            if (appIn.hasRemaining()) {
                int n = Math.min(appIn.remaining(), len - total);
                appIn.get(dst, off + total, n);
                total += n;
                continue;
            }
            Unwrapped unwrapped = inboundClosed ? Unwrapped.CLOSED : unwrap();
            if (unwrapped == Unwrapped.CLOSED) {
                return total > 0 ? total : -1;
            }
            boolean filled =
                    unwrapped == Unwrapped.INCOMPLETE_RECORD && total == 0 && fills++ < MAX_FILLS_PER_READ && fill();
            if (unwrapped != Unwrapped.PROGRESS && !filled && !inboundClosed) {
                break;
            }
        }
        return total;
    }

    /**
     * Encrypts and sends bytes as far as that goes without waiting.
     *
     * <p>At most about 64 KiB of ciphertext are kept when the socket takes no more.
     *
     * @param src holds the bytes
     * @param off where they begin
     * @param len how many
     * @return how many were accepted; fewer than {@code len}, or 0, when back-pressured
     * @throws IOException if the connection has failed or is closed
     * @throws IllegalStateException if the handshake has not finished
     */
    public int write(byte[] src, int off, int len) throws IOException {
        Objects.checkFromIndexSize(off, len, src.length);
        checkOpen();
        int total = 0;
        while (total < len && makeRoom()) {
            appOut.clear();
            appOut.put(src, off + total, Math.min(len - total, MAX_RECORD_BYTES))
                    .flip();
            SSLEngineResult result = wrap(appOut);
            total += result.bytesConsumed();
            if (result.bytesProduced() == 0 && !runTasks()) {
                break;
            }
        }
        flush();
        return total;
    }

    /**
     * Sends ciphertext that waits.
     *
     * @return true when none is left
     * @throws IOException if the connection has failed or is closed
     */
    public boolean flush() throws IOException {
        checkUsable();
        boolean empty = drain();
        if (owesAnswer && netOut.remaining() >= packetBytes) {
            wrapEngineMessage();
            empty = drain();
        }
        return empty;
    }

    /**
     * Whether ciphertext waits for the socket to become writable.
     *
     * @return true if {@link #flush()} should be called then
     */
    public boolean wantsWrite() {
        return netOut.position() > 0 || owesAnswer;
    }

    /**
     * Whether the stream ended without the peer's close_notify, so that bytes may be missing at its end.
     *
     * @return true after {@link #read} has returned -1 for that reason
     */
    public boolean wasTruncated() {
        return truncated;
    }

    /**
     * The socket underneath, to be registered with a selector; its bytes are ciphertext.
     *
     * @return the socket
     */
    public SocketChannel socket() {
        return socket;
    }

    /**
     * Sends what waits and a close_notify as far as that goes without waiting, then closes the socket.
     *
     * @throws IOException if the socket can't be closed
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        try {
            if (failure == null && started && makeRoom()) {
                engine.closeOutbound();
                wrap(NOTHING);
                drain();
                socket.shutdownOutput();
                discardArrived();
            }
        } catch (IOException e) {
            failure = e;
        } finally {
            closed = true;
            socket.close();
        }
    }

    private boolean unwrapHandshake() throws IOException {
        if (appIn.hasRemaining()) {
            throw fail(new SSLException("application data arrived before the TLS handshake was finished"));
        }
        return switch (unwrap()) {
            case PROGRESS -> true;
            case INCOMPLETE_RECORD -> {
                drain();
                boolean filled = fill();
                if (inboundClosed) {
                    throw fail(new EOFException("the peer closed the connection during the TLS handshake"));
                }
                yield filled;
            }
            case STALLED -> false;
            case CLOSED -> throw fail(new EOFException("the peer ended TLS during the handshake"));
        };
    }

    private Unwrapped unwrap() throws IOException {
        SSLEngineResult result;
        appIn.clear();
        try {
            result = engine.unwrap(netIn, appIn);
        } catch (SSLException | RuntimeException e) {
            appIn.position(0).limit(0);
            throw fail(e);
        }
        appIn.flip();
        return switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> Unwrapped.INCOMPLETE_RECORD;
            case BUFFER_OVERFLOW -> throw fail(new SSLException("a TLS record is larger than " + appIn.capacity()));
            case CLOSED -> {
                inboundClosed = true;
                yield Unwrapped.CLOSED;
            }
            case OK -> {
                boolean moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
                boolean answered = handshaken && answer(result.getHandshakeStatus());
                yield moved || answered ? Unwrapped.PROGRESS : Unwrapped.STALLED;
            }
        };
    }

    private boolean answer(HandshakeStatus status) throws IOException {
        boolean ranTasks = status == HandshakeStatus.NEED_TASK && runTasks();
        HandshakeStatus next = ranTasks ? engine.getHandshakeStatus() : status;
        return next == HandshakeStatus.NEED_WRAP && wrapEngineMessage() || ranTasks;
    }

    private boolean runTasks() throws IOException {
        Runnable task = engine.getDelegatedTask();
        boolean ran = task != null;
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException e) {
                throw fail(e);
            }
            task = engine.getDelegatedTask();
        }
        return ran;
    }

    private boolean wrapEngineMessage() throws IOException {
        owesAnswer = !makeRoom();
        if (owesAnswer) {
            return false;
        }
        wrap(NOTHING);
        return true;
    }

    private SSLEngineResult wrap(ByteBuffer plain) throws IOException {
        SSLEngineResult result;
        try {
            result = engine.wrap(plain, netOut);
        } catch (SSLException | RuntimeException e) {
            throw fail(e);
        }
        return switch (result.getStatus()) {
            case OK -> result;
            case CLOSED -> {
                if (result.bytesProduced() == 0) {
                    throw new ClosedChannelException();
                }
                yield result;
            }
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW ->
                throw fail(new SSLException("a TLS record needs more than " + netOut.remaining() + " bytes"));
        };
    }

    private boolean makeRoom() throws IOException {
        if (netOut.remaining() < packetBytes) {
            drain();
        }
        return netOut.remaining() >= packetBytes;
    }

    private boolean drain() throws IOException {
        if (netOut.position() > 0) {
            netOut.flip();
            try {
                int n = 1;
                while (n > 0 && netOut.hasRemaining()) {
                    n = socket.write(netOut);
                }
            } finally {
                netOut.compact();
            }
        }
        return netOut.position() == 0;
    }

    private boolean fill() throws IOException {
        netIn.compact();
        int n;
        try {
            n = socket.read(netIn);
        } finally {
            netIn.flip();
        }
        if (n < 0) {
            inboundClosed = true;
            truncated = true;
        }
        return n > 0;
    }

    /** Unread bytes would make the kernel reset the connection, and the peer might lose what was sent last. */
    private void discardArrived() throws IOException {
        int n = 1;
        for (int i = 0; i < MAX_FILLS_PER_READ && n > 0; i++) {
            n = socket.read(netIn.clear());
        }
    }

    private void checkOpen() throws IOException {
        checkUsable();
        if (!handshaken) {
            throw new IllegalStateException("handshaken=false, required is a handshake() that has returned true");
        }
    }

    private void checkUsable() throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    private IOException fail(Exception cause) {
        IOException reason = explain(cause);
        try {
            if (netOut.remaining() >= packetBytes) {
                engine.closeOutbound();
                engine.wrap(NOTHING, netOut);
            }
            drain();
        } catch (IOException | RuntimeException e) {
            reason.addSuppressed(e);
        }
        failure = reason;
        return reason;
    }

    private static IOException explain(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                SSLHandshakeException untrusted = new SSLHandshakeException(cause.getMessage());
                untrusted.initCause(e);
                return untrusted;
            }
        }
        return e instanceof IOException io ? io : new SSLException("the peer's bytes are not valid TLS", e);
    }
}
