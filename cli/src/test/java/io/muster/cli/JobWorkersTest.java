package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.config.Json;
import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.SchedulerServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The workers of a batch job, as its script starts them. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
final class JobWorkersTest {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int TERMINATED = 128 + 15;

    @TempDir
    Path folder;

    private SchedulerServer scheduler;
    private Process job;

    @BeforeEach
    void startScheduler() {
        scheduler = SchedulerServer.start(Settings.defaults()
                .with(Options.SCHEDULER_FILE, folder.resolve("s.json").toString())
                .with(Options.SCHEDULER_HOST, "127.0.0.1"));
    }

    @AfterEach
    void endAll() {
        if (job != null) {
            job.destroyForcibly();
        }
        scheduler.close();
    }

    @Test
    void theySayWhichJobTheyRunInHaveDevicesOfTheirOwnAndEndTogetherWhenItIsTerminated() throws Exception {
        start(
                Map.of("CUDA_VISIBLE_DEVICES", "6,7"),
                "--processes=2",
                "--name=ada",
                "--threads=1",
                "--job=17_3",
                "--job-token=t-1",
                "--lifetime=1h",
                "--set=worker.gpus-per-process=1");
        await().atMost(BOUND)
                .untilAsserted(() -> assertThat(workers()).as(this::log).hasSize(2));

        assertThat(workers()).allSatisfy(worker -> {
            assertThat(worker.get("job")).isEqualTo("17_3");
            assertThat((Double) worker.get("remaining_s")).isBetween(3_000.0, 3_600.0);
            assertThat(worker.get("resources")).isEqualTo(Map.of("gpu", 1.0));
        });
        try (Client client = Client.connect(scheduler.file(), BOUND)) {
            assertThat(devices(client, "ada-0")).isEqualTo("6");
            assertThat(devices(client, "ada-1")).isEqualTo("7");
        }
        job.toHandle().destroy();

        assertThat(job.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).as(this::log).isEqualTo(TERMINATED);
        assertThat(workers()).isEmpty();
        assertThat(log())
                .contains(
                        "nanny starts: Muster ",
                        "started worker pid=",
                        "worker starts: Muster ",
                        "job=17_3 name=ada-1 threads=1 memory-limit=auto heap=",
                        "worker ada-0 is registered: number=",
                        "asks worker pid=",
                        "worker ada-1 leaves within 25s: ",
                        "worker ada-1 has stopped: the scheduler stopped it: ");
    }

    @Test
    void theyEndWithTheirJobAndAreNotStartedAgain() throws Exception {
        start(Map.of(), "--processes=2", "--threads=1", "--lifetime=8s", "--set=worker.lifetime-margin=4s");

        assertThat(job.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).as(this::log).isZero();
        assertThat(log()).containsPattern("worker \\S+ has stopped: ").contains("no other follows");
        assertThat(log().split("started worker pid=", -1)).hasSize(3);
    }

    @Test
    void theySayWhyTheyCouldNotReachTheScheduler() throws Exception {
        final Path copy = Files.copy(scheduler.file(), folder.resolve("copy.json"));
        Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(scheduler.file()));
        scheduler.close();
        start(Map.of(), "--scheduler-file=" + copy, "--threads=1", "--death-timeout=2s");

        assertThat(job.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).as(this::log).isOne();
        assertThat(log())
                .contains(
                        "can't reach the scheduler, trying again: ", "could not be reached for worker.death-timeout=2s")
                .contains("exit code 69; no other follows");
    }

    @Test
    void tooFewDevicesAreAnErrorBeforeAnythingStarts() throws Exception {
        start(Map.of("CUDA_VISIBLE_DEVICES", "6"), "--processes=2", "--set=worker.gpus-per-process=1");

        assertThat(job.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(job.exitValue()).as(this::log).isEqualTo(2);
        assertThat(log())
                .contains("CUDA_VISIBLE_DEVICES=6 has devices=1, must be >= 2")
                .doesNotContain("started");
    }

    private static String devices(final Client client, final String worker) {
        return client.with(o -> o.workers(worker))
                .submit(() -> System.getenv("CUDA_VISIBLE_DEVICES"))
                .join();
    }

    private void start(final Map<String, String> environment, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.muster.cli.Main",
                "worker"));
        command.addAll(List.of(arguments));
        if (command.stream().noneMatch(argument -> argument.startsWith("--scheduler-file"))) {
            command.add("--scheduler-file=" + scheduler.file());
        }
        final ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("job.log").toFile());
        builder.environment().put("JAVA_TOOL_OPTIONS", "-Dlogback.configurationFile=talkative.xml");
        builder.environment().putAll(environment);
        job = builder.start();
    }

    private List<Map<?, ?>> workers() {
        final Run run =
                Run.of("info", "--json", "--scheduler-file", scheduler.file().toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return ((List<?>) ((Map<?, ?>) Json.parse(run.out())).get("workers"))
                .stream().<Map<?, ?>>map(worker -> (Map<?, ?>) worker).toList();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("job.log"));
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
