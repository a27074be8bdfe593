package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.slurm.SlurmCluster;
import io.muster.security.SchedulerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a cluster on a real Slurm lives on and ends: without its program, without its scheduler, without Slurm's controller. */
@Tag("long")
@EnabledIfEnvironmentVariable(named = SlurmLab.VARIABLE, matches = ".+")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(LabTurn.class)
class SlurmLifeTest {
    @AfterEach
    void nothingIsLeft() {
        SlurmLab.soon().untilAsserted(() -> assertThat(SlurmLab.queued()).isEmpty());
    }

    @Test
    void whileTheControllerIsDownJobsAreUnknownAndWorkOnAndLaterThereAreAsManyAsWanted() {
        try (SlurmCluster cluster = SlurmLab.builder().jobs(1).start();
                Client client = cluster.connect()) {
            client.awaitWorkers(1, Duration.ofSeconds(90));
            cluster.addGroup("held", SlurmLab.small(group -> group.extraDirectives("--hold")));
            cluster.scaleJobs("held", 1);
            final Job held = SlurmLab.jobs(cluster, "held", JobState.PENDING).get(0);

            SlurmLab.stopController();
            try {
                SlurmLab.soon().until(() -> SlurmLab.job(cluster, held.id()).state() == JobState.UNKNOWN);
                SlurmLab.soon()
                        .until(() -> SlurmLab.job(cluster, held.id())
                                .reason()
                                .contains("Unable to contact slurm controller"));
                assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
                final SubmissionException down =
                        catchThrowableOfType(SubmissionException.class, () -> cluster.scaleJobs(3));
                assertThat(down.kind()).isEqualTo(Kind.SYSTEM_DOWN);
                assertThat(down).hasMessageContaining("Unable to contact slurm controller");
            } finally {
                SlurmLab.startController();
            }

            client.awaitWorkers(3, Duration.ofSeconds(120));
            SlurmLab.soon().until(() -> SlurmLab.job(cluster, held.id()).state() == JobState.PENDING);
            assertThat(SlurmLab.running(cluster)).hasSize(3);
            assertThat(SlurmLab.queued()).hasSize(4);
        }
    }

    @Test
    void aClusterWhoseProgramIsKilledEndsItselfAfterTheGrace() throws Exception {
        final Process owner = SlurmOwner.fork();
        final long scheduler;
        try {
            scheduler = SchedulerFile.read(SlurmOwner.schedulerFile(owner)).pid();
            assertThat(SlurmLab.queued()).hasSize(1);
        } finally {
            owner.destroyForcibly().waitFor();
        }

        SlurmLab.soon().until(() -> SlurmLab.queued().isEmpty());
        SlurmLab.soon().until(() -> !Signals.isAlive(scheduler));
    }

    @Test
    void aDetachedClusterGoesOnAndAnotherProgramTakesItOver() throws Exception {
        final Process program = SlurmOwner.forkDetaching();
        final Path file = SlurmOwner.schedulerFile(program);
        assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).isZero();
        Awaitility.await()
                .during(Duration.ofSeconds(5))
                .atMost(Duration.ofSeconds(10))
                .until(() -> SlurmLab.queued().size() == 1);

        try (SlurmCluster cluster = SlurmCluster.attach(file);
                Client client = cluster.connect()) {
            assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
            assertThat(SlurmLab.running(cluster)).hasSize(1);
            cluster.scaleJobs(2);
            client.awaitWorkers(2, Duration.ofSeconds(90));
        }

        assertThat(file).doesNotExist();
        assertThat(SlurmLab.queued()).isEmpty();
        assertThatThrownBy(() -> SlurmCluster.attach(file)).isInstanceOf(MusterException.class);
    }

    @Test
    void closingCancelsTheJobsOfASchedulerThatWasKilled() throws IOException {
        try (SlurmCluster cluster = SlurmLab.builder().jobs(2).start()) {
            SlurmLab.soon().until(() -> SlurmLab.running(cluster).size() == 2);
            Signals.send("KILL", SchedulerFile.read(cluster.schedulerFile()).pid());
            assertThat(SlurmLab.queued()).hasSize(2);
        }

        SlurmLab.soon().untilAsserted(() -> assertThat(SlurmLab.queued()).isEmpty());
    }

    @Test
    void workersThatFindNoSchedulerEndTheirJobs() throws IOException {
        try (SlurmCluster cluster =
                SlurmLab.builder().deathTimeout(Duration.ofSeconds(5)).jobs(2).start()) {
            SlurmLab.soon().until(() -> SlurmLab.running(cluster).size() == 2);
            Signals.send("KILL", SchedulerFile.read(cluster.schedulerFile()).pid());

            SlurmLab.soon().until(() -> SlurmLab.queued().isEmpty());
        }
    }

    @Test
    void theFolderOfAClusterGoesWithItUnlessAJobFailed() {
        final Path folder;
        try (SlurmCluster cluster = SlurmLab.builder().jobs(1).start()) {
            SlurmLab.soon().until(() -> SlurmLab.running(cluster).size() == 1);
            folder = cluster.schedulerFile().getParent();
            assertThat(folder).isDirectoryContaining(file -> file.endsWith("jobs.json"));
        }
        assertThat(folder).doesNotExist();

        final Path kept;
        try (SlurmCluster cluster = SlurmLab.builder()
                .prologue("echo no luck >&2", "exit 3")
                .jobs(1)
                .start()) {
            SlurmLab.soon()
                    .until(() ->
                            !SlurmLab.jobs(cluster, "default", JobState.ENDED).isEmpty());
            kept = cluster.schedulerFile().getParent();
        }
        assertThat(kept.resolve("logs")).isNotEmptyDirectory();
        assertThat(Files.exists(kept.resolve("scheduler.json"))).isFalse();
    }
}
