package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A process whose cluster spills to a folder that is full before all is spilled; ends with 1 if a result is wrong. */
final class FullDisk {
    private static final int BLOCKS = 36;
    private static final int LENGTH = (1 << 20) / Double.BYTES;

    private FullDisk() {}

    public static void main(final String[] arguments) {
        int exitCode = 0;
        final Path folder = Path.of(arguments[0]);
        try (LocalCluster cluster = LocalCluster.builder()
                        .workers(2)
                        .threadsPerWorker(2)
                        .processes(true)
                        .set("worker.memory-limit", "128MiB")
                        .set("worker.memory.target", "0.1")
                        .set("worker.memory.spill", "0.2")
                        .set("worker.local-directory", folder.toString())
                        .start();
                Client client = cluster.connect()) {
            try {
                computeMoreThanFits(client, folder);
            } finally {
                System.out.println(cluster.logs());
            }
        } catch (final Exception | AssertionError e) {
            e.printStackTrace();
            exitCode = 1;
        }
        System.exit(exitCode);
    }

    private static void computeMoreThanFits(final Client client, final Path folder) throws IOException {
        final List<TaskFuture<double[]>> blocks =
                client.map(FullDisk::block, IntStream.range(0, BLOCKS).boxed().toList());
        client.awaitAll(blocks, Duration.ofSeconds(60));

        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(Files.getFileStore(folder).getUsableSpace())
                        .as("the disk is full")
                        .isLessThan(2L << 20));
        final List<TaskFuture<Double>> sums = blocks.stream()
                .map(block -> block.then(values -> Arrays.stream(values).sum()))
                .toList();
        assertThat(client.gather(sums, Duration.ofSeconds(60)))
                .containsExactlyElementsOf(IntStream.range(0, BLOCKS)
                        .mapToObj(i -> (double) i * LENGTH)
                        .toList());
        assertThat(blocks.get(7).join()).hasSize(LENGTH).containsOnly(7);
        blocks.forEach(TaskFuture::release);
        sums.forEach(TaskFuture::release);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(results(folder)).isEmpty());
    }

    private static double[] block(final int content) {
        final double[] block = new double[LENGTH];
        Arrays.fill(block, content);
        return block;
    }

    private static List<Path> results(final Path folder) throws IOException {
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(path -> path.getFileName().toString().matches("[0-9]+"))
                    .toList();
        }
    }
}
