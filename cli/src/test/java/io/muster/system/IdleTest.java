package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.Client;
import io.muster.config.TransportChoice;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What scheduler and workers hold on to does not grow while they have nothing to do, over {@code -Dmuster.idle.seconds}, 120 if not given. */
@ExtendWith(ShowLogs.class)
@Tag("long")
class IdleTest implements ShowLogs.OnCluster {
    private static final Duration IDLE = Duration.ofSeconds(Long.getLong("muster.idle.seconds", 120));
    private static final Duration SETTLED = Duration.ofSeconds(10);
    private static final long ALLOWED_HEAP_BYTES = 256 << 10;
    private static final int ALLOWED_THREADS = 1;
    private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

    @TempDir
    Path directory;

    private ChaosCluster cluster;

    @Override
    public String logs() {
        return cluster == null ? "" : cluster.logs();
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void nothingGrowsWhileAClusterIsIdle() throws Exception {
        try (ChaosCluster started = ChaosCluster.start(directory, TransportChoice.AERON, 2);
                Client client = started.connect()) {
            cluster = started;
            final ChaosGraph graph = new ChaosGraph(1, 300);
            assertThat(client.gather(graph.submit(client))).hasSize(300);
            System.gc();
            pass(SETTLED);
            final List<Figures> before = figures(started);
            final long sharedBefore = sharedBytes(started);

            pass(IDLE);

            final List<Figures> after = figures(started);
            System.out.println("before " + before + "\nafter  " + after);
            for (int i = 0; i < before.size(); i++) {
                final Figures was = before.get(i);
                final Figures is = after.get(i);
                assertThat(is.pid).isEqualTo(was.pid);
                assertThat(is.heapBytes)
                        .as("heap of %s, was %s", is, was)
                        .isLessThan(was.heapBytes + ALLOWED_HEAP_BYTES);
                assertThat(is.descriptors)
                        .as("descriptors of %s, were %s", is, was)
                        .isLessThanOrEqualTo(was.descriptors);
                assertThat(is.threads)
                        .as("threads of %s, were %s", is, was)
                        .isLessThanOrEqualTo(was.threads + ALLOWED_THREADS);
            }
            assertThat(sharedBytes(started)).as("bytes in shared memory").isEqualTo(sharedBefore);
        }
    }

    private static void pass(final Duration time) {
        final long end = System.nanoTime() + time.toNanos();
        Awaitility.await().atMost(time.plusMinutes(1)).until(() -> System.nanoTime() > end);
    }

    private static List<Figures> figures(final ChaosCluster cluster) throws IOException {
        final List<Figures> figures = new ArrayList<>();
        figures.add(Figures.of(cluster.scheduler()));
        for (final long worker : cluster.workers()) {
            figures.add(Figures.of(worker));
        }
        return figures;
    }

    /** What the files in shared memory can take: what of them is allocated grows up to that while heartbeats pass through them. */
    private static long sharedBytes(final ChaosCluster cluster) throws IOException {
        long bytes = 0;
        for (final Path file : cluster.files()) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private static String output(final String... command) throws IOException {
        final Process process =
                new ProcessBuilder(command).redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** What a process has: live bytes of its heap, open files, threads. */
    private record Figures(long pid, long heapBytes, long descriptors, long threads) {
        static Figures of(final long pid) throws IOException {
            return new Figures(pid, heapBytes(pid), count(pid, "fd"), count(pid, "task"));
        }

        private static long heapBytes(final long pid) throws IOException {
            final String histogram = output(
                    Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                    Long.toString(pid),
                    "GC.class_histogram");
            final Matcher total = TOTAL.matcher(histogram);
            assertThat(total.find()).as(histogram).isTrue();
            return Long.parseLong(total.group(1));
        }

        private static long count(final long pid, final String what) throws IOException {
            try (Stream<Path> found = Files.list(Path.of("/proc", Long.toString(pid), what))) {
                return found.count();
            }
        }
    }
}
