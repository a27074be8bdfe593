package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a launch by mpjrun ends; its own exit code is always 0. */
@Tag("slow")
final class EndsUnderMpjExpressTest extends EndsTest {
    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource({
        "multicore, returns, 0",
        "multicore, throws,  0",
        "multicore, exits,   5",
        "niodev,    returns, 0",
        "niodev,    throws,  0",
        "niodev,    exits,   5"
    })
    void noRankIsLeftWhenTheProgramEnds(final String device, final String how, final String argument) throws Exception {
        launchBy(device, how, argument);

        assertEndsWith(0);
        assertThat(launched().output()).contains("value 30");
    }

    @ParameterizedTest(name = "{0}: {1} to {2}")
    @CsvSource({
        "multicore, TERM, launcher, 143",
        "multicore, INT,  launcher, 130",
        "multicore, KILL, launcher, 137",
        "multicore, KILL, rank 1,   0",
        "niodev,    KILL, rank 1,   0",
        "niodev,    KILL, rank 0,   0"
    })
    void noRankIsLeftAfterASignal(final String device, final String signal, final String target, final int exitCode)
            throws Exception {
        launchBy(device, "waits");

        signal(target, signal);

        assertEndsWith(exitCode);
    }

    private void launchBy(final String device, final String... program) throws Exception {
        final MpjExpress mpj = MpjExpress.copied(folder);
        final List<String> command = new ArrayList<>(Launched.SMALL);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ClusterProgram.class.getName()));
        command.add("initialize");
        command.addAll(Arrays.asList(program));
        launch(device.equals("multicore") ? mpj.multicore(4, command) : mpj.cluster(4, command), mpj.variables());
    }
}
