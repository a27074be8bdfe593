package io.muster.data;

import io.muster.transport.TlsChannel;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * TLS that waits, with a bound: for bytes to read and for room to write. Used by one thread; {@link #abort} may come
 * from any.
 */
final class BlockingTls implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockingTls.class);

    private final SocketChannel socket;
    private final TlsChannel tls;
    private final Selector selector;
    private final SelectionKey key;

    private BlockingTls(
            final SocketChannel socket, final TlsChannel tls, final Selector selector, final SelectionKey key) {
        this.socket = socket;
        this.tls = tls;
        this.selector = selector;
        this.key = key;
    }

    /** Takes over a connected socket; closes it where that fails. */
    static BlockingTls over(final SocketChannel socket, final SSLEngine engine) throws IOException {
        try {
            socket.configureBlocking(false);
            final Selector selector = Selector.open();
            try {
                return new BlockingTls(socket, new TlsChannel(socket, engine), selector, socket.register(selector, 0));
            } catch (final IOException | RuntimeException e) {
                selector.close();
                throw e;
            }
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    void handshake(final long deadlineNs) throws IOException {
        while (!tls.handshake()) {
            await(tls.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ, deadlineNs);
        }
    }

    /** Reads at least one byte; -1 at the end. */
    int read(final byte[] dst, final int offset, final int length, final long deadlineNs) throws IOException {
        int count = tls.read(dst, offset, length);
        while (count == 0) {
            await(tls.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ, deadlineNs);
            if (tls.wantsWrite()) {
                tls.flush();
            }
            count = tls.read(dst, offset, length);
        }
        return count;
    }

    /** Writes at least one byte. */
    int write(final byte[] src, final int offset, final int length, final long deadlineNs) throws IOException {
        int count = tls.write(src, offset, length);
        while (count == 0) {
            await(SelectionKey.OP_WRITE, deadlineNs);
            count = tls.write(src, offset, length);
        }
        return count;
    }

    void flush(final long deadlineNs) throws IOException {
        while (!tls.flush()) {
            await(SelectionKey.OP_WRITE, deadlineNs);
        }
    }

    /** Whether both ends have one address, which is so only within a host. */
    boolean isSameHost() throws IOException {
        return socket.getLocalAddress() instanceof InetSocketAddress here
                && socket.getRemoteAddress() instanceof InetSocketAddress there
                && here.getAddress().equals(there.getAddress());
    }

    boolean isOpen() {
        return socket.isOpen();
    }

    /** Ends the connection at once, whatever another thread does with it. */
    void abort() {
        closeQuietly(socket);
        closeQuietly(selector);
    }

    @Override
    public void close() {
        closeQuietly(tls::close);
        abort();
    }

    private void await(final int operations, final long deadlineNs) throws IOException {
        final long leftNs = deadlineNs - System.nanoTime();
        if (leftNs <= 0) {
            throw new SocketTimeoutException("the peer made no progress in the time it has");
        }
        try {
            key.interestOps(operations);
            selector.select(leftNs / 1_000_000 + 1);
            selector.selectedKeys().clear();
        } catch (final ClosedSelectorException | CancelledKeyException e) {
            final ClosedChannelException closed = new ClosedChannelException();
            closed.initCause(e);
            throw closed;
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for the peer");
        }
    }

    private static void closeQuietly(final Closeable closeable) {
        try {
            closeable.close();
        } catch (final IOException e) {
            LOG.debug("can't close a bulk connection", e);
        }
    }
}
