package io.muster.jobqueue.sge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.CommandException.Cause;
import java.time.Instant;
import java.util.List;
import org.assertj.core.groups.Tuple;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SgeQueueTest {
    private static final String NO_ANSWER =
            "error: unable to send message to qmaster using port 6444 on host \"master\": got send error\n";

    private final ScriptedCommands commands = new ScriptedCommands();
    private final SgeQueue queue = new SgeQueue(commands);

    @Test
    void aJobIsSubmittedWithItsTokenItsShellAndAPlaceForItsOutput() {
        commands.answer("qsub", 0, "7\n", "");

        assertThat(queue.submit(Requests.request(1))).containsExactly("7");
        assertThat(commands.last())
                .hasToString("qsub -terse -sync n -b n -ac muster_token=token-1 -S /bin/bash -o /home/ada/logs/");
        assertThat(commands.last().input()).startsWith("#!/usr/bin/env bash\n").contains("#$ -N muster-worker\n");
    }

    @Test
    void anArrayHasAnIdForEachTask() {
        commands.answer("qsub", 0, "7.1-3:1\n", "");

        assertThat(queue.submit(Requests.request(3))).containsExactly("7.1", "7.2", "7.3");
        assertThat(commands.last().words()).containsSubsequence("-t", "1-3");
    }

    @Test
    void whatTheScriptSaysOfShellAndOutputIsLeftToIt() {
        commands.answer("qsub", 0, "7\n", "");

        queue.submit(Requests.request(1, "log-directory=/scratch/logs", "job-extra-directives=[-S /bin/ksh]"));

        assertThat(commands.last()).hasToString("qsub -terse -sync n -b n -ac muster_token=token-1");
    }

    @Test
    void anAnswerWithoutANumberIsMadeGoodByTheToken() {
        commands.answer("qsub", 0, "Have a nice day\n", "");
        recordedQueue();
        final JobRequest request = Requests.request("a1", 5, "/home/ada/logs", "exit 0", List.of());

        assertThat(queue.submit(request)).containsExactly("8.1", "8.2", "8.3", "8.4", "8.5");
    }

    @Test
    void anAnswerWithoutANumberAndNoJobWithTheTokenIsNotTakenForAJob() {
        commands.answer("qsub", 0, "", "");
        recordedQueue();

        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .hasMessage("qsub on this host printed no job number, but \"\"; there are 0 jobs with its token")
                .asInstanceOf(type(SubmissionException.class))
                .returns(Kind.SYSTEM_DOWN, SubmissionException::kind);
    }

    @Test
    void aRefusalHasGridEnginesOwnWords() {
        commands.answer(
                "qsub",
                1,
                "",
                "Unable to run job: Job was rejected because job requests unknown queue \"x\"\nExiting.\n");

        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .hasMessage("qsub on this host: Job was rejected because job requests unknown queue \"x\"")
                .asInstanceOf(type(SubmissionException.class))
                .returns(Kind.FIX_REQUEST, SubmissionException::kind);
    }

    @Test
    void aMissingQsubIsToBeFixedAndOneThatHangsMayHaveSubmitted() {
        commands.failure("qsub", Cause.NOT_FOUND);
        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .hasMessageContaining("SGE_ROOT")
                .asInstanceOf(type(SubmissionException.class))
                .returns(Kind.FIX_REQUEST, SubmissionException::kind);

        commands.failure("qsub", Cause.TIMED_OUT);
        assertThatThrownBy(() -> queue.submit(Requests.request(1)))
                .asInstanceOf(type(SubmissionException.class))
                .returns(Kind.SYSTEM_DOWN, SubmissionException::kind);
    }

    @Test
    void aLogFolderThatCannotBeMadeIsToBeFixed() {
        commands.answer("mkdir -p -- /scratch/logs/", 1, "", "mkdir: cannot create directory: Permission denied");

        assertThatThrownBy(() -> queue.submit(Requests.request(1, "log-directory=/scratch/logs")))
                .hasMessageContaining("mkdir -p /scratch/logs/ on this host: mkdir: cannot create directory")
                .asInstanceOf(type(SubmissionException.class))
                .returns(Kind.FIX_REQUEST, SubmissionException::kind);
    }

    @Test
    void statesComeWithTheirReasons() {
        recordedQueue();

        final List<JobStatus> jobs = queue.query(List.of("4", "5", "6", "7.1", "8.1", "8.2", "8.5", "9"));

        assertThat(jobs)
                .extracting(JobStatus::id, JobStatus::word, JobStatus::state)
                .containsExactly(
                        row("4", "hqw", JobState.PENDING),
                        row("5", "s", JobState.RUNNING),
                        row("6", "Rq", JobState.PENDING),
                        row("7.1", "Eqw", JobState.PENDING),
                        row("8.1", "r", JobState.RUNNING),
                        row("8.2", "t", JobState.STARTING),
                        row("8.5", "qw", JobState.PENDING),
                        row("9", "qw", JobState.PENDING));
        assertThat(jobs.get(0).reason()).isEqualTo("Job is in hold state");
        assertThat(jobs.get(3).reason()).contains("can't open output file \"/nonexistent/dir/\"");
        assertThat(jobs.get(6).reason()).isEqualTo("queue instance \"all.q@node1\" dropped because it is full");
        assertThat(jobs.get(7).reason()).isEqualTo("cannot run in PE \"smp\" because it only offers 0 slots");
        assertThat(jobs.get(7).token()).isEqualTo("p1");
        assertThat(jobs.get(7).submitted()).isEqualTo(Instant.parse("2026-11-22T02:28:19Z"));
        assertThat(jobs.get(4).node()).isEqualTo("node1");
        assertThat(jobs.get(4).started()).isEqualTo(Instant.parse("2026-11-22T02:28:22Z"));
        assertThat(jobs.get(2).restarts()).isEqualTo(1);
    }

    @Test
    void aQueryIsOneCommandForEachOfThreeQuestions() {
        recordedQueue();
        commands.recorded("qacct", "qacct.txt");

        final List<JobStatus> jobs = queue.query(List.of("9", "10", "14.1", "14.2", "14.3", "77"));

        assertThat(jobs)
                .extracting(JobStatus::id, JobStatus::end)
                .containsExactly(
                        row("9", null),
                        row("10", JobEnd.FAILED),
                        row("14.1", JobEnd.COMPLETED),
                        row("14.2", JobEnd.FAILED),
                        row("14.3", JobEnd.FAILED));
        assertThat(commands.said())
                .containsExactly("qstat -u ada -s prs -xml", "qstat -j 9 -xml", "qacct -o ada -E -d 1 -j *");
    }

    @Test
    void oneThatIsGoneIsLookedUpByItsNumber() {
        recordedQueue();
        commands.recorded("qacct", "qacct.txt");

        assertThat(queue.query(List.of("8.1", "12"))).hasSize(2);
        assertThat(commands.said()).containsExactly("qstat -u ada -s prs -xml", "qacct -o ada -j 12");
    }

    @Test
    void nothingIsRunForNoJobs() {
        assertThat(queue.query(List.of())).isEmpty();
        assertThat(queue.query(List.of("", "x", "$(id)", "--help", "1.0"))).isEmpty();
        queue.cancel(List.of("-f", "*"));

        assertThat(commands.said()).isEmpty();
    }

    @Test
    void noAnswerIsNotAnAnswer() {
        commands.answer("qstat", 1, "", NO_ANSWER);

        assertThatThrownBy(() -> queue.query(List.of("1")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("unable to send message to qmaster");
    }

    @Test
    void aQstatThatHangsOrIsMissingIsNotAnAnswer() {
        commands.failure("qstat", Cause.TIMED_OUT);
        assertThatThrownBy(() -> queue.query(List.of("1"))).isInstanceOf(QueueUnavailableException.class);

        final ScriptedCommands others = new ScriptedCommands();
        others.answer("qstat", 127, "", "env: 'qstat': No such file or directory");
        assertThatThrownBy(() -> new SgeQueue(others).version())
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("put Grid Engine's commands on PATH");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<job_info><queue_info>",
                "job-ID  prior   name",
                "<?xml version='1.0'?><comunication_error><AN_text>got send error</AN_text></comunication_error>",
                "<job_info><job_list><JB_job_number>x</JB_job_number></job_list></job_info>",
                "<!DOCTYPE job_info [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><job_info>&x;</job_info>",
                "<!DOCTYPE job_info SYSTEM \"http://localhost:1/x.dtd\"><job_info/>"
            })
    void whatIsNoListOfJobsIsNotAnAnswer(final String output) {
        commands.answer("qstat", 0, output, "");

        assertThatThrownBy(() -> queue.query(List.of("1"))).isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void withoutReasonsThereAreStatesStill() {
        recordedQueue();
        commands.recorded("qstat -j", "qstat-j-nobody.xml");

        assertThat(queue.query(List.of("9")))
                .extracting(JobStatus::state, JobStatus::reason)
                .containsExactly(row(JobState.PENDING, ""));
    }

    @Test
    void withoutReasonsNoJobIsFoundByItsToken() {
        recordedQueue();
        commands.recorded("qstat -j", "qstat-j-nobody.xml");

        assertThatThrownBy(() -> queue.find("p1"))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("got send error");
    }

    @Test
    void withoutRecordsTheJobsThatAreGoneAreUnknown() {
        recordedQueue();
        commands.failure("qacct", Cause.TIMED_OUT);

        assertThat(queue.query(List.of("8.1", "12"))).extracting(JobStatus::id).containsExactly("8.1");
    }

    @Test
    void anUnknownStateIsShownAsItIs() {
        commands.answer(
                "qstat",
                0,
                "<job_info><queue_info><job_list><JB_job_number>3</JB_job_number><state>Yx</state></job_list></queue_info>"
                        + "</job_info>",
                "");

        assertThat(queue.query(List.of("3")))
                .extracting(JobStatus::state, JobStatus::word)
                .containsExactly(row(JobState.UNKNOWN, "Yx"));
    }

    @Test
    void aSubmissionIsFoundByItsToken() {
        recordedQueue();

        assertThat(queue.find("a1"))
                .extracting(JobStatus::id, JobStatus::token)
                .containsExactly(
                        row("8.1", "a1"), row("8.2", "a1"), row("8.3", "a1"), row("8.4", "a1"), row("8.5", "a1"));
        assertThat(queue.find("p1")).extracting(JobStatus::id).containsExactly("9");
        assertThat(queue.find("nobody-has-it")).isEmpty();
    }

    @Test
    void jobsThatAreOverAreCancelledWithoutComplaint() {
        commands.answer("qdel", 1, "", "ada has registered the job 5 for deletion\ndenied: job \"6\" does not exist\n");

        queue.cancel(List.of("5", "6", "8.2"));

        assertThat(commands.said()).containsExactly("qdel 5 6 8.2");
    }

    @Test
    void aCancelThatWasRefusedSaysSo() {
        commands.answer("qdel", 1, "", NO_ANSWER);

        assertThatThrownBy(() -> queue.cancel(List.of("5")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("got send error");
    }

    @Test
    void aCancelThatFailsWithoutAWordHasFailed() {
        commands.answer("qdel", 1, "", "");

        assertThatThrownBy(() -> queue.cancel(List.of("5")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("nothing, exit code 1");
    }

    @Test
    void logFilesAreNamedAfterJobAndTask() {
        assertThat(queue.logFiles(Requests.request(1), "7")).containsExactly("/home/ada/logs/muster-worker.o7");
        assertThat(queue.logFiles(Requests.request(2, "log-directory=/scratch"), "7.2"))
                .containsExactly("/scratch/muster-worker.o7.2");
        assertThat(queue.logFiles(Requests.request(1, "log-directory=~/logs", "job-directives-skip=[-j]"), "7"))
                .containsExactly("/home/ada/logs/muster-worker.o7", "/home/ada/logs/muster-worker.e7");
        assertThat(queue.logFiles(Requests.request(1, "log-directory=logs", "name=w"), "7"))
                .containsExactly("/home/ada/work/logs/w.o7");
        assertThat(queue.logFiles(
                        Requests.request(1, "job-extra-directives=[-o $HOME/$JOB_NAME-$JOB_ID.$TASK_ID.txt]"), "7.2"))
                .containsExactly("/home/ada/muster-worker-7.2.txt");
    }

    @Test
    void aTrialHasGridEnginesVerdict() {
        commands.answer("qsub -w v", 0, "verification: found suitable queue(s)\n", "");
        assertThat(queue.tryOut(Requests.request(1))).isEqualTo("verification: found suitable queue(s)");

        commands.answer(
                "qsub -w v",
                1,
                "",
                "Unable to run job: Job 13 cannot run in PE \"smp\" because it only offers 0 slots\n"
                        + "verification: no suitable queues\nExiting.\n");
        assertThatThrownBy(() -> queue.tryOut(Requests.request(1)))
                .hasMessage("qsub -w v on this host: Job 13 cannot run in PE \"smp\" because it only offers 0 slots;"
                        + " verification: no suitable queues");
    }

    @Test
    void theVersionIsThatOfASystemThatAnswers() {
        recordedQueue();
        commands.answer("qstat -help", 0, "SGE 8.1.9\nusage: qstat [options]\n", "");

        assertThat(queue.version()).isEqualTo("SGE 8.1.9");
    }

    private void recordedQueue() {
        commands.recorded("qstat -u ada", "qstat.xml")
                .recorded("qstat -j", "qstat-j.xml")
                .answer("qacct", 1, "", "error: job id 1 not found\n");
    }

    private static Tuple row(final @Nullable Object... values) {
        return Tuple.tuple(values);
    }
}
