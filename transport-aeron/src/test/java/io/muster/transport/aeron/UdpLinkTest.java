package io.muster.transport.aeron;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aeron.ExclusivePublication;
import io.aeron.protocol.DataHeaderFlyweight;
import io.muster.protocol.LinkKind;
import io.muster.security.RecordSeal;
import io.muster.transport.Link;
import io.muster.transport.PendingLink;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The peer is played below the seal: by a publication of raw fragments, and by datagrams that did not come from it. */
@Timeout(60)
class UdpLinkTest {
    @TempDir
    private Path directory;

    private final Received received = new Received();
    private AeronHost host;
    private AeronNode peer;
    private PendingLink offered;
    private ExclusivePublication publication;
    private RecordSeal seal;
    private UdpLink link;

    @BeforeEach
    void connect() throws IOException {
        host = new AeronHost(directory, LinkPair.BIND_HOST, 1);
        peer = AeronNode.embed(Files.createTempDirectory(directory, "peer"), LinkPair.BIND_HOST);
        offered = host.offer(false, LinkTerms.bit(LinkKind.AERON_UDP));
        final byte[] key = offered.key();
        final var subscription = peer.client()
                .addSubscription(
                        Channels.anyPort(LinkPair.BIND_HOST, Channels.sessionFromScheduler(key)),
                        offered.streamFromScheduler());
        publication = peer.client()
                .addExclusivePublication(
                        Channels.towards(offered.localAddress(), Channels.sessionToScheduler(key)),
                        offered.streamToScheduler());
        offered.peerAddress(subscription.resolvedEndpoint());
        until(() -> offered.isConnected() && publication.isConnected());
        seal = new RecordSeal(key, RecordSeal.Direction.TO_SCHEDULER);
        link = (UdpLink) offered.link();
    }

    @AfterEach
    void close() {
        peer.close();
        host.close();
    }

    @Test
    void aForgedRecordIsDroppedAndTheStreamLives() {
        final byte[] forged = sealed("forged");
        forged[forged.length - 1] ^= 1;
        seal = new RecordSeal(offered.key(), RecordSeal.Direction.TO_SCHEDULER);
        offer(sealed("one,"));
        offer(forged);
        offer(new byte[3]);
        offer(sealed("two"));

        untilPolled("one,two");

        assertThat(link.dropped()).isEqualTo(2);
    }

    @Test
    void aRepeatedRecordIsDroppedAndTheStreamLives() {
        final byte[] one = sealed("one,");
        offer(one);
        offer(one);
        offer(sealed("two"));

        untilPolled("one,two");

        assertThat(link.dropped()).isEqualTo(1);
    }

    @Test
    void aRecordOfTheOtherDirectionIsDropped() {
        offer(sealed("one,"));
        offer(seal(new RecordSeal(offered.key(), RecordSeal.Direction.FROM_SCHEDULER), "reflected"));
        offer(sealed("two"));

        untilPolled("one,two");

        assertThat(link.dropped()).isEqualTo(1);
    }

    @Test
    void aRecordThatIsMissingEndsTheLink() {
        offer(sealed("one"));
        sealed("never sent");
        offer(sealed("two"));

        until(() -> link.poll(received) == Link.CLOSED);

        assertThat(received.text()).isEqualTo("one");
        assertThat(link.write(new byte[1], 0, 1)).isEqualTo(Link.CLOSED);
    }

    @Test
    void aForgedDatagramInAGenuineOnesPlaceDoesNotPassForIt() throws IOException {
        offer(sealed("one"));
        untilPolled("one");
        final byte[] two = sealed("two");
        sendDatagram(publication.position(), new byte[two.length]);
        until(() -> {
            link.poll(received);
            return link.dropped() == 1;
        });
        offer(two);
        offer(sealed("three"));

        until(() -> link.poll(received) == Link.CLOSED);

        assertThat(received.text()).isEqualTo("one");
    }

