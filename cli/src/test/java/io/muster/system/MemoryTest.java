package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.InsufficientMemoryException;
import io.muster.KilledWorkerException;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import io.muster.config.Json;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Workers with little memory. A limit of 128 MiB is a heap of half of it, see docs/memory.md. */
@ExtendWith(ShowLogs.class)
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class MemoryTest implements ShowLogs.OnCluster {
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    private LocalCluster cluster;
    private Client client;

    @AfterEach
    void stop() {
        client.close();
        cluster.close();
        assertThat(directory.resolve("spill")).isEmptyDirectory();
    }

    @Override
    public String logs() {
        return cluster + "\n" + cluster.logs();
    }

    @Test
    void aRunWhoseResultsAreFourTimesTheMemoryOfTheClusterFinishesBySpilling() throws IOException {
        start(processes());
        final long limitBytes = workers().stream()
                .mapToLong(worker -> (Long) Objects.requireNonNull(worker.get("memory_limit_bytes")))
                .sum();
        final int count = (int) (4 * limitBytes / MIB);
        final List<TaskFuture<double[]>> blocks =
                client.map(MemoryTest::block, IntStream.range(0, count).boxed().toList());
        client.awaitAll(blocks, Duration.ofMinutes(2));

        soon(() -> assertThat(sum("spilled_bytes")).isGreaterThan(2 * limitBytes));
        assertThat(sum("managed_bytes")).isLessThan(limitBytes);
        assertThat(files()).isNotEmpty();
        final List<TaskFuture<Double>> sums = blocks.stream()
                .map(block -> block.then(values -> Arrays.stream(values).sum()))
                .toList();
        assertThat(client.gather(sums))
                .containsExactlyElementsOf(IntStream.range(0, count)
                        .mapToObj(i -> (double) i * (MIB / 8))
                        .toList());
        assertThat(blocks.get(7).join()).hasSize(MIB / 8).containsOnly(7);

        blocks.forEach(TaskFuture::release);
        sums.forEach(TaskFuture::release);
        soon(() -> assertThat(files()).isEmpty());
        soon(() -> assertThat(sum("spilled_bytes") + sum("managed_bytes")).isLessThan(MIB));
    }

    @Test
    void aDiskThatIsFullLosesNothing() throws IOException {
        start(processes().workers(1).set("worker.max-spill", "8MiB"));
        final List<TaskFuture<double[]>> blocks =
                client.map(MemoryTest::block, IntStream.range(0, 48).boxed().toList());
        final List<TaskFuture<Double>> sums =
                blocks.stream().map(block -> block.then(values -> values[1])).toList();

        assertThat(client.gather(sums))
                .containsExactlyElementsOf(
                        IntStream.range(0, 48).mapToObj(i -> (double) i).toList());
        assertThat(files()).isNotEmpty().hasSizeLessThanOrEqualTo(8);
    }

    @Test
    void aTaskThatFindsTheHeapFullFailsWithTheFiguresAndItsWorkerGoesOn() throws IOException {
        start(processes().workers(1));
        final long pid = ClusterView.of(client).worker("w-0").pid();

        final TaskFuture<Integer> greedy = client.submit(() -> hoard().size());

        assertThatThrownBy(greedy::join)
                .rootCause()
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessageContaining("worker=w-0 heap=")
                .hasMessageContaining("results in memory=0");
        assertThat(client.submit(() -> 7).join()).isEqualTo(7);
        assertThat(ClusterView.of(client).worker("w-0").pid()).isEqualTo(pid);
    }

    @Test
    void aTaskWhoseInputsFitIntoNoWorkerIsNotStarted() throws IOException {
        start(processes());
        final List<TaskFuture<double[]>> blocks =
                client.map(MemoryTest::block, IntStream.range(0, 80).boxed().toList());

        final TaskFuture<Integer> all = client.combineAll(blocks, List::size);

        assertThatThrownBy(all::join)
                .hasRootCauseInstanceOf(InsufficientMemoryException.class)
                .hasMessageContaining("inputs of 80 MiB together");
    }

    @Test
    void aProcessThatGrowsBesideItsHeapIsKilledAndTheTaskIsToldWhy() throws IOException {
        start(processes().workers(1).set("scheduler.allowed-failures", "0"));
        final String file = directory.resolve("mapped").toString();

        final TaskFuture<Integer> growing = client.submit(() -> map(file));

        assertThatThrownBy(growing::join)
                .hasCauseInstanceOf(KilledWorkerException.class)
                .hasMessageContaining("exceeds worker.memory.terminate=0.95 of limit=128MiB");
        assertThat(client.submit(() -> 7).join()).isEqualTo(7);
    }

    @Test
    void workersInThisJvmSpillToo() throws IOException {
        start(ClusterKind.IN_PROCESS.builder().set("worker.memory-limit", "8MiB"));
        final List<TaskFuture<double[]>> blocks =
                client.map(MemoryTest::block, IntStream.range(0, 40).boxed().toList());
        client.awaitAll(blocks, Duration.ofMinutes(1));

        soon(() -> assertThat(sum("managed_bytes")).isLessThan(11 * MIB));
        soon(() -> assertThat(files()).hasSizeGreaterThan(25));
        assertThat(client.combineAll(
                                blocks,
                                all -> all.stream()
                                        .mapToDouble(block -> block[0])
                                        .sum())
                        .join())
                .isEqualTo(40 * 39 / 2);
        blocks.forEach(TaskFuture::release);
        soon(() -> assertThat(files()).isEmpty());
    }

    private LocalCluster.Builder processes() {
        return ClusterKind.TCP.builder().set("worker.memory-limit", "128MiB");
    }

    private void start(final LocalCluster.Builder builder) throws IOException {
        Files.createDirectory(directory.resolve("spill"));
        cluster = builder.set(
                        "worker.local-directory", directory.resolve("spill").toString())
                .start();
        client = cluster.connect();
    }

    private static double[] block(final int content) {
        final double[] block = new double[MIB / 8];
        Arrays.fill(block, content);
        return block;
    }

    private static List<byte[]> hoard() {
        final List<byte[]> all = new ArrayList<>();
        while (all.size() < 10_000) {
            all.add(new byte[MIB]);
        }
        return all;
    }

    /** Takes 400 MiB beside the heap, and waits for the end. */
    private static int map(final String file) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(
                Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            final MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 400L * MIB);
            for (int at = 0; at < mapped.capacity(); at += 4096) {
                mapped.put(at, (byte) 1);
            }
            new CountDownLatch(1).await();
            return mapped.capacity();
        }
    }

    private List<Map<?, ?>> workers() {
        final List<Map<?, ?>> workers = new ArrayList<>();
        final Map<?, ?> info = (Map<?, ?>) Objects.requireNonNull(Json.parse(client.info()));
        ((List<?>) Objects.requireNonNull(info.get("workers"))).forEach(worker -> workers.add((Map<?, ?>) worker));
        return workers;
    }

    private long sum(final String figure) {
        return workers().stream()
                .map(worker -> (Map<?, ?>) Objects.requireNonNull(worker.get("memory")))
                .mapToLong(memory -> memory.get(figure) instanceof Long bytes ? bytes : 0)
                .sum();
    }

    private List<Path> files() {
        try (Stream<Path> found = Files.walk(directory.resolve("spill"))) {
            return found.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList();
        } catch (final IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    private static void soon(final org.awaitility.core.ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
    }
}
