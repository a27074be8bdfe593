package io.muster.transport;

import io.muster.protocol.ArrayBuffer;
import io.muster.security.Identity;
import io.muster.security.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the scheduler's port: takes each connection through TLS and the proof of the secret, on a thread of its own, and hands on only
 * those that passed. What has proved nothing gets 4 KiB, ten seconds, and one line in the log, unless there are very many.
 */
public final class Doorman implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Doorman.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MAX_PENDING = 1024;
    private static final long MAX_SELECT_MS = 1_000;
    private static final int READ_BYTES = Greeting.MAX_HELLO_BYTES + 64;

    private final SSLContext tlsContext;
    private final byte[] fingerprint;
    private final Secret secret;
    private final String clusterId;
    private final Guests guests;
    private final Duration patience;
    private final RefusalLog refusals = new RefusalLog(LOG, System::nanoTime);
    private final ServerSocketChannel server;
    private final Selector selector;
    private final SelectionKey acceptKey;
    private final Thread thread;
    private volatile boolean closed;
    private long acceptAgainNs;

    /** Takes those who passed. */
    @FunctionalInterface
    public interface Guests {
        /**
         * Takes a peer; called on the doorman's thread.
         *
         * @param tls its lifeline
         * @param hello what it said
         */
        void welcome(TlsChannel tls, PeerHello hello);
    }

    /**
     * Opens the port.
     *
     * @param address where to listen; port 0 for any
     * @param identity this side's certificate
     * @param secret what peers have to prove
     * @param clusterId this cluster
     * @param guests takes those who passed
     */
    public Doorman(
            final InetSocketAddress address,
            final Identity identity,
            final Secret secret,
            final String clusterId,
            final Guests guests) {
        this(address, identity, secret, clusterId, guests, PATIENCE);
    }

    Doorman(
            final InetSocketAddress address,
            final Identity identity,
            final Secret secret,
            final String clusterId,
            final Guests guests,
            final Duration patience) {
        this.patience = patience;
        this.tlsContext = identity.serverContext();
        this.fingerprint = identity.fingerprint();
        this.secret = secret;
        this.clusterId = clusterId;
        this.guests = guests;
        try {
            this.server = ServerSocketChannel.open();
            server.bind(address, 1024);
            server.configureBlocking(false);
            this.selector = Selector.open();
            this.acceptKey = server.register(selector, SelectionKey.OP_ACCEPT);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't listen on " + address + ": " + e.getMessage(), e);
        }
        this.thread = new Thread(this::run, "muster-doorman");
        thread.setDaemon(true);
    }

    /** Begins to answer. */
    public void start() {
        thread.start();
    }

    /**
     * Where it listens.
     *
     * @return the bound address
     */
    public InetSocketAddress address() {
        try {
            return (InetSocketAddress) server.getLocalAddress();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(2_000);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (selector;
                server) {
            while (!closed) {
                selector.select(Math.min(MAX_SELECT_MS, patience.toMillis()));
                final List<SelectionKey> ready = new ArrayList<>(selector.selectedKeys());
                selector.selectedKeys().clear();
                for (final SelectionKey key : ready) {
                    if (key.isValid() && key.isAcceptable()) {
                        acceptAll();
                    } else if (key.isValid()) {
                        ((Visitor) key.attachment()).proceed(key);
                    }
                }
                dismissTheSlow();
                refusals.tick();
                if (acceptKey.interestOps() == 0 && System.nanoTime() - acceptAgainNs >= 0) {
                    acceptKey.interestOps(SelectionKey.OP_ACCEPT);
                }
            }
            for (final SelectionKey key : selector.keys()) {
                if (key.attachment() instanceof Visitor visitor) {
                    visitor.dismiss(key, "the scheduler is closing");
                }
            }
        } catch (final IOException e) {
            LOG.error("the scheduler's port is closed to new peers: {}", e.toString());
        }
    }

    private void acceptAll() throws IOException {
        SocketChannel socket = accept();
        while (socket != null) {
            if (selector.keys().size() > MAX_PENDING) {
                socket.close();
            } else {
                admit(socket);
            }
            socket = accept();
        }
    }

    /** The next connection; null when there is none now, or none can be had, as when too many files are open. */
    private @Nullable SocketChannel accept() {
        try {
            return server.accept();
        } catch (final IOException e) {
            LOG.warn("can't take a new connection: {}; trying again in {} ms", e.toString(), MAX_SELECT_MS);
            acceptKey.interestOps(0);
            acceptAgainNs = System.nanoTime() + MAX_SELECT_MS * 1_000_000;
            return null;
        }
    }

    private void admit(final SocketChannel socket) throws IOException {
        try {
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final SSLEngine engine = tlsContext.createSSLEngine();
            engine.setUseClientMode(false);
            socket.register(
                    selector, SelectionKey.OP_READ, new Visitor(new TlsChannel(socket, engine), peerOf(socket)));
        } catch (final IOException e) {
            LOG.debug("a connection ended at once", e);
            socket.close();
        }
    }

    private static String peerOf(final SocketChannel socket) throws IOException {
        return String.valueOf(socket.getRemoteAddress());
    }

    private void dismissTheSlow() {
        final long nowNs = System.nanoTime();
        for (final SelectionKey key : new ArrayList<>(selector.keys())) {
            if (key.attachment() instanceof Visitor visitor && nowNs - visitor.arrivedNs > patience.toNanos()) {
                visitor.dismiss(key, "it said nothing valid within " + patience.toMillis() + " ms");
            }
        }
    }

    /** One connection that has proved nothing yet. */
    private final class Visitor {
        private final TlsChannel tls;
        private final String peer;
        private final long arrivedNs = System.nanoTime();
        private final Inbox inbox = new Inbox(Greeting.MAX_HELLO_BYTES, this::onMessage, () -> {
            throw new ProtocolException("a ring before a hello");
        });
        private boolean handshaken;
        private @Nullable PeerHello hello;

        Visitor(final TlsChannel tls, final String peer) {
            this.tls = tls;
            this.peer = peer;
        }

        void proceed(final SelectionKey key) {
            try {
                if (!handshaken) {
                    handshaken = tls.handshake();
                }
                if (handshaken && hello == null) {
                    final int read = tls.read(inbox.target(READ_BYTES), inbox.targetOffset(), READ_BYTES);
                    if (read < 0) {
                        dismiss(key, "it left");
                        return;
                    }
                    inbox.received(read);
                }
                if (hello != null) {
                    key.cancel();
                    selector.selectNow();
                    guests.welcome(tls, hello);
                } else {
                    key.interestOps(
                            tls.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                }
            } catch (final Greeting.RefusedException e) {
                refuse(key, e.getMessage());
            } catch (final IOException | ProtocolException e) {
                dismiss(key, e.toString());
            } catch (final RuntimeException e) {
                LOG.error("greeting {} failed; this is a bug in Muster", peer, e);
                dismiss(key, e.toString());
            }
        }

        private void onMessage(final int templateId, final ArrayBuffer message) {
            if (hello != null) {
                throw new ProtocolException("more than a hello before the welcome");
            }
            hello = Greeting.check(templateId, message, clusterId, secret, fingerprint);
        }

        private void refuse(final SelectionKey key, final @Nullable String reason) {
            final Outbox out = new Outbox();
            Greeting.writeRefused(out, String.valueOf(reason));
            out.sendTo(new Lifeline(tls));
            dismiss(key, String.valueOf(reason));
        }

        void dismiss(final SelectionKey key, final String reason) {
            refusals.refused(peer, reason);
            key.cancel();
            try {
                tls.close();
            } catch (final IOException e) {
                LOG.debug("close failed", e);
            }
        }
    }
}
