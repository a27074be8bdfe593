package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobEnd;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.SubmissionException.Kind;
import io.muster.jobqueue.lsf.LSFCluster;
import io.muster.jobqueue.pbs.PBSCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Programs on a fake batch system; each runs in a process of its own, as the commands are found by the environment. */
final class QueueScenes {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final MemorySize MEMORY = MemorySize.parse("700MB");
    private static final int OF_PROLOGUE = 3;

    private final String system;
    private final Path home;

    private QueueScenes(final String system) {
        this.system = system;
        this.home = Path.of(System.getenv("FAKE_" + system.toUpperCase(Locale.ROOT) + "_HOME"));
    }

    /** Plays a scene: {@code life}, {@code loss}, {@code lost} or {@code hang}, on {@code pbs} or {@code lsf}. */
    public static void main(final String[] arguments) throws Exception {
        final QueueScenes scenes = new QueueScenes(arguments[1]);
        switch (arguments[0]) {
            case "life" -> scenes.life();
            case "loss" -> scenes.loss();
            case "lost" -> scenes.lost();
            case "hang" -> scenes.hang();
            default -> throw new IllegalArgumentException("scene=" + arguments[0]);
        }
        assertThat(scenes.living()).as("jobs in the end").isZero();
    }

    /** Jobs run, die and are replaced, wait, are refused and cancelled. */
    private void life() throws Exception {
        try (JobQueueCluster cluster = start();
                Client client = cluster.connect()) {
            cluster.scaleJobs(2);
            client.awaitWorkers(2, PATIENCE);
            assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
            assertThat(running(cluster)).hasSize(2);

            final String killed = running(cluster).get(0).id();
            run(system.equals("pbs") ? "qdel" : "bkill", killed);
            awaitJob(cluster, killed, job -> job.end() != null);
            awaitRunning(cluster, 2);
            assertThat(job(cluster, killed).end()).isEqualTo(JobEnd.CANCELLED);
            assertThat(cluster.jobs()).hasSize(3);
            assertThat(client.submit(() -> "still").join()).isEqualTo("still");

            settings("NEVER=1");
            cluster.scaleJobs(3);
            final String waiting = cluster.jobs().get(3).id();
            awaitJob(cluster, waiting, job -> !job.reason().isEmpty());
            assertThat(job(cluster, waiting).state()).isEqualTo(JobState.PENDING);
            cluster.scaleJobs(2);
            awaitJob(cluster, waiting, job -> job.state() == JobState.ENDED);
            settings("");

            cluster.addGroup(
                    "refused", job -> job.coresPerJob(1).memoryPerJob(MEMORY).queue("nosuch"));
            assertThatThrownBy(() -> cluster.scaleJobs("refused", 1))
                    .isInstanceOfSatisfying(
                            SubmissionException.class, e -> assertThat(e.kind()).isEqualTo(Kind.FIX_REQUEST))
                    .hasMessageMatching("(?s).*(Unknown queue|No such queue).*");

            cluster.addGroup(
                    "failing",
                    job -> job.coresPerJob(1)
                            .memoryPerJob(MEMORY)
                            .prologue("echo the prologue went wrong >&2", "exit " + OF_PROLOGUE));
            cluster.scaleJobs("failing", 1);
            await("failure")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(failed(cluster))
                            .isNotEmpty()
                            .allSatisfy(job -> assertThat(job.exitCode()).isEqualTo(OF_PROLOGUE))
                            .anySatisfy(job -> assertThat(job.message()).contains("the prologue went wrong")));
            cluster.scaleJobs("failing", 0);
            assertThat(cluster.logs(failed(cluster).get(0).id())).contains("the prologue went wrong");
            assertThat(running(cluster)).hasSize(2);

            cluster.scaleJobs(0);
            awaitRunning(cluster, 0);
            await("empty queue").atMost(PATIENCE).until(() -> living() == 0);
            cluster.scaleJobs(1);
        }
    }

    /** A job runs, is killed and replaced. */
    private void loss() throws Exception {
        try (JobQueueCluster cluster = start();
                Client client = cluster.connect()) {
            cluster.scaleJobs(1);
            client.awaitWorkers(1, PATIENCE);
            final String killed = running(cluster).get(0).id();
            run(system.equals("pbs") ? "qdel" : "bkill", killed);
            awaitJob(cluster, killed, job -> job.end() == JobEnd.CANCELLED);
            awaitRunning(cluster, 1);
            assertThat(client.submit(() -> "replaced").join()).isEqualTo("replaced");
        }
    }

    /** The batch system takes the job, but nobody hears of it. */
    private void lost() throws Exception {
        try (JobQueueCluster cluster = start();
                Client client = cluster.connect()) {
            settings("LOST=1");
            assertThatThrownBy(() -> cluster.scaleJobs(1))
                    .asInstanceOf(type(SubmissionException.class))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.SYSTEM_DOWN));
            settings("");
            awaitRunning(cluster, 1);
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> "found").join()).isEqualTo("found");
            assertThat(submitted()).as("jobs that were submitted").isEqualTo(1);
            assertThat(cluster.jobs()).hasSize(1);
        }
    }

    /** The batch system does not answer, and takes no job; then it is there again. */
    private void hang() throws Exception {
        try (JobQueueCluster cluster = start();
                Client client = cluster.connect()) {
            settings("HANG=1");
            assertThatThrownBy(() -> cluster.scaleJobs(1))
                    .asInstanceOf(type(SubmissionException.class))
                    .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.SYSTEM_DOWN));
            settings("");
            awaitRunning(cluster, 1);
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> "back").join()).isEqualTo("back");
            assertThat(submitted()).as("jobs that were submitted").isEqualTo(1);
        }
    }

    private JobQueueCluster start() {
        return system.equals("pbs") ? start(PBSCluster.builder()) : start(LSFCluster.builder());
    }

    private <B extends JobQueueCluster.Builder<B, C>, C extends JobQueueCluster> C start(final B builder) {
        return builder.directory(home.resolve("clusters"))
                .coresPerJob(1)
                .memoryPerJob(MEMORY)
                .walltime(Duration.ofMinutes(10))
                .queryInterval(Duration.ofMillis(500))
                .start();
    }

    private void settings(final String line) throws IOException {
        final Path fresh = home.resolve("settings.new");
        Files.writeString(fresh, line + "\n");
        Files.move(fresh, home.resolve("settings"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static List<Job> running(final JobQueueCluster cluster) {
        return cluster.jobs().stream()
                .filter(job -> job.state() == JobState.RUNNING)
                .toList();
    }

    private static List<Job> failed(final JobQueueCluster cluster) {
        return cluster.jobs().stream()
                .filter(job -> job.group().equals("failing") && job.state() == JobState.ENDED)
                .toList();
    }

    private static Job job(final JobQueueCluster cluster, final String id) {
        return cluster.jobs().stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitJob(final JobQueueCluster cluster, final String id, final Predicate<Job> condition) {
        await("job " + id).atMost(PATIENCE).until(() -> job(cluster, id), condition);
    }

    private static void awaitRunning(final JobQueueCluster cluster, final int count) {
        await("running jobs")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(running(cluster)).hasSize(count));
    }

    private static void run(final String... words) throws IOException, InterruptedException {
        assertThat(Site.here().run(words).exitCode())
                .as(String.join(" ", words))
                .isZero();
    }

    private long submitted() throws IOException {
        try (Stream<Path> jobs = Files.list(home.resolve("jobs"))) {
            return jobs.count();
        }
    }

    /** How many jobs are not over, so far as the fake knows. */
    private long living() throws IOException {
        try (Stream<Path> jobs = Files.list(home.resolve("jobs"))) {
            return jobs.filter(job -> !Files.exists(job.resolve("array")) && !isOver(job))
                    .count();
        }
    }

    private boolean isOver(final Path job) {
        try {
            final String state = Files.readString(job.resolve(system.equals("pbs") ? "job_state" : "stat"));
            return List.of("F", "DONE", "EXIT").contains(state.strip());
        } catch (final IOException e) {
            return false;
        }
    }
}
