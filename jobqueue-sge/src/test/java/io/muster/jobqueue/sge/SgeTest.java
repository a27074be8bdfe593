package io.muster.jobqueue.sge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.jobqueue.JobSettings;
import io.muster.jobqueue.JobSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SgeTest {
    @ParameterizedTest
    @CsvSource({
        "1800, 1800, PT30M",
        "1:02:03, 1:02:03, PT1H2M3S",
        "1::1, 1::1, PT1H1S",
        ":30:, :30:, PT30M",
        "1-12, 36:00:00, PT36H",
        "1h30m, 01:30:00, PT1H30M"
    })
    void everyFormOfAWalltimeIsTaken(final String text, final String written, final String duration) {
        final JobSpec spec = spec("walltime=" + text);

        assertThat(spec.walltime().duration()).hasToString(duration);
        assertThat(new Sge().headerLines(spec)).contains("#$ -l h_rt=" + written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "::", "00:30", "0:0:0", "UNLIMITED"})
    void wrongWalltimesAreRefused(final String text) {
        assertThatThrownBy(() -> spec("walltime=" + text)).hasMessageStartingWith("walltime=" + text + " must be");
    }

    @Test
    void aNameMayNotBeginWithADigit() {
        assertThat(new Sge().headerLines(spec("name=a1"))).contains("#$ -N a1");
        assertThatThrownBy(() -> spec("name=1a")).hasMessageStartingWith("name=1a must begin with a letter or _");
    }

    @Test
    void optionsAreSkippedAsAWhole() {
        assertThat(new Sge().headerLines(spec("job-directives-skip=[-c, -j]")))
                .containsExactly("#$ -N muster-worker", "#$ -l h_rt=00:30:00", "#$ -cwd");
    }

    private static JobSpec spec(final String... arguments) {
        JobSettings settings = JobSettings.of(new Sge()).withArgument("cores=8").withArgument("memory=24GB");
        for (final String argument : arguments) {
            settings = settings.withArgument(argument);
        }
        return JobSpec.of(settings, Map.of());
    }
}
