package io.muster.transport;

import io.muster.MusterException;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.RefusedDecoder;
import io.muster.protocol.WelcomeDecoder;
import io.muster.security.Identity;
import io.muster.security.SchedulerFile;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** One try to begin a session at one address: TLS with the pinned certificate, hello, welcome. */
final class DialAttempt {
    private static final int MAX_WELCOME_BYTES = 64 * 1024;

    private final InetSocketAddress address;
    private final long deadlineNs;

    /**
     * Makes a try.
     *
     * @param address where, looked up
     * @param deadlineNs when to give up, by {@link System#nanoTime()}
     */
    DialAttempt(final InetSocketAddress address, final long deadlineNs) {
        this.address = address;
        this.deadlineNs = deadlineNs;
    }

    /** Nobody answered in time. */
    static final class SilenceException extends IOException {
        private static final long serialVersionUID = 1L;

        SilenceException() {
            super("no answer");
        }
    }

    /**
     * Tries.
     *
     * @throws SilenceException if nobody answers in time
     * @throws Greeting.RefusedException if it is the scheduler, and it refuses
     * @throws IOException if it can't be reached or something else answers
     */
    Dialer.Welcomed run(final SchedulerFile file, final PeerHello hello) throws IOException {
        SocketChannel socket = null;
        try (Selector selector = Selector.open()) {
            socket = SocketChannel.open();
            socket.configureBlocking(false);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            final SelectionKey key = socket.register(selector, SelectionKey.OP_CONNECT);
            connect(socket, selector);
            final TlsChannel tls = handshake(socket, key, file.fingerprintBytes());
            final Outbox out = new Outbox();
            Greeting.writeHello(out, hello, file.clusterId(), file.secret(), file.fingerprintBytes());
            out.sendTo(new Lifeline(tls));
            final Welcome welcome = welcome(tls, key);
            key.cancel();
            selector.selectNow();
            return new Dialer.Welcomed(tls, welcome);
        } catch (final ProtocolException e) {
            close(socket);
            throw new IOException(e.getMessage(), e);
        } catch (final IOException | RuntimeException e) {
            close(socket);
            throw e;
        }
    }

    private static void close(final @Nullable SocketChannel socket) throws IOException {
        if (socket != null) {
            socket.close();
        }
    }

    private void connect(final SocketChannel socket, final Selector selector) throws IOException {
        if (!socket.connect(address)) {
            while (!socket.finishConnect()) {
                await(selector);
            }
        }
    }

    private TlsChannel handshake(final SocketChannel socket, final SelectionKey key, final byte[] fingerprint)
            throws IOException {
        final SSLEngine engine = Identity.pinning(fingerprint).createSSLEngine();
        engine.setUseClientMode(true);
        final TlsChannel tls = new TlsChannel(socket, engine);
        while (!tls.handshake()) {
            awaitMore(tls, key);
        }
        return tls;
    }

    private Welcome welcome(final TlsChannel tls, final SelectionKey key) throws IOException {
        final Answer answer = new Answer();
        final Inbox inbox = new Inbox(MAX_WELCOME_BYTES, answer, () -> {});
        while (answer.welcome == null) {
            final int missing = inbox.missingBytes();
            final int read = tls.read(inbox.target(missing), inbox.targetOffset(), missing);
            if (read < 0) {
                throw new EOFException("it closed the connection without an answer");
            }
            if (read == 0) {
                tls.flush();
                awaitMore(tls, key);
            } else {
                inbox.received(read);
            }
        }
        return answer.welcome;
    }

    private void awaitMore(final TlsChannel tls, final SelectionKey key) throws IOException {
        key.interestOps(tls.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        await(key.selector());
    }

    private void await(final Selector selector) throws IOException {
        final long leftMs = (deadlineNs - System.nanoTime()) / 1_000_000;
        if (leftMs <= 0) {
            throw new SilenceException();
        }
        selector.select(Math.min(leftMs, 1_000));
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new MusterException("interrupted while connecting to the scheduler at " + address);
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
