package io.muster.jobqueue.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SlurmQueueTest {
    private static final String TOKEN_LINE = "|PENDING|0|0|1795315135|N/A|N/A||%s|Priority|\n";

    private final FakeCommands commands = new FakeCommands();
    private final SlurmQueue queue = new SlurmQueue(commands);
    private final JobRequest request = Requests.of("true", "/home/u/a b/50%").build();

    @Test
    void aJobIsSubmittedWithItsScriptAsInputAndItsTokenAsComment() {
        commands.says("sbatch", "123\n");

        assertThat(queue.submit(request)).containsExactly("123");

        assertThat(commands.ran())
                .containsExactly("sbatch --parsable --comment=" + request.token()
                        + " --output=/home/u/a b/50%%/muster-worker-%j.out --error=/home/u/a"
                        + " b/50%%/muster-worker-%j.err");
        assertThat(commands.commands().get(0).input()).isEqualTo(request.script());
        assertThat(queue.logFiles(request, "123"))
                .containsExactly("/home/u/a b/50%/muster-worker-123.out", "/home/u/a b/50%/muster-worker-123.err");
    }

    @Test
    void anArrayHasAnIdForEachElement() {
        commands.says("sbatch", "123\n");
        final JobRequest array = Requests.of("true", "/logs")
                .with("log-directory=/l/%x")
                .with("name=")
                .times(3)
                .build();

        assertThat(queue.submit(array)).containsExactly("123_0", "123_1", "123_2");

        assertThat(commands.ran().get(0))
                .contains(" --array=0-2 --output=/l/%x/worker-%A_%a.out --error=/l/%x/worker-%A_%a.err");
        assertThat(queue.logFiles(array, "123_1").get(0)).isEqualTo("/l/worker/worker-123_1.out");
    }

    @Test
    void aLogDirectoryInTheScriptIsLeftToTheScript() {
        commands.says("sbatch", "123\n");
        final JobRequest own =
                Requests.of("true", "/logs").with("log-directory=logs/%j").build();

        queue.submit(own);

        assertThat(commands.ran()).containsExactly("sbatch --parsable --comment=" + own.token());
        assertThat(queue.logFiles(own, "123"))
                .containsExactly("logs/123/muster-worker-123.out", "logs/123/muster-worker-123.err");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "123",
                "123\n",
                "\n\n123\r\n",
                "  123  \n",
                "123;c2\n",
                "Submitted batch job 123\n",
                "Submitted batch job 123 on cluster c2\n",
                "123\n123\n"
            })
    void whatCanOnlyBeTheAnswerIsTakenAsItIs(final String output) {
        commands.says("sbatch", output);

        assertThat(queue.submit(request)).containsExactly("123");
        assertThat(commands.ran()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("doubtfulAnswers")
    void whereTheAnswerIsInDoubtTheTokenDecides(final String output) {
        commands.says("sbatch", output)
                .says(
                        "squeue",
                        "7|RUNNING|0\nhello\n77" + TOKEN_LINE.formatted("other")
                                + "123" + TOKEN_LINE.formatted(request.token())
                                + "99|FAILED|1|0|1795315135|1795315135|1795315135||" + request.token()
                                + "|BadConstraints|\n");

        assertThat(queue.submit(request)).containsExactly("123");
        assertThat(commands.ran().get(1))
                .startsWith("squeue ")
                .contains(" --me --all --noheader --states=all --array --Format=");
    }

    static Stream<String> doubtfulAnswers() {
        return Stream.of(
                "",
                "\n",
                "Welcome to cluster 7, 2026\n123\n",
                "20261122\n123\n",
                "42 nodes are down\n123;c2\n",
                "123\nYour project has 5 hours left\n",
                "Submitted batch job\n",
                "job 123 submitted\n",
                "-123\n",
                "0\n",
                "99999999999999999999\n",
                "\uFFFD\uFFFD123\n",
                "{\"job_id\": 123}\n",
                "sbatch: warning: 3\nSubmitted batch job 123\n",
                "7\n".repeat(5) + "8\n");
    }

    @Test
    void anEndlessAnswerIsReadAndNotRepeated() {
        commands.says("sbatch", "x".repeat(10 << 20)).says("squeue", "");
        assertThat(rejection().getMessage()).hasSizeLessThan(5000);

        commands.says("squeue", "123" + TOKEN_LINE.formatted(request.token()));
        rejection();
        assertThat(queue.submit(request)).containsExactly("123");
    }

    @Test
    void theOnlyNumberIsTakenWhereASiteDropsTheComment() {
        commands.says("sbatch", "Welcome\n123\n").says("squeue", "");

        assertThat(queue.submit(request)).containsExactly("123");
    }

    @Test
    void nobodyKnowsWhereNeitherAnswerNorTokenNameAJob() {
        commands.says("sbatch", "Welcome\n").says("squeue", "");
        assertThat(rejection()).hasMessageContaining("named no job").hasMessageContaining(request.token());
        assertThat(rejection().kind()).isEqualTo(Kind.SYSTEM_DOWN);

        commands.ends("squeue", 1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)\n");
        rejection();
        assertThat(rejection())
                .hasMessageContaining("named no job")
                .hasCauseInstanceOf(QueueUnavailableException.class);
    }

    @ParameterizedTest
    @MethodSource("rejections")
    void aRejectionSaysWhatCanBeDone(final Kind kind, final String errors) {
        commands.ends("sbatch", 1, "", errors);

        assertThat(rejection().kind()).isEqualTo(kind);
        assertThat(rejection()).hasMessageContaining(errors.lines().findFirst().orElse("it said nothing"));
    }

    static Stream<Arguments> rejections() {
        final String policy = "sbatch: error: Batch job submission failed: Job violates accounting/QOS policy"
                + " (job submit limit, user's size and/or time limits)";
        final String failed = "sbatch: error: Batch job submission failed: ";
        return Stream.concat(
                Stream.of(
                                "sbatch: error: invalid partition specified: nope\n" + failed
                                        + "Invalid partition name specified",
                                "sbatch: error: Memory specification can not be satisfied\n" + failed
                                        + "Requested node configuration is not available",
                                failed + "Invalid account or account/partition combination specified",
                                failed + "Invalid qos specification",
                                failed + "Invalid feature specification",
                                failed + "Requested time limit is invalid (missing or exceeds some limit)",
                                failed + "User's group not permitted to use this partition",
                                "sbatch: unrecognized option '--bogus'\nTry \"sbatch --help\" for more information",
                                "sbatch: error: Batch script is empty!",
                                "sbatch: error: cli_filter plugin terminated with error",
                                "sbatch: error: Please say which project pays: -A PROJECT\n" + failed
                                        + "Unspecified error",
                                "sbatch: error: QOSMaxWallDurationPerJobLimit\n" + policy,
                                "sbatch: error: AssocMaxCpuPerJobLimit\n" + policy,
                                "sbatch: error: QOSMinCpuNotSatisfied\n" + policy)
                        .map(text -> Arguments.of(Kind.FIX_REQUEST, text)),
                Stream.concat(
                        Stream.of(
                                        policy,
                                        "sbatch: error: QOSMaxSubmitJobPerUserLimit\n" + policy,
                                        "sbatch: error: AssocGrpSubmitJobsLimit\n" + policy,
                                        "sbatch: error: MaxSubmitJobsPerAccount\n" + policy,
                                        "sbatch: error: Slurm temporarily unable to accept job, sleeping and"
                                                + " retrying.\n"
                                                + failed + "Resource temporarily unavailable")
                                .map(text -> Arguments.of(Kind.LIMIT_REACHED, text)),
                        Stream.of(
                                        "",
                                        failed + "Socket timed out on send/recv operation",
                                        failed + "Unable to contact slurm controller (connect failure)",
                                        failed + "Slurm backup controller in standby mode",
                                        failed + "Required partition not available (inactive or drain)",
                                        failed + "Protocol authentication error",
                                        "sbatch: error: Munge encode failed: Failed to access"
                                                + " \"/run/munge/munge.socket.2\"",
                                        "sbatch: fatal: Could not establish a configuration source")
                                .map(text -> Arguments.of(Kind.SYSTEM_DOWN, text))));
    }

    @ParameterizedTest
    @EnumSource(Cause.class)
    void aCommandThatDoesNotRunIsNotARefusal(final Cause cause) {
        commands.fails("sbatch", cause).fails("squeue", cause).fails("scancel", cause);

        assertThat(rejection().kind()).isEqualTo(cause == Cause.NOT_FOUND ? Kind.FIX_REQUEST : Kind.SYSTEM_DOWN);
        assertThatThrownBy(() -> queue.query(List.of("1"))).isInstanceOf(QueueUnavailableException.class);
        assertThatThrownBy(() -> queue.find("t")).isInstanceOf(QueueUnavailableException.class);
        assertThatThrownBy(() -> queue.cancel(List.of("1"))).isInstanceOf(QueueUnavailableException.class);
        assertThatThrownBy(queue::version).isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void aMissingProgramIsNamed() {
        commands.ends("squeue", 127, "", "env: 'squeue': No such file or directory\n");

        assertThatThrownBy(() -> queue.query(List.of("1")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageStartingWith("squeue is not on PATH of this host; is this a login node?");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "39, ENDED, COMPLETED, 0, -, COMPLETED, n1, ''",
                "40, ENDED, FAILED, 3, -, FAILED, n1, NonZeroExitCode",
                "41, ENDED, FAILED, -, 9, FAILED, n1, JobLaunchFailure",
                "42, ENDED, FAILED, -, -, NOT_STARTED, n1, JobLaunchFailure",
                "43, RUNNING, RUNNING, -, -, -, n2, ''",
                "44, PENDING, PENDING, -, -, -, '', JobHeldUser",
                "45, PENDING, PENDING, -, -, -, '', BeginTime",
                "46, ENDED, CANCELLED, -, 15, CANCELLED, n2, ''",
                "47, ENDED, CANCELLED, -, -, CANCELLED, '', JobHeldUser",
                "48, RUNNING, SUSPENDED, -, -, -, n2, ''",
                "49, PENDING, PENDING, -, -, -, '', job requeued in held state",
                "50, ENDED, NODE_FAIL, -, -, NODE_FAILURE, n4, NodeDown",
                "51, ENDED, TIMEOUT, -, 15, WALLTIME, n1, TimeLimit",
                "52_1, RUNNING, RUNNING, -, -, -, n1, ''",
                "52_5, PENDING, PENDING, -, -, -, '', JobArrayTaskLimit",
                "53, ENDED, OUT_OF_MEMORY, -, -, OUT_OF_MEMORY, n1, OutOfMemory",
                "54, PENDING, PENDING, -, -, -, '', PartitionTimeLimit",
                "55, ENDED, FAILED, -, -, NOT_STARTED, '', BadConstraints"
            })
    void theTableOfJobsIsRead(
            final String id,
            final JobState state,
            final String word,
            final Integer exitCode,
            final Integer signal,
            final JobEnd end,
            final String node,
            final String reason) {
        commands.says("squeue", FakeCommands.recorded("squeue.txt"));

        final JobStatus status = queue.query(List.of(id)).get(0);

        assertThat(status.state()).isEqualTo(state);
        assertThat(status.word()).isEqualTo(word);
        assertThat(status.exitCode()).isEqualTo(exitCode);
        assertThat(status.signal()).isEqualTo(signal);
        assertThat(status.end()).isEqualTo(end);
        assertThat(status.node()).isEqualTo(node);
        assertThat(status.reason()).isEqualTo(reason);
        assertThat(status.token()).startsWith("t-");
        assertThat(status.started() == null).isEqualTo(node.isEmpty());
        assertThat(status.ended() == null).isEqualTo(state != JobState.ENDED);
    }

    @Test
    void timesAndRestartsAreRead() {
        commands.says("squeue", FakeCommands.recorded("squeue.txt"));

        final List<JobStatus> jobs = queue.query(List.of("45", "51", "49"));

        assertThat(jobs.get(0).submitted()).isEqualTo(Instant.ofEpochSecond(1_795_315_135L));
        assertThat(jobs.get(0).expectedStart()).isEqualTo(Instant.ofEpochSecond(1_795_318_735L));
        assertThat(jobs.get(1).started()).isEqualTo(Instant.ofEpochSecond(1_795_315_136L));
        assertThat(jobs.get(1).ended()).isEqualTo(Instant.ofEpochSecond(1_795_315_158L));
        assertThat(jobs.get(2).restarts()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "39, COMPLETED, 0, -, COMPLETED",
                "40, FAILED, 3, -, FAILED",
                "41, FAILED, -, 9, FAILED",
                "42, FAILED, -, -, NOT_STARTED",
                "46, CANCELLED by 0, -, -, CANCELLED",
                "47, CANCELLED by 0, -, -, CANCELLED",
                "50, NODE_FAIL, -, -, NODE_FAILURE",
                "51, TIMEOUT, -, -, WALLTIME",
                "52_1, CANCELLED by 0, -, -, CANCELLED",
                "52_3, CANCELLED by 0, -, -, CANCELLED",
                "53, OUT_OF_MEMORY, -, -, OUT_OF_MEMORY",
                "55, FAILED, -, -, NOT_STARTED"
            })
    void whatSlurmctldForgotTheAccountingKnows(
            final String id, final String word, final Integer exitCode, final Integer signal, final JobEnd end) {
        commands.ends("squeue", 1, "", "slurm_load_jobs error: Invalid job id specified\n")
                .says("sacct", FakeCommands.recorded("sacct.txt"));

        final JobStatus status = queue.query(List.of(id)).get(0);

        assertThat(status.word()).isEqualTo(word);
        assertThat(status.state()).isEqualTo(JobState.ENDED);
        assertThat(status.exitCode()).isEqualTo(exitCode);
        assertThat(status.signal()).isEqualTo(signal);
        assertThat(status.end()).isEqualTo(end);
        assertThat(status.ended()).isNotNull();
    }

    @Test
    void aJobThatNobodyKnowsIsNotInTheAnswer() {
        commands.says("squeue", FakeCommands.recorded("squeue.txt")).says("sacct", FakeCommands.recorded("sacct.txt"));

        assertThat(queue.query(List.of("39", "52_4", "56", "-u root", "", "1;reboot")))
                .extracting(JobStatus::id)
                .containsExactly("39");
        assertThat(commands.ran()).hasSize(2);
        assertThat(commands.ran().get(0)).contains("--jobs=39,52,56 ");
        assertThat(commands.ran().get(1)).contains("--jobs=52,56 ");
    }

    @Test
    void whatRunsByTheAccountingOnlyIsNotInTheQueue() {
        commands.says("squeue", "").says("sacct", FakeCommands.recorded("sacct.txt"));

        assertThat(queue.query(List.of("43"))).isEmpty();
    }

    @Test
    void withoutAccountingForgottenJobsAreUnknown() {
        commands.says("squeue", "").ends("sacct", 1, "", "Slurm accounting storage is disabled\n");

        assertThat(queue.query(List.of("1", "2_3"))).isEmpty();
    }

    @Test
    void anAccountingThatDoesNotAnswerLeavesTheStateOpen() {
        commands.says("squeue", FakeCommands.recorded("squeue.txt"))
                .ends("sacct", 1, "", "sacct: error: Problem talking to the database: Connection refused\n")
                .fails("sacct", Cause.TIMED_OUT);

        for (int i = 0; i < 2; i++) {
            final List<JobStatus> jobs = queue.query(List.of("39", "99"));
            assertThat(jobs).extracting(JobStatus::state).containsExactly(JobState.ENDED, JobState.UNKNOWN);
            assertThat(jobs.get(1).reason()).contains("sacct");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
                "slurm_load_jobs error: Socket timed out on send/recv operation",
                "squeue: error: something new",
                ""
            })
    void aQueryWithoutAnAnswerIsNoAnswer(final String errors) {
        commands.ends("squeue", 1, "", errors);

        assertThatThrownBy(() -> queue.query(List.of("1", "2")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageStartingWith("squeue on this host ended with exit code 1: ");
    }

    @Test
    void aLineThatIsCutOffIsNoAnswer() {
        commands.says("squeue", "40|FAILED|768|0|1795315135|1795\n");

        assertThatThrownBy(() -> queue.query(List.of("40")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void bannersAndClusterHeadingsAreReadOver() {
        commands.says("squeue", "Welcome | to | c2\nCLUSTER: c2\n" + FakeCommands.recorded("squeue.txt"));

        assertThat(queue.query(List.of("40", "41"))).hasSize(2);
    }

    @Test
    void oneUnknownJobAmongSeveralDoesNotHideTheOthers() {
        commands.ends("squeue", 1, "", "slurm_load_jobs error: Invalid job id specified\n")
                .says("squeue", FakeCommands.recorded("squeue.txt"))
                .says("sacct", "");

        assertThat(queue.query(List.of("39", "40", "99"))).hasSize(2);
    }

    @Test
    void tooManyJobsForACommandLineAreAllThoseOfTheUser() {
        commands.says("squeue", "1000007|RUNNING|0|0|1|2|3|n1|t|None|\n").says("sacct", "");
        final List<String> many = IntStream.range(1_000_000, 1_020_000)
                .mapToObj(Integer::toString)
                .toList();

        assertThat(queue.query(many)).extracting(JobStatus::id).containsExactly("1000007");
        assertThat(commands.ran().get(0)).startsWith("squeue --me ");
    }

    @Test
    void thousandsOfElementsAreOneWord() {
        commands.says("squeue", "").says("sacct", "").says("scancel", "");
        final List<String> elements =
                IntStream.range(0, 5000).mapToObj(i -> "12_" + i).toList();

        queue.query(elements);
        queue.cancel(elements);
        queue.cancel(List.of("12_3", "9", "12_1", "12_2", "12_7", "8_0", "--user=root"));

        assertThat(commands.ran().get(0)).contains("--jobs=12 ");
        assertThat(commands.ran()).contains("scancel 12_[0-4999]", "scancel 8_0 9 12_[1-3,7]");
    }

    @Test
    void nothingIsAskedAboutNothing() {
        assertThat(queue.query(List.of())).isEmpty();
        queue.cancel(List.of());
        queue.cancel(List.of("--user=root", "0", "12_[1-3]"));
        assertThat(commands.ran()).isEmpty();
    }

    @Test
    void jobsThatAreOverAreCancelledInVain() {
        commands.ends("scancel", 1, "", """
            scancel: error: Kill job error on job id 99999: Invalid job id specified
            scancel: error: Kill job error on job id 2: Job/step already completing or completed
            """);
        assertThatCode(() -> queue.cancel(List.of("99999", "2"))).doesNotThrowAnyException();

        commands.ends("scancel", 8, "", "scancel: error: Kill job error on job id 2: Access/permission denied\n");
        queue.cancel(List.of("2"));
        assertThatThrownBy(() -> queue.cancel(List.of("2")))
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("Access/permission denied");
    }

    @Test
    void anotherClusterIsAskedOnceAJobIsThere() {
        commands.says("sbatch", "123;c2\n").says("squeue", "").says("sacct", "").says("scancel", "");

        queue.submit(request);
        queue.query(List.of("123"));
        queue.cancel(List.of("123"));

        assertThat(commands.ran().subList(1, 4)).allMatch(words -> words.contains(" --clusters=c2 "));
    }

    @Test
    void theClusterOfADirectiveIsAskedForAJobWhoseAnswerIsLost() {
        commands.fails("sbatch", Cause.TIMED_OUT).says("squeue", "");
        final JobRequest elsewhere = Requests.of("true", "/logs")
                .with("job-extra-directives=[-M c2]")
                .build();

        assertThatThrownBy(() -> queue.submit(elsewhere)).isInstanceOf(SubmissionException.class);
        assertThat(queue.find(elsewhere.token())).isEmpty();

        assertThat(commands.ran().get(1)).startsWith("squeue --clusters=c2 --me ");
    }

    @Test
    void theSurroundingsDoNotFilter() {
        commands.says("squeue", "").says("sacct", "");

        queue.query(List.of("1"));

        assertThat(commands.commands().get(0).words())
                .startsWith("env", "-u")
                .contains("SQUEUE_PARTITION", "SLURM_ARRAY_JOB_ID", "SLURM_TIME_FORMAT=%s");
    }

    @Test
    void aDryRunAndTheVersionAreInSlurmsWords() {
        commands.ends(
                        "sbatch",
                        0,
                        "",
                        "sbatch: Job 26 to start at 2026-11-24T19:47:07 using 1 processors on nodes n1\n")
                .says("sbatch", "slurm-wlm 22.05.8\n")
                .says("scontrol", "Slurmctld(primary) at vm is UP\n")
                .ends("scontrol", 1, "Slurmctld(primary) at vm is DOWN\n*** RESTORE ***\n", "");

        assertThat(queue.tryOut(request)).contains("Job 26 to start at");
        assertThat(commands.ran().get(0)).startsWith("sbatch --test-only ");
        assertThat(queue.version()).isEqualTo("slurm-wlm 22.05.8, Slurmctld(primary) at vm is UP");
        assertThatThrownBy(queue::version)
                .isInstanceOf(QueueUnavailableException.class)
                .hasMessageContaining("is DOWN");
    }

    private SubmissionException rejection() {
        return catchThrowableOfType(SubmissionException.class, () -> queue.submit(request));
    }
}
