package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.config.Settings;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class WorkerArgumentsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--threads=3 --set worker.threads=1 --set=loop.spin=0",
                "--threads 3 --memory-limit 2GiB --name w --death-timeout 9s --local-directory /tmp --resources gpu=2,x=1",
                "--job 17_3 --job-token t-1 --lifetime 3599s --nanny",
                "--no-nanny",
                "--name a=b",
            })
    void aPlainCommandLineIsReadAsTheLibraryReadsIt(final String line) {
        final String[] words = ("--scheduler-file s.json " + line).split(" ");
        final WorkerCommand command = new WorkerCommand();
        new CommandLine(command).parseArgs(words);

        final Settings settings = Objects.requireNonNull(read(words)).settings();

        assertThat(settings.toArguments()).isEqualTo(command.settings().toArguments());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--threads",
                "--threads=x",
                "--threads=1 --threads=2",
                "--nanny --no-nanny",
                "--name=",
                "--name -x",
                "--set=nothing.such=1",
                "--processes=0",
                "--processes=x",
                "--processes=2 --no-nanny",
                "--no-nanny --set=worker.gpus-per-process=1",
                "--verbose",
                "@file",
                "stray"
            })
    void whatIsNotPlainOrWrongIsLeftToTheLibrary(final String line) {
        assertThat(read(("--scheduler-file=s.json " + line).split(" "))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "scheduler --scheduler-file=s.json", "worker"})
    void onlyAWorkerWithASchedulerIsStarted(final String line) {
        assertThat(WorkerArguments.read(line.isEmpty() ? new String[0] : line.split(" ")))
                .isNull();
    }

    private static WorkerStart read(final String... words) {
        return WorkerArguments.read(
                Stream.concat(Stream.of("worker"), Arrays.stream(words)).toArray(String[]::new));
    }
}
