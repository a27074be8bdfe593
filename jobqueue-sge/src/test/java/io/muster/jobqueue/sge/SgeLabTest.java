package io.muster.jobqueue.sge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.CommandRunner;
import io.muster.jobqueue.command.LocalCommandRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Real jobs of the Grid Engine that {@code labs/sge-up.sh} starts, whose {@code env.sh} has been read. */
@EnabledIfEnvironmentVariable(named = "SGE_LAB", matches = ".+")
@Tag("long")
final class SgeLabTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final CommandRunner commands = new LocalCommandRunner();
    private final SgeQueue queue = new SgeQueue(commands);
    private final List<String> submitted = new ArrayList<>();

    @TempDir
    private @Nullable Path folder;

    @BeforeEach
    void theLabIsUp() {
        await().atMost(PATIENCE)
                .pollInterval(PAUSE)
                .until(() -> run("qstat", "-f").output().contains("all.q@"));
    }

    @AfterEach
    void nothingIsLeftInTheQueue() {
        queue.cancel(submitted);
        await().atMost(PATIENCE)
                .pollInterval(PAUSE)
                .until(() -> queue.query(submitted).stream().allMatch(job -> job.state() == JobState.ENDED));
        commands.close();
    }

    @Test
    void aJobThatFitsNowhereSaysWhyItWaits() {
        final String id = submit("exit 0", "job-extra-directives=[-pe smp 500]");

        final JobStatus job = awaitJob(id, status -> !status.reason().isEmpty());

        assertThat(job.state()).isEqualTo(JobState.PENDING);
        assertThat(job.word()).isEqualTo("qw");
        assertThat(job.reason()).isEqualTo("cannot run in PE \"smp\" because it only offers 0 slots");
        assertThat(job.submitted()).isNotNull();
    }

    @Test
    void aJobRunsAndCompletesInTheShellOfItsFirstLineAndKnowsItsId() throws IOException {
        final JobRequest request =
                request(1, idLines() + "echo \"$muster_job in $BASH_VERSION\"; until [ -e go ]; do sleep 0.1; done");
        final String id = submit(request);
        final JobStatus running = awaitJob(id, job -> job.state() == JobState.RUNNING);
        assertThat(running.node()).isNotEmpty();
        assertThat(running.started()).isNotNull();

        Files.createFile(logs().resolve("go"));
        final JobStatus ended = awaitEnd(id);

        assertThat(ended.end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.ended()).isAfterOrEqualTo(running.started());
        assertThat(Files.readString(Path.of(queue.logFiles(request, id).get(0))))
                .startsWith(id + " in 5.");
    }

    @Test
    void aJobFailsWithItsExitCode() {
        final JobStatus job = awaitEnd(submit("exit 3"));

        assertThat(job.end()).isEqualTo(JobEnd.FAILED);
        assertThat(job.exitCode()).isEqualTo(3);
    }

    @Test
    void aJobIsKilledByASignal() {
        final JobStatus job = awaitEnd(submit("kill -9 $$"));

        assertThat(job.end()).isEqualTo(JobEnd.FAILED);
        assertThat(job.signal()).isEqualTo(9);
    }

    @Test
    void aRunningJobIsCancelled() {
        final String id = submit("sleep 100");
        awaitJob(id, job -> job.state() == JobState.RUNNING);

        queue.cancel(List.of(id, "99999999"));

        assertThat(awaitEnd(id).end()).isEqualTo(JobEnd.CANCELLED);
        queue.cancel(List.of(id));
    }

    @Test
    void aWaitingJobThatIsCancelledIsUnknownAtOnce() {
        final String id = submit("exit 0", "job-extra-directives=[-h]");
        assertThat(awaitJob(id, job -> true).word()).isEqualTo("hqw");

        queue.cancel(List.of(id));

        await().atMost(PATIENCE)
                .pollInterval(PAUSE)
                .until(() -> queue.query(List.of(id)).isEmpty());
    }

    @Test
    void aJobPastItsTimeEndsByItsWalltime() {
        assertThat(awaitEnd(submit("sleep 100", "walltime=2")).end()).isEqualTo(JobEnd.WALLTIME);
    }

    @Test
    void aJobThatTakesMoreMemoryThanItAskedForEndsByIt() {
        final String hog = "perl -e '$x = q(a) x 150000000; sleep 60' & ";

        final JobStatus job = awaitEnd(submit(hog + hog + hog + "wait", "resource-spec=h_vmem=300M"));

        assertThat(job.end()).isEqualTo(JobEnd.OUT_OF_MEMORY);
    }

    @Test
    void aJobWhoseOutputCannotBeOpenedWaitsInErrorWithTheReason() {
        final String id = submit("exit 0", "job-extra-directives=[-o /proc/none]");

        final JobStatus job = awaitJob(id, status -> status.word().equals("Eqw"));

        assertThat(job.state()).isEqualTo(JobState.PENDING);
        assertThat(job.reason()).contains("can't open output file \"/proc/none\"");
    }

    @Test
    void theLogDirectoryIsMadeIfItIsNotThere() throws IOException {
        final Path logs = logs().resolve("not/there/yet");
        final JobRequest request = request(1, "echo written", "log-directory=" + logs);
        final String id = submit(request);

        assertThat(awaitEnd(id).end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(Path.of(queue.logFiles(request, id).get(0))).hasParent(logs).hasContent("written");
    }

    @Test
    void theJobsOfAnArrayEndApart() {
        final List<String> ids = queue.submit(request(3, idLines() + "exit ${muster_job##*.}"));
        submitted.addAll(ids);

        assertThat(ids).allMatch(id -> id.matches("[0-9]+\\.[123]"));
        assertThat(ids).extracting(id -> awaitEnd(id).exitCode()).containsExactly(1, 2, 3);
    }

    @Test
    void aTaskOfAnArrayIsCancelledAlone() {
        final List<String> ids = queue.submit(request(2, "sleep 100"));
        submitted.addAll(ids);
        awaitJob(ids.get(0), job -> job.state() == JobState.RUNNING);
        awaitJob(ids.get(1), job -> job.state() == JobState.RUNNING);

        queue.cancel(List.of(ids.get(0)));

        assertThat(awaitEnd(ids.get(0)).end()).isEqualTo(JobEnd.CANCELLED);
        assertThat(queue.query(ids).get(1).word()).isEqualTo("r");
    }

    @Test
    void arrayAndJobAreFoundByTheirTokens() {
        final JobRequest array = request(3, "sleep 100");
        final JobRequest job = request(1, "exit 0", "job-extra-directives=[-h]");
        final List<String> ids = queue.submit(array);
        submitted.addAll(ids);
        final String id = submit(job);

        assertThat(queue.find(array.token())).extracting(JobStatus::id).containsExactlyElementsOf(ids);
        assertThat(queue.find(job.token())).extracting(JobStatus::id).containsExactly(id);
        assertThat(queue.find(newToken())).isEmpty();
    }

    @Test
    void anAnswerThatGotLostIsMadeGoodByTheToken() {
        final SgeQueue deaf = new SgeQueue(new Mumbling(commands));

        final List<String> ids = deaf.submit(request(2, "sleep 100"));

        submitted.addAll(ids);
        assertThat(ids).hasSize(2);
        assertThat(queue.query(ids)).hasSize(2);
    }

    @Test
    void anUnknownQueueIsToBeFixed() {
        assertThatThrownBy(() -> submit("exit 0", "queue=nowhere.q"))
                .hasMessageContaining("requests unknown queue \"nowhere.q\"")
                .asInstanceOf(type(SubmissionException.class))
                .returns(Kind.FIX_REQUEST, SubmissionException::kind);
    }

    @Test
    void aTrialTellsWhatCanRunFromWhatCannot() {
        assertThat(queue.tryOut(request(1, "exit 0"))).isEqualTo("verification: found suitable queue(s)");
        assertThatThrownBy(() -> queue.tryOut(request(1, "exit 0", "job-extra-directives=[-pe smp 500]")))
                .hasMessageContaining("no suitable queues");
    }

    @Test
    void aRequeuedJobKeepsItsIdAndSaysSo() {
        final String id = submit("sleep 100", "job-extra-directives=[-r y]");
        awaitJob(id, job -> job.state() == JobState.RUNNING);

        assertThat(run("qmod", "-rj", id).isSuccess()).isTrue();

        assertThat(awaitJob(id, job -> job.restarts() == 1).word()).startsWith("R");
    }

    @Test
    void whileTheMasterIsDownNothingIsKnownAndAfterwardsAllIs() throws IOException {
        final String id = submit("sleep 100");
        awaitJob(id, job -> job.state() == JobState.RUNNING);
        final Path root = Path.of(System.getenv("SGE_ROOT"));
        final long master = Long.parseLong(Files.readString(root.resolve("default/spool/qmaster/qmaster.pid"))
                .strip());
        try {
            ProcessHandle.of(master).orElseThrow().destroy();
            await().atMost(PATIENCE).pollInterval(PAUSE).until(() -> isUnavailable(id));

            assertThatThrownBy(() -> queue.find("x")).isInstanceOf(QueueUnavailableException.class);
            assertThatThrownBy(() -> queue.cancel(List.of(id))).isInstanceOf(QueueUnavailableException.class);
            assertThatThrownBy(queue::version).isInstanceOf(QueueUnavailableException.class);
            assertThatThrownBy(() -> submit("exit 0"))
                    .hasMessageContaining("unable to send message to qmaster")
                    .asInstanceOf(type(SubmissionException.class))
                    .returns(Kind.SYSTEM_DOWN, SubmissionException::kind);
        } finally {
            await().atMost(PATIENCE).pollInterval(PAUSE).until(() -> isOver(master));
            startMaster(root);
        }
        await().atMost(PATIENCE).pollInterval(PAUSE).until(() -> !isUnavailable(id));
        assertThat(queue.query(List.of(id))).extracting(JobStatus::word).containsExactly("r");
    }

    @Test
    void theVersionIsTold() {
        assertThat(queue.version()).startsWith("SGE ");
    }

    private boolean isUnavailable(final String id) {
        try {
            queue.query(List.of(id));
            return false;
        } catch (final QueueUnavailableException e) {
            return true;
        }
    }

    /** A process that nobody waits for stays as a zombie, which runs no more. */
    private static boolean isOver(final long pid) throws IOException {
        final Path stat = Path.of("/proc/" + pid + "/stat");
        return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
    }

    private static void startMaster(final Path root) throws IOException {
        new ProcessBuilder(root + "/bin/" + System.getenv("SGE_ARCH") + "/sge_qmaster")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private String submit(final String body, final String... arguments) {
        return submit(request(1, body, arguments));
    }

    private String submit(final JobRequest request) {
        final List<String> ids = queue.submit(request);
        submitted.addAll(ids);
        assertThat(ids).hasSize(1);
        return ids.get(0);
    }

    private JobRequest request(final int count, final String body, final String... arguments) {
        final String inFolder = "cd " + logs() + " || exit 90\n" + body;
        return Requests.request(newToken(), count, logs().toString(), inFolder, List.of(arguments));
    }

    private Path logs() {
        if (folder == null) {
            throw new AssertionError("there is no folder for logs");
        }
        return folder;
    }

    private static String idLines() {
        return String.join("\n", new Sge().jobIdLines()) + "\n";
    }

    private static String newToken() {
        return UUID.randomUUID().toString();
    }

    private CommandResult run(final String... words) {
        return commands.run(Command.of(words));
    }

    private JobStatus awaitEnd(final String id) {
        return awaitJob(id, job -> job.state() == JobState.ENDED);
    }

    private JobStatus awaitJob(final String id, final Predicate<JobStatus> condition) {
        final AtomicReference<List<JobStatus>> last = new AtomicReference<>(List.of());
        try {
            await().atMost(PATIENCE).pollInterval(PAUSE).until(() -> {
                last.set(queue.query(List.of(id)));
                return last.get().stream().anyMatch(condition);
            });
        } catch (final ConditionTimeoutException e) {
            throw new AssertionError("job " + id + " was last " + last.get(), e);
        }
        return last.get().get(0);
    }

    /** Submits, and swallows what is printed about it. */
    private record Mumbling(CommandRunner runner) implements CommandRunner {
        @Override
        public CommandResult run(final Command command) {
            final CommandResult result = runner.run(command);
            return command.words().get(0).equals("qsub") ? new CommandResult(result.exitCode(), "", "") : result;
        }

        @Override
        public String where() {
            return runner.where();
        }

        @Override
        public void close() {}
    }
}
