package io.muster.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.protocol.LinkKind;
import io.muster.protocol.Role;
import io.muster.security.Identity;
import io.muster.security.SchedulerFile;
import io.muster.security.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A scheduler that has several addresses is found by one that works. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DialerTest {
    private static final Identity IDENTITY = Identity.create();
    private static final Secret SECRET = Secret.random();
    private static final PeerHello HELLO = new PeerHello(Role.CLIENT, 17, 0, "host", "user");

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<TlsChannel> channels = new CopyOnWriteArrayList<>();
    private Doorman doorman;

    @BeforeEach
    void openTheDoor() {
        doorman = doorman(IDENTITY, SECRET);
    }

    @AfterEach
    void close() throws Exception {
        for (final TlsChannel channel : channels) {
            channel.close();
        }
        for (final AutoCloseable each : open) {
            each.close();
        }
    }

    @Test
    void aRefusedAddressCostsNoTime() throws IOException {
        final long startNs = System.nanoTime();
        dial(dialer(refused(), scheduler()), Duration.ofSeconds(20));

        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void aSilentAddressGetsAtMostThreeSecondsAndIsTriedLastTheNextTime() throws IOException {
        final Dialer dialer = dialer(silent(), scheduler());
        final long startNs = System.nanoTime();
        dial(dialer, Duration.ofSeconds(40));
        assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isLessThan(Duration.ofSeconds(10));

        assertThat(dialer.addresses().get(0).getPort())
                .isEqualTo(doorman.address().getPort());
        final long againNs = System.nanoTime();
        dial(dialer, Duration.ofSeconds(40));
        assertThat(Duration.ofNanos(System.nanoTime() - againNs)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void anotherProcessAtAnAddressIsPassedOver() throws IOException {
        dial(dialer(garbling(), otherScheduler(), scheduler()), Duration.ofSeconds(20));
    }

    @Test
    void aSilentOneIsTriedAgainAfterTheOthersIfTimeIsLeft() throws IOException {
        final ServerSocket late = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(late);
        final Thread waking = new Thread(() -> forwardTheSecondConnection(late));
        waking.start();

        dial(dialer(address(late), refused()), Duration.ofSeconds(20));
    }

    @Test
    void whenNoneWorksTheMessageSaysWhatEachAnsweredAndFromWhere() throws IOException {
        final String silent = silent();
        final String refused = refused();
        final String garbling = garbling();
        final String stranger = otherScheduler();

        assertThatThrownBy(() -> dial(
                        dialer(silent, refused, garbling, stranger, "tcp://no-such-host.invalid:1"),
                        Duration.ofSeconds(2)))
                .isInstanceOf(MusterException.class)
                .hasMessageStartingWith("can't connect to the scheduler: ")
                .hasMessageContaining(shown(silent) + ": no answer within ")
                .hasMessageContaining(
                        shown(refused) + ": refused: nothing listens there (tried from 127.0.0.1 on lo); ")
                .hasMessageContaining(shown(garbling) + ": another process answered: ")
                .hasMessageContaining(
                        shown(stranger) + ": another process answered: the scheduler's certificate is not the one")
                .hasMessageContaining("no-such-host.invalid:1: host unknown here; ")
                .hasMessageEndingWith("scheduler.interface sets the network that it uses");
    }

    @Test
    void aRefusalOfTheSchedulerItselfIsFinal() {
        final String wrongSecret = address(doorman(IDENTITY, Secret.random()));

        assertThatThrownBy(() -> dial(dialer(wrongSecret, scheduler()), Duration.ofSeconds(20)))
                .isInstanceOf(Greeting.RefusedException.class)
                .hasMessageContaining("the secret does not match");
    }

    @Test
    void aRouteIsAskedForEachAddressWithoutALookUp() throws IOException {
        try (Tunnel tunnel = new Tunnel()) {
            final SchedulerFile file = file(refused(), scheduler());
            channels.add(
                    Dialer.of(file, tunnel).dial(HELLO, Duration.ofSeconds(20)).tls());

            assertThat(tunnel.targets()).containsExactly(shown(file.addresses().get(0)), shown(scheduler()));
        }
        assertThatThrownBy(() -> Dialer.of(file(scheduler()), target -> {
                            throw new MusterException("no tunnel to " + target.isUnresolved());
                        })
                        .dial(HELLO, Duration.ofSeconds(20)))
                .hasMessageContaining(shown(scheduler()) + ": no way there: no tunnel to true; ");
    }

    @Test
    void anInterruptEndsItAtOnce() throws IOException {
        final Dialer dialer = dialer(silent(), silent());
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> dial(dialer, Duration.ofSeconds(40))).hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private void forwardTheSecondConnection(final ServerSocket late) {
        try (Socket unanswered = late.accept();
                Socket near = late.accept();
                Socket far = new Socket(
                        doorman.address().getAddress(), doorman.address().getPort())) {
            final Thread back = new Thread(() -> pump(far, near));
            back.start();
            pump(near, far);
            back.join();
            assertThat(unanswered.isClosed()).isFalse();
        } catch (final IOException | InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pump(final Socket from, final Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.close();
        } catch (final IOException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void dial(final Dialer dialer, final Duration timeout) {
        channels.add(dialer.dial(HELLO, timeout).tls());
    }

    private Dialer dialer(final String... addresses) {
        return Dialer.of(file(addresses), Route.DIRECT);
    }

    private static SchedulerFile file(final String... addresses) {
        return new SchedulerFile(
                "cluster",
                1,
                addresses[0],
                Arrays.asList(addresses),
                HexFormat.of().formatHex(IDENTITY.fingerprint()),
                SECRET,
                1,
                "host",
                "user",
                Instant.EPOCH,
                "1");
    }

    private String scheduler() {
        return address(doorman);
    }

    private static String address(final Doorman door) {
        return "tcp://127.0.0.1:" + door.address().getPort();
    }

    private static String address(final ServerSocket server) {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private static String refused() throws IOException {
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return address(closed);
        }
    }

    /** The kernel takes connections to it, and nobody answers them. */
    private String silent() throws IOException {
        final ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(silent);
        return address(silent);
    }

    private String garbling() throws IOException {
        final ServerSocket garbling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        open.add(garbling);
        final Thread thread = new Thread(() -> {
            try {
                while (true) {
                    try (Socket socket = garbling.accept()) {
                        socket.getOutputStream().write("220 mail.example.org ESMTP\r\n".getBytes("US-ASCII"));
                        socket.getInputStream().read();
                    }
                }
            } catch (final IOException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.setDaemon(true);
        thread.start();
        return address(garbling);
    }

    private String otherScheduler() {
        return address(doorman(Identity.create(), SECRET));
    }

    private Doorman doorman(final Identity identity, final Secret secret) {
        final Doorman made = new Doorman(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                identity,
                secret,
                "cluster",
                this::welcome,
                Duration.ofSeconds(20));
        made.start();
        open.add(made);
        return made;
    }

    private void welcome(final TlsChannel tls, final PeerHello hello) {
        final Session session = new Session(tls, (templateId, message) -> {});
        new Welcome(1, 1, 1, 1, 1, 1, LinkKind.LIFELINE, 0, 0, "", new byte[0]).write(session.lifelineOut());
        session.flush();
        channels.add(tls);
    }

    private static String shown(final String address) {
        return address.substring("tcp://".length());
    }
}
