package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.ClusterControl;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.TaskFuture;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.security.PrivateFiles;
import io.muster.transport.Route;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DumpTest {
    private static final CountDownLatch BEGUN = new CountDownLatch(1);
    private static final CountDownLatch END = new CountDownLatch(1);

    @TempDir
    private Path directory;

    @Test
    void aDumpSaysWhatEachTaskWaitsForAndNothingOfWhatUsersHandOver() throws IOException, InterruptedException {
        final Path file = directory.resolve("d.gz");
        final String secret = "s3cr3t-value";
        try (LocalCluster cluster =
                        LocalCluster.builder().workers(1).threadsPerWorker(1).start();
                Client client = cluster.connect()) {
            final TaskFuture<String> data = client.scatter(secret);
            final TaskFuture<String> done = client.with(o -> o.key("done")).then(data, value -> value + "!");
            assertThat(done.join()).endsWith("!");
            final TaskFuture<Integer> failed = client.with(o -> o.key("failed")).then(data, DumpTest::failing);
            assertThatThrownBy(failed::join).hasStackTraceContaining(secret);
            final TaskFuture<Integer> running =
                    client.with(o -> o.key("running")).submit(DumpTest::held);
            BEGUN.await();
            final TaskFuture<Integer> waiting =
                    client.with(o -> o.key("waiting")).then(running, x -> x + 1);

            client.dump(file);

            END.countDown();
            assertThat(waiting.join()).isEqualTo(43);
        }

        final String text = text(file);
        assertThat(text).doesNotContain(secret);
        final Dump dump = Dump.read(file);
        assertThat(dump.head().get("stuck")).isEqualTo(false);
        assertThat(why(dump, "waiting")).isEqualTo("waits for running, which runs on w-0");
        assertThat(why(dump, "done")).isEqualTo("is done; its result is on w-0");
        assertThat(why(dump, "failed")).startsWith("failed");
        assertThat(dump.section("finding")).isEmpty();
        assertThat(dump.section("worker")).hasSize(1);
        assertThat(dump.section("transition")).hasSizeGreaterThan(5);
        assertThat(text).contains("\"to\":\"memory\",\"cause\":\"run done\",\"worker\":\"w-0\"");
        assertThat(text).contains("\"name\":\"running\",\"state\":\"running\"", "DumpTest.held");
        assertThat(PrivateFiles.isPrivateDirectory(directory)).isTrue();
        assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
    }

    private static int failing(final String value) {
        throw new IllegalStateException("can't use " + value);
    }

    private static int held() throws InterruptedException {
        BEGUN.countDown();
        END.await();
        return 42;
    }

    @Test
    void aSchedulerWhoseThreadIsStuckIsCheckedAndDumpedFromOutside() throws IOException, InterruptedException {
        FakeClusterManagerFactory.reset();
        try (SchedulerServer server = SchedulerServer.start(Settings.defaults()
                        .with(
                                Options.SCHEDULER_FILE,
                                directory.resolve("scheduler.json").toString())
                        .with(Options.SCHEDULER_HOST, "127.0.0.1")
                        .with(Options.TRANSPORT, TransportChoice.TCP));
                Client client = Client.connect(server.file(), Duration.ofSeconds(10));
                ClusterControl control = ClusterControl.connect(server.file(), Route.DIRECT, Duration.ofSeconds(10))) {
            client.with(o -> o.key("lonely")).submit(() -> 1);
            client.info();
            final CompletableFuture<String> asked =
                    CompletableFuture.supplyAsync(() -> control.ask("{\"do\":\"block\"}", Duration.ofSeconds(30)));
            await().until(() -> !FakeClusterManagerFactory.made().isEmpty());
            final FakeClusterManager manager = FakeClusterManagerFactory.made().get(0);
            manager.awaitBlocked();
            final Path file = directory.resolve("d.gz");
            final CompletableFuture<Void> dumped = CompletableFuture.runAsync(() -> client.dump(file));

            final String found = check(server);

            assertThat(found).startsWith("{\"ok\":false").contains("\"unresponsive\"", "FakeClusterManager.block");
            dumped.join();
            final Dump dump = Dump.read(file);
            assertThat(dump.head().get("stuck")).isEqualTo(true);
            assertThat(text(file)).contains("\"muster-scheduler\"", "FakeClusterManager.block");
            assertThat(dump.section("task")).hasSize(1).first().satisfies(task -> {
                assertThat(task.get("key")).isEqualTo("lonely");
                assertThat(task.get("state")).isEqualTo("queued");
            });
            manager.unblock();
            assertThat(asked).isNotNull();
            assertThat(check(server)).contains("no-workers").doesNotContain("unresponsive");
        }
    }

    private static String check(final SchedulerServer server) {
        try (SchedulerObserver observer = SchedulerObserver.connect(server.file(), Duration.ofSeconds(10))) {
            return observer.check();
        }
    }

    @Test
    void aFileThatIsNoDumpSaysSo() throws IOException {
        assertThatThrownBy(() -> read("hello".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("must be a file that muster dump");
        assertThatThrownBy(() -> read(new byte[0])).hasMessageContaining("has no beginning");
        assertThatThrownBy(() -> read(zipped("hello"))).hasMessageContaining("must be a file that muster dump");
        assertThatThrownBy(() -> read(zipped("{\"a\":1}"))).hasMessageContaining("must be a file that muster dump");
        assertThatThrownBy(() -> Dump.read(directory.resolve("none"))).hasMessageContaining("can't read");
    }

    @Test
    void aDumpOfALaterReleaseNamesThatRelease() {
        assertThatThrownBy(() -> read(zipped("{\"section\":\"dump\",\"format\":2,\"version\":\"9.1\"}")))
                .hasMessageContaining("format=2")
                .hasMessageContaining("reads up to 1")
                .hasMessageContaining("Muster 9.1");
    }

    @Test
    void aDumpThatIsCutOffOrChangedAnywhereIsNotReadAsIfItWereWhole() throws IOException {
        final StringBuilder lines = new StringBuilder("{\"section\":\"dump\",\"format\":1}\n");
        for (int i = 0; i < 200; i++) {
            lines.append("{\"section\":\"task\",\"key\":\"k-").append(i * 31).append("\"}\n");
        }
        final byte[] whole = zipped(lines + "{\"section\":\"end\",\"lines\":201}");
        assertThat(read(whole).section("task")).hasSize(200);
        for (int length = 0; length < whole.length; length += 7) {
            final byte[] part = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(part)).isInstanceOf(MusterException.class);
        }
        for (int at = 10; at < whole.length; at += 7) {
            final byte[] changed = whole.clone();
            changed[at] ^= 0x55;
            assertThatThrownBy(() -> read(changed)).isInstanceOf(MusterException.class);
        }
        assertThatThrownBy(() -> read(zipped(lines.toString()))).hasMessageContaining("ends too early");
    }

    private Dump read(final byte[] contents) throws IOException {
        final Path file = directory.resolve("read.gz");
        Files.write(file, contents);
        return Dump.read(file);
    }

    private static byte[] zipped(final String text) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static String text(final Path file) throws IOException {
        try (GZIPInputStream gzip = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String why(final Dump dump, final String key) {
        final List<Map<?, ?>> found = dump.section("task").stream()
                .filter(task -> key.equals(task.get("key")))
                .toList();
        assertThat(found).as(key).hasSize(1);
        return String.valueOf(found.get(0).get("why"));
    }
}
