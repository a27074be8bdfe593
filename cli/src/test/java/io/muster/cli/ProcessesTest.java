package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class ProcessesTest {
    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final int TERMINATED = 128 + 15;

    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path folder;

    @AfterEach
    void endAll() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void schedulerAndWorkersFindEachOtherByTheFileAndEndCleanlyWhenAsked() throws Exception {
        final Path file = folder.resolve("s.json");
        final Process scheduler =
                start("scheduler", "scheduler", "--host", "127.0.0.1", "--scheduler-file", file.toString());
        final Process worker = start(
                "worker",
                "worker",
                "--no-nanny",
                "--name",
                "ada",
                "--threads",
                "1",
                "--scheduler-file",
                file.toString());
        final Process nanny =
                start("nanny", "worker", "--name", "bob", "--threads", "2", "--scheduler-file", file.toString());

        await().atMost(BOUND)
                .untilAsserted(() -> assertThat(workersOf(file)).as(this::logs).hasSize(2));
        assertThat(Run.of("info", "--scheduler-file", file.toString()).out()).contains("workers: 2", "ada", "bob");
        assertThat(log("scheduler"))
                .contains("scheduler listens on tcp://127.0.0.1:", file.toString())
                .contains("dashboard at http://127.0.0.1:")
                .doesNotContain("token=");

        assertThat(terminated(worker)).as(this::logs).isEqualTo(TERMINATED);
        await().atMost(BOUND)
                .untilAsserted(() -> assertThat(workersOf(file)).as(this::logs).hasSize(1));
        assertThat(terminated(scheduler)).as(this::logs).isEqualTo(TERMINATED);
        assertThat(file).doesNotExist();
        assertThat(exitCode(nanny)).as(this::logs).isZero();
    }

    private Process start(final String name, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.muster.cli.Main"));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static int terminated(final Process process) throws InterruptedException {
        process.toHandle().destroy();
        return exitCode(process);
    }

    private static int exitCode(final Process process) throws InterruptedException {
        assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static List<?> workersOf(final Path file) {
        final Run run = Run.of("info", "--json", "--scheduler-file", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        final Map<?, ?> info = (Map<?, ?>) Json.parse(run.out());
        return (List<?>) info.get("workers");
    }

    private String logs() {
        return "scheduler:\n" + log("scheduler") + "worker:\n" + log("worker") + "nanny:\n" + log("nanny");
    }

    private String log(final String name) {
        try {
            return Files.readString(folder.resolve(name + ".log"));
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