    @Test
    void aDatagramThatIsSentAgainChangesNothing() throws IOException {
        final long position = publication.position();
        final byte[] one = sealed("one,");
        offer(one);
        untilPolled("one,");
        sendDatagram(position, one);
        sendDatagram(position, new byte[one.length]);
        offer(sealed("two"));

        untilPolled("one,two");

        assertThat(link.dropped()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 1 << 20, 1 << 30})
    void aForgedHeaderThatLiesAboutTheLengthEndsTheLinkOnly(final int claimedLength) throws IOException {
        offer(sealed("one"));
        untilPolled("one");
        sendDatagram(publication.position(), new byte[64], claimedLength);

        until(() -> link.poll(received) == Link.CLOSED);

        assertThat(received.text()).isEqualTo("one");
        assertThat(link.write(new byte[1], 0, 1)).isEqualTo(Link.CLOSED);
    }

    private void sendDatagram(final long position, final byte[] payload) throws IOException {
        sendDatagram(position, payload, DataHeaderFlyweight.HEADER_LENGTH + payload.length);
    }

    private void sendDatagram(final long position, final byte[] payload, final int claimedLength) throws IOException {
        final int termLength = publication.termBufferLength();
        final int length = DataHeaderFlyweight.HEADER_LENGTH + payload.length;
        final byte[] datagram = new byte[length];
        final UnsafeBuffer header = new UnsafeBuffer(datagram);
        header.putInt(DataHeaderFlyweight.FRAME_LENGTH_FIELD_OFFSET, claimedLength, ByteOrder.LITTLE_ENDIAN);
        header.putByte(DataHeaderFlyweight.FLAGS_FIELD_OFFSET, (byte) DataHeaderFlyweight.BEGIN_AND_END_FLAGS);
        header.putShort(
                DataHeaderFlyweight.TYPE_FIELD_OFFSET,
                (short) DataHeaderFlyweight.HDR_TYPE_DATA,
                ByteOrder.LITTLE_ENDIAN);
        header.putInt(
                DataHeaderFlyweight.TERM_OFFSET_FIELD_OFFSET, (int) (position % termLength), ByteOrder.LITTLE_ENDIAN);
        header.putInt(DataHeaderFlyweight.SESSION_ID_FIELD_OFFSET, publication.sessionId(), ByteOrder.LITTLE_ENDIAN);
        header.putInt(DataHeaderFlyweight.STREAM_ID_FIELD_OFFSET, publication.streamId(), ByteOrder.LITTLE_ENDIAN);
        header.putInt(
                DataHeaderFlyweight.TERM_ID_FIELD_OFFSET,
                publication.initialTermId() + (int) (position / termLength),
                ByteOrder.LITTLE_ENDIAN);
        header.putBytes(DataHeaderFlyweight.HEADER_LENGTH, payload);
        final String[] endpoint = offered.localAddress().split(":");
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(
                    datagram, length, new InetSocketAddress(endpoint[0], Integer.parseInt(endpoint[1]))));
        }
    }

    private byte[] sealed(final String text) {
        return seal(seal, text);
    }

    private static byte[] seal(final RecordSeal seal, final String text) {
        final byte[] plain = text.getBytes(US_ASCII);
        final byte[] record = new byte[plain.length + RecordSeal.OVERHEAD];
        seal.seal(plain, 0, plain.length, record, 0);
        return record;
    }

    private void offer(final byte[] fragment) {
        final UnsafeBuffer buffer = new UnsafeBuffer(fragment);
        until(() -> publication.offer(buffer) > 0);
    }

    private void untilPolled(final String text) {
        until(() -> {
            assertThat(link.poll(received)).isNotEqualTo(Link.CLOSED);
            return received.text().length() >= text.length();
        });
        assertThat(received.text()).isEqualTo(text);
    }

    private void until(final Callable<Boolean> condition) {
        await().pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    host.doWork();
                    peer.doWork();
                    return condition.call();
                });
    }
}
