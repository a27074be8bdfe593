package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranks are threads here. */
final class FileTransportTest {
    private static final int SIZE = 4;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ExecutorService ranks = Executors.newCachedThreadPool();

    @TempDir
    private Path directory;

    @AfterEach
    void stopRanks() {
        ranks.shutdownNow();
    }

    @Test
    void allRanksHearWhatEachOfThemSays() throws Exception {
        final List<String> heard = launch(transport -> {
            final StringBuilder all = new StringBuilder();
            for (int root = 0; root < SIZE; root++) {
                all.append(text(transport.broadcast(bytes("r" + transport.rank()), root)));
            }
            transport.barrier();
            return all.toString();
        });

        assertThat(heard).hasSize(SIZE).containsOnly("r0r1r2r3");
    }

    @Test
    void nothingStaysBehind() throws Exception {
        launch(transport -> text(transport.broadcast(bytes("secret"), 0)));

        assertThat(meeting()).doesNotExist();
    }

    @Test
    void whatWasSaidIsGoneAfterABarrier() throws Exception {
        launch(transport -> {
            transport.broadcast(bytes("secret"), 0);
            transport.barrier();
            return transport.rank() == 0 ? filesThatContain("secret") : "";
        });
    }

    @RepeatedTest(10)
    void filesOfALaunchThatWasKilledAreNotTaken() throws Exception {
        final List<FileTransport> killed = join();
        say(killed, "old");

        assertThat(launch(transport -> text(transport.broadcast(bytes("new"), 0))))
                .containsOnly("new");
    }

    @RepeatedTest(10)
    void filesOfALaunchThatWasKilledWhileItGatheredAreNotTaken() throws Exception {
        leave("hello." + SIZE + ".1.0123456789abcdef");
        leave("hello." + SIZE + ".3.fedcba9876543210");
        leave("hello.9.1.fedcba9876543210");
        Files.writeString(meeting().resolve("epoch"), "old 0123456789abcdef fedcba9876543210");
        leave("old.in.1");
        Files.writeString(meeting().resolve("old.say.0"), "old");

        assertThat(launch(transport -> text(transport.broadcast(bytes("new"), 0))))
                .containsOnly("new");
    }

    @Test
    void aRankThatDoesNotComeIsNamed() throws Exception {
        final Future<FileTransport> first = ranks.submit(() -> join(0, SIZE, Duration.ofSeconds(2)));
        ranks.submit(() -> join(1, SIZE, LONG));
        ranks.submit(() -> join(3, SIZE, LONG));

        assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("rank=0 of size=4 waiting for ranks=[2]")
                .hasMessageContaining("timeout=2s")
                .hasMessageContaining("-Dmuster.mpi.timeout=");
    }

    @Test
    void ranksThatBelieveInAnotherSizeAreReported() throws Exception {
        final Future<FileTransport> first = ranks.submit(() -> join(0, 2, Duration.ofSeconds(2)));
        ranks.submit(() -> join(1, 3, LONG));

        assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
                .cause()
                .hasMessageContaining("rank=0 of size=2")
                .hasMessageContaining("others believe in size=[3]");
    }

    @Test
    void aRankWithoutRankZeroGivesUp() {
        assertThatThrownBy(() -> join(1, 2, Duration.ofMillis(50)))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("rank=1 of size=2 waiting for rank=0")
                .hasMessageContaining(meeting().toString());
    }

    @Test
    void theLastRankToCloseMayBeLate() throws Exception {
        final List<FileTransport> all = join();
        final Future<?> first = ranks.submit(all.get(0)::close);
        all.get(1).close();
        all.get(2).close();
        all.get(3).close();

        first.get(60, TimeUnit.SECONDS);
        assertThat(meeting()).doesNotExist();
    }

    @Test
    void tooManyBytesAreRefused() throws Exception {
        final FileTransport alone = join(0, 1, LONG);

        assertThat(alone.broadcast(new byte[700], 0)).hasSize(700);
        assertThatThrownBy(() -> alone.broadcast(new byte[701], 0))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("bytes=701, the most is 700");
        assertThatThrownBy(() -> alone.broadcast(new byte[0], 1))
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("root=1");
    }

    @Test
    void aClosedTransportSaysSo() {
        final FileTransport alone = join(0, 1, LONG);
        alone.close();
        alone.close();

        assertThatThrownBy(alone::barrier)
                .isInstanceOf(MpiLaunchException.class)
                .hasMessageContaining("transport=test is closed");
    }

    @Test
    void leftoversOfDeadLaunchesAreDeletedAfterADay() throws Exception {
        final Path old = Files.createDirectories(directory.resolve("launch-old"));
        Files.writeString(old.resolve("said"), "secret");
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
        final Path recent = Files.createDirectories(directory.resolve("launch-recent"));

        new SharedDirectory(new LaunchOptions(null, directory, LONG, null)).meeting("mine", Place.anywhere(0, 1));

        assertThat(old).doesNotExist();
        assertThat(recent).exists();
        assertThat(directory.resolve("launch-mine")).exists();
    }

    private List<String> launch(final Function<RankTransport, String> program) throws Exception {
        return onAllRanks(rank -> () -> {
            try (FileTransport transport = join(rank, SIZE, LONG)) {
                return program.apply(transport);
            }
        });
    }

    private List<FileTransport> join() throws Exception {
        return onAllRanks(rank -> () -> join(rank, SIZE, LONG));
    }

    private void say(final List<FileTransport> transports, final String text) throws Exception {
        onAllRanks(rank -> () -> transports.get(rank).broadcast(bytes(text), 0));
    }

    private <T> List<T> onAllRanks(final Function<Integer, Callable<T>> programs) throws Exception {
        final List<Future<T>> futures = IntStream.range(0, SIZE)
                .mapToObj(programs::apply)
                .map(ranks::submit)
                .toList();
        final List<T> results = new ArrayList<>();
        for (final Future<T> future : futures) {
            results.add(future.get(60, TimeUnit.SECONDS));
        }
        return results;
    }

    private FileTransport join(final int rank, final int size, final Duration timeout) {
        return FileTransport.join("test", Place.anywhere(rank, size), new MeetingDirectory(meeting(), timeout));
    }

    private String filesThatContain(final String text) {
        try (var files = Files.list(meeting())) {
            assertThat(files).allSatisfy(file -> assertThat(file).content().doesNotContain(text));
            return "";
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private void leave(final String name) {
        new MeetingDirectory(meeting(), LONG).leave(name);
    }

    private Path meeting() {
        return directory.resolve("meeting");
    }

    private static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String text(final byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
