package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What people ask when nothing goes on, on a cluster of processes where nothing does. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class StuckTest {
    private static LocalCluster cluster;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        cluster = LocalCluster.builder()
                .workers(2)
                .threadsPerWorker(1)
                .processes(true)
                .transport("tcp")
                .set("scheduler.check-interval", "500ms")
                .set("scheduler.lease", "15s")
                .set("worker.fence", "8s")
                .set("session.heartbeat", "200ms")
                .start();
        cluster.awaitWorkers(2, Duration.ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void aTaskThatAsksForWhatNobodyHasIsFoundExplainedLoggedAndDumped() {
        final Path file = folder.resolve("cluster.dump.gz");
        try (Client client = cluster.connect()) {
            assertThat(check().exitCode()).isZero();
            assertThat(check().out()).isEqualTo("nothing is stuck\n");
            final TaskFuture<Integer> greedy =
                    client.with(o -> o.key("greedy").resource("gpu", 1)).submit(() -> 1);
            final TaskFuture<Integer> after = client.with(o -> o.key("after")).then(greedy, x -> x + 1);
            await().until(() -> check().exitCode() == 1);

            assertThat(check().out()).contains("no-worker", "task=greedy", "no worker has resource gpu=1");
            final Map<?, ?> found = findings().get(0);
            assertThat(found.get("what")).isEqualTo("no-worker");
            assertThat(found.get("task")).isEqualTo("greedy");
            assertThat(found.get("count")).isEqualTo(1L);
            await().untilAsserted(
                            () -> assertThat(cluster.logs()).containsOnlyOnce("no-worker: no worker has resource"));
            assertThat(run("dump", file.toString()).err()).isEmpty();
            client.cancel(List.of(greedy, after));
            await().until(() -> check().exitCode() == 0);
        }

        assertThat(inspect(file, "stuck").out()).contains("no-worker", "task=greedy");
        assertThat(inspect(file, "tasks").out()).contains("tasks: waiting 1, no-worker 1", "greedy", "after");
        assertThat(inspect(file, "task", "after").out())
                .contains(
                        "after waits for greedy, which waits for a worker: no worker has resource gpu=1",
                        "inputs: greedy");
        assertThat(inspect(file, "task", "greedy").out()).contains("to no-worker: ");
        assertThat(inspect(file, "workers").out()).contains("workers: 2", "w-0", "w-1", "fine");
        assertThat(inspect(file, "threads").out()).contains("scheduler: muster-scheduler", "w-1: muster-w-1");
        assertThat(Json.parse(inspect(file, "task", "greedy", "--json").out())).isInstanceOf(Map.class);
        assertThat(inspect(file, "task", "other").exitCode()).isEqualTo(1);
    }

    @Test
    void aWorkerThatStandsStillIsNamedWithTheTaskThatWaitsForWhatItHolds() throws Exception {
        final Path file = folder.resolve("cluster.dump.gz");
        try (Client client = cluster.connect()) {
            final TaskFuture<byte[]> held =
                    client.with(o -> o.key("held").workers("w-0")).submit(() -> new byte[100_000]);
            client.awaitAll(List.of(held), Duration.ofSeconds(30));
            final long pid = client.with(o -> o.workers("w-0"))
                    .submit(() -> ProcessHandle.current().pid())
                    .join();
            final TaskFuture<Integer> waiting;
            signal("STOP", pid);
            try {
                waiting = client.with(o -> o.key("waiting").workers("w-1")).then(held, bytes -> bytes.length);
                await().atMost(Duration.ofSeconds(20)).until(() -> whats().contains("input-unreachable"));

                assertThat(check().out())
                        .contains("silent-worker", "worker=w-0", "has not been heard of for")
                        .contains(
                                "task=waiting worker=w-1", "tasks wait for held from w-0, which has not been heard of");
                assertThat(run("dump", file.toString()).exitCode()).isZero();
            } finally {
                signal("CONT", pid);
            }
            assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo(100_000);
            await().until(() -> check().exitCode() == 0);
        }

        assertThat(inspect(file, "workers").out()).contains("did not answer", "fine");
        assertThat(inspect(file, "task", "waiting").out()).contains("is on w-1 and waits there for held from w-0");
    }

    @Test
    void inspectSaysInOneLineWhatIsWrongWithAFile() throws IOException {
        final Path file = Files.writeString(folder.resolve("notes.txt"), "nothing");

        final Run run = inspect(file, "tasks");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("must be a file that muster dump or client.dump wrote");
        assertThat(inspect(folder.resolve("none"), "tasks").exitCode()).isEqualTo(2);
        assertThat(inspect(file, "everything").exitCode()).isEqualTo(2);
        assertThat(inspect(file, "task").err()).contains("task needs a KEY");
        assertThat(Run.of("check").exitCode()).isEqualTo(2);
        assertThat(run("dump", folder.resolve("no/such/folder").toString()).exitCode())
                .isEqualTo(2);
    }

    private static Run check() {
        return run("check");
    }

    private static List<Map<?, ?>> findings() {
        final Object answer = Json.parse(run("check", "--json").out());
        final List<Map<?, ?>> findings = new ArrayList<>();
        if (answer instanceof Map<?, ?> members && members.get("findings") instanceof List<?> all) {
            assertThat(members.get("ok")).isEqualTo(all.isEmpty());
            all.forEach(each -> findings.add((Map<?, ?>) each));
        }
        return findings;
    }

    private static List<String> whats() {
        return findings().stream()
                .map(found -> String.valueOf(found.get("what")))
                .toList();
    }

    private static Run run(final String command, final String... arguments) {
        final List<String> line = new ArrayList<>(
                List.of(command, "--scheduler-file", cluster.schedulerFile().toString()));
        line.addAll(List.of(arguments));
        return Run.of(line.toArray(String[]::new));
    }

    private static Run inspect(final Path file, final String... what) {
        final List<String> line = new ArrayList<>(List.of("inspect", file.toString()));
        line.addAll(List.of(what));
        return Run.of(line.toArray(String[]::new));
    }

    private static void signal(final String name, final long pid) throws IOException, InterruptedException {
        final Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }
}
