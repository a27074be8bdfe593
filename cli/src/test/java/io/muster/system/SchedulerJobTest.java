package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.MusterException;
import io.muster.jobqueue.JobGroupBuilder;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SchedulerPlacement;
import io.muster.jobqueue.slurm.SlurmCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A scheduler in a job of its own, in the Slurm that {@code labs/slurm-up.sh} starts, whose {@code env.sh} has been read. */
@EnabledIfEnvironmentVariable(named = "SLURM_LAB", matches = ".+")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("long")
@ExtendWith(LabTurn.class)
class SchedulerJobTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final MemorySize SMALL = MemorySize.parse("700MB");
    private static final String NAME = "muster-scheduler-test";

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
    void jobsAreSubmittedFromTheSchedulersJobAndTheEndLeavesNothing() throws Exception {
        try (SlurmCluster cluster = builder(job -> {}).start()) {
            assertThat(queue()).hasSize(1);
            try (Client client = cluster.connect()) {
                cluster.scaleJobs(2);
                client.awaitWorkers(2, PATIENCE);

                assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
                assertThat(cluster.jobs())
                        .hasSize(2)
                        .allSatisfy(job -> assertThat(job.state()).isEqualTo(JobState.RUNNING));
                assertThat(queue()).hasSize(3);
            }
        }
        assertThat(queue()).isEmpty();
    }

    @Test
    void aClusterIsLeftAndFoundAgainAndItsEndLeavesNothing() throws Exception {
        final Path file;
        try (SlurmCluster cluster = builder(job -> {}).jobs(1).start()) {
            file = cluster.detach();
        }
        assertThat(queue()).hasSize(2);
        try (SlurmCluster found = SlurmCluster.attach(file);
                Client client = found.connect()) {
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> "found").join()).isEqualTo("found");
        }
    }

    @Test
    void aJobThatEndsBeforeItsSchedulerListensIsToldWithWhatItWrote() {
        assertThatThrownBy(() -> builder(job -> job.prologue("export MUSTER_JAVA_HOME=/nonexistent/java"))
                        .start())
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("scheduler in job")
                .hasMessageContaining("FAILED, exit code 127")
                .hasMessageContaining("/nonexistent/java/bin/java");
    }

    @Test
    void aJobThatIsRefusedIsToldInTheBatchSystemsWords() {
        assertThatThrownBy(() -> builder(job -> job.queue("nosuch")).start())
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("invalid partition specified: nosuch");
    }

    @Test
    void aJobThatWaitsTooLongIsToldWithItsStateAndReason() {
        assertThatThrownBy(() -> builder(job -> job.extraDirectives("--begin=now+1hour"))
                        .startTimeout(Duration.ofSeconds(5))
                        .start())
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("did not listen within startTimeout=5s")
                .hasMessageContaining("PENDING, BeginTime")
                .hasMessageContaining("expected to start at");
    }

    @Test
    void theEndOfTheSchedulersJobIsThatOfTheCluster() throws Exception {
        final SlurmCluster cluster =
                builder(job -> job.walltime(Duration.ofMinutes(1))).jobs(1).start();
        assertThat(queue()).hasSize(2);
        await("end of the cluster").atMost(Duration.ofSeconds(70)).until(() -> queue().isEmpty());
        assertThat(Site.here()
                        .run("sh", "-c", "scontrol show job | grep -A3 " + NAME + " | grep -c JobState=TIMEOUT")
                        .output())
                .as("jobs that were killed at their time limit")
                .isEqualTo("0\n");
        cluster.close();
    }

    private SlurmCluster.Builder builder(final Consumer<JobGroupBuilder> scheduler) {
        return SlurmCluster.builder()
                .muster(launcher)
                .directory(folder)
                .jobName(NAME)
                .coresPerJob(1)
                .memoryPerJob(SMALL)
                .walltime(Duration.ofMinutes(10))
                .scheduler(SchedulerPlacement.JOB)
                .schedulerJob(scheduler.andThen(job -> job.memoryPerJob(SMALL)));
    }

    private static List<String> queue() throws Exception {
        return Site.here()
                .run("squeue", "-h", "-n", NAME, "-o", "%i %T")
                .output()
                .lines()
                .toList();
    }
}
