package io.muster.bench;

import io.muster.MusterException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * The least that brings an array from one process to another: a blocking TCP socket over loopback and direct buffers of
 * 1 MiB on either side, which was the best size here.
 */
final class SocketCopy {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final long PATIENCE_NS = 30_000_000_000L;
    private static final long RETRY_NS = 1_000_000;

    private SocketCopy() {}

    /** Sends an array to whoever listens on the port, once that has asked for it. */
    static int send(final double[] array, final int port) {
        try (SocketChannel socket = connect(port)) {
            final ByteBuffer buffer = buffer();
            if (socket.read(buffer.limit(1)) != 1) {
                throw new EOFException("nobody asked for the array");
            }
            for (int at = 0; at < array.length; ) {
                final int count = Math.min(BUFFER_BYTES / Double.BYTES, array.length - at);
                buffer.clear().limit(count * Double.BYTES);
                buffer.asDoubleBuffer().put(array, at, count);
                at += count;
                while (buffer.hasRemaining()) {
                    socket.write(buffer);
                }
            }
            return array.length;
        } catch (final IOException e) {
            throw new MusterException("can't send over a socket: " + e.getMessage(), e);
        }
    }

    /** Receives an array of this length on the port; how long that took, in nanoseconds, or -1 if it arrived damaged. */
    static long receive(final int length, final int port) {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(address(port));
                SocketChannel socket = listener.accept()) {
            final ByteBuffer buffer = buffer();
            final long startNs = System.nanoTime();
            socket.write(buffer.limit(1));
            final double[] array = new double[length];
            buffer.clear();
            for (int at = 0; at < length; ) {
                if (socket.read(buffer) < 0) {
                    throw new EOFException("the array ended at element " + at + " of " + length);
                }
                buffer.flip();
                final int count = buffer.remaining() / Double.BYTES;
                buffer.asDoubleBuffer().get(array, at, count);
                at += count;
                buffer.position(count * Double.BYTES).compact();
            }
            final int whole = TransferCommand.check(array);
            return whole == length ? System.nanoTime() - startNs : -1;
        } catch (final IOException e) {
            throw new MusterException("can't receive over a socket: " + e.getMessage(), e);
        }
    }

    /** A port that nobody listens on. */
    static int freePort() {
        try (ServerSocketChannel listener = ServerSocketChannel.open().bind(address(0))) {
            return listener.socket().getLocalPort();
        } catch (final IOException e) {
            throw new MusterException("can't find a free port: " + e.getMessage(), e);
        }
    }

    private static SocketChannel connect(final int port) throws IOException {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (true) {
            try {
                return SocketChannel.open(address(port));
            } catch (final ConnectException e) {
                if (System.nanoTime() - deadlineNs >= 0) {
                    throw e;
                }
                LockSupport.parkNanos(RETRY_NS);
            }
        }
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static InetSocketAddress address(final int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
