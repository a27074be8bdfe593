package io.muster.jobqueue.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MemorySize;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LsfTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "1, kb, 1",
        "1234567890, kb, 1234568",
        "1234567890, M, 1235",
        "1234567890, GB, 2",
        "24000000000, g, 24",
        "1, zb, 1",
        "9223372036854775807, kb, 9223372036854776"
    })
    void memoryIsRoundedUpInPowersOfAThousand(final long bytes, final String units, final String text) {
        assertThat(Lsf.memory(new MemorySize(bytes), units)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "LSF_UNIT_FOR_LIMITS=MB|24000",
                "LSF_UNIT_FOR_LIMITS = GB|24",
                "LSF_UNIT_FOR_LIMITS=\"tb\"|1",
                "#LSF_UNIT_FOR_LIMITS=GB|24000000",
                "LSF_UNIT_FOR_LIMITS|24000000",
                "LSF_UNIT_FOR_LIMITS=|24000000"
            })
    void theSitesUnitsAreFound(final String line, final String memory) throws IOException {
        Files.writeString(folder.resolve("lsf.conf"), "LSF_OTHER=x\n" + line + "\nLSF_LAST=1\n");

        assertThat(header(spec(Map.of("LSF_CONFDIR", folder.toString())))).contains("#BSUB -M " + memory);
        assertThat(header(spec(Map.of("LSF_ENVDIR", folder.toString(), "LSF_CONFDIR", "/none"))))
                .contains("#BSUB -M " + memory);
        assertThat(header(spec(Map.of("LSF_ENVDIR", "/none", "LSF_CONFDIR", folder.toString()), "lsf-units=mb")))
                .contains("#BSUB -M 24000");
    }

    @Test
    void unitsThatDoNotExistAreRefusedWithTheirOrigin() throws IOException {
        Files.writeString(folder.resolve("lsf.conf"), "LSF_UNIT_FOR_LIMITS=YB\n");

        assertThatThrownBy(() -> spec(Map.of("LSF_ENVDIR", folder.toString())))
                .hasMessage("lsf-units=YB must be one of kb, mb, gb, tb, pb, eb, zb (set by "
                        + folder.resolve("lsf.conf") + ")");
        assertThatThrownBy(() -> spec(Map.of(), "lsf-units=xb")).hasMessageStartingWith("lsf-units=xb must be one of");
    }

    @ParameterizedTest
    @CsvSource({
        "90, 90, PT1H30M",
        "01:30, 01:30, PT1H30M",
        "1:30/hostA, 1:30/hostA, PT1H30M",
        "00:02:00, 00:02, PT2M",
        "1-12, 36:00, PT36H",
        "1h30m, 01:30, PT1H30M"
    })
    void everyFormOfAWalltimeIsTaken(final String text, final String written, final String duration) {
        final JobSpec spec = spec(Map.of(), "walltime=" + text);

        assertThat(spec.walltime().duration()).hasToString(duration);
        assertThat(header(spec)).endsWith("#BSUB -W " + written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00:00", "1:60", "UNLIMITED", "90/host name", "90/"})
    void wrongWalltimesAreRefused(final String text) {
        assertThatThrownBy(() -> spec(Map.of(), "walltime=" + text))
                .hasMessageStartingWith("walltime=" + text + " must be");
    }

    @Test
    void memoryIsReservedIfAskedFor() {
        assertThat(header(spec(Map.of(), "reserve-memory=true", "lsf-units=mb")))
                .contains("#BSUB -R \"rusage[mem=24000]\"", "#BSUB -M 24000");
    }

    @Test
    void projectsMayHaveSpacesButNoQuotes() {
        assertThat(header(spec(Map.of(), "project=Big Project 1"))).contains("#BSUB -P \"Big Project 1\"");
        assertThatThrownBy(() -> spec(Map.of(), "project=a\" -q \"b")).hasMessageStartingWith("project=a\" -q");
    }

    @Test
    void logsAreNamedAfterTheJob() {
        assertThat(header(spec(Map.of(), "name=abc", "log-directory=/logs")))
                .contains("#BSUB -e /logs/abc-%J.err", "#BSUB -o /logs/abc-%J.out");
    }

    @Test
    void gpusAreAskedFor() {
        assertThat(header(spec(Map.of(), "gpus=2"))).endsWith("#BSUB -gpu \"num=2\"");
    }

    private static List<String> header(final JobSpec spec) {
        return new Lsf().headerLines(spec);
    }

    private static JobSpec spec(final Map<String, String> environment, final String... arguments) {
        JobSettings settings = JobSettings.of(new Lsf()).withArgument("cores=8").withArgument("memory=24GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return JobSpec.of(settings, environment);
    }
}
