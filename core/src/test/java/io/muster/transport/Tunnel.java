package io.muster.transport;

import io.muster.MusterException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A route through forwards on this host that a test can cut and block. */
public final class Tunnel implements Route, Closeable {
    private final Map<InetSocketAddress, ServerSocket> forwards = new ConcurrentHashMap<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private volatile boolean blocked;

    @Override
    public InetSocketAddress to(final InetSocketAddress target) {
        if (blocked) {
            throw new MusterException("the tunnel is blocked");
        }
        targets.add(target.getHostString() + ":" + target.getPort());
        return (InetSocketAddress)
                forwards.computeIfAbsent(target, this::forward).getLocalSocketAddress();
    }

    /** What was asked for. */
    public List<String> targets() {
        return targets;
    }

    /** Ends all connections that there are; those made meanwhile stay. */
    public void cut() {
        for (final Socket socket : sockets) {
            sockets.remove(socket);
            quietly(socket);
        }
    }

    /** Finds no way from now on. */
    public void block() {
        blocked = true;
    }

    /** Finds ways again. */
    public void unblock() {
        blocked = false;
    }

    @Override
    public void close() {
        forwards.values().forEach(Tunnel::quietly);
        cut();
    }

    private ServerSocket forward(final InetSocketAddress target) {
        try {
            final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            start(() -> {
                while (true) {
                    final Socket near = server.accept();
                    final Socket far = new Socket(target.getHostString(), target.getPort());
                    sockets.add(near);
                    sockets.add(far);
                    start(() -> pump(near, far));
                    start(() -> pump(far, near));
                }
            });
            return server;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void pump(final Socket from, final Socket to) throws IOException {
        try (from;
                to) {
            final InputStream input = from.getInputStream();
            final OutputStream output = to.getOutputStream();
            input.transferTo(output);
        }
    }

    private static void start(final Work work) {
        final Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (final IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static void quietly(final Closeable closeable) {
        try {
            closeable.close();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Something that may fail. */
    private interface Work {
        void run() throws IOException;
    }
}
