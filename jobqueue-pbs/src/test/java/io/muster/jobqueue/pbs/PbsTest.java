package io.muster.jobqueue.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MemorySize;
import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PbsTest {
    private static final Map<String, String> NONE = Map.of();
    private static final Map<String, String> ACCOUNT = Map.of("PBS_ACCOUNT", "environment");

    @ParameterizedTest
    @CsvSource({
        "1, 1B",
        "10239, 10239B",
        "10240, 10kB",
        "10241, 11kB",
        "10485759, 10240kB",
        "10485760, 10MB",
        "12345678, 12MB",
        "1234567890, 1178MB",
        "10737418239, 10240MB",
        "10737418240, 10GB",
        "15000000000, 14GB"
    })
    void memoryIsRoundedUpAndChangesItsUnitAtTen(final long bytes, final String text) {
        assertThat(Pbs.memory(new MemorySize(bytes))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1800, 1800, PT30M",
        "30:15, 30:15, PT30M15S",
        "1:02:03, 1:02:03, PT1H2M3S",
        "00:30:00.5, 00:30:00.5, PT30M",
        "1:00:00:00, 1:00:00:00, PT24H",
        "1-12, 36:00:00, PT36H",
        "1h30m, 01:30:00, PT1H30M"
    })
    void everyFormOfAWalltimeIsTaken(final String text, final String written, final String duration) {
        final JobSpec spec = spec(NONE, "walltime=" + text);

        assertThat(spec.walltime().duration()).hasToString(duration);
        assertThat(header(spec)).contains("#PBS -l walltime=" + written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "00:00:00", "UNLIMITED", "1:60:00", "00:30:00,mem=1tb"})
    void wrongWalltimesAreRefused(final String text) {
        assertThatThrownBy(() -> spec(NONE, "walltime=" + text))
                .hasMessageStartingWith("walltime=" + text + " must be");
    }

    @Test
    void theAccountIsThatOfTheSettingsThenOfTheEnvironmentThenTheProject() {
        assertThat(header(spec(ACCOUNT, "account=a", "project=p"))).contains("#PBS -A a");
        assertThat(header(spec(ACCOUNT, "project=p"))).contains("#PBS -A environment");
        assertThat(header(spec(NONE, "project=p"))).contains("#PBS -A p");
        assertThatThrownBy(() -> spec(Map.of("PBS_ACCOUNT", "$(id)")))
                .hasMessageStartingWith("account=$(id) must be")
                .hasMessageEndingWith("(set by the environment variable PBS_ACCOUNT)");
    }

    @Test
    void resourcesInPbssOwnWordsTakeThePlaceOfCoresAndMemory() {
        assertThat(header(spec(NONE, "resource-spec=select=2:ncpus=4:mem=8gb:host=~n1")))
                .contains("#PBS -l select=2:ncpus=4:mem=8gb:host=~n1")
                .noneMatch(line -> line.contains("ncpus=8"));
        assertThatThrownBy(() -> spec(NONE, "resource-spec=-q other"))
                .hasMessageStartingWith("resource-spec=-q other must be");
        assertThatThrownBy(() -> spec(NONE, "resource-spec=select=1\n#PBS -q other"))
                .hasMessageStartingWith("resource-spec=select=1\\n#PBS");
    }

    @Test
    void gpusAreAskedForInTheChunk() {
        assertThat(header(spec(NONE, "gpus=2", "resource-spec=")))
                .contains("#PBS -l select=1:ncpus=8:mem=23GB:ngpus=2");
        assertThat(header(spec(NONE, "gpus=2", "resource-spec=select=1"))).contains("#PBS -l select=1");
    }

    @Test
    void theEndIsKnownFromTheJobWhereTorqueTells() {
        assertThat(new Pbs().jobEndLines(60)).containsExactly("muster_end=$(($(date +%s) + 60))");
        assertThat(new Pbs().jobEndLines(0))
                .containsExactly("muster_end=${PBS_WALLTIME:+$(($(date +%s) + ${PBS_WALLTIME:-0}))}");
    }

    private static List<String> header(final JobSpec spec) {
        return new Pbs().headerLines(spec);
    }

    private static JobSpec spec(final Map<String, String> environment, final String... arguments) {
        JobSettings settings = JobSettings.of(new Pbs()).withArgument("cores=8").withArgument("memory=24GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return JobSpec.of(settings, environment);
    }
}
