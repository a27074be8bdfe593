package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.TaskFuture;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SchedulerPlacement;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.sge.SGECluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Clusters on the Grid Engine that {@code labs/sge-up.sh} starts, whose {@code env.sh} has been read. */
@EnabledIfEnvironmentVariable(named = "SGE_LAB", matches = ".+")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SgeTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private Path launcher;

    @BeforeEach
    void makeLauncher() throws Exception {
        launcher = Site.launcher(folder);
    }

    @AfterEach
    void nothingIsLeftInTheQueue() {
        await("empty queue").atMost(PATIENCE).until(() -> queue().isEmpty());
    }

    @Test
    void tasksRunInAnArrayOfJobsAndAJobThatSomebodyDeletesIsReplaced() throws Exception {
        try (SGECluster cluster = builder().start();
                Client client = cluster.connect()) {
            cluster.scaleJobs(2);
            assertThat(cluster.jobs()).extracting(Job::id).allMatch(id -> id.matches("[0-9]+\\.[12]"));
            client.awaitWorkers(2, PATIENCE);
            final List<TaskFuture<Integer>> squares = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                final int number = i;
                squares.add(client.submit(() -> number * number));
            }
            assertThat(client.gather(squares)).hasSize(20).contains(361);

            final String deleted = cluster.jobs().get(0).id();
            final String[] parts = deleted.split("\\.");
            Site.here().run("qdel", parts[0], "-t", parts[1]);
            await("replacement").atMost(PATIENCE).until(() -> cluster.jobs().size() == 3 && running(cluster) == 2);
            await("its end")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.jobs())
                            .filteredOn(job -> job.id().equals(deleted))
                            .allSatisfy(job -> assertThat(job.state()).isEqualTo(JobState.ENDED)));
            assertThat(client.submit(() -> "still").join()).isEqualTo("still");
            assertThat(cluster.logs(cluster.jobs().get(2).id())).contains("worker");

            cluster.scaleJobs(0);
            await("no workers").atMost(PATIENCE).until(() -> queue().isEmpty());
        }
    }

    @Test
    void aJobInErrorIsCancelledAndToldWithGridEnginesReason() {
        try (SGECluster cluster = builder().start()) {
            cluster.addGroup(
                    "error",
                    job -> job.coresPerJob(1)
                            .memoryPerJob(MemorySize.parse("700MB"))
                            .logDirectory("/nonexistent/$JOB_ID"));
            cluster.scaleJobs("error", 1);
            await("three jobs in error")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.jobs())
                            .hasSize(3)
                            .allSatisfy(job -> assertThat(job.end()).isEqualTo(JobEnd.NOT_STARTED))
                            .allSatisfy(job -> assertThat(job.message()).contains("can't", "/nonexistent")));
        }
    }

    @Test
    void aQueueThatDoesNotExistIsToldInGridEnginesWords() {
        assertThatThrownBy(() -> builder().queue("nosuch").jobs(1).start())
                .isInstanceOf(SubmissionException.class)
                .hasMessageContaining("nosuch");
    }

    @Test
    void theSchedulerRunsInAJob() throws Exception {
        try (SGECluster cluster =
                        builder().scheduler(SchedulerPlacement.JOB).jobs(1).start();
                Client client = cluster.connect()) {
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
            assertThat(queue()).hasSize(2);
        }
    }

    private SGECluster.Builder builder() {
        return SGECluster.builder()
                .muster(launcher)
                .directory(folder)
                .coresPerJob(1)
                .memoryPerJob(MemorySize.parse("700MB"))
                .resourceSpec("h_vmem=4G")
                .walltime(Duration.ofMinutes(10))
                .queryInterval(Duration.ofSeconds(1));
    }

    private static long running(final SGECluster cluster) {
        return cluster.jobs().stream()
                .filter(job -> job.state() == JobState.RUNNING)
                .count();
    }

    private static List<String> queue() throws Exception {
        return Site.here()
                .run("qstat", "-u", "*")
                .output()
                .lines()
                .filter(line -> line.strip().matches("[0-9].*"))
                .toList();
    }
}
