package io.muster.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class WebServerTest {
    private static final long HEAD_NS = 300_000_000;
    private static final int BIG = 8 << 20;
    private static final String REQUEST = "GET /%s HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private final List<Wire> wires = new ArrayList<>();
    private final CompletableFuture<EventStream> opened = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ended = new CompletableFuture<>();
    private WebServer server;

    @BeforeEach
    void start() throws IOException {
        server = new WebServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), this::answer, HEAD_NS);
        server.start();
    }

    @AfterEach
    void close() throws IOException {
        for (final Wire wire : wires) {
            wire.close();
        }
        server.close();
    }

    private void answer(final Request request, final Exchange exchange) {
        switch (request.path()) {
            case "/stream" -> opened.complete(exchange.stream(() -> ended.complete(true)));
            case "/fails" -> throw new IllegalStateException("a test");
            case "/later" ->
                CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
                        .execute(() -> exchange.respond(Response.text(200, "later")));
            default -> exchange.respond(Response.of(200, "text/plain", new byte[BIG]));
        }
    }

    @Test
    void whoSendsAHeadByteByByteIsHungUpOn() throws IOException {
        final Wire slow = wire();
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            try {
                slow.say("G");
                return false;
            } catch (final IOException e) {
                return true;
            }
        });
    }

    @Test
    void whoSaysNothingIsHungUpOn() throws IOException {
        assertThat(wire().hearAll()).isEmpty();
    }

    @Test
    void anAnswerThatIsLargerThanTheSocketTakesIsSentAsItIsRead() throws IOException {
        assertThat(wire().say(REQUEST.formatted("big")).hear(BIG)).isGreaterThanOrEqualTo(BIG);
    }

    @Test
    void anAnswerMayComeLater() throws IOException {
        assertThat(wire().say(REQUEST.formatted("later")).hear("later\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aRequestAtWhichTheSiteFailsEndsItsConnectionOnly() throws IOException {
        assertThat(wire().say(REQUEST.formatted("fails")).hearAll()).isEmpty();
        assertThat(wire().say(REQUEST.formatted("later")).hear("later\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aReaderWhoDoesNotReadMissesEventsAndTakesNoMemory() throws Exception {
        final Wire reader = wire().say(REQUEST.formatted("stream"));
        reader.hear("event-stream");
        final EventStream stream = opened.get();
        final byte[] piece = new byte[1 << 20];
        for (int i = 0; i < 2_000; i++) {
            stream.send(piece);
        }
        assertThat(wire().say(REQUEST.formatted("later")).hear("later\n")).startsWith("HTTP/1.1 200 ");
        reader.close();
        assertThat(ended.get()).isTrue();
    }

    @Test
    void connectionsBeyondTheBoundPushOutThoseThatSaidNothing() throws IOException {
        for (int i = 0; i < 3 * WebServer.MAX_CONNECTIONS; i++) {
            wire();
        }
        assertThat(wire().say(REQUEST.formatted("later")).hear("later\n")).startsWith("HTTP/1.1 200 ");
    }

    private Wire wire() throws IOException {
        final Wire wire = new Wire(server.port());
        wires.add(wire);
        return wire;
    }
}
