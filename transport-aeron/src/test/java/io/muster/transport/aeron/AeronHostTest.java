package io.muster.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.protocol.LinkKind;
import io.muster.transport.LinkFactory;
import io.muster.transport.PendingLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AeronHostTest {
    private static final int UDP = LinkTerms.bit(LinkKind.AERON_UDP);
    private static final int IPC = LinkTerms.bit(LinkKind.AERON_IPC);

    @TempDir
    private Path directory;

    @Test
    void thePeersHostAndKindsDecideWhatIsOffered() {
        try (AeronHost host = new AeronHost(directory, LinkPair.BIND_HOST, 10)) {
            assertThat(host.offer(true, IPC | UDP).kind()).isEqualTo(LinkKind.AERON_IPC);
            assertThat(host.offer(true, UDP).kind()).isEqualTo(LinkKind.AERON_UDP);
            assertThat(host.offer(false, IPC | UDP).kind()).isEqualTo(LinkKind.AERON_UDP);
            assertThat(host.offer(false, IPC)).isNull();
            assertThat(host.offer(true, LinkTerms.bit(LinkKind.LIFELINE))).isNull();
        }
    }

    @Test
    void udpLinksShareOneSocketAndHaveKeysAndStreamsOfTheirOwn() {
        try (AeronHost host = new AeronHost(directory, LinkPair.BIND_HOST, 10)) {
            final PendingLink first = host.offer(false, UDP);
            final PendingLink second = host.offer(false, UDP);
            assertThat(first.localAddress()).isEqualTo(second.localAddress()).matches("127\\.0\\.0\\.1:[0-9]+");
            assertThat(first.key()).hasSize(32).isNotEqualTo(second.key());
            assertThat(new int[] {
                        first.streamToScheduler(), first.streamFromScheduler(),
                        second.streamToScheduler(), second.streamFromScheduler()
                    })
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void aClosedUdpLinkMakesRoomForAnother() {
        try (AeronHost host = new AeronHost(directory, LinkPair.BIND_HOST, 2)) {
            final PendingLink first = host.offer(false, UDP);
            assertThat(host.offer(false, UDP)).isNotNull();
            assertThat(host.offer(false, UDP)).isNull();
            first.close();
            first.close();
            assertThat(host.offer(false, UDP)).isNotNull();
            assertThat(host.offer(false, UDP)).isNull();
        }
    }

    @Test
    void anAddressThatCannotBeBoundLeavesThePeerOnItsLifeline() {
        try (AeronHost host = new AeronHost(directory, "192.0.2.1", 10)) {
            assertThat(host.offer(false, UDP)).isNull();
            assertThat(host.offer(true, IPC)).isNotNull();
        }
    }

    @Test
    void aDirectoryThatOthersCanReadIsRefused() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));
        final LinkFactory factory = new AeronLinkFactory();
        assertThatThrownBy(() -> factory.openHost(directory, LinkPair.BIND_HOST))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("mode=rwxr-x---");
        assertThatThrownBy(() -> factory.openGuest(directory, LinkPair.BIND_HOST))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("mode=rwxr-x---");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99|session-id=1", "a b:1"})
    void anAddressThatIsNoEndpointIsRefused(final String address) {
        try (AeronHost host = new AeronHost(directory, LinkPair.BIND_HOST, 10)) {
            final PendingLink offered = host.offer(false, UDP);
            assertThatThrownBy(() -> offered.peerAddress(address))
                    .isInstanceOf(MusterException.class)
                    .hasMessageContaining("linkAddress=" + address);
        }
    }

    @Test
    void joiningWhereNoDriverRunsIsRefused() throws IOException {
        final Path empty = Files.createTempDirectory(directory, "empty");
        try (LinkFactory.Guest guest = new AeronLinkFactory().openGuest(directory, LinkPair.BIND_HOST)) {
            assertThatThrownBy(() -> guest.join(LinkKind.AERON_IPC, empty.toString(), 1, 2, new byte[0]))
                    .isInstanceOf(MusterException.class)
                    .hasMessageContaining("linkAddress=" + empty);
        }
    }

    @Test
    void anUnconnectedLinkCannotBeUsed() {
        try (AeronHost host = new AeronHost(directory, LinkPair.BIND_HOST, 10)) {
            final PendingLink offered = host.offer(true, IPC);
            assertThat(offered.isConnected()).isFalse();
            assertThatThrownBy(offered::link).isInstanceOf(IllegalStateException.class);
            offered.close();
            assertThat(offered.isConnected()).isFalse();
        }
    }
}
