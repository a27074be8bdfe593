package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.Client;
import io.muster.TaskFuture;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.slurm.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What remains of a cluster's work when its jobs are cancelled, preempted, over, or lose their node: no task is ever to blame. */
@Tag("long")
@EnabledIfEnvironmentVariable(named = SlurmLab.VARIABLE, matches = ".+")
@ExtendWith({LabTurn.class, ShowLogs.class})
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlurmFaultTest implements ShowLogs.OnCluster {
    private static SlurmCluster cluster;

    @TempDir
    Path directory;

    private Client client;

    @BeforeAll
    static void start() {
        cluster = SlurmLab.builder()
                .schedulerOption("scheduler.allowed-failures", "0")
                .jobs(1)
                .start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        assertThat(SlurmLab.queued()).isEmpty();
    }

    @BeforeEach
    void connect() {
        client = cluster.connect();
        client.awaitWorkers(1, Duration.ofSeconds(90));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Override
    public String logs() {
        return SlurmLab.logs(cluster);
    }

    @Test
    void aJobThatSomebodyCancelsIsReplacedAndAGraphGivesTheRightResult() {
        cluster.scaleJobs(2);
        client.awaitWorkers(2, Duration.ofSeconds(90));
        final List<TaskFuture<int[]>> blocks = client.map(
                i -> {
                    Thread.sleep(20);
                    return IntStream.range(0, 1000).map(k -> i).toArray();
                },
                IntStream.range(0, 200).boxed().toList());
        final TaskFuture<Integer> total = client.combineAll(
                blocks.stream()
                        .map(block -> block.then(values -> IntStream.of(values).sum()))
                        .toList(),
                Work::sum);
        SlurmLab.soon().until(() -> blocks.stream().filter(TaskFuture::isDone).count() >= 50);
        final Job victim = SlurmLab.running(cluster).get(1);
        SlurmLab.cancel(victim.id());

        assertThat(total.join()).isEqualTo(1000 * (199 * 200 / 2));
        assertThat(client.gather(blocks)).allMatch(block -> block.length == 1000);
        SlurmLab.soon().until(() -> SlurmLab.running(cluster).size() == 2);
        final Job ended = SlurmLab.job(cluster, victim.id());
        assertThat(ended.end()).isEqualTo(JobEnd.CANCELLED);
        assertThat(ended.message()).contains("it was cancelled");
        cluster.scaleJobs(1);
    }

    @Test
    void aPreemptedJobComesBackAsTheSame() throws IOException {
        final boolean byQos = SlurmLab.isPreemptingByQos();
        cluster.addGroup(
                "low",
                SlurmLab.small(group ->
                        group.extraDirectives(byQos ? new String[] {"-w n3", "-q low"} : new String[] {"-w n3"})));
        cluster.scaleJobs("low", 1);
        final Job job = awaitRunning("low");
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<Integer> hit = client.with(
                        o -> o.workers(job.workers().get(0)).allowOtherWorkers(true))
                .submit(() -> Work.meet(running, goOn));
        SlurmLab.soon().until(() -> Files.exists(Path.of(running)));

        final String high = byQos ? SlurmLab.occupy("n3", "-q", "high") : SlurmLab.occupy("n3", "-p", "high");
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, job.id()).state() == JobState.PENDING);
        SlurmLab.cancel(high);
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, job.id()).state() == JobState.RUNNING);

        Files.createFile(Path.of(goOn));
        assertThat(hit.join()).isEqualTo(42);
        assertThat(SlurmLab.job(cluster, job.id()).restarts()).isEqualTo(1);
        assertThat(SlurmLab.jobs(cluster, each -> each.group().equals("low"))).hasSize(1);
        end("low");
    }

    @Test
    void aJobWhoseNodeFailsComesBackOrIsReplaced() throws IOException {
        cluster.addGroup("back", SlurmLab.small(group -> group.extraDirectives("-w n4")));
        cluster.addGroup("gone", SlurmLab.small(group -> group.extraDirectives("-w n4", "--no-requeue")));
        cluster.scaleJobs("back", 1);
        cluster.scaleJobs("gone", 1);
        final Job back = awaitRunning("back");
        final Job gone = awaitRunning("gone");
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<Integer> hit = client.with(
                        o -> o.workers(gone.workers().get(0)).allowOtherWorkers(true))
                .submit(() -> Work.meet(running, goOn));
        SlurmLab.soon().until(() -> Files.exists(Path.of(running)));

        SlurmLab.lab("scontrol", "update", "nodename=n4", "state=down", "reason=test");
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, gone.id()).end() == JobEnd.NODE_FAILURE);
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, back.id()).restarts() == 1);
        SlurmLab.soon()
                .until(() -> SlurmLab.jobs(cluster, "gone", JobState.RUNNING).size() == 1);
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, back.id()).state() == JobState.RUNNING);

        Files.createFile(Path.of(goOn));
        assertThat(hit.join()).isEqualTo(42);
        end("back");
        end("gone");
    }

    @Test
    void aWorkerLeavesBeforeTheWalltimeIsOverItsDataMovesAndAReplacementComes() {
        cluster.addGroup("brief", SlurmLab.small(group -> group.walltime(Duration.ofMinutes(1))));
        cluster.scaleJobs("brief", 1);
        final Job job = awaitRunning("brief");
        final List<TaskFuture<int[]>> held = IntStream.range(0, 10)
                .mapToObj(i -> {
                    final String runs = directory.resolve("runs-" + i).toString();
                    return client.with(o -> o.workers(job.workers().get(0)).allowOtherWorkers(true))
                            .<int[]>submit(() -> {
                                Work.attempt(runs);
                                return new int[1000 + i];
                            });
                })
                .toList();
        client.awaitAll(held, Duration.ofSeconds(20));

        SlurmLab.soon()
                .until(() -> SlurmLab.jobs(cluster, each -> each.group().equals("brief"))
                                .size()
                        == 2);
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, job.id()).state() == JobState.ENDED);

        final Job ended = SlurmLab.job(cluster, job.id());
        assertThat(ended.end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(Duration.between(ended.started(), ended.ended())).isLessThan(Duration.ofSeconds(60));
        for (int i = 0; i < held.size(); i++) {
            assertThat(held.get(i).join()).hasSize(1000 + i);
            assertThat(directory.resolve("runs-" + i)).hasSize(1);
        }
        end("brief");
    }

    @Test
    void aTaskThatMeetsTheEndsOfFiveJobsIsNotToBlame() throws IOException {
        cluster.addGroup(
                "short",
                SlurmLab.small(group -> group.walltime(Duration.ofMinutes(5))
                        .resources(Map.of("short", 1.0))
                        .prologue("muster_end=$(($(date +%s) + 24))")));
        cluster.scaleJobs("short", 1);
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<Integer> hit = client.with(o -> o.resource("short", 1)).submit(() -> Work.meet(running, goOn));

        SlurmLab.soon()
                .atMost(Duration.ofSeconds(150))
                .until(() -> Files.exists(Path.of(running)) && Files.size(Path.of(running)) >= 6);
        Files.createFile(Path.of(goOn));

        assertThat(hit.join()).isEqualTo(42);
        SlurmLab.soon()
                .until(() -> SlurmLab.jobs(cluster, "short", JobState.ENDED).size() >= 5);
        assertThat(SlurmLab.jobs(cluster, "short", JobState.ENDED))
                .allSatisfy(job -> assertThat(job.end()).isEqualTo(JobEnd.COMPLETED));
        end("short");
    }

    private Job awaitRunning(final String group) {
        SlurmLab.soon()
                .until(() -> SlurmLab.jobs(cluster, group, JobState.RUNNING).size() == 1);
        return SlurmLab.jobs(cluster, group, JobState.RUNNING).get(0);
    }

    private void end(final String group) {
        cluster.scaleJobs(group, 0);
        SlurmLab.soon()
                .until(
                        () -> SlurmLab.jobs(cluster, job -> job.group().equals(group) && job.end() == null),
                        List::isEmpty);
    }
}
