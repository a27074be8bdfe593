package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How launches of Open MPI and MPICH end whose ranks are on two nodes: the client and a worker away from the launcher. */
@Tag("slow")
final class EndsOnTwoNodesTest extends EndsTest {
    @TempDir
    static Path shared;

    private static TwoNodes nodes;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(Launched.isInstalled("mpirun.openmpi") && Launched.isInstalled("mpirun.mpich"), "no launchers");
        nodes = TwoNodes.start(shared.resolve("nodes"));
    }

    @AfterAll
    static void stop() throws Exception {
        if (nodes != null) {
            nodes.close();
        }
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "openmpi,            returns,      0, 0, value 30",
        "openmpi,            throws,       0, 1, value 30",
        "openmpi,            exits,        5, 5, value 30",
        "openmpi,            worker-exits, 0, 0, value 42",
        "openmpi,            worker-exits, 3, 3, value 30",
        "openmpi,            worker-dies,  9, 137, value 30",
        "openmpi recovering, returns,      0, 0, value 30",
        "openmpi recovering, worker-exits, 0, 0, value 42",
        "mpich,              returns,      0, 0, value 30",
        "mpich,              throws,       0, 1, value 30",
        "mpich,              exits,        5, 5, value 30",
        "mpich,              worker-exits, 0, 0, value 42",
        "mpich,              worker-exits, 3, 3, value 42"
    })
    void theLaunchEndsWithTheCodeOfWhatEndedIt(
            final String launcher, final String how, final String argument, final int exitCode, final String value)
            throws Exception {
        launch(launcher, List.of(), how, argument);

        assertEndsWith(exitCode);
        assertThat(launched().output()).contains(value);
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @CsvSource({
        "openmpi,            KILL, rank 1,   137",
        "openmpi,            KILL, rank 0,   137",
        "openmpi,            TERM, launcher, 1",
        "openmpi,            INT,  launcher, 1",
        "openmpi,            KILL, launcher, 137",
        "openmpi recovering, TERM, launcher, 1",
        "openmpi recovering, INT,  launcher, 1",
        "openmpi recovering, KILL, launcher, 137",
        "mpich,              KILL, launcher, 137"
    })
    void noRankIsLeftAfterASignal(final String launcher, final String signal, final String target, final int exitCode)
            throws Exception {
        launch(launcher, List.of(), "waits");

        signal(target, signal);

        assertEndsWith(exitCode);
    }

    /** The exit code is that of the rank, or that of the proxies that end over it: whichever MPICH's launcher hears of first. */
    @Test
    void mpichEndsWithAWorkerThatDies() throws Exception {
        launch("mpich", List.of(), "worker-dies", "9");

        assertEndsWith(9, 255);
        assertThat(launched().output()).contains("value 30");
    }

    /** With one of two exit codes, as above. */
    @ParameterizedTest
    @ValueSource(strings = {"rank 1", "rank 0"})
    void mpichEndsWithARankThatIsKilled(final String target) throws Exception {
        launch("mpich", List.of(), "waits");

        signal(target, "KILL");

        assertEndsWith(9, 255);
    }

    /** As on one node, the launch's exit code is 0 if MPICH's proxies count all ranks as if they had ended with 0. */
    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void noRankIsLeftAfterMpichPassesOnASignal(final String signal, final int exitCode) throws Exception {
        launch("mpich", List.of(), "waits");

        signal("launcher", signal);

        assertEndsWith(exitCode, 0);
    }

    /** Whatever the ranks run, Open MPI 4 does not end by itself when it recovers and a rank of another node than its own has failed. */
    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"throws, 0", "worker-exits, 3", "worker-dies, 9"})
    void noRankIsLeftOfALauncherThatGoesOnForEver(final String how, final String argument) throws Exception {
        launch("openmpi recovering", List.of(), how, argument);
        launched().awaitOutput("value 30");

        await().atMost(Launched.BOUND)
                .untilAsserted(() -> assertThat(living())
                        .as(launched().output())
                        .noneMatch(process -> process.info()
                                .command()
                                .filter(command -> command.endsWith("/java"))
                                .isPresent()));
        if (!how.equals("throws")) {
            assertThat(launched().output()).contains("value 42");
        }
    }

    @Override
    List<String> launcher(final String name) {
        return switch (name) {
            case "openmpi" -> nodes.openMpi();
            case "openmpi recovering" -> nodes.openMpi("--enable-recovery");
            default -> nodes.mpich();
        };
    }

    /** The launcher is the one child of the process by which it was entered into the first node. */
    @Override
    void send(final String target, final String signal) throws Exception {
        if (target.equals("launcher")) {
            final ProcessHandle entered =
                    launched().process(0).children().findFirst().orElseThrow();
            Launched.signal(entered.pid(), signal);
        } else {
            final int rank = number(target);
            nodes.signal(rank, launched().pid(rank), signal);
        }
    }

    /** Processes have other numbers there than here, but the same command lines. */
    @Override
    List<ProcessHandle> living() {
        final String mark = meeting().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(mark))
                        .isPresent())
                .toList();
    }
}
