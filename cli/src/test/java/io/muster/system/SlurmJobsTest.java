package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.TaskFuture;
import io.muster.WorkerInfo;
import io.muster.config.ConfigurationException;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.slurm.SlurmCluster;
import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
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

/** Jobs of a cluster on a real Slurm: how they come, how many there are, what is told about them, and how they go. */
@Tag("slurm")
@EnabledIfEnvironmentVariable(named = SlurmLab.VARIABLE, matches = ".+")
@ExtendWith({LabTurn.class, ShowLogs.class})
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlurmJobsTest implements ShowLogs.OnCluster {
    private static SlurmCluster cluster;

    @TempDir
    Path directory;

    private Client client;

    @BeforeAll
    static void start() {
        cluster = SlurmLab.builder().start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
        assertThat(SlurmLab.queued()).isEmpty();
    }

    @BeforeEach
    void connect() {
        client = cluster.connect();
    }

    @AfterEach
    void disconnect() {
        client.close();
        cluster.jobs().stream().map(Job::group).distinct().forEach(group -> cluster.scaleJobs(group, 0));
        SlurmLab.soon().until(() -> SlurmLab.jobs(cluster, job -> job.end() == null), List::isEmpty);
    }

    @Override
    public String logs() {
        return SlurmLab.logs(cluster);
    }

    @Test
    void aJobIsSeenFromItsSubmissionToItsEndByProgramAndCommandLine() throws Exception {
        final String blocker = SlurmLab.occupy("n4");
        SlurmLab.soon().until(() -> SlurmLab.lab("squeue", "-h", "-j", blocker, "-o", "%T"), "RUNNING\n"::equals);
        cluster.addGroup(
                "there", SlurmLab.small(group -> group.extraDirectives("-w n4").prologue("echo the job begins")));

        cluster.scaleJobs("there", 1);
        final Job submitted = SlurmLab.jobs(cluster, "there", JobState.PENDING).get(0);
        SlurmLab.soon()
                .until(
                        () -> SlurmLab.job(cluster, submitted.id()).reason(),
                        reason -> reason.startsWith("Re") || reason.startsWith("Prio"));
        assertThat(SlurmLab.job(cluster, submitted.id()).workers()).isEmpty();
        SlurmLab.cancel(blocker);
        SlurmLab.soon()
                .until(() -> SlurmLab.jobs(cluster, "there", JobState.RUNNING).size() == 1);

        final Job running = SlurmLab.job(cluster, submitted.id());
        assertThat(running.workers()).hasSize(1);
        assertThat(running.started()).isAfterOrEqualTo(running.submitted());
        assertThat(muster("jobs", "--json"))
                .contains(
                        "\"id\":\"" + running.id() + "\"",
                        "\"state\":\"running\"",
                        running.workers().get(0));
        assertThat(muster("jobs")).contains(running.id(), "running");
        assertThat(muster("logs", running.id())).contains("the job begins");

        cluster.scaleJobs("there", 0);
        SlurmLab.soon().until(() -> SlurmLab.job(cluster, submitted.id()).state() == JobState.ENDED);
        final Job ended = SlurmLab.job(cluster, submitted.id());
        assertThat(ended.end()).isEqualTo(JobEnd.COMPLETED);
        assertThat(ended.reason()).isEqualTo("closed: scaled down");
        assertThat(ended.message()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        assertThat(ended.node()).isEqualTo("n4");
        assertThat(ended.ended()).isAfter(ended.started());
    }

    @Test
    void equalJobsAreAnArrayAndATargetThatDoesNotChangeChangesNothing() {
        cluster.addGroup(
                "pairs",
                SlurmLab.small(group ->
                        group.coresPerJob(2).memoryPerJob(MemorySize.mib(1500)).processesPerJob(2)));
        cluster.scaleJobs("pairs", 2);
        client.awaitWorkers(4, Duration.ofSeconds(90));

        final List<String> ids = SlurmLab.jobs(cluster, "pairs", JobState.RUNNING).stream()
                .map(Job::id)
                .toList();
        assertThat(ids).hasSize(2).allMatch(id -> id.matches("[0-9]+_[01]"));
        final int jobs = cluster.jobs().size();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .during(Duration.ofSeconds(10))
                .until(() -> cluster.jobs().size() == jobs
                        && Set.copyOf(SlurmLab.queued()).equals(Set.copyOf(ids)));
        assertThat(client.workers()).hasSize(4);
    }

    @Test
    void whatSlurmRefusesIsThrownInItsWordsAndTheClusterGoesOn() {
        cluster.addGroup("nowhere", SlurmLab.small(group -> group.partition("nosuch")));

        final SubmissionException refused =
                catchThrowableOfType(SubmissionException.class, () -> cluster.scaleJobs("nowhere", 1));
        assertThat(refused.kind()).isEqualTo(Kind.FIX_REQUEST);
        assertThat(refused).hasMessageContaining("Invalid partition name specified");

        cluster.scaleJobs(1);
        client.awaitWorkers(1, Duration.ofSeconds(60));
        assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
        assertThat(SlurmLab.jobs(cluster, job -> job.group().equals("nowhere"))).isEmpty();
    }

    @Test
    void anAccountThatThereIsNotIsToBeFixed() {
        assumeTrue(SlurmLab.hasAccounts(), "a lab without --acct");
        cluster.addGroup("foreign", SlurmLab.small(group -> group.account("nobodys")));

        final SubmissionException refused =
                catchThrowableOfType(SubmissionException.class, () -> cluster.scaleJobs("foreign", 2));

        assertThat(refused.kind()).isEqualTo(Kind.FIX_REQUEST);
        assertThat(refused).hasMessageContaining("Invalid account");
    }

    @Test
    void numbersThatMakeNoSenseAreRefusedAndChangeNothing() {
        assertThatThrownBy(() -> cluster.scaleJobs(-1))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("jobs=-1");
        assertThatThrownBy(() -> cluster.scale(-1))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("workers=-1");
        assertThatThrownBy(() -> cluster.scaleJobs(1_000_000_000))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("jobs=1000000000");
        assertThatThrownBy(() -> cluster.adapt(rule -> rule.minimum(3).maximum(2)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("minimum=3 must be <= maximum=2");
        assertThatThrownBy(() -> cluster.scaleJobs("defualt", 1))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("default");
        assertThat(SlurmLab.queued()).isEmpty();
    }

    @Test
    void jobsThatDieYoungThreeTimesStopTheirGroupWhichShowsWhatTheyWrote() {
        cluster.addGroup("sick", SlurmLab.small(group -> group.prologue("/nowhere/bin/java -version || exit 9")));

        cluster.scaleJobs("sick", 1);
        SlurmLab.soon()
                .until(() -> SlurmLab.jobs(cluster, "sick", JobState.ENDED).size() == 3);

        assertThat(SlurmLab.jobs(cluster, "sick", JobState.ENDED)).allSatisfy(job -> {
            assertThat(job.end()).isEqualTo(JobEnd.FAILED);
            assertThat(job.exitCode()).isEqualTo(9);
        });
        SlurmLab.soon()
                .untilAsserted(() -> assertThat(SlurmLab.jobs(cluster, "sick", JobState.ENDED))
                        .extracting(Job::message)
                        .allMatch(message -> message.contains("/nowhere/bin/java: No such file or directory")));
        Awaitility.await()
                .during(Duration.ofSeconds(4))
                .until(() -> SlurmLab.jobs(cluster, job -> job.group().equals("sick"))
                                .size()
                        == 3);
    }

    @Test
    void eachWorkerOfAJobWithGpusSeesItsOwn() {
        cluster.addGroup(
                "gpu",
                SlurmLab.small(group -> group.coresPerJob(2)
                        .memoryPerJob(MemorySize.mib(1500))
                        .processesPerJob(2)
                        .gpusPerJob(2)));

        cluster.scaleJobs("gpu", 1);
        client.awaitWorkers(2, Duration.ofSeconds(60));

        final List<String> devices = client.workers().stream()
                .map(WorkerInfo::name)
                .map(name -> client.with(o -> o.workers(name).resource("gpu", 1))
                        .<String>submit(() -> System.getenv("CUDA_VISIBLE_DEVICES"))
                        .join())
                .toList();
        assertThat(devices).containsExactlyInAnyOrder("0", "1");
    }

    @Test
    void theNumberOfJobsFollowsTheWorkUpAndDown() {
        cluster.adapt(rule -> rule.minimum(0).maximum(3).idleGrace(Duration.ofSeconds(1)));
        assertThat(SlurmLab.queued()).isEmpty();

        final Path runs = directory.resolve("runs");
        final String file = runs.toString();
        final List<TaskFuture<int[]>> futures = client.map(
                i -> {
                    Thread.sleep(1_000);
                    Work.attempt(file);
                    return new int[100_000];
                },
                IntStream.range(0, 45).boxed().toList());
        SlurmLab.soon().until(() -> SlurmLab.running(cluster).size() == 3);
        client.awaitAll(futures, Duration.ofSeconds(90));
        SlurmLab.soon().until(() -> SlurmLab.queued().size() == 1);
        assertThat(client.gather(futures)).hasSize(45).allMatch(values -> values.length == 100_000);
        assertThat(runs).hasSize(45);
        futures.forEach(TaskFuture::release);

        SlurmLab.soon().until(() -> SlurmLab.queued().isEmpty());
    }

    @Test
    void resultsOnJobsThatAreScaledDownAreNotComputedAgain() {
        cluster.scaleJobs(2);
        client.awaitWorkers(2, Duration.ofSeconds(60));
        final List<Job> jobs = SlurmLab.running(cluster);
        final String worker = jobs.get(1).workers().get(0);
        final List<TaskFuture<int[]>> held = IntStream.range(0, 20)
                .mapToObj(i -> {
                    final String runs = directory.resolve("runs-" + i).toString();
                    return client.with(o -> o.workers(worker).allowOtherWorkers(true))
                            .<int[]>submit(() -> {
                                Work.attempt(runs);
                                return new int[1000 + i];
                            });
                })
                .toList();
        client.awaitAll(held, Duration.ofSeconds(30));

        cluster.scaleJobs(1);
        SlurmLab.soon().until(() -> SlurmLab.queued().size() == 1);

        for (int i = 0; i < held.size(); i++) {
            assertThat(held.get(i).join()).hasSize(1000 + i);
            assertThat(directory.resolve("runs-" + i)).hasSize(1);
        }
    }

    private static String muster(final String... arguments) throws IOException, InterruptedException {
        final List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(1, List.of("--scheduler-file", cluster.schedulerFile().toString()));
        final Process process = new ProcessBuilder(JavaCommand.command("io.muster.cli.Main", words))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
