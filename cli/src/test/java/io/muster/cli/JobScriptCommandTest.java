package io.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JobScriptCommandTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"slurm", "pbs", "lsf", "sge"})
    void theScriptOfEverySystemIsPrintedAndBashTakesIt(final String system) throws Exception {
        final Path scheduler = folder.resolve("it's $(a).json");

        final Run run = script(system, "--scheduler-file", scheduler.toString(), "--set", "processes=2");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .startsWith("#!/usr/bin/env bash\n\n#")
                .contains("muster-worker", "\numask 077\n", "\nexec '", " --processes 2 ")
                .endsWith(" $muster_lifetime\n");
        final Path file = Files.writeString(folder.resolve("job.sh"), run.out());
        final Process bash = new ProcessBuilder("bash", "-n", file.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(bash.waitFor()).isZero();
    }

    @Test
    void aSectionOfAFileIsUsedAndTheCommandLineWins() throws IOException {
        final Path file = Files.writeString(
                folder.resolve("j.yaml"),
                "jobqueue: {mine: {cores: 4, memory: 8GB, queue: a, walltime: 01:00:00, python: python3}}");

        final Run run =
                Run.of("job-script", "slurm", "--config", file.toString(), "--section", "mine", "--set", "queue=b");

        assertThat(run.out()).contains("#SBATCH -p b\n", "#SBATCH -t 01:00:00\n");
        assertThat(run.err())
                .isEqualToNormalizingNewlines("muster job-script: " + file
                        + " line 1: python is not used: workers are Java; java-home says which\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "slrum|there is no batch system slrum, the nearest is slurm; there are lsf, pbs, sge, slurm",
                "slurm --set memory=8GBB|memory=8GBB must be > 0 and a number with a unit",
                "slurm --set memory=0|memory=0 must be > 0",
                "slurm --set name=-x|name=-x must begin with a letter, a digit or _",
                "slurm --set name=a$(id)|name=a$(id) must begin",
                "slurm --set walltime=1:2:3:4|walltime=1:2:3:4 must be one of hours:minutes:seconds",
                "lsf --set walltime=00:99|must be one of hours:minutes, minutes, or a duration such as 1h30m",
                "pbs --set job-mem=4G|the command line: pbs has no key job-mem, the nearest is",
                "pbs --set memory=|memory=null must both be set",
                "pbs --config /no/such/file|config=/no/such/file must be a file that exists",
                "pbs --section|Missing required parameter for option '--section' (NAME)"
            })
    void badInputIsOneLineAndExitCode2(final String line, final String message) {
        final Run run = script(line.split(" "));

        assertThat(run.err()).contains(message);
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @Test
    void aNameWithALineOfItsOwnIsOneLineToo() {
        final Run run = script("slurm", "--set", "name=a\n#SBATCH --uid=0");

        assertThat(run.err()).startsWith("muster job-script: name=a\\n#SBATCH --uid=0 must");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    /** With enough set to be complete. */
    private static Run script(final String... arguments) {
        final List<String> line = new ArrayList<>(List.of("job-script", arguments[0], "--set=cores=4"));
        line.add("--set=memory=8GB");
        line.addAll(List.of(arguments).subList(1, arguments.length));
        return Run.of(line.toArray(String[]::new));
    }
}
