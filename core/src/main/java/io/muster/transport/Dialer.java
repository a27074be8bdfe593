package io.muster.transport;

import io.muster.MusterException;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.RefusedDecoder;
import io.muster.protocol.WelcomeDecoder;
import io.muster.security.Identity;
import io.muster.security.Secret;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** Connects to a scheduler: TLS with the pinned certificate, hello, welcome. Blocks its caller, within a bound. */
public final class Dialer {
    private static final int MAX_WELCOME_BYTES = 64 * 1024;

    private Dialer() {}

    /**
     * A session that has begun.
     *
     * @param tls the lifeline
     * @param welcome what the scheduler said
     */
    public record Welcomed(TlsChannel tls, Welcome welcome) {}

    /**
     * Connects.
     *
     * @param address the scheduler's
     * @param fingerprint of the scheduler's certificate
     * @param secret the cluster's
     * @param clusterId the cluster's; empty: whichever answers
     * @param hello what to say
     * @param timeout for everything
     * @return the session
     * @throws MusterException if nobody answers, it is not that scheduler, or it refuses; the message says which and what to do
     */
    public static Welcomed dial(
            final InetSocketAddress address,
            final byte[] fingerprint,
            final Secret secret,
            final String clusterId,
            final PeerHello hello,
            final Duration timeout) {
        final long deadlineNs = System.nanoTime() + timeout.toNanos();
        final InetSocketAddress resolved =
                address.isUnresolved() ? new InetSocketAddress(address.getHostString(), address.getPort()) : address;
        if (resolved.isUnresolved()) {
            throw new MusterException(
                    "can't connect to the scheduler: host=" + address.getHostString() + " is not known here");
        }
        SocketChannel socket = null;
        try (Selector selector = Selector.open()) {
            socket = SocketChannel.open();
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT);
            if (!socket.connect(resolved)) {
                while (!socket.finishConnect()) {
                    await(selector, deadlineNs, resolved, timeout);
                }
            }
            final SSLEngine engine = Identity.pinning(fingerprint).createSSLEngine();
            engine.setUseClientMode(true);
            final TlsChannel tls = new TlsChannel(socket, engine);
            while (!tls.handshake()) {
                key.interestOps(tls.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                await(selector, deadlineNs, resolved, timeout);
            }
            final Outbox out = new Outbox();
            Greeting.writeHello(out, hello, clusterId, secret, fingerprint);
            out.sendTo(new Lifeline(tls));
            final Answer answer = new Answer();
            final Inbox inbox = new Inbox(MAX_WELCOME_BYTES, answer, () -> {});
            while (answer.welcome == null) {
                final int missing = inbox.missingBytes();
                final int read = tls.read(inbox.target(missing), inbox.targetOffset(), missing);
                if (read < 0) {
                    throw new MusterException(
                            "the scheduler at " + resolved + " closed the connection without an answer");
                }
                if (read == 0) {
                    tls.flush();
                    key.interestOps(
                            tls.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                    await(selector, deadlineNs, resolved, timeout);
                } else {
                    inbox.received(read);
                }
            }
            key.cancel();
            selector.selectNow();
            return new Welcomed(tls, answer.welcome);
        } catch (final IOException | RuntimeException e) {
            closeQuietly(socket);
            throw e instanceof MusterException known
                    ? known
                    : new MusterException("can't connect to the scheduler at " + resolved + ": " + messageOf(e), e);
        }
    }

    private static String messageOf(final Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static void await(
            final Selector selector, final long deadlineNs, final InetSocketAddress address, final Duration timeout)
            throws IOException {
        final long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
            throw new MusterException("the scheduler at " + address + " did not answer within timeout="
                    + timeout.toMillis() + "ms; is it running, and is the port reachable from here?");
        }
        selector.select(Math.min(leftMs, 1_000));
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new MusterException("interrupted while connecting to the scheduler at " + address);
        }
    }

    private static void closeQuietly(final @Nullable SocketChannel socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (final IOException e) {
                Thread.onSpinWait();
            }
        }
    }

    /** Takes the scheduler's first message; no byte beyond it is read, as those are for the session. */
    private static final class Answer implements MessageHandler {
        private @Nullable Welcome welcome;

        @Override
        public void onMessage(final int templateId, final ArrayBuffer message) {
            if (templateId == WelcomeDecoder.TEMPLATE_ID && welcome == null) {
                welcome = Welcome.decode(message);
            } else if (templateId == RefusedDecoder.TEMPLATE_ID) {
                throw new Greeting.RefusedException("the scheduler refused: "
                        + new RefusedDecoder()
                                .wrapAndApplyHeader(message, 0, new MessageHeaderDecoder())
                                .reason());
            } else {
                throw new ProtocolException(
                        "templateId=" + templateId + " must be " + WelcomeDecoder.TEMPLATE_ID + ", a welcome");
            }
        }
    }
}
