package io.muster.data;

import io.muster.MusterException;
import io.muster.config.CompressionChoice;
import io.muster.protocol.FetchDecoder;
import io.muster.protocol.FetchedValueDecoder;
import io.muster.protocol.HelloDecoder;
import io.muster.protocol.Role;
import io.muster.protocol.StoreDecoder;
import io.muster.security.Identity;
import io.muster.security.Secret;
import io.muster.serialize.SerializedValue;
import io.muster.serialize.Serializer;
import io.muster.serialize.ValueAssembler;
import io.muster.serialize.ValueBytes;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker's bulk port: gives the results that the worker holds, and takes values to keep, over TLS 1.3. A peer proves
 * first that it knows the cluster's secret, bound to this port's certificate; nothing else that it sends is looked at
 * before.
 */
public final class BulkServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BulkServer.class);
    private static final int MAX_CONNECTIONS = 512;
    private static final int BACKLOG = 512;
    private static final long GREETING_NS = 10_000_000_000L;
    private static final long IDLE_NS = 60_000_000_000L;
    private static final long RETRY_NS = 100_000_000;

    private final ServerSocketChannel listener;
    private final int port;
    private final SSLContext context;
    private final byte[] fingerprint;
    private final Secret secret;
    private final ResultStore store;
    private final Serializer serializer;
    private final CompressionChoice compression;
    private final ConnectionGuard guard;
    private final RateLimitedLog warnings = new RateLimitedLog(LOG);
    private final AtomicInteger connections = new AtomicInteger();
    private static final long CLOSE_MS = 1_000;

    private final Thread acceptor;
    private volatile boolean closed;

    private BulkServer(
            final ServerSocketChannel listener,
            final Identity identity,
            final Secret secret,
            final ResultStore store,
            final Serializer serializer,
            final CompressionChoice compression) {
        this.compression = compression;
        this.listener = listener;
        this.port = listener.socket().getLocalPort();
        this.context = identity.serverContext();
        this.fingerprint = identity.fingerprint();
        this.secret = secret;
        this.store = store;
        this.serializer = serializer;
        this.guard = new ConnectionGuard("muster-bulk-guard-" + port);
        this.acceptor = daemon(this::accept, "muster-bulk-accept-" + port);
    }

    /**
     * Listens; compresses nothing.
     *
     * @param bindHost host name or address of the interface
     * @param port the port; 0 takes a free one
     * @param identity the certificate that peers know by its fingerprint
     * @param secret the cluster's secret
     * @param store what is given and where values are kept
     * @param serializer turns values into bytes and back
     * @return the server
     * @throws MusterException if the port can't be had
     */
    public static BulkServer start(
            final String bindHost,
            final int port,
            final Identity identity,
            final Secret secret,
            final ResultStore store,
            final Serializer serializer) {
        return start(bindHost, port, identity, secret, store, serializer, CompressionChoice.NONE);
    }

    /**
     * Listens.
     *
     * @param bindHost host name or address of the interface
     * @param port the port; 0 takes a free one
     * @param identity the certificate that peers know by its fingerprint
     * @param secret the cluster's secret
     * @param store what is given and where values are kept
     * @param serializer turns values into bytes and back
     * @param compression whether what is given to other hosts is compressed
     * @return the server
     * @throws MusterException if the port can't be had
     */
    public static BulkServer start(
            final String bindHost,
            final int port,
            final Identity identity,
            final Secret secret,
            final ResultStore store,
            final Serializer serializer,
            final CompressionChoice compression) {
        final BulkServer server =
                new BulkServer(listen(bindHost, port), identity, secret, store, serializer, compression);
        server.guard.start();
        server.acceptor.start();
        return server;
    }

    /**
     * The port.
     *
     * @return the port that it listens on
     */
    public int port() {
        return port;
    }

    /** Ends all connections. */
    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (final IOException e) {
            LOG.debug("bulk port={}: can't close", port, e);
        }
        guard.close();
        awaitAcceptor();
    }

    /** The port is free only when no thread accepts on it any more. */
    private void awaitAcceptor() {
        try {
            if (acceptor != Thread.currentThread()) {
                acceptor.join(CLOSE_MS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerSocketChannel listen(final String bindHost, final int port) {
        try {
            final ServerSocketChannel socket = ServerSocketChannel.open();
            try {
                socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                socket.bind(new InetSocketAddress(bindHost, port), BACKLOG);
                return socket;
            } catch (final IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (final IOException | RuntimeException e) {
            throw new MusterException(
                    "can't listen on host=" + bindHost + " port=" + port + ": " + e.getMessage()
                            + "; give an address of this machine and a free port, or port=0",
                    e);
        }
    }

    private void accept() {
        while (!closed) {
            SocketChannel socket = null;
            try {
                socket = listener.accept();
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
                if (connections.incrementAndGet() > MAX_CONNECTIONS) {
                    connections.decrementAndGet();
                    socket.close();
                    warnings.warn("bulk port=" + port + ": connections=" + MAX_CONNECTIONS
                            + " are open, one more was closed");
                } else {
                    serveOnThread(socket);
                }
            } catch (final IOException | RuntimeException | OutOfMemoryError e) {
                if (!closed) {
                    warnings.warn("bulk port=" + port + ": can't take a connection: " + e);
                    closeQuietly(socket);
                    LockSupport.parkNanos(RETRY_NS);
                }
            }
        }
    }

    private void serveOnThread(final SocketChannel socket) {
        boolean started = false;
        try {
            daemon(() -> serve(socket), "muster-bulk-" + port + "-" + connections.get())
                    .start();
            started = true;
        } finally {
            if (!started) {
                connections.decrementAndGet();
            }
        }
    }

    private void serve(final SocketChannel socket) {
        final String peer = String.valueOf(socket.socket().getRemoteSocketAddress());
        try (BulkConnection connection =
                new BulkConnection(BlockingTls.over(socket, context.createSSLEngine()), guard, IDLE_NS)) {
            connection.handshake(GREETING_NS);
            if (greet(connection, peer)) {
                connection.greeted();
                connection.compress(compression);
                serve(connection);
            }
        } catch (final SocketTimeoutException e) {
            LOG.debug("bulk port={}: the connection of peer={} was idle for too long", port, peer);
        } catch (final IOException | RuntimeException e) {
            if (!closed) {
                warnings.warn("bulk port=" + port + ": the connection of peer=" + peer + " ended: " + e);
            }
        } finally {
            connections.decrementAndGet();
        }
    }

    private boolean greet(final BulkConnection connection, final String peer) throws IOException {
        final int template = connection.readFrame(BulkConnection.MAX_HELLO_BYTES);
        if (template < 0) {
            return false;
        }
        if (template == HelloDecoder.TEMPLATE_ID
                && secret.proves(connection.helloProof(), Role.PEER.value(), fingerprint)) {
            return true;
        }
        warnings.warn("bulk port=" + port + ": refused peer=" + peer + ": it does not know the cluster's secret");
        connection.writeRefused(
                "the proof of the cluster's secret is wrong or missing; use the scheduler file of this cluster");
        connection.closeGently();
        return false;
    }

    private void serve(final BulkConnection connection) throws IOException {
        while (true) {
            final int template = connection.readFrame(BulkConnection.MAX_FRAME_BYTES);
            switch (template) {
                case -1:
                    return;
                case FetchDecoder.TEMPLATE_ID:
                    give(connection);
                    break;
                case StoreDecoder.TEMPLATE_ID:
                    take(connection);
                    break;
                default:
                    throw new BulkProtocolException("templateId=" + template + " is no request of a bulk port");
            }
            connection.flush();
        }
    }

    private void give(final BulkConnection connection) throws IOException {
        final long[] wanted = connection.wanted();
        for (int i = 0; i < wanted.length; i += 2) {
            give(connection, wanted[i], wanted[i + 1]);
        }
    }

    private void give(final BulkConnection connection, final long task, final long position) throws IOException {
        try (ValueBytes onDisk = store.open(task)) {
            if (onDisk != null) {
                give(connection, task, onDisk, position);
                return;
            }
        }
        final Object value = store.get(task);
        if (value == ResultStore.ABSENT) {
            connection.writeHead(ValueHead.gone(task));
            return;
        }
        final SerializedValue serialized;
        try {
            serialized = serializer.serialize(value);
        } catch (final RuntimeException | StackOverflowError | OutOfMemoryError e) {
            connection.writeHead(ValueHead.unusable(task, describe(e)));
            return;
        }
        give(connection, task, serialized, position);
    }

    private static void give(
            final BulkConnection connection, final long task, final ValueBytes value, final long position)
            throws IOException {
        final long from = position < 0 || position > value.totalBytes() ? 0 : position;
        connection.writeValue(headOf(task, value, from), value);
    }

    static ValueHead headOf(final long task, final ValueBytes value, final long from) {
        return new ValueHead(
                task, ValueHead.HERE, value.totalBytes(), value.bodyBytes(), value.bodyChecksum(), from, "");
    }

    private void take(final BulkConnection connection) throws IOException {
        final long task = connection.storeTask();
        final int template = connection.readFrame(BulkConnection.MAX_FRAME_BYTES);
        if (template != FetchedValueDecoder.TEMPLATE_ID) {
            throw new BulkProtocolException("templateId=" + template + " must be a value's head after Store");
        }
        final ValueHead head = connection.head();
        if (head.task() != task || head.status() != ValueHead.HERE || head.fromPosition() != 0) {
            throw new BulkProtocolException(
                    "a stored value must come whole and under its own name: task=" + task + " " + head);
        }
        final String objection = receive(connection, task, head);
        connection.writeStored(task, objection == null, objection == null ? "" : objection);
    }

    private @Nullable String receive(final BulkConnection connection, final long task, final ValueHead head)
            throws IOException {
        final ValueAssembler assembler;
        try {
            assembler =
                    new ValueAssembler(head.totalBytes(), head.bodyBytes(), head.bodyChecksum(), serializer.of(task));
        } catch (final RuntimeException e) {
            connection.skip(head.totalBytes());
            return describe(e);
        }
        final Throwable reason = connection.readValue(assembler, head.totalBytes(), Long.MAX_VALUE);
        if (reason != null) {
            return describe(reason);
        }
        try {
            store.keep(task, assembler.value());
            return null;
        } catch (final RuntimeException | StackOverflowError | OutOfMemoryError e) {
            return describe(e);
        }
    }

    private static String describe(final Throwable e) {
        final String message = e.getMessage();
        return e instanceof MusterException && message != null ? message : e.toString();
    }

    private static void closeQuietly(final @Nullable SocketChannel socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (final IOException e) {
            LOG.debug("can't close a socket", e);
        }
    }

    private static Thread daemon(final Runnable work, final String name) {
        final Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }
}
