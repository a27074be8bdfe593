package io.muster.jobqueue.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.command.CommandException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers as recorded from openlava 2.2, and as IBM's documents of LSF 10.1 describe them. */
final class LsfQueryTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T02:00:00Z"), ZoneOffset.UTC);
    private static final String HEADER =
            "JOBID   USER    STAT  QUEUE      FROM_HOST   EXEC_HOST   JOB_NAME   SUBMIT_TIME\n";

    private final ScriptedRunner runner = new ScriptedRunner();
    private final LsfQueue queue = new LsfQueue(runner, CLOCK, ZoneOffset.UTC);

    @Test
    void aRunningJobIsInTheTable() {
        runner.on("bjobs -a -w 404", 0, read("recorded/lsf4/bjobs_RUN_w.stdout"), "");

        final JobStatus job = one("404");

        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(job.node()).isEqualTo("hpcn2");
        assertThat(job.submitted()).isEqualTo(Instant.parse("2026-11-21T21:34:00Z"));
        assertThat(runner.lines()).hasSize(1);
    }

    @Test
    void namesWithSpacesAndLongValuesDoNotMoveColumns() {
        runner.on("bjobs -a -w", 0, read("recorded/lsf4/bjobs_all_w.stdout"), "")
                .on("bjobs -a -l", 255, "", "Job <1> is not found\n");

        assertThat(queue.query(List.of("411", "412", "413", "405", "414", "407")))
                .extracting(JobStatus::id, JobStatus::word, JobStatus::node)
                .containsExactly(
                        tuple("411", "DONE", "hpcn2"),
                        tuple("412", "DONE", "hpcn2,hpcn1"),
                        tuple("413", "DONE", "hpcn2,hpcn1"),
                        tuple("405", "EXIT", "hpcn2"),
                        tuple("414", "RUN", "hpcn2"),
                        tuple("407", "DONE", "hpcn2"));
    }

    @Test
    void oneMoreCommandTellsWhyJobsWaitAndHowTheyEnded() {
        runner.on(
                        "bjobs -a -w 416 408 409",
                        0,
                        HEADER + "416     hpcuser PEND  normal     hpchead        -        w.7f3a-1   Nov 21 21:34\n"
                                + "408     hpcuser EXIT  normal     hpchead     hpcn2       w.7f3a-2   Nov 21 21:34\n"
                                + "409     hpcuser EXIT  normal     hpchead     hpcn2       w.7f3a-3   Nov 21 21:34\n",
                        "")
                .on(
                        "bjobs -a -l 416 408 409",
                        0,
                        "\nJob <416>, Job Name <w.7f3a-1>, User <hpcuser>, Project <default>, Status <PEN\n"
                                + "                     D>, Queue <normal>, Command <#!/bin/bash;;exit 9>\n"
                                + "Sat Nov 21 21:34:01: Submitted from host <hpchead>, CWD <$HOME>;\n"
                                + " PENDING REASONS:\n Job slot limit reached: 3 hosts;\n Queue is busy;\n\n"
                                + " SCHEDULING PARAMETERS:\n           r15s   r1m\n"
                                + "------------------------------------------------------------------------------\n\n"
                                + "Job <408>, Job Name <w.7f3a-2>, User <hpcuser>, Project <default>, Status <EXIT>\n"
                                + "Sat Nov 21 21:34:01: Submitted from host <hpchead>, CWD <$HOME>;\n"
                                + "Sat Nov 21 21:34:02: Started on <hpcn2>, Execution Home </home/hpcuser>, Executi\n"
                                + "                     on CWD </home/hpcuser>;\n"
                                + "Sat Nov 21 21:35:07: Exited with exit code 7. The CPU time used is 0.1 seconds.\n\n"
                                + "------------------------------------------------------------------------------\n\n"
                                + "Job <409>, Job Name <w.7f3a-3>, User <hpcuser>, Project <default>, Status <EXIT>\n"
                                + "Sat Nov 21 21:36:07: Exited by signal 9. The CPU time used is 0.1 seconds.\n"
                                + "Sat Nov 21 21:36:08: Completed <exit>; TERM_MEMLIMIT: job killed after reaching L\n"
                                + "                     SF memory usage limit;\n\n",
                        "");

        final List<JobStatus> jobs = queue.query(List.of("416", "408", "409"));

        assertThat(jobs.get(0).reason()).isEqualTo("Job slot limit reached: 3 hosts; Queue is busy");
        assertThat(jobs.get(0).token()).isEqualTo("7f3a-1");
        assertThat(jobs.get(1).exitCode()).isEqualTo(7);
        assertThat(jobs.get(1).end()).isEqualTo(JobEnd.FAILED);
        assertThat(jobs.get(1).started()).isEqualTo(Instant.parse("2026-11-21T21:34:02Z"));
        assertThat(jobs.get(1).ended()).isEqualTo(Instant.parse("2026-11-21T21:35:07Z"));
        assertThat(jobs.get(2).end()).isEqualTo(JobEnd.OUT_OF_MEMORY);
        assertThat(jobs.get(2).signal()).isEqualTo(9);
    }

    @Test
    void theIndexOfAnArraysJobIsInItsName() {
        runner.on(
                "bjobs -a -w",
                0,
                HEADER + "405     hpcuser RUN   normal     hpchead     hpcn1       w.7f3a-1[3] Nov 21 21:34\n"
                        + "405     hpcuser RUN   normal     hpchead     hpcn2       w.7f3a-1[1] Nov  1 09:04\n",
                "");

        assertThat(queue.query(List.of("405[1]", "405[3]")))
                .extracting(JobStatus::node)
                .containsExactly("hpcn2", "hpcn1");
        assertThat(queue.find("7f3a-1")).extracting(JobStatus::id).containsExactly("405[1]", "405[3]");
    }

    @Test
    void aJobThatIsUnknownIsNotInTheAnswer() {
        runner.on("bjobs -a -w", 255, read("recorded/lsf4/bjobs_RUN_w.stdout"), "Job <999999> is not found\n");

        assertThat(queue.query(List.of("404", "999999")))
                .extracting(JobStatus::id)
                .containsExactly("404");
        assertThat(queue.query(List.of("999999"))).isEmpty();
    }

    @Test
    void aJobThatAnAnswerDoesNotMentionMayWellRun() {
        runner.on("bjobs -a -w", 0, read("recorded/lsf4/bjobs_RUN_w.stdout"), "");

        assertThat(queue.query(List.of("404", "405")).get(1).state()).isEqualTo(JobState.UNKNOWN);
    }

    @Test
    void noJobsAtAllIsAnAnswer() {
        runner.on("bjobs -a -w", 254, "", read("recorded/lsf4/bjobs_empty.stderr"));

        assertThat(queue.find("7f3a-1")).isEmpty();
    }

    @Test
    void daemonsThatAreDownKnowNothing() {
        runner.on("bjobs -a -w", command -> {
            throw new CommandException(CommandException.Cause.TIMED_OUT, "bjobs took longer than 60s", null);
        });

        assertThatThrownBy(() -> queue.query(List.of("404")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessage("LSF did not answer: bjobs took longer than 60s");
        runner.on("bjobs -a -w", 255, "", "Failed in an LSF library call: LIM is down\n");
        assertThatThrownBy(() -> queue.query(List.of("404"))).isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void jsonIsReadEvenAfterPleasToWait() {
        modern().on("bjobs -a -json -o", 0, read("constructed/bjobs_please_wait.txt"), "");

        final JobStatus job = one("806290");

        assertThat(job.state()).isEqualTo(JobState.RUNNING);
        assertThat(job.node()).isEqualTo("hostA");
        assertThat(job.started()).isEqualTo(Instant.parse("2026-11-21T21:35:00Z"));
        assertThat(job.ended()).as("an estimate").isNull();
    }

    @Test
    void errorsAmongTheRecordsAreUnknownJobs() {
        modern().on("bjobs -a -json -o", 255, read("constructed/bjobs_mixed_unknown.json"), "");

        assertThat(queue.query(List.of("806290", "999999")))
                .extracting(JobStatus::id)
                .containsExactly("806290");
    }

    @Test
    void jsonSaysWhyAJobWaitsAndWhyItEnded() {
        modern().on("bjobs -a -json -o", 0, read("constructed/bjobs_pend.json"), "");
        assertThat(one("806290").reason()).isEqualTo("New job is waiting for scheduling");

        runner.on("bjobs -a -json -o", 0, read("constructed/bjobs_exit_runlimit.json"), "");
        final JobStatus job = one("806293");
        assertThat(job.end()).isEqualTo(JobEnd.WALLTIME);
        assertThat(job.exitCode()).isEqualTo(140);
        assertThat(job.ended()).isEqualTo(Instant.parse("2026-11-21T21:40:00Z"));
    }

    @Test
    void jsonWithoutAnEndIsNoAnswer() {
        modern().on("bjobs -a -json -o", 0, "{\"COMMAND\":\"bjobs\",\"RECORDS\":[{\"JOBID\":\"1\"", "");

        assertThatThrownBy(() -> queue.query(List.of("1"))).isInstanceOf(QueueUnavailableException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "EXIT, TERM_RUNLIMIT: job killed, 140, WALLTIME",
        "EXIT, TERM_MEMLIMIT: job killed, 130, OUT_OF_MEMORY",
        "EXIT, TERM_SWAP: job killed, , OUT_OF_MEMORY",
        "EXIT, TERM_PREEMPT: job killed, 130, PREEMPTED",
        "EXIT, TERM_OWNER: job killed by owner, 130, CANCELLED",
        "EXIT, TERM_FORCE_ADMIN: job killed, , CANCELLED",
        "EXIT, TERM_REMOVE_HUNG_JOB: x, , NODE_FAILURE",
        "EXIT, TERM_PRE_EXEC_FAIL: x, , NOT_STARTED",
        "EXIT, TERM_CPULIMIT: x, 140, FAILED",
        "EXIT, TERM_EXTERNAL_SIGNAL: x, 130, FAILED",
        "EXIT, TERM_UNKNOWN: x, 130, CANCELLED",
        "EXIT, '', 140, WALLTIME",
        "EXIT, '', 130, CANCELLED",
        "EXIT, '', 7, FAILED",
        "EXIT, '', , FAILED",
        "DONE, '', , COMPLETED",
        "DONE, -, -, COMPLETED",
        "RUN, '', ,",
        "UNKWN, '', ,",
        "ZOMBI, '', ,"
    })
    void theStateDecidesAndTheReasonExplains(
            final String word, final String reason, final String exitCode, final JobEnd end) {
        modern().on(
                        "bjobs -a -json -o",
                        0,
                        "{\"RECORDS\":[{\"JOBID\":\"404\",\"JOBINDEX\":\"3\",\"STAT\":\"" + word
                                + "\",\"EXIT_REASON\":\"" + reason
                                + "\",\"EXIT_CODE\":\"" + (exitCode == null ? "" : exitCode)
                                + "\",\"JOB_DESCRIPTION\":\"my own muster=7f3a-1\"}]}",
                        "");

        final JobStatus job = one("404[3]");

        assertThat(job.end()).isEqualTo(end);
        assertThat(job.token()).isEqualTo("7f3a-1");
    }

    @ParameterizedTest
    @CsvSource({
        "PEND, PENDING",
        "PSUSP, PENDING",
        "WAIT, PENDING",
        "PROV, STARTING",
        "RUN, RUNNING",
        "USUSP, RUNNING",
        "SSUSP, RUNNING",
        "UNKWN, UNKNOWN",
        "ZOMBI, UNKNOWN",
        "NEW, UNKNOWN"
    })
    void everyStateIsKnownAndOthersAreShownAsTheyAre(final String word, final JobState state) {
        modern().on("bjobs -a -json -o", 0, "{\"RECORDS\":[{\"JOBID\":\"404\",\"STAT\":\"" + word + "\"}]}", "");

        assertThat(one("404").state()).isEqualTo(state);
        assertThat(one("404").word()).isEqualTo(word);
    }

    @ParameterizedTest
    @CsvSource({
        "Nov 21 21:34, 2026-11-21T21:34:00Z",
        "Dec 31 23:59, 2025-12-31T23:59:00Z",
        "Nov  1 09:04, 2026-11-01T09:04:00Z",
        "Sat Nov 21 21:34:05, 2026-11-21T21:34:05Z",
        "Nov 21 21:34:05 2024, 2024-11-21T21:34:05Z",
        "Nov 21 21:40 L, 2026-11-21T21:40:00Z",
        "Feb 30 21:40,",
        "-,"
    })
    void timesWithoutAYearAreTheLastOnes(final String text, final Instant time) {
        assertThat(new LsfTime(ZoneOffset.UTC, CLOCK.instant()).past(text)).isEqualTo(time);
    }

    @Test
    void timesToComeAreTheNextOnes() {
        assertThat(new LsfTime(ZoneOffset.UTC, CLOCK.instant()).future("Jan  2 08:00"))
                .isEqualTo(Instant.parse("2027-01-02T08:00:00Z"));
    }

    @Test
    void jobsThatAreOverOrUnknownAreNoReasonToComplain() {
        runner.on(
                "bkill 404 405[2] 999999",
                255,
                "Job <404> is being terminated\n",
                "Job <405[2]>: Job has already finished\n" + read("recorded/lsf4/bkill_unknown.stderr"));

        queue.cancel(List.of("404", "405[2]", "999999", "0", "-s", "x"));

        assertThat(runner.lines()).containsExactly("bkill 404 405[2] 999999");
    }

    @Test
    void aRefusalToCancelIsTold() {
        runner.on("bkill", 255, "", "Job <404>: User permission denied\n");

        assertThatThrownBy(() -> queue.cancel(List.of("404")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("Job <404>: User permission denied");
    }

    @Test
    void theVersionIsWhatItSaysOfItself() {
        modern();

        assertThat(queue.version()).isEqualTo("IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022");
    }

    private JobStatus one(final String id) {
        final List<JobStatus> jobs = queue.query(List.of(id));
        assertThat(jobs).hasSize(1);
        return jobs.get(0);
    }

    private ScriptedRunner modern() {
        return runner.on("lsid", 0, "IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022\n", "")
                .on("bjobs -json -o jobid", 255, "", "No unfinished job found\n");
    }

    private static String read(final String name) {
        try (InputStream stream = LsfQueryTest.class.getResourceAsStream("/" + name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }
}
