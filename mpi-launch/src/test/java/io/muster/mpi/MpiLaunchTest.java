package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Launches without a launcher: the test is one, and so nothing but the ranks themselves ends the ranks. */
@Tag("slow")
final class MpiLaunchTest {
    private static final String TERM = "TERM";
    private static final int TERMINATED = 128 + 15;
    private static final int KILLED = 128 + 9;

    @TempDir
    Path folder;

    private Launched launched;

    @AfterEach
    void endAll() {
        if (launched != null) {
            launched.close();
        }
    }

    @ParameterizedTest(name = "{0} ranks, client on {1}, scheduler on {2}, exclusive workers: {3}")
    @CsvSource({"4,1,0,true", "4,2,3,true", "5,1,3,true", "3,2,2,true", "2,0,0,false", "1,0,0,false", "2,1,0,false"})
    void theValueComesOnTheClientsRankAndAllOthersReturnEmpty(
            final int size, final int client, final int scheduler, final boolean exclusive) throws Exception {
        launched = launch(size, "execute", text(client), text(scheduler), text(exclusive));

        assertThat(launched.exitCodes()).as(launched.output()).containsOnly(0);
        assertThat(launched.output().lines().filter(line -> line.startsWith("value 30")))
                .hasSize(1);
        assertThat(launched.output().lines().filter(line -> line.startsWith("value none")))
                .hasSize(size - 1);
        assertThat(launched.output()).doesNotContain("WARN", "ERROR");
    }

    @ParameterizedTest(name = "{0} ranks, client on {1}, scheduler on {2}")
    @CsvSource({"1,1,0,3", "1,0,0,2", "2,1,0,3"})
    void aWorldThatIsTooSmallIsAnErrorOnEveryRank(
            final int size, final int client, final int scheduler, final int least) throws Exception {
        launched = launch(size, "execute", text(client), text(scheduler), "true");

        assertThat(launched.exitCodes()).containsOnly(1);
        assertThat(launched.output().lines().filter(line -> line.contains("ranks=" + size + " must be >= " + least)))
                .hasSize(size);
    }

    @ParameterizedTest(name = "the program {0} {1}")
    @CsvSource({"returns,0,0", "closes,0,0", "throws,0,1", "exits,5,5"})
    void theProgramsEndEndsAllRanksAndOnlyItsOwnExitCodeSaysHow(
            final String how, final String argument, final int exitCode) throws Exception {
        launched = launch(4, "initialize", how, argument);

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(0, exitCode, 0, 0);
        assertThat(launched.output()).contains("value 30").doesNotContain("WARN", "ERROR");
    }

    @Test
    void aProgramThatIsKilledTakesTheClusterWithIt() throws Exception {
        launched = waiting();

        launched.process(1).destroyForcibly();

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(0, KILLED, 0, 0);
    }

    @Test
    void aProgramThatIsTerminatedEndsTheClusterFirst() throws Exception {
        launched = waiting();

        Launched.signal(launched.process(1).pid(), TERM);

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(0, TERMINATED, 0, 0);
    }

    @Test
    void aSchedulerThatIsKilledEndsTheProgramAndTheWorkers() throws Exception {
        launched = waiting();

        launched.process(0).destroyForcibly();

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(KILLED, 1, 0, 0);
        assertThat(launched.output()).contains("the scheduler's rank is gone");
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"worker-exits,0,0", "worker-exits,3,3", "worker-dies,9,137"})
    void aWorkerThatEndsLeavesItsWorkToTheOthers(final String how, final String argument, final int exitCode)
            throws Exception {
        launched = launch(4, "initialize", how, argument);

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(0, 0, 0, exitCode);
        assertThat(launched.output()).contains("value 42 after the worker's end");
    }

    @Test
    void ranksThatAllGetSigtermEndByItOrBecauseTheClusterEnds() throws Exception {
        launched = waiting();

        for (int rank = 0; rank < 4; rank++) {
            Launched.signal(launched.process(rank).pid(), TERM);
        }

        assertThat(launched.exitCodes()).as(launched.output()).isSubsetOf(TERMINATED, 0);
        assertThat(launched.exitCodes()).contains(TERMINATED);
    }

    @Test
    void ranksWhoseLauncherIsKilledEnd() throws Exception {
        launched = Launched.by(folder, List.of("/bin/bash", "-c", script(4), "launcher"), "initialize", "waits");
        launched.awaitOutput("the program waits");
        assertThat(launched.livingRanks()).hasSize(4);

        launched.process(0).destroyForcibly();

        await().atMost(Launched.BOUND)
                .untilAsserted(() ->
                        assertThat(launched.livingRanks()).as(launched.output()).isEmpty());
    }

    @Test
    void aClusterForClientsElsewhereEndsWhenOneOfThemStopsIt() throws Exception {
        final Path file = folder.resolve("s.json");
        launched = launch(3, "serve", file.toString());

        try (Client client = Client.connect(file, Launched.BOUND)) {
            client.awaitWorkers(2, Launched.BOUND);
            assertThat(client.workers()).extracting("name").containsExactlyInAnyOrder("mpi-1", "mpi-2");
            assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
            client.stopCluster();
        }

        assertThat(launched.exitCodes()).as(launched.output()).containsOnly(0);
        assertThat(file).doesNotExist();
    }

    @Test
    void ranksThatWaitTakeNoProcessorTime() throws Exception {
        launched = waiting();

        final AtomicReference<Duration> before = new AtomicReference<>(processorTime());
        await().atMost(Launched.BOUND).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            final Duration now = processorTime();
            assertThat(now.minus(before.getAndSet(now))).isLessThan(Duration.ofMillis(100));
        });
    }

    /** Of all ranks so far. */
    private Duration processorTime() {
        return launched.livingRanks().stream()
                .map(rank -> rank.info().totalCpuDuration().orElseThrow())
                .reduce(Duration.ZERO, Duration::plus);
    }

    private Launched waiting() throws IOException {
        final Launched waiting = launch(4, "initialize", "waits");
        waiting.awaitOutput("the program waits");
        return waiting;
    }

    private Launched launch(final int size, final String... arguments) throws IOException {
        return Launched.ranks(folder, size, arguments);
    }

    /** Starts the command that follows it once for each rank, and waits. */
    private String script(final int size) {
        return "for rank in $(seq 0 " + (size - 1) + "); do " + DirectoryTransport.RANK + "=$rank "
                + DirectoryTransport.SIZE + "=" + size + " " + DirectoryTransport.DIRECTORY + "='" + folder
                + "' \"$@\" & done; wait";
    }

    private static String text(final Object value) {
        return String.valueOf(value);
    }
}
