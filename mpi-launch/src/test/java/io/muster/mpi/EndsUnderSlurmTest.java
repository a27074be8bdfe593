package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a step of Slurm ends when one of its tasks does, or srun is told to. */
@EnabledIfEnvironmentVariable(named = "SLURM_LAB", matches = ".+")
@Tag("slow")
final class EndsUnderSlurmTest extends EndsTest {
    private static final int KILLED = 137;

    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "srun,      returns,      0, 0, value 30",
        "srun,      throws,       0, 1, value 30",
        "srun,      exits,        5, 5, value 30",
        "srun,      worker-exits, 0, 0, value 42",
        "srun,      worker-exits, 3, 3, value 42",
        "srun,      worker-dies,  9, 137, value 42",
        "srun pmi2, exits,        5, 5, value 30",
        "srun pmi2, worker-dies,  9, 137, value 42"
    })
    void theStepEndsWithTheLargestCodeAndTheOthersFinishTheWork(
            final String launcher, final String how, final String argument, final int exitCode, final String value)
            throws Exception {
        launch(launcher, List.of(), how, argument);

        assertEndsWith(exitCode);
        assertThat(launched().output()).contains(value);
    }

    @ParameterizedTest(name = "{0} to {1}")
    @CsvSource({"KILL, rank 1", "KILL, rank 0", "TERM, launcher", "KILL, launcher"})
    void noTaskIsLeftAfterASignal(final String signal, final String target) throws Exception {
        launch("srun", List.of(), "waits");

        signal(target, signal);

        assertEndsWith(KILLED, 143);
    }

    @Test
    void noTaskIsLeftAfterTwoInterruptsWithinASecond() throws Exception {
        launch("srun", List.of(), "waits");

        signal("launcher", "INT");
        launched().awaitOutput("one more within 1 sec to abort");
        assertThat(launched().process(0).isAlive()).isTrue();
        await().atMost(Launched.BOUND).pollInterval(Duration.ofMillis(300)).until(this::endsAtOneMoreInterrupt);

        assertEndsWith(KILLED, 130);
    }

    private boolean endsAtOneMoreInterrupt() throws Exception {
        if (launched().process(0).isAlive()) {
            signal("launcher", "INT");
        }
        return !launched().process(0).isAlive();
    }
}
