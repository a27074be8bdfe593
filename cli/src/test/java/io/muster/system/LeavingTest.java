package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Workers that leave in order take nothing with them: what only they hold goes to others, and no task is to blame. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"TCP", "AERON"})
@ExtendWith(ShowLogs.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class LeavingTest implements ShowLogs.OnCluster {
    private static LocalCluster shared;

    @TempDir
    Path directory;

    private Client client;

    LeavingTest(final ClusterKind kind) {
        assertThat(kind.hasProcesses()).isTrue();
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = kind.builder().set("scheduler.allowed-failures", "0").start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    @BeforeEach
    void connect() {
        client = shared.connect();
        client.awaitWorkers(2, Duration.ofSeconds(30));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Override
    public String logs() {
        return shared + "\n" + shared.logs();
    }

    @Test
    void resultsThatOnlyATerminatedWorkerHoldsMoveToTheOthers() {
        final ClusterView.Seen victim = ClusterView.of(client).worker("w-0");
        final List<TaskFuture<int[]>> held = IntStream.range(0, 50)
                .mapToObj(i -> {
                    final String runs = directory.resolve("runs-" + i).toString();
                    return client.with(o -> o.workers("w-0")).submit(() -> {
                        Work.attempt(runs);
                        return IntStream.range(0, 10_000 + i).toArray();
                    });
                })
                .toList();
        soon().until(() -> held.stream().allMatch(TaskFuture::isDone));

        Signals.send("TERM", victim.pid());
        soon().until(() -> !Signals.isAlive(victim.pid()));

        for (int i = 0; i < held.size(); i++) {
            assertThat(held.get(i).join()).hasSize(10_000 + i);
            assertThat(directory.resolve("runs-" + i)).hasSize(1);
        }
        assertThat(held.get(7).then(values -> values.length).join()).isEqualTo(10_007);
    }

    @Test
    void whatRunsOnATerminatedWorkerMayEndAndItsResultMovesToo() throws IOException {
        final ClusterView.Seen victim = ClusterView.of(client).worker("w-1");
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<int[]> last = client.with(o -> o.workers("w-1")).submit(() -> {
            Work.meet(running, goOn);
            return new int[10_000];
        });
        soon().until(() -> Files.exists(Path.of(running)));

        Signals.send("TERM", victim.pid());
        soon().until(() -> ClusterView.of(client).worker("w-1").draining());
        Signals.send("TERM", victim.pid());
        assertThat(client.submit(() -> 1).join()).isOne();
        Files.createFile(Path.of(goOn));

        soon().until(() -> !Signals.isAlive(victim.pid()));
        assertThat(last.join()).hasSize(10_000);
        assertThat(Path.of(running)).hasSize(1);
    }

    @Test
    void aWorkerWhoseJobEndsLeavesBeforeAndNothingIsBlamed() throws Exception {
        final Process brief = startWorker("worker.name=brief", "worker.lifetime=10s", "worker.lifetime-margin=5s");
        try {
            soon().until(() -> ClusterView.of(client).workers().stream()
                    .anyMatch(worker -> worker.name().equals("brief")));
            final String runs = directory.resolve("runs").toString();
            final TaskFuture<int[]> held = client.with(o -> o.workers("brief")).submit(() -> {
                Work.attempt(runs);
                return new int[10_000];
            });
            final String running = directory.resolve("running").toString();
            final String goOn = directory.resolve("go").toString();
            final TaskFuture<Integer> tooLong =
                    client.with(o -> o.workers("brief").allowOtherWorkers(true)).submit(() -> Work.meet(running, goOn));
            soon().until(() -> Files.exists(Path.of(running)));

            assertThat(brief.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(brief.exitValue()).isZero();
            soon().until(() -> Files.size(Path.of(running)) == 2);
            Files.createFile(Path.of(goOn));

            assertThat(tooLong.join()).isEqualTo(42);
            assertThat(held.join()).hasSize(10_000);
            assertThat(Path.of(runs)).hasSize(1);
            assertThat(Files.readString(directory.resolve("brief.log")))
                    .contains(
                            "worker starts: ", "lifetime=", "worker brief is registered", "worker brief has stopped: ");
        } finally {
            brief.destroyForcibly();
        }
    }

    private Process startWorker(final String... settings) throws IOException {
        final List<String> arguments = new ArrayList<>(List.of(settings));
        arguments.add("scheduler.file=" + shared.schedulerFile());
        arguments.add("worker.threads=1");
        arguments.add("worker.nanny=false");
        return new ProcessBuilder(JavaCommand.command(
                        "io.muster.worker.WorkerMain", List.of("-Dlogback.configurationFile=talkative.xml"), arguments))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("brief.log").toFile())
                .start();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }
}
