package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a launch ends when one of its ranks does, or the launcher is told to; skipped for launchers that this machine has not. */
@Tag("slow")
final class EndsUnderLaunchersTest extends EndsTest {
    private static final List<String> TOLERATE = List.of("-D" + ClusterProgram.TOLERATE + "=true");

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "openmpi,            returns,      0, 0, value 30",
        "openmpi,            throws,       0, 1, value 30",
        "openmpi,            exits,        5, 5, value 30",
        "openmpi,            worker-exits, 0, 0, value 42",
        "openmpi,            worker-exits, 3, 3, value 30",
        "openmpi,            worker-dies,  9, 137, value 30",
        "openmpi recovering, returns,      0, 0, value 30",
        "openmpi recovering, throws,       0, 0, value 30",
        "openmpi recovering, exits,        5, 0, value 30",
        "openmpi recovering, worker-exits, 0, 0, value 42",
        "openmpi recovering, worker-exits, 3, 0, value 42",
        "openmpi recovering, worker-dies,  9, 0, value 42",
        "mpich,              returns,      0, 0, value 30",
        "mpich,              throws,       0, 1, value 30",
        "mpich,              exits,        5, 5, value 30",
        "mpich,              worker-exits, 0, 0, value 42",
        "mpich,              worker-exits, 3, 3, value 42",
        "mpich,              worker-dies,  9, 9, value 30"
    })
    void theLaunchEndsWithTheCodeOfWhatEndedIt(
            final String launcher, final String how, final String argument, final int exitCode, final String value)
            throws Exception {
        launch(launcher, List.of(), how, argument);

        assertEndsWith(exitCode);
        assertThat(launched().output()).contains(value);
    }

    @Test
    void aWorkerThatFailsAndMayDoesNotEndTheOthersUnderOpenMpi() throws Exception {
        launch("openmpi", TOLERATE, "worker-exits", "3");

        assertEndsWith(0);
        assertThat(launched().output()).contains("value 42", "muster: the worker of rank=3 failed");
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @CsvSource({
        "openmpi,            KILL, rank 1,   137",
        "openmpi,            KILL, rank 0,   137",
        "openmpi,            TERM, launcher, 1",
        "openmpi,            INT,  launcher, 1",
        "openmpi,            KILL, launcher, 137",
        "openmpi recovering, KILL, rank 1,   0",
        "openmpi recovering, KILL, rank 0,   0",
        "openmpi recovering, TERM, launcher, 1",
        "openmpi recovering, INT,  launcher, 1",
        "openmpi recovering, KILL, launcher, 137",
        "mpich,              KILL, rank 1,   9",
        "mpich,              KILL, rank 0,   9",
        "mpich,              KILL, launcher, 137"
    })
    void noRankIsLeftAfterASignal(final String launcher, final String signal, final String target, final int exitCode)
            throws Exception {
        launch(launcher, List.of(), "waits");

        signal(target, signal);

        assertEndsWith(exitCode);
        if (!signal.equals("KILL")) {
            assertThat(launched().leftBehind()).as(launched().output()).isEmpty();
        }
    }

    /**
     * MPICH's proxy may count ranks that end after a signal as if they had ended with 0, of any program; if it does so for all of them,
     * the launch's exit code is 0.
     */
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void noRankIsLeftAfterMpichPassesOnASignal(final String signal) throws Exception {
        launch("mpich", List.of(), "waits");

        signal("launcher", signal);

        assertEndsWith(signal.equals("TERM") ? 143 : 130, 0);
    }
}
