package io.muster.jobqueue.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobRequest;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.JobStatus;
import io.muster.jobqueue.QueueUnavailableException;
import io.muster.jobqueue.SubmissionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole lives of jobs, on a fake built from documented output. */
@Tag("slow")
final class PbsQueueTest {
    @TempDir
    Path folder;

    private FakePbs fake;
    private PbsQueue queue;
    private List<String> ids = List.of();

    @BeforeEach
    void start() throws IOException {
        fake = new FakePbs(folder);
        queue = new PbsQueue(fake, ZoneOffset.UTC);
    }

    @AfterEach
    void cancel() throws IOException {
        fake.set();
        Files.deleteIfExists(folder.resolve("state/crashed"));
        queue.cancel(ids);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> queue.query(ids).stream().allMatch(job -> job.state() == JobState.ENDED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "TORQUE=1", "JSON=0"})
    void aJobRunsAndEnds(final String setting) throws IOException {
        fake.set(setting);
        final JobRequest request = request(1, "echo \"job $PBS_JOBID\"; echo oops >&2; exit 3");
        ids = queue.submit(request);

        final JobStatus job = awaitState(ids.get(0), JobState.ENDED);

        assertThat(job.end()).isEqualTo(JobEnd.FAILED);
        assertThat(job.exitCode()).isEqualTo(3);
        assertThat(job.token()).isEqualTo(Requests.TOKEN);
        assertThat(job.ended()).isNotNull();
        final List<String> files = queue.logFiles(request, ids.get(0));
        assertThat(Path.of(files.get(0))).hasContent("job " + ids.get(0));
        assertThat(Path.of(files.get(1))).hasContent("oops");
    }

    @Test
    void theJobsOfAnArrayHaveTheIdsThatTheyThinkTheyHave() throws IOException {
        final JobRequest request = request(3, "echo $PBS_JOBID; exit $PBS_ARRAY_INDEX");
        ids = queue.submit(request);
        assertThat(ids).containsExactly("1[0].fakeserver", "1[1].fakeserver", "1[2].fakeserver");

        for (int i = 0; i < ids.size(); i++) {
            final JobStatus job = awaitState(ids.get(i), JobState.ENDED);
            assertThat(job.exitCode()).isEqualTo(i);
            assertThat(Path.of(queue.logFiles(request, ids.get(i)).get(0))).hasContent(ids.get(i));
        }
        assertThat(queue.find(Requests.TOKEN)).extracting(JobStatus::id).containsExactlyElementsOf(ids);
    }

    @Test
    void jobsAreCancelledInTheQueueAndRunning() throws IOException {
        ids = queue.submit(request(4, "exec sleep 600"));
        ids.forEach(id -> awaitState(id, JobState.RUNNING));
        fake.set("NEVER=1");
        final String waiting = queue.submit(request(1, "true")).get(0);
        await().untilAsserted(() -> assertThat(query(waiting).reason()).startsWith("Can Never Run: "));

        queue.cancel(List.of(ids.get(0), ids.get(1), ids.get(3), waiting, "99.fakeserver"));

        assertThat(awaitState(waiting, JobState.ENDED).end()).isEqualTo(JobEnd.CANCELLED);
        assertThat(awaitState(ids.get(3), JobState.ENDED).end()).isEqualTo(JobEnd.CANCELLED);
        assertThat(query(ids.get(2)).state()).isEqualTo(JobState.RUNNING);
        assertThat(fake.cancelled()).hasSize(3).noneMatch(line -> line.contains(" "));
    }

    @Test
    void aWalltimeThatIsOverIsTold() {
        ids = queue.submit(request(1, "exec sleep 600", "walltime=1"));

        assertThat(awaitState(ids.get(0), JobState.ENDED).end()).isEqualTo(JobEnd.WALLTIME);
    }

    @Test
    void aSubmissionWhoseAnswerWasLostIsFound() throws IOException {
        fake.set("QSUB_OUTPUT=Request @ID@ was accepted on 2026-11-22");

        ids = queue.submit(request(2, "exec sleep 600"));

        assertThat(ids).containsExactly("1[0].fakeserver", "1[1].fakeserver");
    }

    @Test
    void aServerThatIsDownKnowsNothing() throws IOException {
        ids = queue.submit(request(1, "exec sleep 600"));
        fake.set("DOWN=1");

        assertThatThrownBy(() -> queue.query(ids)).isInstanceOf(QueueUnavailableException.class);
        assertThatThrownBy(() -> queue.find(Requests.TOKEN)).isInstanceOf(QueueUnavailableException.class);
        assertThatThrownBy(() -> queue.submit(request(1, "true")))
                .isInstanceOf(SubmissionException.class)
                .hasMessageContaining("system down, will retry");
    }

    @Test
    void jobsThatAreOverAreUnknownWhereThereIsNoHistory() throws IOException {
        fake.set("HISTORY=0");
        ids = queue.submit(request(1, "true"));

        await().atMost(Duration.ofSeconds(20)).until(() -> queue.query(ids).isEmpty());
        assertThat(queue.find(Requests.TOKEN)).isEmpty();
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
