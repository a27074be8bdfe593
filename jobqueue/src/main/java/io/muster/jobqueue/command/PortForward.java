package io.muster.jobqueue.command;

import io.muster.MusterException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A port on the loopback; each connection to it gets a tunnel of its own, so the port outlives what the tunnels go
 * through.
 */
final class PortForward implements AutoCloseable {
    /** Makes tunnels. */
    @FunctionalInterface
    interface Tunnels {
        /** A new tunnel, with where to put what comes out of it. */
        SshLink.Channel open(OutputStream output) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(PortForward.class);
    private static final int BACKLOG = 50;

    private final InetSocketAddress target;
    private final Tunnels tunnels;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private PortForward(final InetSocketAddress target, final Tunnels tunnels, final ServerSocket server) {
        this.target = target;
        this.tunnels = tunnels;
        this.server = server;
    }

    static PortForward start(final InetSocketAddress target, final Tunnels tunnels) throws IOException {
        final ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
        final PortForward forward = new PortForward(target, tunnels, server);
        LocalProcess.daemon("tunnel-" + target, forward::accept);
        return forward;
    }

    InetSocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @Override
    public void close() {
        LocalProcess.closeQuietly(server);
        open.forEach(LocalProcess::closeQuietly);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                final Socket socket = server.accept();
                LocalProcess.daemon("tunnel-" + target, () -> serve(socket));
            } catch (final IOException e) {
                LOG.debug("tunnel to {} accepts no more: {}", target, e.toString());
            }
        }
    }

    private void serve(final Socket socket) {
        open.add(socket);
        try (socket) {
            if (!server.isClosed()) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                serve(socket, new HalfClosing(socket));
            }
        } catch (final IOException e) {
            LOG.debug("tunnel to {}: {}", target, e.toString());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    private void serve(final Socket socket, final HalfClosing back) throws IOException, InterruptedException {
        try (SshLink.Channel tunnel = open(back)) {
            send(socket.getInputStream(), tunnel.input());
            back.awaitClosed();
        }
    }

    private SshLink.Channel open(final OutputStream back) throws IOException {
        try {
            return tunnels.open(back);
        } catch (final IOException | MusterException e) {
            LOG.warn("no tunnel to {}: {}", target, e.getMessage());
            throw new IOException(e);
        }
    }

    private static void send(final InputStream from, final OutputStream to) throws IOException {
        final byte[] buffer = new byte[1 << 16];
        try (to) {
            for (int read = from.read(buffer); read > 0; read = from.read(buffer)) {
                to.write(buffer, 0, read);
                to.flush();
            }
        }
    }

    /** Writes to a socket, and at the end only tells the reader so. */
    private static final class HalfClosing extends FilterOutputStream {
        private final Socket socket;
        private boolean closed;

        HalfClosing(final Socket socket) throws IOException {
            super(socket.getOutputStream());
            this.socket = socket;
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public synchronized void close() throws IOException {
            closed = true;
            notifyAll();
            socket.shutdownOutput();
        }

        synchronized void awaitClosed() throws InterruptedException {
            while (!closed) {
                wait();
            }
        }
    }
}
