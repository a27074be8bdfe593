package io.muster.jobqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DirectivesTest {
    private static final JobSettings SETTINGS = JobSettings.of(new OneSystem())
            .withArgument("name=my-name")
            .withArgument("cores=4")
            .withArgument("memory=8GB")
            .withArgument("project=p1");

    @ParameterizedTest
    @CsvSource({
        "-n, '-n 4'",
        "-N, '-N 1'",
        "'-n 4', '-n 4'",
        "'#ONE -n', '-n 4'",
        "--mem, --mem=8GB",
        "--me, --mem=8GB",
        "--mem=, --mem=8GB",
        "mem, --mem=8GB",
        "walltime, '-l walltime=00:30:00'",
        "'-l wall', '-l walltime=00:30:00'",
        "select, '-l select=1:mem=8GB'",
        "p1, '-P \"p1\"'",
        "'\"p1', '-P \"p1\"'",
        "my, '-J my-name'",
        "-cwd, -cwd"
    })
    void aSkipMeansAnOptionOrTheStartOfItsValue(final String skip, final String directive) {
        assertThat(left(skip)).doesNotContain("#ONE " + directive).hasSize(7);
    }

    @ParameterizedTest
    @CsvSource({"-c", "-name", "name", "ncpus", ":mem", "-", "--", "-nodes", "'#ONE'", "00", "1:mem", "J"})
    void aSkipDoesNotMeanTheMiddleOfAnything(final String skip) {
        assertThat(left(skip)).hasSize(8);
    }

    @Test
    void aSkipOfAnOptionMeansEachOfThem() {
        assertThat(left("-l")).hasSize(6);
    }

    @Test
    void extraDirectivesComeLastAndAreNeverSkipped() {
        final JobSettings settings = SETTINGS.withArgument("job-extra-directives=[-n 9, \"--gres=gpu:1\", '']");

        assertThat(lines(settings.withArgument("job-directives-skip=-n")))
                .doesNotContain("#ONE -n 4")
                .endsWith("#ONE -n 9", "#ONE --gres=gpu:1");
    }

    private static List<String> left(final String skip) {
        return lines(SETTINGS.withArgument("header-skip=" + skip));
    }

    private static List<String> lines(final JobSettings settings) {
        return settings.system().headerLines(JobSpec.of(settings, Map.of()));
    }
}
