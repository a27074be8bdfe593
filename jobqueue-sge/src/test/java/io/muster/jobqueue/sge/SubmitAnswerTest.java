package io.muster.jobqueue.sge;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandResult;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SubmitAnswerTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "654321",
                "654321\n",
                "  654321  \r\n",
                "654321.1-4:1",
                "Welcome to cluster 7, 128 nodes\n\n654321\n",
                "654321\nRemember: 2 days to the next maintenance\n",
                "*** 2026-11-22 ***\n654321.5-9:2\n",
                "654321\n654321\n",
                "Your job 654321 (\"muster-worker\") has been submitted",
                "Your job 654321 (\"1234\") has been submitted.",
                "Your job-array 654321.1-4:1 (\"x\") has been submitted\n",
                "1234\nYour job 654321 (\"x\") has been submitted\n"
            })
    void theJobsNumberIsFoundAmongWhateverElseIsSaid(final String output) {
        assertThat(SubmitAnswer.number(output)).isEqualTo(OptionalLong.of(654321));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "submitted",
                "0",
                "-5",
                "12 34",
                "12\n34\n",
                "99999999999999999999999",
                "job 17 submitted",
                "654321.admin01",
                "Your job 1 (\"a\") has been submitted\nYour job 2 (\"a\") has been submitted\n"
            })
    void whatDoesNotNameOneJobNamesNone(final String output) {
        assertThat(SubmitAnswer.number(output)).isEmpty();
    }

    @Test
    void tenMegabytesAreReadThrough() {
        assertThat(SubmitAnswer.number("a line of 77 words\n".repeat(500_000) + "42\n"))
                .isEqualTo(OptionalLong.of(42));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FIX_REQUEST|1|Job was rejected because job requests unknown queue \"nope.q\"",
                "FIX_REQUEST|1|job rejected: the requested parallel environment \"nope\" does not exist",
                "FIX_REQUEST|1|job rejected: the requested project \"nope\" does not exist",
                "FIX_REQUEST|1|unknown resource \"nope\"",
                "FIX_REQUEST|1|job rejected: you tried to submit a job with more than 5 tasks",
                "FIX_REQUEST|1|denied: host \"login2\" is no submit host",
                "FIX_REQUEST|2|qsub: invalid option argument \"--nope\"",
                "FIX_REQUEST|1|something nobody has seen before",
                "LIMIT_REACHED|25|job rejected: only 1 jobs are allowed per user (current job count: 1)",
                "LIMIT_REACHED|25|job rejected: only 1 jobs are allowed per cluster",
                "LIMIT_REACHED|25|the site's own words",
                "SYSTEM_DOWN|1|unable to send message to qmaster using port 6444 on host \"vm\": got send error",
                "SYSTEM_DOWN|1|unable to contact qmaster using port 6444 on host \"vm\"",
                "SYSTEM_DOWN|1|job 7 was rejected because it couldn't be written",
                "SYSTEM_DOWN|139|''"
            })
    void refusalsAreSortedByWhatCanBeDone(final Kind kind, final int exitCode, final String words) {
        final CommandResult result = new CommandResult(exitCode, "", "Unable to run job: " + words + "\nExiting.\n");

        assertThat(SubmitAnswer.kind(result)).isEqualTo(kind);
    }
}
