package io.muster.jobqueue.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LsfSubmitTest {
    private static final String TAKEN = "Job <404> is submitted to queue <normal>.\n";
    private static final String LOGS = " -o /logs/muster-worker-%J.out -e /logs/muster-worker-%J.err";
    private static final String BROKEN = new String(new byte[] {(byte) 0xff, (byte) 0xfe, 'x'}, StandardCharsets.UTF_8);

    private final ScriptedRunner runner = new ScriptedRunner();
    private final LsfQueue queue = new LsfQueue(runner, Clock.systemUTC(), ZoneOffset.UTC);

    @Test
    void theScriptIsTheInputAndTheTokenFollowsTheName() {
        runner.on("bsub", 0, TAKEN, "");

        assertThat(queue.submit(Requests.request(1))).containsExactly("404");
        assertThat(runner.lines()).containsExactly("bsub -J muster-worker.7f3a-1" + LOGS);
        assertThat(runner.commands.get(1).input()).startsWith("#!/bin/bash\n\n#BSUB -J muster-worker\n");
    }

    @Test
    void whereJobsHaveDescriptionsTheTokenIsThere() {
        modern().on("bsub", 0, TAKEN, "");

        queue.submit(Requests.request(1));
        queue.submit(Requests.request(1, "job-extra-directives=-Jd \"my own\""));

        assertThat(runner.lines())
                .containsExactly("bsub -Jd muster=7f3a-1" + LOGS, "bsub -Jd my own muster=7f3a-1" + LOGS);
    }

    @Test
    void manyJobsAreAnArrayAndEachHasItsOwnLogs() {
        modern().on("bsub", 0, TAKEN, "");

        assertThat(queue.submit(Requests.request(3))).containsExactly("404[1]", "404[2]", "404[3]");
        queue.submit(Requests.request(2, "log-directory=/own"));
        queue.submit(Requests.request(2, "job-extra-directives=-oo /own/%J_%I -q q"));

        assertThat(runner.lines())
                .containsExactly(
                        "bsub -J muster-worker[1-3] -Jd muster=7f3a-1 -o /logs/muster-worker-%J.%I.out -e"
                                + " /logs/muster-worker-%J.%I.err",
                        "bsub -J muster-worker[1-2] -Jd muster=7f3a-1 -o /own/muster-worker-%J.%I.out -e"
                                + " /own/muster-worker-%J.%I.err",
                        "bsub -J muster-worker[1-2] -Jd muster=7f3a-1");
    }

    @Test
    void theScriptMayBeAFileThatOnlyTheUserReads() {
        runner.on("install", 0, "", "").on("tee", 0, "", "").on("bsub", 0, TAKEN, "");

        queue.submit(Requests.request(1, "use-stdin=false", "log-directory=/own"));

        assertThat(runner.lines())
                .containsExactly(
                        "install -m 700 /dev/null /logs/muster-7f3a-1.sh",
                        "tee /logs/muster-7f3a-1.sh",
                        "bsub -J muster-worker.7f3a-1 /logs/muster-7f3a-1.sh");
    }

    @Test
    void anArrayThatIsTooLargeIsSubmittedInParts() {
        runner.on("bsub", command -> {
            final String name = command.words().get(2);
            final boolean isLarge = name.matches(".*\\[1-([3-9]|[0-9]{2,})\\]");
            return isLarge
                    ? new CommandResult(255, "", "Job array index too large. Job not submitted.\n")
                    : new CommandResult(0, TAKEN.replace("404", String.valueOf(runner.commands.size())), "");
        });

        assertThat(queue.submit(Requests.request(5))).hasSize(5).doesNotHaveDuplicates();
        runner.commands.clear();
        assertThat(queue.submit(Requests.request(4))).hasSize(4);
        assertThat(runner.commands).as("the limit is remembered").hasSizeLessThanOrEqualTo(2);
    }

    static Stream<String> certainOutputs() {
        return Stream.of(
                TAKEN,
                "Job <404> is submitted to default queue <normal>.\n",
                "Job <404> is submitted to default queue <normal>.",
                "*** 1234 nodes, maintenance on 2026-11-30 ***\n" + TAKEN,
                TAKEN + "Remaining hours: 77\n",
                "Job <404> is submitted to queue <my queue>.\r\n",
                "Memory reservation is (MB): 1024\nMemory Limit is (MB): 1024\n" + TAKEN,
                "<<Job is submitted to <default> project.>>\n" + TAKEN,
                BROKEN + TAKEN,
                "x".repeat(10_000_000) + "\n" + TAKEN,
                TAKEN + TAKEN);
    }

    @ParameterizedTest
    @MethodSource("certainOutputs")
    void anIdThatIsCertainIsTaken(final String output) {
        runner.on("bsub", 0, output, "");

        assertThat(queue.submit(Requests.request(1))).containsExactly("404");
        assertThat(runner.lines()).hasSize(1);
    }

    @Test
    void theIdMayBeAmongTheErrors() {
        runner.on("bsub", 0, "", TAKEN);

        assertThat(queue.submit(Requests.request(1))).containsExactly("404");
    }

    static Stream<String> uncertainOutputs() {
        return Stream.of(
                "",
                "\n\n",
                "404\n",
                "Job <404>\n",
                "Request 404 was accepted\n",
                TAKEN + TAKEN.replace("404", "405"),
                TAKEN.replace("404", "0"),
                "Job <> is submitted to queue <normal>.\n",
                "Job <404[1]> is submitted to queue <normal>.\n",
                BROKEN,
                "4".repeat(10_000_000));
    }

    @ParameterizedTest
    @MethodSource("uncertainOutputs")
    void aJobWhoseIdIsNotCertainIsFoundByItsToken(final String output) {
        runner.on("bsub", 0, output, "")
                .on(
                        "bjobs -a -w",
                        0,
                        "JOBID   USER    STAT  QUEUE      FROM_HOST   EXEC_HOST   JOB_NAME   SUBMIT_TIME\n"
                                + "403     hpcuser RUN   normal     hpchead     hpcn2       muster-worker.7f3a-2 Nov 21"
                                + " 21:34\n"
                                + "404     hpcuser RUN   normal     hpchead     hpcn2       muster-worker.7f3a-1 Nov 21"
                                + " 21:34\n",
                        "");

        assertThat(queue.submit(Requests.request(1))).containsExactly("404");
    }

    @Test
    void nobodyKnowsOfAJobThatHasNoIdAndIsNotFound() {
        runner.on("bsub", 0, "", "").on("bjobs", 254, "", "No job found\n");

        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .hasMessage("bsub did not say the job's id, and nobody knows whether there is one: it ended with"
                        + " exitCode=0, and said nothing; jobs with its token=0");
        assertKind(Kind.SYSTEM_DOWN);
    }

    @Test
    void aCommandThatHangsMayHaveSubmitted() {
        runner.on("bsub", command -> {
            throw new CommandException(CommandException.Cause.TIMED_OUT, "bsub took longer than 60s", null);
        });

        assertKind(Kind.SYSTEM_DOWN);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nosuch: No such queue. Job not submitted.|FIX_REQUEST",
                "normal: User cannot use the queue. Job not submitted.|FIX_REQUEST",
                "RUNLIMIT: Cannot exceed queue's hard limit(s). Job not submitted.|FIX_REQUEST",
                "Too many processors requested. Job not submitted.|FIX_REQUEST",
                "Bad resource requirement syntax. Job not submitted.|FIX_REQUEST",
                "give a project, please. Request aborted by esub. Job not submitted.|FIX_REQUEST",
                "1GB: Bad MEMLIMIT specification. Job not submitted.|FIX_REQUEST",
                "normal: Queue has been closed. Job not submitted.|LIMIT_REACHED",
                "The destination queue has reached its job limit. Job not submitted.|LIMIT_REACHED",
                "User <u>: Pending job slot limit (10) reached. Job not submitted.|LIMIT_REACHED",
                "Pending job threshold reached. Retrying in 60 seconds...|LIMIT_REACHED",
                "Failed in an LSF library call: LIM is down. Job not submitted.|SYSTEM_DOWN",
                "LSF daemon (LIM) not responding ... still trying|SYSTEM_DOWN",
                "Contacting batch daemon: Communication timeout. Job not submitted.|SYSTEM_DOWN",
                "Cannot connect to LSF. Please wait ...|SYSTEM_DOWN"
            })
    void refusalsAreSorted(final String text, final Kind kind) {
        runner.on("bsub", 255, "", text + "\n");

        assertThatThrownBy(() -> queue.submit(Requests.request(1))).hasMessageContaining(text);
        assertKind(kind);
    }

    @Test
    void logsAreWhereTheScriptSendsThem() {
        assertThat(queue.logFiles(Requests.request(1), "404"))
                .containsExactly("/logs/muster-worker-404.out", "/logs/muster-worker-404.err");
        assertThat(queue.logFiles(Requests.request(2), "404[2]"))
                .containsExactly("/logs/muster-worker-404.2.out", "/logs/muster-worker-404.2.err");
        final JobRequest own = Requests.request(1, "name=abc", "log-directory=/own");
        assertThat(queue.logFiles(own, "404")).containsExactly("/own/abc-404.out", "/own/abc-404.err");
        assertThat(queue.logFiles(own, "404[2]")).containsExactly("/own/abc-404.2.out", "/own/abc-404.2.err");
        assertThat(queue.logFiles(Requests.request(1, "job-extra-directives=-o /x/"), "404"))
                .containsExactly("/x/404.out");
    }

    private ScriptedRunner modern() {
        return runner.on("lsid", 0, "IBM Spectrum LSF Standard 10.1.0.13, Apr 15 2022\n", "")
                .on("bjobs -json -o jobid", 255, "", "No unfinished job found\n");
    }

    private void assertKind(final Kind kind) {
        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .asInstanceOf(InstanceOfAssertFactories.type(SubmissionException.class))
                .extracting(SubmissionException::kind)
                .isEqualTo(kind);
    }
}
