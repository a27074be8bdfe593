package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.TaskFuture;
import io.muster.config.TransportChoice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Graphs whose workers are killed and stopped at random. {@code -Dmuster.chaos.seed} repeats which workers are struck after how many tasks;
 * what they do at that moment is up to the machine.
 */
@ExtendWith(ShowLogs.class)
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class ChaosTest implements ShowLogs.OnCluster {
    private static final int LONGEST_STOP_MS = 3_500;
    private static final int STOP_ONE_IN = 5;

    @TempDir
    Path directory;

    private final long seed = Long.getLong("muster.chaos.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private ChaosCluster cluster;

    @Override
    public String logs() {
        return "-Dmuster.chaos.seed=" + seed + "\n" + (cluster == null ? "" : cluster.logs());
    }

    @Test
    void aGraphWhoseWorkersAreKilledAndStoppedAtRandomGivesTheRightResult() throws Exception {
        strikeDuring(new ChaosGraph(seed, 600), 5, TransportChoice.AERON, 3);
    }

    @ParameterizedTest
    @EnumSource(
            value = TransportChoice.class,
            names = {"TCP", "AERON"})
    @Tag("long")
    void aGraphOfFiveThousandTasksWithFiftyKillsGivesTheRightResult(final TransportChoice transport) throws Exception {
        strikeDuring(new ChaosGraph(seed, 5_000), 50, transport, 4);
    }

    private void strikeDuring(
            final ChaosGraph graph, final int kills, final TransportChoice transport, final int workers)
            throws Exception {
        System.out.println("-Dmuster.chaos.seed=" + seed);
        try (ChaosCluster started = ChaosCluster.start(directory, transport, workers)) {
            cluster = started;
            final List<long[]> expected = graph.expected();
            try (Client client = started.connect()) {
                final List<TaskFuture<long[]>> futures = graph.submit(client);
                final SplittableRandom random = new SplittableRandom(seed);
                for (int kill = 1; kill <= kills; kill++) {
                    awaitDone(futures, graph.count() * kill / (kills + 1));
                    if (random.nextInt(STOP_ONE_IN) == 0) {
                        standStill(anyWorker(client, random), random.nextInt(LONGEST_STOP_MS));
                    }
                    ProcessHandle.of(anyWorker(client, random)).ifPresent(ProcessHandle::destroyForcibly);
                }

                assertThat(client.gather(futures, Duration.ofSeconds(90))).containsExactlyElementsOf(expected);
                futures.forEach(TaskFuture::release);
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(ClusterView.of(client).tasks()).isZero());
            }
            started.stop();
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(started.processes()).isEmpty());
            assertThat(started.files()).isEmpty();
        }
    }

    /** The process of one of the workers that the scheduler knows. */
    private static long anyWorker(final Client client, final SplittableRandom random) {
        final List<Long> known = await().atMost(Duration.ofSeconds(20))
                .until(
                        () -> ClusterView.of(client).workers().stream()
                                .map(ClusterView.Seen::pid)
                                .toList(),
                        workers -> !workers.isEmpty());
        return known.get(random.nextInt(known.size()));
    }

    private static void standStill(final long pid, final int durationMs) {
        Signals.send("STOP", pid);
        final Thread waker = new Thread(() -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(durationMs));
            if (Signals.isAlive(pid)) {
                Signals.send("CONT", pid);
            }
        });
        waker.setDaemon(true);
        waker.start();
    }

    private static void awaitDone(final List<TaskFuture<long[]>> futures, final int count) {
        await().atMost(Duration.ofSeconds(90))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> futures.stream().filter(TaskFuture::isDone).count() >= count);
    }
}
