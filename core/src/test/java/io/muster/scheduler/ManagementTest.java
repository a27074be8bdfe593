package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.ClusterControl;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.protocol.Role;
import io.muster.security.SchedulerFile;
import io.muster.transport.Dialer;
import io.muster.transport.RawPeer;
import io.muster.transport.Route;
import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler's process and the cluster manager in it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManagementTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private SchedulerServer server;

    @BeforeEach
    void start() {
        FakeClusterManagerFactory.reset();
        server = start(Duration.ofSeconds(30));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void theFirstRequestMakesTheManagerAndLaterOnesFindIt() {
        try (Client bystander = Client.connect(server.file(), SOON)) {
            bystander.info();
            assertThat(FakeClusterManagerFactory.made()).isEmpty();
        }
        try (ClusterControl first = connect();
                ClusterControl second = connect()) {
            assertThat(first.ask("{\"do\":\"who\"}", SOON)).isEqualTo("{\"client\":" + first.clientNumber() + "}");
            assertThat(second.ask("{\"do\":\"later\"}", SOON)).isEqualTo("{\"client\":" + second.clientNumber() + "}");
        }
        assertThat(FakeClusterManagerFactory.made()).hasSize(1);
        assertThat(manager().scheduler().schedulerFile()).isEqualTo(server.file());
    }

    @Test
    void aRequestThatFailsIsAnsweredWithTheError() {
        try (ClusterControl control = connect()) {
            assertThat(control.ask("{\"do\":\"fail\"}", SOON)).isEqualTo("{\"error\":\"no such queue\"}");
            assertThat(control.ask("{\"do\":\"throw\"}", SOON))
                    .startsWith("{\"error\":")
                    .contains("IllegalStateException: broken");
            assertThat(control.ask("{\"do\":\"who\"}", SOON)).contains("client");
        }
    }

    @Test
    void anAnswerAfterTheClientLeftIsDropped() {
        final CompletableFuture<String> answer;
        try (ClusterControl control = connect()) {
            answer = CompletableFuture.supplyAsync(() -> control.ask("{\"do\":\"hold\"}", SOON));
            await().until(() -> manager().held().size() == 1);
        }
        assertThat(answer).failsWithin(SOON).withThrowableThat().withMessageContaining("closed");
        await().untilAsserted(() -> assertThat(manager().told()).anyMatch(each -> each.endsWith(" left")));

        manager().held().get(0).accept("{\"late\":1}");

        try (ClusterControl other = connect()) {
            assertThat(other.ask("{\"do\":\"who\"}", SOON)).isEqualTo("{\"client\":" + other.clientNumber() + "}");
        }
    }

    @Test
    void onlyTheFirstAnswerCounts() {
        try (ClusterControl control = connect()) {
            final var answer = CompletableFuture.supplyAsync(() -> control.ask("{\"do\":\"hold\"}", SOON));
            await().until(() -> manager().held().size() == 1);
            manager().held().get(0).accept("{\"first\":1}");
            manager().held().get(0).accept("{\"second\":2}");

            assertThat(answer).succeedsWithin(SOON).isEqualTo("{\"first\":1}");
        }
    }

    @Test
    void theManagerIsToldOfWorkersAlsoOfThoseThatWereThereBefore() throws IOException {
        try (RawPeer early = worker()) {
            early.send(Said.registerWorker(2));
            try (Client client = Client.connect(server.file(), SOON);
                    ClusterControl control = connect();
                    RawPeer late = worker()) {
                client.awaitWorkers(1, SOON);
                control.ask("{\"do\":\"who\"}", SOON);
                assertThat(manager().told().get(0)).startsWith("joined ").endsWith("threads=2");

                late.send(Said.registerWorker(3));
                client.awaitWorkers(2, SOON);
                assertThat(control.ask("{\"do\":\"load\"}", SOON)).contains("\"waiting\":");
                assertThat(manager().told()).anyMatch(each -> each.endsWith("threads=3"));
            }
        }
        await().untilAsserted(() -> assertThat(manager().told())
                .filteredOn(each -> each.startsWith("left "))
                .hasSize(2)
                .allMatch(each -> each.endsWith("expected=false")));
    }

    @Test
    void aWorkerThatWasRetiredLeavesAsExpected() throws IOException {
        try (RawPeer worker = worker();
                Client client = Client.connect(server.file(), SOON);
                ClusterControl control = connect()) {
            worker.send(Said.registerWorker(2));
            client.awaitWorkers(1, SOON);
            control.ask("{\"do\":\"retire\"}", SOON);
            control.ask("{\"do\":\"load\"}", SOON);
        }
        await().untilAsserted(() -> assertThat(manager().told()).anyMatch(each -> each.endsWith("expected=true")));
    }

    @Test
    void aClientThatStopsTheClusterHasTheManagerClosedFirstWhileTheSchedulerGoesOn() throws Exception {
        try (ClusterControl control = connect();
                Client client = Client.connect(server.file(), SOON)) {
            control.ask("{\"do\":\"who\"}", SOON);
            final CompletableFuture<String> seen = new CompletableFuture<>();
            manager().onClose(() -> {
                final CountDownLatch answered = new CountDownLatch(1);
                manager().scheduler().load(load -> answered.countDown());
                seen.complete("loads=" + isDone(answered) + " file=" + Files.exists(server.file()) + " asked="
                        + control.ask("{\"do\":\"who\"}", SOON));
            });
            client.stopCluster();
            server.awaitClose();
            server.close();

            assertThat(seen)
                    .succeedsWithin(SOON)
                    .isEqualTo("loads=true file=true asked={\"error\":\"the scheduler is ending\"}");
            assertThat(server.file()).doesNotExist();
            assertThat(manager().told()).containsOnlyOnce("close");
        }
    }

    @Test
    void theManagerCanEndTheCluster() throws Exception {
        try (ClusterControl control = connect()) {
            final var unanswered = CompletableFuture.supplyAsync(() -> control.ask("{\"do\":\"stop\"}", SOON));
            server.awaitClose();
            server.close();

            assertThat(unanswered)
                    .failsWithin(SOON)
                    .withThrowableThat()
                    .withMessageContaining("the scheduler is closing");
        }
    }

    @Test
    void aManagerThatDoesNotEndIsGivenUpAndASecondCloseWaitsForTheFirst() throws Exception {
        server.close();
        server = start(Duration.ofMillis(300));
        try (ClusterControl control = connect()) {
            control.ask("{\"do\":\"who\"}", SOON);
        }
        final CountDownLatch never = new CountDownLatch(1);
        final CountDownLatch begun = new CountDownLatch(1);
        manager().onClose(() -> {
            begun.countDown();
            isDone(never);
        });
        final Thread other = new Thread(server::close);
        other.start();
        begun.await();
        server.close();

        assertThat(server.file()).doesNotExist();
        other.join();
        never.countDown();
    }

    @Test
    void aTerminatedProcessClosesItsManagerWhileItsSchedulerGoesOn() throws Exception {
        final Path file = directory.resolve("process.json");
        final Path note = directory.resolve("note");
        final Process process = new ProcessBuilder(JavaCommand.command(
                        SchedulerMain.class.getName(),
                        Settings.defaults()
                                .with(Options.SCHEDULER_FILE, file.toString())
                                .with(Options.SCHEDULER_HOST, "127.0.0.1")
                                .toArguments()))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("process.log").toFile())
                .start();
        try (ClusterControl control = ClusterControl.connect(file, Route.DIRECT, Duration.ofSeconds(40))) {
            control.ask("{\"do\":\"note\",\"file\":\"" + note + "\"}", SOON);
            process.destroy();

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(note).content().startsWith("waiting=");
            assertThat(file).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aClusterInThisJvmSaysThatItHasNoManager() {
        try (LocalScheduler local = new LocalScheduler(1, 1, Settings.defaults())) {
            final CompletableFuture<String> answer = new CompletableFuture<>();
            local.link().open(new AnswerEvents(answer)).manage(1, "{\"do\":\"who\"}");

            assertThat(answer)
                    .succeedsWithin(SOON)
                    .asString()
                    .startsWith("{\"error\":")
                    .contains("muster-jobqueue-slurm");
        }
    }

    private SchedulerServer start(final Duration closeTimeout) {
        return SchedulerServer.start(Settings.defaults()
                .with(
                        Options.SCHEDULER_FILE,
                        directory.resolve("scheduler.json").toString())
                .with(Options.SCHEDULER_HOST, "127.0.0.1")
                .with(Options.SCHEDULER_CLOSE_TIMEOUT, closeTimeout)
                .with(Options.TRANSPORT, TransportChoice.TCP));
    }

    private ClusterControl connect() {
        return ClusterControl.connect(server.file(), Route.DIRECT, SOON);
    }

    private RawPeer worker() throws IOException {
        final SchedulerFile file = SchedulerFile.read(server.file());
        final InetSocketAddress address = Dialer.socketAddress(file.address());
        return RawPeer.connect(new InetSocketAddress(address.getHostString(), address.getPort()))
                .send(RawPeer.hello(Role.WORKER, file.secret(), file.fingerprintBytes(), file.clusterId()))
                .welcomed();
    }

    private static FakeClusterManager manager() {
        await().until(() -> !FakeClusterManagerFactory.made().isEmpty());
        return FakeClusterManagerFactory.made()
                .get(FakeClusterManagerFactory.made().size() - 1);
    }

    private static boolean isDone(final CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
