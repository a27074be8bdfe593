package io.muster.jobqueue.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MemorySize;
import io.muster.jobqueue.BatchSystems;
import io.muster.jobqueue.JobKeys;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SlurmTest {
    @Test
    void itIsFoundByItsName() {
        assertThat(BatchSystems.byName("slurm")).isInstanceOf(Slurm.class);
        assertThatThrownBy(() -> BatchSystems.byName("slrum"))
                .hasMessageStartingWith("there is no batch system slrum, the nearest is slurm; there are ");
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1K",
        "1023, 1K",
        "1024, 1K",
        "1025, 2K",
        "1048575, 1024K",
        "1048576, 1M",
        "12345678, 12M",
        "1073741823, 1024M",
        "1073741824, 1G",
        "1234567890, 2G",
        "100000000000, 94G",
        "2199023255552, 2048G",
        "9223372036854775807, 8589934592G"
    })
    void memoryIsRoundedUpInBinaryUnits(final long bytes, final String text) {
        assertThat(Slurm.memory(new MemorySize(bytes))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30, PT30M",
        "30:15, 30:15, PT30M15S",
        "1:02:03, 1:02:03, PT1H2M3S",
        "1-12, 1-12, PT36H",
        "1-12:30, 1-12:30, PT36H30M",
        "1-12:30:10, 1-12:30:10, PT36H30M10S",
        "1h30m, 01:30:00, PT1H30M",
        "UNLIMITED, UNLIMITED,"
    })
    void everyFormOfAWalltimeIsTaken(final String text, final String written, final String duration) {
        final JobSpec spec = spec("walltime=" + text);

        assertThat(spec.walltime()).hasToString(written);
        assertThat(String.valueOf(spec.walltime().duration())).isEqualTo(String.valueOf(duration));
        assertThat(header(spec)).endsWith("#SBATCH -t " + written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1:2:3:4", "1-24:00", "30s30", "-5", "12:00:00pm"})
    void wrongWalltimesAreRefused(final String text) {
        assertThatThrownBy(() -> spec("walltime=" + text)).hasMessageStartingWith("walltime=" + text + " must be");
    }

    @Test
    void memoryInSlurmsOwnWordsIsTakenAsItIs() {
        assertThat(header(spec("job-mem=0"))).contains("#SBATCH --mem=0");
        assertThat(header(spec("job-mem=4000"))).contains("#SBATCH --mem=4000");
        assertThatThrownBy(() -> spec("job-mem=lots")).hasMessageStartingWith("job-mem=lots must be");
    }

    @Test
    void logsAreNamedAfterTheJobAndNullLeavesOut() {
        assertThat(header(spec("log-directory=logs", "walltime=", "name=")))
                .containsExactly(
                        "#SBATCH -e logs/worker-%J.err",
                        "#SBATCH -o logs/worker-%J.out",
                        "#SBATCH -n 1",
                        "#SBATCH -N 1",
                        "#SBATCH --cpus-per-task=8",
                        "#SBATCH --mem=23G");
    }

    @Test
    void gpusAreAskedForOnlyIfThereAreToBeAny() {
        assertThat(header(spec("gpus=4"))).contains("#SBATCH --gres=gpu:4");
        assertThat(header(spec("gpus="))).noneMatch(line -> line.contains("gres"));
    }

    @Test
    void aProgramSetsTypedValues() {
        final JobSettings settings = JobSettings.of(new Slurm())
                .with(JobKeys.CORES, 4)
                .with(JobKeys.MEMORY, MemorySize.gib(8))
                .with(JobKeys.PARTITION, "normal")
                .with(Slurm.JOB_CPU, 8);

        assertThat(header(JobSpec.of(settings, Map.of())))
                .contains("#SBATCH -p normal", "#SBATCH --cpus-per-task=8", "#SBATCH --mem=8G");
    }

    @ParameterizedTest
    @CsvSource({
        "'', [0-9]+",
        "SLURM_JOB_ID=12, 12",
        "SLURM_JOB_ID=13 SLURM_ARRAY_JOB_ID=12 SLURM_ARRAY_TASK_ID=0, 12_0",
        "SLURM_JOB_ID=13 SLURM_ARRAY_JOB_ID=12, 13"
    })
    void aJobKnowsItsIdAsTheQueueShowsIt(final String variables, final String id) throws Exception {
        assertThat(shell(variables, new Slurm().jobIdLines(), "muster_job")).matches(id);
    }

    @Test
    void aJobKnowsWhenItHasToEnd() throws Exception {
        final long now = System.currentTimeMillis() / 1000;

        assertThat(Long.parseLong(shell("", new Slurm().jobEndLines(600), "muster_end")))
                .isBetween(now + 595, now + 660);
        assertThat(shell("SLURM_JOB_END_TIME=1795315135", new Slurm().jobEndLines(600), "muster_end"))
                .isEqualTo("1795315135");
        assertThat(shell("SLURM_JOB_END_TIME=1795315135", new Slurm().jobEndLines(0), "muster_end"))
                .isEqualTo("1795315135");
        assertThat(shell("", new Slurm().jobEndLines(0), "muster_end")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1795315135, 1795315135", "NONE, ''", "Unknown, ''", "'', ''"})
    void withoutAWalltimeTheQueueIsAsked(final String answer, final String end, @TempDir final Path folder)
            throws Exception {
        final Path squeue = folder.resolve("squeue");
        Files.writeString(squeue, "#!/bin/sh\necho '" + answer + "'\n");
        assertThat(squeue.toFile().setExecutable(true)).isTrue();

        assertThat(shell("SLURM_JOB_ID=12 PATH=" + folder + ":$PATH", new Slurm().jobEndLines(0), "muster_end"))
                .isEqualTo(end);
    }

    /** The value of a variable after lines of a script that has failed if anything in it has. */
    private static String shell(final String variables, final List<String> lines, final String variable)
            throws Exception {
        final String script = "set -eu\n" + (variables.isEmpty() ? "" : "export " + variables + "\n")
                + String.join("\n", lines) + "\necho \"$" + variable + "\"\n";
        final Process process = new ProcessBuilder("env", "-i", "PATH=/usr/bin:/bin", "sh", "-c", script)
                .redirectErrorStream(true)
                .start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    private static List<String> header(final JobSpec spec) {
        return new Slurm().headerLines(spec);
    }

    private static JobSpec spec(final String... arguments) {
        JobSettings settings =
                JobSettings.of(new Slurm()).withArgument("cores=8").withArgument("memory=24GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return JobSpec.of(settings, Map.of());
    }
}
