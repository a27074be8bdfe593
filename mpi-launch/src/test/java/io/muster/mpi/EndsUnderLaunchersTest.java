package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a launch ends when one of its ranks does, or the launcher is told to; skipped for launchers that this machine has not. */
@Tag("long")
final class EndsUnderLaunchersTest {
    private static final int SIZE = 4;
    private static final Map<String, List<String>> OPTIONS = Map.of(
            "mpirun.openmpi",
            List.of("--allow-run-as-root", "--oversubscribe", "--mca", "oob_tcp_if_include", "lo"),
            "mpirun.mpich",
            List.of());

    @TempDir
    Path folder;

    private Launched launched;

    @AfterEach
    void endAll() {
        if (launched != null) {
            launched.close();
        }
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "mpirun.openmpi, returns,      0, 0, value 30",
        "mpirun.openmpi, throws,       0, 1, value 30",
        "mpirun.openmpi, exits,        5, 5, value 30",
        "mpirun.openmpi, worker-exits, 0, 0, value 42",
        "mpirun.openmpi, worker-exits, 3, 3, value 30",
        "mpirun.openmpi, worker-dies,  9, 137, value 30",
        "mpirun.mpich,   returns,      0, 0, value 30",
        "mpirun.mpich,   throws,       0, 1, value 30",
        "mpirun.mpich,   exits,        5, 5, value 30",
        "mpirun.mpich,   worker-exits, 0, 0, value 42",
        "mpirun.mpich,   worker-exits, 3, 3, value 42",
        "mpirun.mpich,   worker-dies,  9, 9, value 30"
    })
    void theLaunchEndsWithTheCodeOfWhatEndedIt(
            final String launcher, final String how, final String argument, final int exitCode, final String value)
            throws Exception {
        launched = launch(launcher, how, argument);

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(exitCode);
        assertThat(launched.output()).contains(value);
        assertNoRankIsLeft();
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @CsvSource({
        "mpirun.openmpi, KILL, rank 1,   137",
        "mpirun.openmpi, KILL, rank 0,   137",
        "mpirun.openmpi, TERM, launcher, 1",
        "mpirun.openmpi, INT,  launcher, 1",
        "mpirun.openmpi, KILL, launcher, 137",
        "mpirun.mpich,   KILL, rank 1,   9",
        "mpirun.mpich,   KILL, rank 0,   9",
        "mpirun.mpich,   TERM, launcher, 143",
        "mpirun.mpich,   INT,  launcher, 130",
        "mpirun.mpich,   KILL, launcher, 137"
    })
    void noRankIsLeftAfterASignal(final String launcher, final String signal, final String target, final int exitCode)
            throws Exception {
        launched = launch(launcher, "waits");
        launched.awaitOutput("the program waits");
        final long pid = target.equals("launcher")
                ? launched.process(0).pid()
                : launched.rank(Integer.parseInt(target.substring("rank ".length())))
                        .pid();

        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                        .start()
                        .waitFor())
                .isZero();

        assertThat(launched.exitCodes()).as(launched.output()).containsExactly(exitCode);
        assertNoRankIsLeft();
        if (!signal.equals("KILL")) {
            assertThat(launched.leftBehind()).as(launched.output()).isEmpty();
        }
    }

    private Launched launch(final String launcher, final String... program) throws IOException {
        assumeTrue(isInstalled(launcher), launcher + " is not installed");
        final String[] arguments =
                Stream.concat(Stream.of("initialize"), Stream.of(program)).toArray(String[]::new);
        return Launched.by(
                folder,
                Stream.of(List.of(launcher), OPTIONS.get(launcher), List.of("-np", Integer.toString(SIZE)))
                        .flatMap(List::stream)
                        .toList(),
                arguments);
    }

    private void assertNoRankIsLeft() {
        await().atMost(Launched.BOUND)
                .untilAsserted(() ->
                        assertThat(launched.livingRanks()).as(launched.output()).isEmpty());
    }

    private static boolean isInstalled(final String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
