package io.muster.jobqueue.lsf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.SubmissionException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole lives of jobs, on a fake built from documented output. */
@Tag("slow")
final class LsfQueueTest {
    @TempDir
    Path folder;

    private FakeLsf fake;
    private LsfQueue queue;
    private String kind = "";
    private final List<String> ids = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        fake = new FakeLsf(folder);
        queue = new LsfQueue(fake, Clock.systemUTC(), ZoneOffset.UTC);
    }

    @AfterEach
    void cancel() throws IOException {
        set();
        queue.cancel(ids);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> queue.query(ids).stream().allMatch(job -> job.state() == JobState.ENDED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"KIND=classic", "KIND=10"})
    void aJobRunsAndEnds(final String setting) throws IOException {
        kind = setting;
        set();
        final JobRequest request = request(1, "echo \"job $LSB_JOBID\"; echo oops >&2; exit 3");
        submit(request);

        final JobStatus job = awaitState(ids.get(0), JobState.ENDED);

        assertThat(job.end()).isEqualTo(JobEnd.FAILED);
        assertThat(job.exitCode()).isEqualTo(3);
        assertThat(job.token()).isEqualTo(Requests.TOKEN);
        assertThat(job.started()).isNotNull();
        assertThat(job.ended()).isNotNull();
        final List<String> files = queue.logFiles(request, ids.get(0));
        assertThat(Path.of(files.get(0))).content().endsWith("\njob " + ids.get(0) + "\n");
        assertThat(Path.of(files.get(1))).hasContent("oops");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KIND=classic", "KIND=10"})
    void theJobsOfAnArrayHaveTheIdsThatTheyThinkTheyHave(final String setting) throws IOException {
        kind = setting;
        set();
        final JobRequest request =
                request(3, String.join("\n", new Lsf().jobIdLines()) + "\necho $muster_job; exit $LSB_JOBINDEX");
        submit(request);

        for (int i = 0; i < ids.size(); i++) {
            assertThat(awaitState(ids.get(i), JobState.ENDED).exitCode()).isEqualTo(i + 1);
            assertThat(Path.of(queue.logFiles(request, ids.get(i)).get(0)))
                    .content()
                    .endsWith("\n" + ids.get(i) + "\n");
        }
        assertThat(queue.find(Requests.TOKEN)).extracting(JobStatus::id).containsExactlyElementsOf(ids);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KIND=classic", "KIND=10"})
    void jobsAreCancelledInTheQueueAndRunning(final String setting) throws IOException {
        kind = setting;
        set();
        submit(request(2, "exec sleep 600"));
        ids.forEach(id -> awaitState(id, JobState.RUNNING));
        set("NEVER=1");
        submit(request(1, "true"));
        assertThat(query(ids.get(2)).reason()).isNotEmpty();

        queue.cancel(List.of(ids.get(1), ids.get(2), "99"));

        assertThat(awaitState(ids.get(1), JobState.ENDED).end()).isEqualTo(JobEnd.CANCELLED);
        awaitState(ids.get(2), JobState.ENDED);
        assertThat(query(ids.get(0)).state()).isEqualTo(JobState.RUNNING);
        assertThat(fake.cancelled()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KIND=classic", "KIND=10"})
    void aWalltimeThatIsOverIsTold(final String setting) throws IOException {
        kind = setting;
        set("SECONDS_PER_MINUTE=1");
        submit(request(1, "exec sleep 600", "walltime=1"));

        assertThat(awaitState(ids.get(0), JobState.ENDED).end()).isEqualTo(JobEnd.WALLTIME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"KIND=classic", "KIND=10"})
    void aSubmissionWhoseAnswerWasLostIsFound(final String setting) throws IOException {
        kind = setting;
        set("BSUB_OUTPUT=Request @ID@ was accepted on 2026-11-22");

        submit(request(2, "exec sleep 600"));

        assertThat(ids).containsExactly("401[1]", "401[2]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"KIND=classic", "KIND=10"})
    void aQueueThatIsNotThereIsTheUsersToFix(final String setting) throws IOException {
        kind = setting;
        set();

        assertThatThrownBy(() -> submit(request(1, "true", "queue=nosuch")))
                .isInstanceOf(SubmissionException.class)
                .hasMessage("LSF did not take the job (fix your request): bsub ended with exitCode=255, and said:"
                        + " nosuch: No such queue. Job not submitted.");
    }

    private void set(final String... lines) throws IOException {
        final List<String> all = new ArrayList<>(List.of(lines));
        all.add(kind);
        fake.set(all.toArray(String[]::new));
    }

    private void submit(final JobRequest request) {
        ids.addAll(queue.submit(request));
    }

    private JobRequest request(final int count, final String command, final String... arguments) {
        return Requests.request(Requests.spec(arguments), folder.toString(), count, command);
    }

    private JobStatus query(final String id) {
        return queue.query(List.of(id)).get(0);
    }

    private JobStatus awaitState(final String id, final JobState state) {
        return await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> query(id), job -> job.state() == state);
    }
}
