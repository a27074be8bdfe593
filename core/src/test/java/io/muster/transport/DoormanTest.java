package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.muster.MusterException;
import io.muster.protocol.HelloDecoder;
import io.muster.protocol.Role;
import io.muster.security.Identity;
import io.muster.security.SchedulerFile;
import io.muster.security.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who gets past the scheduler's door, and who does not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoormanTest {
    private static final Identity IDENTITY = Identity.create();
    private static final Secret SECRET = Secret.random();
    private static final String CLUSTER = "cluster-1";
    private static final int SCHEMA_VERSION_AT = 4 + 6;

    private final List<PeerHello> guests = new CopyOnWriteArrayList<>();
    private final List<TlsChannel> channels = new CopyOnWriteArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private Doorman doorman;

    @BeforeEach
    void open() {
        doorman = doorman(Duration.ofSeconds(20));
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void close() throws IOException {
        logger().detachAppender(log);
        doorman.close();
        for (final TlsChannel channel : channels) {
            channel.close();
        }
    }

    @Test
    void aPeerThatProvesTheSecretIsWelcomed() throws IOException {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.hello(Role.WORKER, SECRET, IDENTITY.fingerprint(), CLUSTER));
            await().until(() -> guests.size() == 1);
        }

        assertThat(guests.get(0)).isEqualTo(new PeerHello(Role.WORKER, 17, 0, "host", "user"));
        assertThat(log.list).isEmpty();
    }

    @Test
    void aHelloThatComesByteByByteIsTaken() throws IOException {
        try (RawPeer peer = connect()) {
            for (final byte each : RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), "")) {
                peer.send(new byte[] {each});
            }
            await().until(() -> guests.size() == 1);
        }
    }

    @Test
    void aWrongSecretIsRefusedInClearWordsAndWithOneLineInTheLog() throws IOException {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.hello(Role.CLIENT, Secret.random(), IDENTITY.fingerprint(), CLUSTER));

            assertThat(peer.refusal()).startsWith("the secret does not match this cluster's");
            assertThat(peer.isDropped()).isTrue();
        }
        assertThat(guests).isEmpty();
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .startsWith("refused ")
                        .contains("127.0.0.1")
                        .contains("the secret does not match"));
        theDoorIsStillAnswered();
    }

    @Test
    void theDialerPassesTheRefusalOn() {
        assertThatThrownBy(() -> dial(IDENTITY.fingerprint(), Secret.random()))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("the scheduler refused")
                .hasMessageContaining("the scheduler file is of another cluster or out of date");
        assertThatThrownBy(() -> dial(Identity.create().fingerprint(), SECRET))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("certificate is not the one in the scheduler file")
                .hasMessageContaining("may be stale");
        assertThat(guests).isEmpty();
    }

    @Test
    void noProofAtAllIsRefused() throws IOException {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.hello(Greeting.PROTOCOL_VERSION, Role.CLIENT, new byte[0], CLUSTER));

            assertThat(peer.refusal()).contains("no proof of the secret").contains("scheduler file");
        }
        assertThat(guests).isEmpty();
    }

    @Test
    void aProofMadeForAnotherCertificateIsRefused() throws IOException {
        try (RawPeer peer = connect()) {
            final byte[] overheard =
                    SECRET.proof(Role.CLIENT.value(), Identity.create().fingerprint());
            peer.send(RawPeer.hello(Greeting.PROTOCOL_VERSION, Role.CLIENT, overheard, CLUSTER));

            assertThat(peer.refusal()).startsWith("the secret does not match");
        }
        assertThat(guests).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CLIENT", "WORKER", "PEER"})
    void aProofMadeForOneRoleDoesNotServeForAnother(final String name) throws IOException {
        final Role proven = Role.valueOf(name);
        for (final Role claimed : List.of(Role.CLIENT, Role.WORKER, Role.PEER)) {
            if (claimed != proven) {
                try (RawPeer peer = connect()) {
                    final byte[] proof = SECRET.proof(proven.value(), IDENTITY.fingerprint());
                    peer.send(RawPeer.hello(Greeting.PROTOCOL_VERSION, claimed, proof, CLUSTER));

                    assertThat(peer.refusal()).startsWith("the secret does not match");
                }
            }
        }
        assertThat(guests).isEmpty();
    }

    @Test
    void aHelloMeantForAnotherClusterIsRefused() throws IOException {
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), "cluster-0"));

            assertThat(peer.refusal())
                    .contains("clusterId=cluster-0 must be cluster-1")
                    .contains("out of date");
        }
        assertThat(guests).isEmpty();
    }

    @Test
    void aRefusalOfAnotherProtocolVersionNamesBoth() throws IOException {
        try (RawPeer peer = connect()) {
            final byte[] proof = SECRET.proof(Role.CLIENT.value(), IDENTITY.fingerprint());
            peer.send(RawPeer.hello(77, Role.CLIENT, proof, CLUSTER));

            assertThat(peer.refusal())
                    .contains("protocolVersion=77")
                    .contains("must be " + Greeting.PROTOCOL_VERSION)
                    .contains("same release");
        }
    }

    @Test
    void aRefusalOfAnotherSchemaNamesBothVersions() throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        hello[SCHEMA_VERSION_AT] = 99;
        try (RawPeer peer = connect()) {
            peer.send(hello);

            assertThat(peer.refusal())
                    .contains("schemaVersion=99")
                    .contains("must be " + HelloDecoder.SCHEMA_VERSION)
                    .contains("same release");
        }
        assertThat(guests).isEmpty();
    }

    @Test
    void aHelloCutAtAnyByteEndsTheConnectionAndNothingElse() throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        for (int length = 4; length < hello.length; length += 1) {
            try (RawPeer peer = connect()) {
                peer.send(RawPeer.framed(Arrays.copyOfRange(hello, 4, length)));
            }
        }
        await().until(() -> log.list.size() >= hello.length - 4);
        assertThat(guests).isEmpty();
        theDoorIsStillAnswered();
    }

    @Test
    void everyByteOfAHelloMayLieWithoutHarm() throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        final Random random = new Random(1);
        for (int at = 0; at < hello.length; at++) {
            final byte[] lie = hello.clone();
            lie[at] = (byte) (lie[at] ^ 1 + random.nextInt(255));
            try (RawPeer peer = connect()) {
                peer.send(lie);
            }
        }
        theDoorIsStillAnswered();
        assertThat(log.list).noneMatch(event -> event.getLevel() == Level.ERROR);
        assertThat(guests).allMatch(guest -> guest.role() == Role.CLIENT);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1, 7, 4097, 1 << 20})
    void aMessageLengthThatLiesEndsTheConnection(final int length) throws IOException {
        try (RawPeer peer = connect()) {
            peer.send(ByteBuffer.allocate(64)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(length)
                    .array());

            assertThat(peer.isDropped()).isTrue();
        }
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage()).contains("messageBytes=" + length));
        theDoorIsStillAnswered();
    }

    @ParameterizedTest
    @ValueSource(ints = {0xffff_ffff, 0x7fff_ffff, 4096, 33})
    void aFieldLengthThatLiesEndsTheConnection(final int length) throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        final int proofAt = 4 + 8 + HelloDecoder.BLOCK_LENGTH;
        final ByteBuffer lie = ByteBuffer.wrap(hello).order(ByteOrder.LITTLE_ENDIAN);
        lie.putInt(proofAt, length);
        try (RawPeer peer = connect()) {
            peer.send(hello);

            assertThat(peer.isDropped() || guests.isEmpty()).isTrue();
        }
        assertThat(guests).isEmpty();
        theDoorIsStillAnswered();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void anotherBlockLengthTemplateOrSchemaEndsTheConnection(final int at) throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        ByteBuffer.wrap(hello).order(ByteOrder.LITTLE_ENDIAN).putShort(4 + at, (short) 0x7777);
        try (RawPeer peer = connect()) {
            peer.send(hello);
            assertThat(peer.isDropped()).isTrue();
            assertThat(guests).isEmpty();
        }
        theDoorIsStillAnswered();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 30, 100})
    void aClusterIdWhoseLengthLiesEndsTheConnectionAlthoughTheSecretIsProven(final int length) throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        final int clusterIdAt = 4 + 8 + HelloDecoder.BLOCK_LENGTH + 4 + 32;
        ByteBuffer.wrap(hello).order(ByteOrder.LITTLE_ENDIAN).putInt(clusterIdAt, length);
        try (RawPeer peer = connect()) {
            peer.send(hello);

            assertThat(peer.isDropped()).isTrue();
        }
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .contains("fieldBytes=" + Integer.toUnsignedString(length)));
        assertThat(guests).isEmpty();
        theDoorIsStillAnswered();
    }

    @Test
    void aSecondMessageBeforeTheWelcomeEndsTheConnection() throws IOException {
        final byte[] hello = RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER);
        final byte[] twice = Arrays.copyOf(hello, 2 * hello.length);
        System.arraycopy(hello, 0, twice, hello.length, hello.length);
        try (RawPeer peer = connect()) {
            peer.send(twice);

            assertThat(peer.isDropped()).isTrue();
        }
        assertThat(guests).isEmpty();
    }

    @Test
    void plainTextIsNotTalkedTo() throws IOException {
        try (Socket socket =
                new Socket(doorman.address().getAddress(), doorman.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(answerOf(socket).length).as("at most a TLS alert").isLessThanOrEqualTo(7);
        }
        assertThat(log.list).hasSize(1);
        theDoorIsStillAnswered();
    }

    @Test
    void garbageAfterTheHandshakeIsNotTalkedTo() throws IOException {
        final byte[] garbage = new byte[9000];
        new Random(2).nextBytes(garbage);
        try (RawPeer peer = connect()) {
            try {
                peer.send(garbage);
            } catch (final IOException e) {
                assertThat(e).isInstanceOf(java.net.SocketException.class);
            }
            assertThat(peer.isDropped()).isTrue();
        }
        theDoorIsStillAnswered();
    }

    @Test
    void whoSaysNothingIsDismissedWhenPatienceEnds() throws IOException {
        doorman.close();
        doorman = doorman(Duration.ofMillis(300));
        try (Socket silent = new Socket(
                        doorman.address().getAddress(), doorman.address().getPort());
                RawPeer halfway = connect()) {
            halfway.send(new byte[] {40, 0});
            silent.setSoTimeout(20_000);

            assertThat(answerOf(silent)).hasSizeLessThanOrEqualTo(7);
            assertThat(halfway.isDropped()).isTrue();
        }
        assertThat(log.list)
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.getFormattedMessage()).contains("it said nothing valid within"));
        theDoorIsStillAnswered();
    }

    @Test
    void aGuestWhoFailsToBeTakenInDoesNotCloseTheDoor() throws IOException {
        doorman.close();
        doorman = new Doorman(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), IDENTITY, SECRET, CLUSTER, (tls, hello) -> {
                    if (hello.role() == Role.WORKER) {
                        throw new IllegalStateException("no room");
                    }
                    take(tls, hello);
                });
        doorman.start();
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.hello(Role.WORKER, SECRET, IDENTITY.fingerprint(), CLUSTER));

            assertThat(peer.isDropped()).isTrue();
        }
        theDoorIsStillAnswered();
    }

    private Doorman doorman(final Duration patience) {
        final Doorman opened = new Doorman(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                IDENTITY,
                SECRET,
                CLUSTER,
                this::take,
                patience);
        opened.start();
        return opened;
    }

    private void take(final TlsChannel tls, final PeerHello hello) {
        guests.add(hello);
        channels.add(tls);
    }

    private void theDoorIsStillAnswered() throws IOException {
        final int before = guests.size();
        try (RawPeer peer = connect()) {
            peer.send(RawPeer.hello(Role.CLIENT, SECRET, IDENTITY.fingerprint(), CLUSTER));
            await().until(() -> guests.size() > before);
        }
    }

    private RawPeer connect() throws IOException {
        return RawPeer.connect(doorman.address());
    }

    private void dial(final byte[] fingerprint, final Secret secret) {
        final InetSocketAddress address = doorman.address();
        final SchedulerFile file = new SchedulerFile(
                CLUSTER,
                1,
                "tcp://127.0.0.1:" + address.getPort(),
                List.of("tcp://127.0.0.1:" + address.getPort()),
                HexFormat.of().formatHex(fingerprint),
                secret,
                1,
                "host",
                "user",
                Instant.EPOCH,
                "1");
        Dialer.of(file, Route.DIRECT).dial(new PeerHello(Role.CLIENT, 17, 0, "host", "user"), Duration.ofSeconds(20));
    }

    private static byte[] answerOf(final Socket socket) throws IOException {
        try (InputStream input = socket.getInputStream()) {
            return input.readAllBytes();
        } catch (final java.net.SocketException e) {
            return new byte[0];
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(Doorman.class);
    }
}
