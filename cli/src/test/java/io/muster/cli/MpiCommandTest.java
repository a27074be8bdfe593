package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.Client;
import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands whose processes a launcher starts; skipped for launchers that this machine has not. */
@Tag("slow")
final class MpiCommandTest {
    private static final Duration BOUND = Duration.ofSeconds(90);
    private static final Map<String, List<String>> OPTIONS = Map.of(
            "mpirun.openmpi",
            List.of("--allow-run-as-root", "--oversubscribe", "--mca", "oob_tcp_if_include", "lo"),
            "mpirun.mpich",
            List.of());

    @TempDir
    Path folder;

    private final List<Process> launches = new ArrayList<>();

    @AfterEach
    void endAll() {
        launches.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mpirun.openmpi", "mpirun.mpich"})
    void theDemonstrationRunsOnTheRanksAndSaysHowLongTheLaunchTook(final String launcher) throws Exception {
        final Path input = Files.createDirectory(folder.resolve("input"));
        Files.writeString(input.resolve("one"), "ant bee bee");

        final Process demo = launch(launcher, 4, "demo", "--cluster", "mpi", "--json", "--input", input.toString());

        assertThat(exitCode(demo)).as(this::errors).isZero();
        final List<Map<?, ?>> lines = Files.readAllLines(folder.resolve("out")).stream()
                .<Map<?, ?>>map(line -> (Map<?, ?>) Json.parse(line))
                .toList();
        assertThat(lines.stream().map(line -> String.valueOf(line.get("demo"))))
                .containsExactly("launch", "darts", "wordcount");
        assertThat(lines).allSatisfy(line -> assertThat(line.get("workers")).isEqualTo(2L));
        assertThat((Double) lines.get(0).get("launch_seconds")).isBetween(0.1, (double) BOUND.toSeconds());
    }

    @ParameterizedTest
    @ValueSource(strings = {"mpirun.openmpi", "mpirun.mpich"})
    void ranksServeAClientElsewhereAndASecondLaunchAddsMore(final String launcher) throws Exception {
        final Path file = folder.resolve("s.json");
        final Process first = launch(
                launcher, 2, "mpi", "--scheduler-file", file.toString(), "--inclusive-workers", "--nthreads", "1");

        try (Client client = Client.connect(file, BOUND)) {
            client.awaitWorkers(2, BOUND);
            final Process second = launch(
                    launcher,
                    1,
                    "mpi",
                    "--scheduler-file",
                    file.toString(),
                    "--no-scheduler",
                    "--name",
                    "more",
                    "--nanny");
            client.awaitWorkers(3, BOUND);
            assertThat(client.workers()).extracting("name").containsExactlyInAnyOrder("mpi-0", "mpi-1", "more-0");
            client.stopCluster();
            assertThat(exitCode(second)).as(this::errors).isZero();
        }

        assertThat(exitCode(first)).as(this::errors).isZero();
    }

    @Test
    void workersThatDoNotStartAndMayFailEndWithZeroUnderOpenMpi() throws Exception {
        final Path none = folder.resolve("none.json");

        final Process launch = launch(
                "mpirun.openmpi",
                2,
                "mpi",
                "--no-scheduler",
                "--scheduler-file",
                none.toString(),
                "--set",
                "worker.death-timeout=1s",
                "--tolerate-worker-failure");

        assertThat(exitCode(launch)).as(this::errors).isZero();
        assertThat(errors()).contains("muster: the worker of rank=0 failed: ", "muster: the worker of rank=1 failed: ");
    }

    @Test
    void outsideOfALaunchTheMessageSaysHowToLaunch() {
        final Run run =
                Run.of("mpi", "--scheduler-file", folder.resolve("s.json").toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("muster mpi: ", "mpirun -np");
    }

    private Process launch(final String launcher, final int size, final String... arguments) throws IOException {
        assumeTrue(isInstalled(launcher), launcher + " is not installed");
        final List<String> command = new ArrayList<>(List.of(launcher));
        command.addAll(OPTIONS.get(launcher));
        command.addAll(List.of(
                "-np",
                Integer.toString(size),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.muster.cli.Main"));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("err").toFile()))
                .start();
        launches.add(process);
        return process;
    }

    private static int exitCode(final Process process) throws InterruptedException {
        assertThat(process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("err"));
        } catch (final IOException e) {
            return e.toString();
        }
    }

    private static boolean isInstalled(final String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }
}
