package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.worker.WorkerHeap;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class WorkerCommandTest {
    @Test
    void optionsOfItsOwnWinOverSet() {
        final Settings settings = settings(
                "--set",
                "worker.threads=1",
                "--threads",
                "3",
                "--resources",
                "gpu=2,licence=1",
                "--set",
                "loop.spin=0");

        assertThat(settings.get(Options.WORKER_THREADS)).isEqualTo(3);
        assertThat(settings.get(Options.WORKER_RESOURCES)).containsExactly("gpu=2", "licence=1");
        assertThat(settings.get(Options.LOOP_SPIN)).isZero();
    }

    @Test
    void aJobIsNamedWithItsTokenAndItsEnd() {
        final Settings settings = settings("--job", "17_3", "--job-token", "t-1", "--lifetime", "3599s");

        assertThat(settings.get(Options.WORKER_JOB)).isEqualTo("17_3");
        assertThat(settings.get(Options.WORKER_JOB_TOKEN)).isEqualTo("t-1");
        assertThat(settings.get(Options.WORKER_LIFETIME)).isEqualTo(Duration.ofSeconds(3599));
    }

    @Test
    void pinningGpusNeedsANanny() {
        final Run run = Run.of("worker", "--scheduler-file=s.json", "--no-nanny", "--set", "worker.gpus-per-process=1");

        assertThat(run.exitCode()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run.err()).contains("worker.gpus-per-process=1 needs --nanny");
    }

    @ParameterizedTest
    @CsvSource({"--nanny, true", "--no-nanny, false", "--set=worker.nanny=false, false", "--name=a, true"})
    void aNannyIsThereUnlessSheIsSentAway(final String option, final boolean nanny) {
        assertThat(settings(option).get(Options.WORKER_NANNY)).isEqualTo(nanny);
    }

    @ParameterizedTest
    @CsvSource({
        "auto, 0, -XX:MaxRAMPercentage=85.0",
        "auto, 2, -XX:MaxRAMPercentage=42.5",
        "auto, 9, -XX:MaxRAMPercentage=85.0",
        "0, 1, -XX:MaxRAMPercentage=85.0",
        "1000KiB, 1, -Xmx16384k",
        "100MiB, 1, -Xmx51200k",
        "512MiB, 1, -Xmx334233k",
        "4GiB, 1, -Xmx3565158k",
        "2TiB, 1, -Xmx1825361100k"
    })
    void theHeapIsAPartOfTheMemoryLimit(final String limit, final int threads, final String flag) {
        final Settings settings =
                Settings.defaults().with(Options.WORKER_MEMORY_LIMIT, limit).with(Options.WORKER_THREADS, threads);

        assertThat(WorkerHeap.flag(settings, 4)).isEqualTo(flag);
    }

    private static Settings settings(final String... arguments) {
        final WorkerCommand command = new WorkerCommand();
        final String[] line = Arrays.copyOf(arguments, arguments.length + 1);
        line[arguments.length] = "--scheduler-file=s.json";
        new CommandLine(command).parseArgs(line);
        return command.settings();
    }
}
