package io.muster.jobqueue.sge;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccountedJobTest {
    private static final String LINE = "=".repeat(62) + "\n";

    @Test
    void aFailedJobHasItsExitCodeItsNodeAndItsTimes() {
        final JobStatus status = recorded("10");

        assertThat(status.state()).isEqualTo(JobState.ENDED);
        assertThat(status.end()).isEqualTo(JobEnd.FAILED);
        assertThat(status.exitCode()).isEqualTo(3);
        assertThat(status.signal()).isNull();
        assertThat(status.node()).isEqualTo("node1");
        assertThat(status.submitted()).isEqualTo(Instant.parse("2026-11-22T02:28:24Z"));
        assertThat(status.started()).isNotNull();
        assertThat(status.ended()).isAfterOrEqualTo(status.started());
    }

    @Test
    void aKilledJobHasItsSignal() {
        final JobStatus status = recorded("11");

        assertThat(status.end()).isEqualTo(JobEnd.FAILED);
        assertThat(status.signal()).isEqualTo(9);
        assertThat(status.exitCode()).isNull();
        assertThat(status.word()).isEqualTo("100 : assumedly after job");
    }

    @Test
    void aJobPastItsTimeAndOnePastItsMemoryHaveTheSameNumberAndAreToldApart() {
        assertThat(recorded("12").end()).isEqualTo(JobEnd.WALLTIME);
        assertThat(recorded("13").end()).isEqualTo(JobEnd.OUT_OF_MEMORY);
    }

    @Test
    void eachTaskOfAnArrayHasItsOwnEnd() {
        assertThat(recorded("14.1").end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(recorded("14.3").exitCode()).isEqualTo(2);
    }

    @Test
    void aJobWhoseOutputCouldNotBeOpenedWasNotStarted() {
        final JobStatus status = recorded("7.1");

        assertThat(status.end()).isEqualTo(JobEnd.NOT_STARTED);
        assertThat(status.started()).isNull();
        assertThat(status.exitCode()).isNull();
        assertThat(status.word()).startsWith("26");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, COMPLETED",
        "0, 137, FAILED",
        "1, 0, NOT_STARTED",
        "7, 0, NOT_STARTED",
        "8, 1, NOT_STARTED",
        "11, 0, NOT_STARTED",
        "15, 0, COMPLETED",
        "19, 0, NODE_FAILURE",
        "21, 0, NODE_FAILURE",
        "27, 0, NOT_STARTED",
        "28, 0, NOT_STARTED",
        "30, 100, FAILED",
        "37, 137, WALLTIME",
        "100, 137, FAILED",
        "100, 152, WALLTIME",
        "100, 0, NODE_FAILURE",
        "999, 0, NOT_STARTED"
    })
    void everyNumberOfAFailureHasAMeaning(final int failed, final int exitCode, final JobEnd end) {
        assertThat(status(record("failed " + failed, "exit_status " + exitCode)).end())
                .isEqualTo(end);
    }

    @ParameterizedTest
    @CsvSource({
        "'-l h_rt=60,h_vmem=300M', 12, 400.5MB, 1, OUT_OF_MEMORY",
        "'-l h_rt=60,h_vmem=300M -pe smp 2', 60s, 500MB, 2, WALLTIME",
        "'-l h_rt=0:1:0', 61.5, 9GB, 1, WALLTIME",
        "'-l h_rt=::30', 12s, 0.000B, 1, OUT_OF_MEMORY",
        "'-l h_vmem=300M -pe smp 2', 12, 500M, 2, WALLTIME",
        "'-l h_vmem=300M -pe smp 2', 12, 700M, 2, OUT_OF_MEMORY",
        "NONE, 12, 700M, 1, WALLTIME"
    })
    void theLimitIsTheOneThatWasReached(
            final String category, final String ran, final String used, final int slots, final JobEnd end) {
        final JobStatus status = status(record(
                "failed 37  : qmaster enforced h_rt, h_cpu, or h_vmem limit",
                "exit_status 137                  (Killed)",
                "category " + category,
                "ru_wallclock " + ran,
                "maxvmem " + used,
                "slots " + slots));

        assertThat(status.end()).isEqualTo(end);
    }

    @Test
    void aKillAfterACancelIsACancellation() {
        final Map<JobId, AccountedJob> jobs = AccountedJob.parse(record("failed 100 : assumedly", "exit_status 137"));

        assertThat(jobs.get(new JobId(1, 0)).status(new JobId(1, 0), true).end())
                .isEqualTo(JobEnd.CANCELLED);
    }

    @Test
    void aJobThatCompletedBeforeItWasCancelledHasCompleted() {
        final Map<JobId, AccountedJob> jobs = AccountedJob.parse(record("failed 0", "exit_status 0"));

        assertThat(jobs.get(new JobId(1, 0)).status(new JobId(1, 0), true).end())
                .isEqualTo(JobEnd.COMPLETED);
    }

    @Test
    void aSystemThatSaysWhoDeletedAJobIsBelieved() {
        assertThat(status(record("failed 100", "exit_status 137", "deleted_by ada@login"))
                        .end())
                .isEqualTo(JobEnd.CANCELLED);
        assertThat(status(record("failed 100", "exit_status 137", "deleted_by NONE"))
                        .end())
                .isEqualTo(JobEnd.FAILED);
    }

    @Test
    void theLastRunOfARequeuedJobCountsAndTheOthersAreCounted() {
        final JobStatus status = status(record("failed 25  : rescheduling", "exit_status 0")
                + record("failed 25  : rescheduling", "exit_status 0")
                + record("failed 0", "exit_status 4"));

        assertThat(status.end()).isEqualTo(JobEnd.FAILED);
        assertThat(status.restarts()).isEqualTo(2);
    }

    @Test
    void aRequeuedJobThatIsGoneWasDeletedWhileItWaited() {
        assertThat(status(record("failed 25  : rescheduling", "exit_status 0")).end())
                .isEqualTo(JobEnd.CANCELLED);
    }

    @Test
    void timesOfOtherVersionsAreRead() {
        final JobStatus status = status(LINE + "jobnumber 1\ntaskid undefined\nqsub_time 11/22/2026 02:08:55.123\n"
                + "start_time 11/22/2026 02:08:56\nend_time -/-\nfailed 0\nexit_status 0\n");

        assertThat(status.submitted()).isEqualTo(Instant.parse("2026-11-22T02:08:55.123Z"));
        assertThat(status.started()).isEqualTo(Instant.parse("2026-11-22T02:08:56Z"));
        assertThat(status.ended()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "error: job id 4 not found",
                "/var/lib/sge/default/common/accounting: No such file or directory\nno jobs running since startup",
                "==============================================================\njobnumber x\n"
            })
    void whatIsNoRecordIsPassedOver(final String text) {
        assertThat(AccountedJob.parse(text)).isEmpty();
    }

    private static JobStatus recorded(final String id) {
        final JobId job = JobId.parse(id).orElseThrow();
        return AccountedJob.parse(ScriptedCommands.resource("qacct.txt"))
                .get(job)
                .status(job, false);
    }

    private static JobStatus status(final String text) {
        final JobId job = new JobId(1, 0);
        return AccountedJob.parse(text).get(job).status(job, false);
    }

    private static String record(final String... fields) {
        return LINE
                + "jobnumber    1                   \ntaskid       undefined\nstart_time   Sun Nov  1 02:28:24 2026\n"
                + String.join("\n", fields) + "\n";
    }
}
