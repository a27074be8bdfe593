package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class MainTest {
    @Test
    void helpNamesEveryCommandAndShowsHowToBegin() {
        final Run run = Run.of("--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "scheduler ",
                        "worker ",
                        "mpi ",
                        "info ",
                        "job-script ",
                        "demo ",
                        "bench ",
                        "completion ",
                        "muster scheduler --scheduler-file");
        assertThat(run.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scheduler", "worker", "mpi", "info", "job-script", "demo", "bench", "completion"})
    void everyCommandHasHelp(final String command) {
        final Run run = Run.of(command, "--help");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("Usage: muster " + command).contains("--verbose");
    }

    /** A description is a format: where its percent sign stands alone, its help begins with a warning. */
    @Test
    void everyDescriptionIsAFormatThatWorks() {
        assertThat(descriptions(Main.commandLine()))
                .isNotEmpty()
                .allSatisfy(text -> assertThat(String.format(text)).isNotNull());
    }

    private static List<String> descriptions(final CommandLine line) {
        final List<String> texts = new ArrayList<>();
        final CommandLine.Model.CommandSpec spec = line.getCommandSpec();
        texts.addAll(List.of(spec.usageMessage().description()));
        texts.addAll(List.of(spec.usageMessage().footer()));
        spec.args().forEach(argument -> texts.addAll(List.of(argument.description())));
        line.getSubcommands().values().forEach(sub -> texts.addAll(descriptions(sub)));
        return texts;
    }

    @Test
    void theVersionSaysWhichJavaRuns() {
        final Run run = Run.of("--version");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).startsWith("muster ").contains("Java " + System.getProperty("java.version"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "| muster: a command is required. Try 'muster --help'.",
                "xyzzy | muster: Unmatched argument at index 0: 'xyzzy'. Try 'muster --help'.",
                "schedule | muster: Unmatched argument at index 0: 'schedule', did you mean scheduler",
                "scheduler | muster scheduler: --scheduler-file=FILE is required, or the setting scheduler.file",
                "worker --scheduler-file s --thread 4 | did you mean --threads?",
                "worker --scheduler-file s --threads four | muster worker: worker.threads=four must be a whole number",
                "worker --scheduler-file s --memory-limit lots | worker.memory-limit=lots must be auto, 0 for no limit",
                "worker --scheduler-file s --resources gpu | worker.resources=gpu must be a list such as gpu=2",
                "worker --scheduler-file s --set worker.thread=4 | the nearest is worker.threads",
                "worker --scheduler-file s --set worker.threads | must be key=value",
                "scheduler --scheduler-file s --set worker.fence=20s | worker.fence=20s must be < scheduler.lease=15s;",
                "scheduler --scheduler-file s --port 70000 | scheduler.port=70000 must be in 0..65535",
                "info --scheduler-file | Missing required parameter for option '--scheduler-file' (FILE)",
                "worker --scheduler-file s --processes 0 | muster worker: --processes=0 must be in 1..4096",
                "worker --scheduler-file s --processes 2 --no-nanny | --processes=2 needs --nanny",
                "job-script | Missing required parameter: 'SYSTEM'",
                "demo --workers 0 | muster demo: --workers=0 must be in 1..1000",
                "demo --workers two | Invalid value for option '--workers': 'two' is not an int",
                "demo --threads --processes | --threads and --processes exclude each other",
                "demo --cluster mpi --jobs 2 | muster demo: --cluster=mpi takes its workers as mpirun or srun started"
                        + " them",
                "mpi | muster mpi: --scheduler-file=FILE is required, or the setting scheduler.file",
                "mpi --scheduler-file s --scheduler-rank one | Invalid value for option '--scheduler-rank': 'one' is"
                        + " not an int",
                "demo --threads --transport tcp | --transport=tcp needs --processes",
                "demo --processes --transport inproc | --transport=inproc needs --threads",
                "demo --transport udp | --transport=udp must be one of aeron, tcp, inproc",
                "demo --threads --input /no/such/folder | --input=/no/such/folder must be a folder"
            })
    void badInputIsOneLineAndExitCode2(final String line, final String message) {
        final Run run = Run.of(line == null ? new String[0] : line.split(" "));

        assertThat(run.err()).contains(message);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void allBrokenRulesAreShownEachOnItsLine() {
        final Run run =
                Run.of("info", "--scheduler-file", "s", "--set", "worker.fence=20s", "--set", "session.heartbeat=9s");

        assertThat(run.err().lines()).hasSize(2).allMatch(line -> line.startsWith("muster info: "));
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void aFailureIsOneLineAndExitCode1(@TempDir final Path folder) throws IOException {
        final Path file = Files.createFile(folder.resolve("s.json"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        final Run run = Run.of("info", "--scheduler-file", file.toString());

        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).startsWith("muster info: ").contains(file.toString(), "(--verbose shows more)");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void aSchedulerFileThatNeverComesIsWaitedForAsLongAsSaid(@TempDir final Path folder) {
        final Run run = Run.of(
                "info",
                "--scheduler-file",
                folder.resolve("s.json").toString(),
                "--set",
                "session.connect-timeout=20ms");

        assertThat(run.err()).contains("timeout=20ms").doesNotContain("\tat ");
        assertThat(run.exitCode()).isEqualTo(1);
    }

    @Test
    void verboseShowsTheStackTrace(@TempDir final Path folder) {
        final Run run = Run.of(
                "info",
                "--verbose",
                "--scheduler-file",
                folder.resolve("s.json").toString(),
                "--set",
                "session.connect-timeout=20ms");

        assertThat(run.err()).contains("\tat io.muster.").doesNotContain("--verbose shows more");
    }

    @Test
    void completionIsAScriptForBash() {
        final Run run = Run.of("completion");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash")
                .contains("complete -F _complete_muster", "--memory-limit");
    }
}
