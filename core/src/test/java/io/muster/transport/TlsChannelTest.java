package io.muster.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.muster.security.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TlsChannelTest {
    private static final Identity IDENTITY = Identity.create();

    private final List<SocketChannel> sockets = new ArrayList<>();
    private SocketChannel clientSocket;
    private SocketChannel serverSocket;
    private SSLEngine clientEngine;
    private TlsChannel client;
    private TlsChannel server;

    @BeforeEach
    void connect() throws IOException {
        connectSockets();
        clientEngine = Identity.pinning(IDENTITY.fingerprint()).createSSLEngine();
        client = new TlsChannel(clientSocket, clientEngine);
        server = new TlsChannel(serverSocket, IDENTITY.serverContext().createSSLEngine());
    }

    @AfterEach
    void closeSockets() throws IOException {
        for (SocketChannel socket : sockets) {
            socket.close();
        }
    }

    @Test
    void manyBytesGoBothWaysInChunksOfAnySize() throws IOException {
        handshake();
        long total = 64L << 20;
        Pump fromClient = new Pump(client, total, 1);
        Pump fromServer = new Pump(server, total, 2);

        while (!fromClient.isDone() || !fromServer.isDone()) {
            fromClient.step();
            fromServer.step();
        }

        assertThat(fromServer.receivedChecksum()).isEqualTo(fromClient.sentChecksum());
        assertThat(fromClient.receivedChecksum()).isEqualTo(fromServer.sentChecksum());
    }

    @Test
    void aWriterIsBackPressuredWhenThePeerDoesNotRead() throws IOException {
        handshake();
        byte[] chunk = new byte[1 << 20];
        long accepted = 0;
        int n = client.write(chunk, 0, chunk.length);
        while (n > 0) {
            accepted += n;
            n = client.write(chunk, 0, chunk.length);
        }

        assertThat(client.wantsWrite()).isTrue();
        assertThat(client.flush()).isFalse();
        assertThat(client.write(chunk, 0, 1)).isZero();

        long received = 0;
        while (received < accepted) {
            received += Math.max(0, server.read(chunk, 0, chunk.length));
            client.flush();
        }
        assertThat(received).isEqualTo(accepted);
        assertThat(client.wantsWrite()).isFalse();
    }

    @Test
    void bytesThatFollowTheHandshakeAtOnceAreKept() throws IOException {
        while (!client.handshake()) {
            server.handshake();
        }
        assertThat(client.write(new byte[] {1, 2, 3}, 0, 3)).isEqualTo(3);
        handshake();

        assertThat(readFully(server, 3)).containsExactly(1, 2, 3);
    }

    @Test
    void theServerSendsNothingOfItsOwnAfterTheHandshake() throws IOException {
        handshake();

        assertThat(clientSocket.read(ByteBuffer.allocate(1))).isZero();
    }

    @Test
    void keysAreUpdatedWhileBytesFlowBothWays() throws IOException {
        handshake();
        for (int i = 0; i < 20; i++) {
            clientEngine.beginHandshake();
            byte[] out = {(byte) i, 1};
            assertThat(client.write(out, 0, 2)).isEqualTo(2);
            assertThat(readFully(server, 2)).isEqualTo(out);
            assertThat(server.write(out, 0, 2)).isEqualTo(2);
            assertThat(readFully(client, 2)).isEqualTo(out);
        }
        assertThat(client.wantsWrite() || server.wantsWrite()).isFalse();
    }

    @Test
    void aKeyUpdateReachesASideThatIsBackPressured() throws IOException {
        handshake();
        byte[] chunk = new byte[1 << 20];
        long accepted = 0;
        int n = server.write(chunk, 0, chunk.length);
        while (n > 0) {
            accepted += n;
            n = server.write(chunk, 0, chunk.length);
        }
        clientEngine.beginHandshake();
        client.write(new byte[] {9}, 0, 1);

        byte[] answer = new byte[1];
        int answered = 0;
        long received = 0;
        while (answered == 0 || received < accepted || server.wantsWrite()) {
            answered += answered == 0 ? server.read(answer, 0, 1) : 0;
            received += Math.max(0, client.read(chunk, 0, chunk.length));
            server.flush();
        }
        assertThat(answer).containsExactly(9);
        assertThat(received).isEqualTo(accepted);
        assertThat(server.write(new byte[] {8}, 0, 1)).isEqualTo(1);
        assertThat(readFully(client, 1)).containsExactly(8);
    }

    @Test
    void closingIsSeenAsTheEndWithoutTruncation() throws IOException {
        handshake();
        client.write(new byte[] {7}, 0, 1);
        client.close();
        client.close();

        assertThat(readFully(server, 1)).containsExactly(7);
        assertThat(readToEnd(server)).isEqualTo(-1);
        assertThat(server.wasTruncated()).isFalse();
        assertThat(server.read(new byte[1], 0, 1)).isEqualTo(-1);
        assertThatThrownBy(() -> client.write(new byte[1], 0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> client.read(new byte[1], 0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThat(client.socket().isOpen()).isFalse();
    }

    @Test
    void anEndOfFileWithoutCloseNotifyIsATruncation() throws IOException {
        handshake();
        client.write(new byte[] {7}, 0, 1);
        clientSocket.shutdownOutput();

        assertThat(readFully(server, 1)).containsExactly(7);
        assertThat(readToEnd(server)).isEqualTo(-1);
        assertThat(server.wasTruncated()).isTrue();
        assertThat(server.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void aWrongPinFailsOnBothSidesAndSaysWhyToTheClient() throws IOException {
        byte[] stale = Identity.create().fingerprint();
        client = new TlsChannel(clientSocket, Identity.pinning(stale).createSSLEngine());

        Throwable[] failures = handshakeUntilBothFail();

        assertThat(failures[0])
                .isInstanceOf(SSLHandshakeException.class)
                .hasMessageStartingWith(
                        "the scheduler's certificate is not the one in the scheduler file: fingerprint=")
                .hasMessageContaining("; the file may be stale");
        assertThat(failures[1]).isInstanceOf(SSLException.class);
        assertThatThrownBy(client::handshake).isSameAs(failures[0]);
    }

    @Test
    void twoClientsFailInsteadOfWaiting() throws IOException {
        server = new TlsChannel(
                serverSocket, Identity.pinning(IDENTITY.fingerprint()).createSSLEngine());

        Throwable[] failures = handshakeUntilBothFail();

        assertThat(failures).doesNotContainNull();
    }

    @Test
    void plainTextToTheServerFailsAtOnce() throws IOException {
        for (String garbage : List.of("GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n", "\0\0\0\0\0\0\0\0\0\0")) {
            connectSockets();
            server = new TlsChannel(serverSocket, IDENTITY.serverContext().createSSLEngine());
            clientSocket.write(ByteBuffer.wrap(garbage.getBytes(US_ASCII)));

            assertThatThrownBy(() -> driveToEnd(server)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void randomBytesToTheServerNeverThrowAnythingButIoExceptions() throws IOException {
        Random random = new Random(20260131);
        byte[] hello = recordClientHello();
        for (int i = 0; i < 300; i++) {
            byte[] damaged = hello.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            serveThenHangUp(damaged, damaged.length);
        }
    }

    @Test
    void aClientHelloCutOffAnywhereEndsTheHandshake() throws IOException {
        byte[] hello = recordClientHello();
        for (int length = 0; length < hello.length; length++) {
            int cutOff = length;
            assertThat(serveThenHangUp(hello, cutOff))
                    .as("cut off at %d", cutOff)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void aDamagedRecordFailsAndStaysFailed() throws IOException {
        handshake();
        byte[] record = {23, 3, 3, 0, 32};
        clientSocket.write(ByteBuffer.wrap(record));
        clientSocket.write(ByteBuffer.allocate(32));

        assertThatThrownBy(() -> readToEnd(server)).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> server.read(new byte[1], 0, 1)).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> server.write(new byte[1], 0, 1)).isInstanceOf(SSLException.class);
    }

    @Test
    void readingAndWritingNeedAFinishedHandshake() {
        assertThatIllegalStateException().isThrownBy(() -> client.write(new byte[1], 0, 1));
        assertThatIllegalStateException().isThrownBy(() -> client.read(new byte[1], 0, 1));
    }

    @Test
    void rangesOutsideTheArrayAreRefused() throws IOException {
        handshake();
        assertThatThrownBy(() -> client.write(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> client.read(new byte[4], -1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aBlockingSocketIsRefused() throws IOException {
        clientSocket.configureBlocking(true);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TlsChannel(clientSocket, clientEngine))
                .withMessageContaining("non-blocking");
    }

    private void connectSockets() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            clientSocket = SocketChannel.open(listener.getLocalAddress());
            serverSocket = listener.accept();
        }
        clientSocket.configureBlocking(false);
        serverSocket.configureBlocking(false);
        sockets.add(clientSocket);
        sockets.add(serverSocket);
    }

    private void handshake() throws IOException {
        boolean finished = false;
        while (!finished) {
            finished = client.handshake() & server.handshake();
        }
    }

    private Throwable[] handshakeUntilBothFail() {
        Throwable[] failures = new Throwable[2];
        while (failures[0] == null || failures[1] == null) {
            failures[0] = failures[0] == null ? tryHandshake(client) : failures[0];
            failures[1] = failures[1] == null ? tryHandshake(server) : failures[1];
        }
        return failures;
    }

    private static Throwable tryHandshake(TlsChannel channel) {
        try {
            channel.handshake();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private byte[] recordClientHello() throws IOException {
        client.handshake();
        ByteBuffer hello = ByteBuffer.allocate(4096);
        awaitReadable(serverSocket);
        serverSocket.read(hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }

    private IOException serveThenHangUp(byte[] bytes, int length) throws IOException {
        connectSockets();
        server = new TlsChannel(serverSocket, IDENTITY.serverContext().createSSLEngine());
        clientSocket.write(ByteBuffer.wrap(bytes, 0, length));
        clientSocket.shutdownOutput();
        try {
            driveToEnd(server);
            return fail("the handshake finished");
        } catch (IOException e) {
            return e;
        } finally {
            clientSocket.close();
            serverSocket.close();
        }
    }

    private static void driveToEnd(TlsChannel channel) throws IOException {
        while (!channel.handshake()) {
            awaitReadable(channel.socket());
        }
    }

    private static void awaitReadable(SocketChannel socket) throws IOException {
        try (Selector selector = Selector.open()) {
            SelectionKey key = socket.register(selector, SelectionKey.OP_READ);
            selector.select(10_000);
            key.cancel();
            selector.selectNow();
        }
    }

    private static byte[] readFully(TlsChannel channel, int length) throws IOException {
        byte[] bytes = new byte[length];
        int n = 0;
        while (n < length) {
            int read = channel.read(bytes, n, length - n);
            assertThat(read).isNotNegative();
            n += read;
        }
        return bytes;
    }

    private static int readToEnd(TlsChannel channel) throws IOException {
        int n = 0;
        while (n == 0) {
            n = channel.read(new byte[16], 0, 16);
        }
        return n;
    }

    /** Writes and reads random bytes in chunks of random sizes. */
    private static final class Pump {
        private final TlsChannel channel;
        private final long total;
        private final Random random;
        private final byte[] buffer = new byte[200_000];
        private final CRC32C sentChecksum = new CRC32C();
        private final CRC32C receivedChecksum = new CRC32C();
        private long sent;
        private long received;

        Pump(TlsChannel channel, long total, long seed) {
            this.channel = channel;
            this.total = total;
            this.random = new Random(seed);
        }

        boolean isDone() {
            return sent == total && received == total && !channel.wantsWrite();
        }

        void step() throws IOException {
            int length = (int) Math.min(total - sent, chunk());
            for (int i = 0; i < length; i += 512) {
                buffer[i] = (byte) random.nextInt();
            }
            int accepted = channel.write(buffer, 0, length);
            sentChecksum.update(buffer, 0, accepted);
            sent += accepted;
            int offset = random.nextInt(1000);
            int read = channel.read(buffer, offset, chunk());
            receivedChecksum.update(buffer, offset, read);
            received += read;
        }

        long sentChecksum() {
            return sentChecksum.getValue();
        }

        long receivedChecksum() {
            return receivedChecksum.getValue();
        }

        private int chunk() {
            return 1 + random.nextInt(random.nextBoolean() ? 100 : buffer.length - 1000);
        }
    }
}
