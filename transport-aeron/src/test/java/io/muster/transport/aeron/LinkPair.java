package io.muster.transport.aeron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.protocol.LinkKind;
import io.muster.transport.Link;
import io.muster.transport.LinkFactory;
import io.muster.transport.PendingLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;

/** A scheduler's and a peer's side in this JVM, stepped by hand. */
final class LinkPair implements AutoCloseable {
    static final String BIND_HOST = "127.0.0.1";
    static final int ALL_KINDS = LinkTerms.bit(LinkKind.AERON_IPC) | LinkTerms.bit(LinkKind.AERON_UDP);

    final LinkFactory.Host host;
    final LinkFactory.Guest guest;
    final PendingLink hostEnd;
    final PendingLink guestEnd;
    final Link hostLink;
    final Link guestLink;

    private LinkPair(final Path parent, final LinkKind kind) throws IOException {
        final LinkFactory factory = new AeronLinkFactory();
        host = factory.openHost(Files.createTempDirectory(parent, "host"), BIND_HOST);
        guest = factory.openGuest(Files.createTempDirectory(parent, "guest"), BIND_HOST);
        hostEnd = host.offer(kind == LinkKind.AERON_IPC, ALL_KINDS);
        assertThat(hostEnd).isNotNull();
        assertThat(hostEnd.kind()).isEqualTo(kind);
        guestEnd = join(guest, hostEnd);
        until(() -> guestEnd.localAddress() != null);
        hostEnd.peerAddress(guestEnd.localAddress());
        until(() -> hostEnd.isConnected() && guestEnd.isConnected());
        hostLink = hostEnd.link();
        guestLink = guestEnd.link();
    }

    static LinkPair connect(final Path parent, final LinkKind kind) throws IOException {
        return new LinkPair(parent, kind);
    }

    static PendingLink join(final LinkFactory.Guest guest, final PendingLink offered) {
        return guest.join(
                offered.kind(),
                offered.localAddress(),
                offered.streamToScheduler(),
                offered.streamFromScheduler(),
                offered.key());
    }

    void step() {
        host.doWork();
        guest.doWork();
    }

    void until(final Callable<Boolean> condition) {
        await().pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    step();
                    return condition.call();
                });
    }

    @Override
    public void close() {
        guest.close();
        host.close();
    }
}
