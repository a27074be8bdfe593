package io.muster.transport.aeron;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.muster.protocol.LinkKind;
import io.muster.transport.Link;
import io.muster.transport.LinkFactory;
import io.muster.transport.PendingLink;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class AeronLinkTest {
    private static final long BULK = 64L << 20;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void randomBytesArriveIntactInBothDirections(final LinkKind kind) throws IOException {
        final long seed = System.nanoTime();
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            final Transfer down = new Transfer(pair.hostLink, pair.guestLink, BULK, seed);
            final Transfer up = new Transfer(pair.guestLink, pair.hostLink, BULK, ~seed);
            while (!down.isDone() || !up.isDone()) {
                down.step();
                up.step();
                pair.step();
            }
        } catch (final AssertionError e) {
            throw new AssertionError("seed=" + seed, e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void aFullLinkTakesNothingUntilItIsPolled(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            final byte[] chunk = new byte[10_000];
            final long[] counts = new long[2];
            pair.until(() -> {
                final int taken = pair.guestLink.write(chunk, 0, chunk.length);
                assertThat(taken).isNotEqualTo(Link.CLOSED);
                counts[0] += taken;
                return taken == 0 && counts[0] > 0;
            });
            assertThat(pair.guestLink.write(chunk, 0, chunk.length)).isZero();

            pair.until(() -> {
                counts[1] += pair.hostLink.poll((buffer, offset, length) -> {});
                return counts[1] == counts[0];
            });

            pair.until(() -> pair.guestLink.write(chunk, 0, 1) == 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void aPeersLastBytesArriveBeforeItsEnd(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            final byte[] last = new byte[100_000];
            last[last.length - 1] = 1;
            assertThat(pair.guestLink.write(last, 0, last.length)).isEqualTo(last.length);
            pair.guestLink.close();
            assertThat(pair.guestLink.write(last, 0, 1)).isEqualTo(Link.CLOSED);

            final Received received = new Received();
            pair.until(() -> pair.hostLink.poll(received) == Link.CLOSED);

            assertThat(received.bytes()).isEqualTo(last);
            pair.until(() -> pair.hostLink.write(last, 0, 1) == Link.CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void theLastBytesOfASideThatClosesAltogetherArrive(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            final byte[] last = "farewell".getBytes(US_ASCII);
            assertThat(pair.guestLink.write(last, 0, last.length)).isEqualTo(last.length);
            pair.guest.close();
            pair.guest.close();

            final Received received = new Received();
            pair.until(() -> pair.hostLink.poll(received) == Link.CLOSED);

            assertThat(received.text()).isEqualTo("farewell");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void linksOfASideThatClosedAreClosed(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            pair.host.close();
            assertThat(pair.hostLink.write(new byte[1], 0, 1)).isEqualTo(Link.CLOSED);
            assertThat(pair.hostLink.poll((buffer, offset, length) -> {})).isEqualTo(Link.CLOSED);
            assertThat(pair.host.offer(true, LinkPair.ALL_KINDS)).isNull();
            assertThat(pair.host.doWork()).isZero();
            pair.hostLink.close();
            pair.hostEnd.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void aSecondLinkWorksAfterTheFirstWasClosed(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            pair.hostEnd.close();
            pair.guestEnd.close();
            final PendingLink offered = pair.host.offer(kind == LinkKind.AERON_IPC, LinkPair.ALL_KINDS);
            final PendingLink joined = LinkPair.join(pair.guest, offered);
            pair.until(() -> joined.localAddress() != null);
            offered.peerAddress(joined.localAddress());
            pair.until(() -> offered.isConnected() && joined.isConnected());

            assertThat(offered.link().write("again".getBytes(US_ASCII), 0, 5)).isEqualTo(5);
            final Received received = new Received();
            pair.until(() -> joined.link().poll(received) == 5);

            assertThat(received.text()).isEqualTo("again");
            assertThat(offered.streamToScheduler()).isNotEqualTo(pair.hostEnd.streamToScheduler());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void twoPeersDoNotHearEachOther(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind);
                LinkFactory.Guest other = new AeronLinkFactory()
                        .openGuest(Files.createTempDirectory(directory, "other"), LinkPair.BIND_HOST)) {
            final PendingLink offered = pair.host.offer(kind == LinkKind.AERON_IPC, LinkPair.ALL_KINDS);
            final PendingLink joined = LinkPair.join(other, offered);
            pair.until(() -> other.doWork() >= 0 && joined.localAddress() != null);
            offered.peerAddress(joined.localAddress());
            pair.until(() -> other.doWork() >= 0 && offered.isConnected() && joined.isConnected());

            pair.guestLink.write("first".getBytes(US_ASCII), 0, 5);
            joined.link().write("other".getBytes(US_ASCII), 0, 5);
            final Received first = new Received();
            final Received second = new Received();
            pair.until(() -> {
                other.doWork();
                pair.hostLink.poll(first);
                offered.link().poll(second);
                return first.bytes().length >= 5 && second.bytes().length >= 5;
            });

            assertThat(first.text()).isEqualTo("first");
            assertThat(second.text()).isEqualTo("other");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void whatTheSinkThrowsReachesThePoller(final LinkKind kind) throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, kind)) {
            assertThat(pair.guestLink.write(new byte[1], 0, 1)).isOne();
            assertThatThrownBy(() -> pair.until(() -> {
                        pair.hostLink.poll((buffer, offset, length) -> {
                            throw new IllegalArgumentException("length=" + length);
                        });
                        return false;
                    }))
                    .hasStackTraceContaining("IllegalArgumentException: length=1");
        }
    }

    @Test
    void onlyTheOwnerCanEnterTheDriversDirectory() throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, LinkKind.AERON_IPC)) {
            final Path driver = Path.of(pair.hostEnd.localAddress());
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(driver)))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(driver.getParent())))
                    .isEqualTo("rwx------");
            assertThat(driver.resolve("cnc.dat")).exists();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AERON_IPC", "AERON_UDP"})
    void nothingIsLeftBehind(final LinkKind kind) throws IOException {
        LinkPair.connect(directory, kind).close();
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.map(directory::relativize).map(Path::toString).filter(name -> name.contains("driver")))
                    .isEqualTo(List.of());
        }
    }

    @Test
    void writingAndPollingAllocateNothing() throws IOException {
        try (LinkPair pair = LinkPair.connect(directory, LinkKind.AERON_IPC)) {
            final int rounds = 20_000;
            allocatedBy(pair, rounds);
            assertThat(allocatedBy(pair, rounds)).isLessThan(rounds);
        }
    }

    private static long allocatedBy(final LinkPair pair, final int rounds) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final byte[] chunk = new byte[8192];
        final Link.ByteSink sink = (buffer, offset, length) -> {};
        long allocated = 0;
        for (int i = 0; i < rounds; i++) {
            pair.step();
            final long before = threads.getCurrentThreadAllocatedBytes();
            pair.guestLink.write(chunk, 0, chunk.length);
            pair.hostLink.poll(sink);
            allocated += threads.getCurrentThreadAllocatedBytes() - before;
        }
        return allocated;
    }
}
