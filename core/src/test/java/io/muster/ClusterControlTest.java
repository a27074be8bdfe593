package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.config.TransportChoice;
import io.muster.scheduler.FakeClusterManager;
import io.muster.scheduler.FakeClusterManagerFactory;
import io.muster.scheduler.SchedulerServer;
import io.muster.transport.Tunnel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A connection to a cluster's manager that outlives its sessions. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClusterControlTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String WHO = "{\"do\":\"who\"}";

    @TempDir
    private Path directory;

    private SchedulerServer server;
    private Tunnel tunnel;
    private ClusterControl control;

    @BeforeEach
    void start() throws IOException {
        FakeClusterManagerFactory.reset();
        server = SchedulerServer.start(Settings.defaults()
                .with(
                        Options.SCHEDULER_FILE,
                        directory.resolve("scheduler.json").toString())
                .with(Options.SCHEDULER_HOST, "127.0.0.1")
                .with(Options.TRANSPORT, TransportChoice.TCP));
        tunnel = new Tunnel();
        control = ClusterControl.connect(server.file(), tunnel, SOON);
    }

    @AfterEach
    void stop() throws IOException {
        control.close();
        tunnel.close();
        server.close();
    }

    @Test
    void aLostSessionIsBegunAnewAndTheRequestSaidAgain() {
        control.ask(WHO, SOON);
        final int before = control.clientNumber();
        final var answer = CompletableFuture.supplyAsync(() -> control.ask("{\"do\":\"hold\"}", SOON));
        await().until(() -> manager().held().size() == 1);

        tunnel.cut();

        await().until(() -> manager().held().size() == 2);
        manager().held().get(1).accept("{\"held\":2}");
        assertThat(answer).succeedsWithin(SOON).isEqualTo("{\"held\":2}");
        assertThat(control.sessions()).isEqualTo(2);
        assertThat(control.clientNumber()).isNotEqualTo(before);
        assertThat(tunnel.targets()).allMatch(each -> each.startsWith("127.0.0.1:"));
    }

    @Test
    void whatWasIntroducedIsSaidFirstInEveryNewSessionThoughNobodyAsks() {
        control.introduce("{\"do\":\"own\"}", SOON);

        for (int session = 2; session < 4; session++) {
            final int expected = session;
            tunnel.cut();
            await().until(() -> control.sessions() == expected);
            assertThat(manager().told()).contains("request of " + control.clientNumber() + ": {\"do\":\"own\"}");
        }
    }

    @Test
    void whoAsksWhileThereIsNoSessionWaitsForOneAndThenIsToldWhy() {
        tunnel.block();
        tunnel.cut();
        await().untilAsserted(() -> assertThatThrownBy(() -> control.ask(WHO, Duration.ofMillis(200)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("no new one within 200 ms")
                .hasMessageContaining("the tunnel is blocked"));
        final var answer = CompletableFuture.supplyAsync(() -> control.ask(WHO, SOON));

        tunnel.unblock();

        assertThat(answer).succeedsWithin(SOON).asString().contains("client");
    }

    @Test
    void aSchedulerThatEndedIsNotWaitedFor() {
        control.ask(WHO, SOON);
        server.close();

        assertThatThrownBy(() -> control.ask(WHO, Duration.ofMinutes(5)))
                .isInstanceOf(SchedulerLostException.class)
                .hasMessageContaining("the scheduler is closing");
    }

    @Test
    void noAnswerInTimeIsAnErrorThatNamesTheRequest() {
        assertThatThrownBy(() -> control.ask("{\"do\":\"hold\"}", Duration.ofMillis(100)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("within 100 ms")
                .hasMessageContaining("{\"do\":\"hold\"}");
    }

    @Test
    void aClosedOneSaysSo() {
        control.close();
        control.close();

        assertThatThrownBy(() -> control.ask(WHO, SOON))
                .isInstanceOf(SchedulerLostException.class)
                .hasMessageContaining("this connection was closed");
    }

    private static FakeClusterManager manager() {
        await().until(() -> !FakeClusterManagerFactory.made().isEmpty());
        return FakeClusterManagerFactory.made().get(0);
    }
}
