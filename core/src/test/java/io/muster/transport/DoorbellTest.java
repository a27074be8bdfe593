package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.HeartbeatAckDecoder;
import io.muster.protocol.HeartbeatAckEncoder;
import io.muster.protocol.MessageHeaderDecoder;
import io.muster.protocol.MessageHeaderEncoder;
import io.muster.security.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two loops on links that wake nobody: whoever blocks must be rung. They block for an hour, so that a lost ring hangs the test. */
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorbellTest {
    private static final long HOUR_MS = 3_600_000;
    private static final int ROUNDS = 20_000;

    private Side client;
    private Side server;

    @BeforeEach
    void connect() throws Exception {
        final Identity identity = Identity.create();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            final SocketChannel near = SocketChannel.open(listener.getLocalAddress());
            final SocketChannel far = listener.accept();
            final SSLEngine clientEngine =
                    Identity.pinning(identity.fingerprint()).createSSLEngine();
            clientEngine.setUseClientMode(true);
            final SSLEngine serverEngine = identity.serverContext().createSSLEngine();
            serverEngine.setUseClientMode(false);
            client = new Side(channel(near, clientEngine));
            server = new Side(channel(far, serverEngine));
            boolean done = false;
            while (!done) {
                final boolean first = client.tls.handshake();
                done = server.tls.handshake() && first;
            }
        }
    }

    @AfterEach
    void close() {
        client.loop.close();
        server.loop.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noRingIsLostBetweenTwoLoopsThatBlockAtOnce(final boolean instant) throws Exception {
        link(instant);
        server.onNumber = server::send;
        final CountDownLatch last = new CountDownLatch(1);
        final Random random = new Random(1);
        client.onNumber = number -> {
            if (number == ROUNDS) {
                last.countDown();
            } else {
                final int burst = random.nextInt(3);
                for (int i = 0; i < burst; i++) {
                    Thread.yield();
                }
                client.send(number + 1);
            }
        };
        start();
        client.loop.runExclusively(() -> client.send(1));
        last.await();
        assertNoFailure();
    }

    @Test
    void threadsThatSendAndWaitForAnswersByLeadingTheLoopAreAnswered() throws Exception {
        link(true);
        server.onNumber = server::send;
        final AtomicLong answered = new AtomicLong();
        client.onNumber = answered::set;
        start();
        final SharedOutbox box = client.box;
        for (long number = 1; number <= ROUNDS; number++) {
            final long sent = number;
            box.add(64, buffer -> encode(buffer, sent, new HeartbeatAckEncoder(), new MessageHeaderEncoder()));
            client.loop.invoke();
            while (answered.get() != sent) {
                if (!client.loop.helpUntil(() -> answered.get() == sent, System.nanoTime() + 3_600_000_000_000L)) {
                    Thread.onSpinWait();
                }
            }
        }
        assertThat(answered.get()).isEqualTo(ROUNDS);
        assertNoFailure();
    }

    private void link(final boolean instant) {
        final ConcurrentLinkedQueue<byte[]> up = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<byte[]> down = new ConcurrentLinkedQueue<>();
        client.session.attach(new QueueLink(up, down, instant));
        server.session.attach(new QueueLink(down, up, instant));
    }

    private void start() {
        for (final Side side : new Side[] {client, server}) {
            side.loop.register(side.session);
            side.loop.start();
        }
    }

    private void assertNoFailure() {
        assertThat(client.failure.get()).isNull();
        assertThat(server.failure.get()).isNull();
    }

    private static TlsChannel channel(final SocketChannel socket, final SSLEngine engine) throws IOException {
        socket.configureBlocking(false);
        socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new TlsChannel(socket, engine);
    }

    private static int encode(
            final ArrayBuffer buffer,
            final long number,
            final HeartbeatAckEncoder encoder,
            final MessageHeaderEncoder header) {
        encoder.wrapAndApplyHeader(buffer, 0, header).sentNs(number);
        return MessageHeaderEncoder.ENCODED_LENGTH + encoder.encodedLength();
    }

    /** What a side does with a number that it receives. */
    private interface OnNumber {
        void accept(long number);
    }

    /** A loop with one session. */
    private static final class Side implements EventLoop.Agent {
        private final TlsChannel tls;
        private final Session session;
        private final EventLoop loop;
        private final SharedOutbox box = new SharedOutbox();
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final HeartbeatAckDecoder decoder = new HeartbeatAckDecoder();
        private final MessageHeaderDecoder header = new MessageHeaderDecoder();
        private final HeartbeatAckEncoder encoder = new HeartbeatAckEncoder();
        private final MessageHeaderEncoder headerOut = new MessageHeaderEncoder();
        private volatile OnNumber onNumber = number -> {};

        Side(final TlsChannel tls) {
            this.tls = tls;
            this.session = new Session(tls, this::onMessage);
            this.loop = new EventLoop(this, 0, HOUR_MS, failure::set);
        }

        private void onMessage(final int templateId, final ArrayBuffer message) {
            decoder.wrapAndApplyHeader(message, 0, header);
            onNumber.accept(decoder.sentNs());
        }

        void send(final long number) {
            session.out().end(encode(session.out().begin(64), number, encoder, headerOut));
        }

        @Override
        public String roleName() {
            return "doorbell-test";
        }

        @Override
        public int doWork(final long nowNs) {
            int work = session.poll();
            box.moveTo(session.out());
            work += session.flush();
            return work;
        }

        @Override
        public boolean prepareToPark() {
            return session.prepareToPark();
        }

        @Override
        public void onClose() {
            session.end("closed");
        }
    }

    /** A link over two queues, as shared memory: what is written is there at once, and wakes nobody. */
    private record QueueLink(ConcurrentLinkedQueue<byte[]> out, ConcurrentLinkedQueue<byte[]> in, boolean isInstant)
            implements Link {
        @Override
        public int write(final byte[] source, final int offset, final int length) {
            final byte[] bytes = new byte[length];
            System.arraycopy(source, offset, bytes, 0, length);
            out.add(bytes);
            return length;
        }

        @Override
        public int poll(final ByteSink sink) {
            final byte[] bytes = in.poll();
            if (bytes == null) {
                return 0;
            }
            sink.onBytes(new ArrayBuffer(bytes), 0, bytes.length);
            return bytes.length;
        }

        @Override
        public boolean needsBell() {
            return true;
        }

        @Override
        public void close() {
            out.clear();
        }
    }
}
