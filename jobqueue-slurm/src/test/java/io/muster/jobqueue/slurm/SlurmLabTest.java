package io.muster.jobqueue.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.jobqueue.BatchQueue;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import io.muster.jobqueue.command.LocalCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real jobs in a real Slurm, made by {@code labs/slurm-up.sh}, with {@code --acct --cgroup} for all of it. Its
 * {@code env.sh} sets the variables.
 */
@Tag("slurm")
@EnabledIfEnvironmentVariable(
        named = "SLURM_LAB",
        matches = ".+",
        disabledReason = "no lab: labs/slurm-up.sh WORKDIR, then source WORKDIR/env.sh")
final class SlurmLabTest {
    private static final Path LAB = Path.of(Objects.requireNonNullElse(System.getenv("SLURM_LAB"), "/nonexistent"));
    private static final Duration LONG = Duration.ofSeconds(100);

    private final CommandRunner runner = new LocalCommandRunner();
    private final BatchQueue queue = new Slurm().queue(runner);
    private final List<String> jobs = new ArrayList<>();
    private String folder = "";

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory(LAB.resolve("job"), "50% of a test ").toString();
    }

    @AfterEach
    void leaveNothing() {
        queue.cancel(jobs);
        await().atMost(LONG)
                .until(() -> queue.query(jobs).stream().allMatch(status -> status.state() == JobState.ENDED));
    }

    @Test
    void aJobGoesFromPendingToCompletedAndItsOutputIsWhereItIsSaidToBe() throws IOException {
        final JobRequest request = request("echo out; echo err >&2")
                .with("job-extra-directives=[--hold]")
                .build();
        final String id = submit(request).get(0);

        final JobStatus held = one(id);
        assertThat(held.state()).isEqualTo(JobState.PENDING);
        assertThat(held.reason()).isEqualTo("JobHeldUser");
        assertThat(held.token()).isEqualTo(request.token());
        assertThat(held.node()).isEmpty();
        assertThat(held.started()).isNull();
        assertThat(held.submitted())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));

        lab("scontrol", "release", id);
        final JobStatus over = ended(id);

        assertThat(over.end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(over.exitCode()).isZero();
        assertThat(over.signal()).isNull();
        assertThat(over.node()).startsWith("n");
        assertThat(over.ended()).isAfterOrEqualTo(over.started());
        final List<String> files = queue.logFiles(request, id);
        assertThat(Path.of(files.get(0))).hasContent("out");
        assertThat(Path.of(files.get(1))).hasContent("err");
    }

    @Test
    void aLogDirectoryOfTheSpecIsWhereTheOutputGoes() {
        final Path logs = LAB.resolve("job");
        final JobRequest single =
                request("echo one").with("log-directory=" + logs).build();
        final JobRequest array =
                request("echo two").with("log-directory=" + logs).times(2).build();
        final String first = submit(single).get(0);
        final List<String> others = submit(array);

        ended(first);
        ended(others.get(0));
        ended(others.get(1));

        assertThat(Path.of(queue.logFiles(single, first).get(0))).hasContent("one");
        assertThat(Path.of(queue.logFiles(array, others.get(1)).get(0))).hasContent("two");
    }

    @Test
    void aJobThatMayStartLaterHasAnExpectedStart() {
        final String id = submit(request("true").with("job-extra-directives=[--begin=now+1hour]"));

        await().atMost(LONG).until(() -> one(id).expectedStart() != null);

        assertThat(one(id).reason()).isEqualTo("BeginTime");
        assertThat(one(id).expectedStart())
                .isBetween(Instant.now().plusSeconds(3000), Instant.now().plusSeconds(4200));
    }

    @ParameterizedTest
    @CsvSource({"exit 3, 3,", "kill -9 $$, , 9", "kill -TERM $$, , 15", "nojava, 127,"})
    void aScriptThatFailsSaysHow(final String body, final Integer exitCode, final Integer signal) {
        final JobStatus over = ended(submit(request(body)));

        assertThat(over.end()).isEqualTo(JobEnd.FAILED);
        assertThat(over.exitCode()).isEqualTo(exitCode);
        assertThat(over.signal()).isEqualTo(signal);
    }

    @Test
    void aJobWhoseOutputCannotBeWrittenWasNotStarted() {
        final JobStatus over = ended(submit(request("true").with("log-directory=" + LAB + "/none")));

        assertThat(over.end()).isEqualTo(JobEnd.NOT_STARTED);
        assertThat(over.exitCode()).isNull();
        assertThat(over.signal()).isNull();
        assumeTrue(hasAccounting(), "no accounting");
        assertThat(forgotten(over.id()).end()).isEqualTo(JobEnd.NOT_STARTED);
    }

    @Test
    void cancelledJobsAreOverAndCancellingThemAgainIsNoError() {
        final String pending = submit(request("true").with("job-extra-directives=[--hold]"));
        final String running = submit(request("exec sleep 600"));
        await().atMost(LONG).until(() -> one(running).state() == JobState.RUNNING);

        queue.cancel(List.of(pending, running, "999999", "--user=root"));

        assertThat(ended(pending).end()).isEqualTo(JobEnd.CANCELLED);
        assertThat(one(pending).started()).isNull();
        assertThat(ended(running).end()).isEqualTo(JobEnd.CANCELLED);
        assertThatCode(() -> queue.cancel(List.of(pending, running, "999999"))).doesNotThrowAnyException();
        assertThat(queue.query(List.of("999999"))).isEmpty();
        assertThat(queue.query(List.of("999999", "999998", pending))).hasSize(1);
        assumeTrue(hasAccounting(), "no accounting");
        assertThat(forgotten(running).end()).isEqualTo(JobEnd.CANCELLED);
    }

    @Test
    void anArrayHasAnIdForEachJobAndEachJobKnowsIt() {
        final JobRequest request = request(
                        String.join("\n", new Slurm().jobIdLines()) + "\necho $muster_job; exit $SLURM_ARRAY_TASK_ID")
                .times(3)
                .build();
        final List<String> ids = submit(request);

        awaitAll(ids, status -> status.state() == JobState.ENDED);

        assertThat(queue.query(ids)).extracting(JobStatus::exitCode).containsExactly(0, 1, 2);
        assertThat(queue.find(request.token())).extracting(JobStatus::id).containsExactlyElementsOf(ids);
        for (final String id : ids) {
            assertThat(Path.of(queue.logFiles(request, id).get(0))).hasContent(id);
        }
        assumeTrue(hasAccounting(), "no accounting");
        assertThat(forgotten(ids.get(2)).exitCode()).isEqualTo(2);
    }

    @Test
    void someElementsOfAnArrayAreCancelled() {
        final List<String> ids = submit(request("exec sleep 600").times(5).build());
        awaitAll(ids, status -> status.state() == JobState.RUNNING);

        queue.cancel(List.of(ids.get(0), ids.get(1), ids.get(3)));

        awaitAll(List.of(ids.get(0), ids.get(1), ids.get(3)), status -> status.end() == JobEnd.CANCELLED);
        assertThat(queue.query(List.of(ids.get(2), ids.get(4))))
                .extracting(JobStatus::state)
                .containsOnly(JobState.RUNNING);
    }

    @Test
    void nothingIsKnownOfAnElementThatWasCancelledBeforeItBegan() {
        final List<String> ids = submit(
                request("true").with("job-extra-directives=[--hold]").times(3).build());

        queue.cancel(ids.subList(1, 3));

        await().atMost(LONG).until(() -> queue.query(ids).size() == 1);
        assertThat(queue.query(ids)).extracting(JobStatus::id).containsExactly(ids.get(0));
    }

    @Test
    void aJobWhoseWalltimeIsOverSaysSo() {
        final String id = submit(request("exec sleep 600"));
        await().atMost(LONG).until(() -> one(id).state() == JobState.RUNNING);

        lab("scontrol", "update", "jobid=" + id, "EndTime=now+1");

        assertThat(ended(id).end()).isEqualTo(JobEnd.WALLTIME);
        assumeTrue(hasAccounting(), "no accounting");
        assertThat(forgotten(id).end()).isEqualTo(JobEnd.WALLTIME);
    }

    @Test
    void aJobKnowsWhenItHasToEndAlsoWithoutAWalltime() {
        final JobRequest request = request(String.join("\n", new Slurm().jobEndLines(0)) + "\necho $muster_end")
                .with("walltime=")
                .build();
        final String id = submit(request).get(0);
        final Instant started = ended(id).started();

        final Path output = Path.of(queue.logFiles(request, id).get(0));
        assertThat(output)
                .content()
                .asString()
                .satisfies(text -> assertThat(Long.parseLong(text.strip()))
                        .isEqualTo(Objects.requireNonNull(started)
                                .plusSeconds(3600)
                                .getEpochSecond()));
    }

    @Test
    void aNodeThatFailsEndsAJobOrPutsItBackIntoTheQueue() {
        final String requeued = submit(request("exec sleep 600").with("job-extra-directives=[-w n4]"));
        final String lost = submit(request("exec sleep 600").with("job-extra-directives=[-w n4, --no-requeue]"));
        awaitAll(List.of(requeued, lost), status -> status.state() == JobState.RUNNING);

        lab("scontrol", "update", "nodename=n4", "state=down", "reason=test");

        assertThat(ended(lost).end()).isEqualTo(JobEnd.NODE_FAILURE);
        await().atMost(LONG).until(() -> one(requeued).restarts() == 1);
        await().atMost(LONG).until(() -> one(requeued).state() == JobState.RUNNING);
        assertThat(one(requeued).restarts()).isEqualTo(1);
    }

    @Test
    void aPreemptedJobGoesBackIntoTheQueue() {
        final boolean byQos = config().contains("preempt/qos");
        final String low = submit(request("exec sleep 600")
                .with("job-extra-directives=[-w n3, --exclusive" + (byQos ? ", -q low]" : "]")));
        await().atMost(LONG).until(() -> one(low).state() == JobState.RUNNING);

        final String high = submit(request("true")
                .with("queue=" + (byQos ? "normal" : "high"))
                .with("job-extra-directives=[-w n3, --exclusive" + (byQos ? ", -q high]" : "]")));

        await().atMost(LONG).until(() -> one(low).restarts() == 1);
        assertThat(ended(high).end()).isEqualTo(JobEnd.COMPLETED);
        await().atMost(LONG).until(() -> one(low).state() == JobState.RUNNING);
    }

    @Test
    void aHeldSuspendedAndRequeuedJobIsNotOver() {
        final String suspended = submit(request("exec sleep 600"));
        final String requeued = submit(request("exec sleep 600"));
        awaitAll(List.of(suspended, requeued), status -> status.state() == JobState.RUNNING);

        lab("scontrol", "suspend", suspended);
        lab("scontrol", "requeuehold", requeued);

        await().atMost(LONG).until(() -> one(suspended).word().equals("SUSPENDED"));
        assertThat(one(suspended).state()).isEqualTo(JobState.RUNNING);
        await().atMost(LONG).until(() -> one(requeued).state() == JobState.PENDING);
        assertThat(one(requeued).reason()).isEqualTo("job requeued in held state");
        lab("scontrol", "resume", suspended);
    }

    @Test
    void aJobThatUsesTooMuchMemorySaysSo() {
        assumeTrue(config().contains("task/cgroup"), "a lab without --cgroup");
        final String id = submit(request("exec python3 -c 'x = b\"1\" * (400 << 20); import time; time.sleep(30)'"));

        assertThat(ended(id).end()).isEqualTo(JobEnd.OUT_OF_MEMORY);
        assumeTrue(hasAccounting(), "no accounting");
        assertThat(forgotten(id).end()).isEqualTo(JobEnd.OUT_OF_MEMORY);
    }

    @ParameterizedTest
    @CsvSource({
        "queue=nope, Invalid partition name specified",
        "job-mem=999G, Requested node configuration is not available",
        "job-extra-directives=[-C nofeature], Invalid feature specification",
        "job-extra-directives=[--bogus], unrecognized option '--bogus'"
    })
    void aRequestThatCannotBeTakenIsToBeFixed(final String argument, final String text) {
        final JobRequest request = request("true").with(argument).build();

        assertThatThrownBy(() -> queue.submit(request))
                .isInstanceOfSatisfying(
                        SubmissionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FIX_REQUEST))
                .hasMessageContaining(text);
        assertThat(queue.find(request.token())).isEmpty();
    }

    @Test
    void anUnknownAccountIsToBeFixedAndALimitWillPass() {
        assumeTrue(config().contains("limits"), "a lab without --acct");
        lab("sacctmgr", "-i", "modify", "qos", "low", "set", "MaxSubmitJobsPerUser=1");
        try {
            final Requests low = request("true").with("job-extra-directives=[--hold, -q low]");
            await().atMost(LONG).until(() -> hasLimit());
            submit(low);

            assertThat(rejection(low).kind()).isEqualTo(Kind.LIMIT_REACHED);
            assertThat(rejection(low)).hasMessageContaining("QOSMaxSubmitJobPerUserLimit");
            assertThat(rejection(request("true").with("account=nope")).kind()).isEqualTo(Kind.FIX_REQUEST);
            assertThat(rejection(request("true").with("account=nope"))).hasMessageContaining("Invalid account");
        } finally {
            lab("sacctmgr", "-i", "modify", "qos", "low", "set", "MaxSubmitJobsPerUser=-1");
        }
    }

    @Test
    void aDryRunSaysWhetherAJobWouldBeTaken() {
        assertThat(queue.tryOut(request("true").build())).contains("to start at");
        assertThatThrownBy(() -> queue.tryOut(request("true").with("queue=nope").build()))
                .isInstanceOf(SubmissionException.class)
                .hasMessageContaining("nvalid partition");
        assertThat(queue.version()).startsWith("slurm").contains("is UP");
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 1", "false, 3"})
    void aSubmissionWhoseAnswerIsLostIsFoundByItsToken(final boolean isCutOff, final int count) {
        final JobRequest request = request("true")
                .with("job-extra-directives=[--hold]")
                .times(count)
                .build();
        final BatchQueue forgetful = new Slurm().queue(new Losing("sbatch", isCutOff));
        List<String> ids;
        if (isCutOff) {
            final SubmissionException lost =
                    catchThrowableOfType(SubmissionException.class, () -> forgetful.submit(request));
            assertThat(lost.kind()).isEqualTo(Kind.SYSTEM_DOWN);
            ids = queue.find(request.token()).stream().map(JobStatus::id).toList();
        } else {
            ids = forgetful.submit(request);
        }
        jobs.addAll(ids);

        assertThat(ids).hasSize(count);
        assertThat(queue.query(ids)).extracting(JobStatus::token).containsOnly(request.token());
    }

    @Test
    void aControllerThatIsDownIsNotTheEndOfItsJobs() throws IOException {
        final String id = submit(request("exec sleep 600"));
        await().atMost(LONG).until(() -> one(id).state() == JobState.RUNNING);
        final Path pidFile = LAB.resolve("run/slurmctld.pid");
        lab("kill", Files.readString(pidFile).strip());
        await().atMost(LONG).until(() -> !queueAnswers());
        try {
            assertThatThrownBy(() -> queue.query(List.of(id, "1")))
                    .isInstanceOf(QueueUnavailableException.class)
                    .hasMessageContaining("Unable to contact slurm controller");
            assertThatThrownBy(() -> queue.cancel(List.of(id))).isInstanceOf(QueueUnavailableException.class);
            assertThatThrownBy(queue::version).isInstanceOf(QueueUnavailableException.class);
            assertThat(rejection(request("true")).kind()).isEqualTo(Kind.SYSTEM_DOWN);
        } finally {
            lab("/usr/sbin/slurmctld");
        }
        await().atMost(LONG).until(this::queueAnswers);

        assertThat(one(id).state()).isEqualTo(JobState.RUNNING);
    }

    @Test
    void aControllerThatHangsIsNotTheEndOfItsJobs() throws IOException {
        final String id = submit(request("exec sleep 600"));
        final String controller =
                Files.readString(LAB.resolve("run/slurmctld.pid")).strip();
        lab("kill", "-STOP", controller);
        try {
            assertThatThrownBy(() -> queue.query(List.of(id)))
                    .isInstanceOf(QueueUnavailableException.class)
                    .hasMessageContaining("Socket timed out");
        } finally {
            lab("kill", "-CONT", controller);
        }
        assertThat(one(id).id()).isEqualTo(id);
    }

    private Requests request(final String body) {
        return Requests.of(body, folder);
    }

    private List<String> submit(final JobRequest request) {
        final List<String> ids = queue.submit(request);
        jobs.addAll(ids);
        return ids;
    }

    private String submit(final Requests request) {
        return submit(request.build()).get(0);
    }

    private SubmissionException rejection(final Requests request) {
        return catchThrowableOfType(SubmissionException.class, () -> submit(request));
    }

    private JobStatus one(final String id) {
        return queue.query(List.of(id)).get(0);
    }

    private JobStatus ended(final String id) {
        await().atMost(LONG).until(() -> one(id).state() == JobState.ENDED);
        return one(id);
    }

    /** What is known of a job that slurmctld has forgotten. */
    private JobStatus forgotten(final String id) {
        final BatchQueue accounting = new Slurm().queue(new Losing("squeue", false));
        await().atMost(LONG).until(() -> !accounting.query(List.of(id)).isEmpty());
        return accounting.query(List.of(id)).get(0);
    }

    private void awaitAll(final List<String> ids, final Predicate<JobStatus> condition) {
        await().atMost(LONG)
                .until(() -> queue.query(ids).stream().filter(condition).count() == ids.size());
    }

    private boolean queueAnswers() {
        return runner.run(Command.of("scontrol", "ping")).isSuccess();
    }

    private boolean hasLimit() {
        return lab("scontrol", "show", "assoc_mgr", "qos=low", "flags=qos").contains("MaxSubmitJobsPU=1(");
    }

    private boolean hasAccounting() {
        return config().contains("accounting_storage/slurmdbd");
    }

    private static String config() {
        try {
            return Files.readString(LAB.resolve("etc/slurm.conf"));
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private String lab(final String... words) {
        final CommandResult result = runner.run(Command.of(words));
        assertThat(result.isSuccess()).as("%s: %s", List.of(words), result).isTrue();
        return result.output();
    }

    /** Runs everything, but loses the answers of one command. */
    private record Losing(String program, boolean isCutOff) implements CommandRunner {
        @Override
        public CommandResult run(final Command command) {
            final CommandResult result = new LocalCommandRunner().run(command);
            if (!command.words().contains(program) || command.toString().contains("--me")) {
                return result;
            }
            if (isCutOff) {
                throw new CommandException(CommandException.Cause.TIMED_OUT, program + " took too long", null);
            }
            return new CommandResult(0, "", "");
        }

        @Override
        public String where() {
            return "this host";
        }

        @Override
        public void close() {}
    }
}
