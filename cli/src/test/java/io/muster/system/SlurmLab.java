package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.jobqueue.Job;
import io.muster.jobqueue.JobGroupBuilder;
import io.muster.jobqueue.JobQueueCluster;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import io.muster.jobqueue.command.LocalCommandRunner;
import io.muster.jobqueue.slurm.SlurmCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A real Slurm that tests may do anything with: {@code labs/slurm-up.sh} makes one, {@code SLURM_LAB} names its work directory. */
final class SlurmLab {
    /** The variable that names the lab. */
    static final String VARIABLE = "SLURM_LAB";

    private static final MemorySize MEMORY = MemorySize.mib(900);
    private static final Duration WALLTIME = Duration.ofMinutes(20);
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final LocalCommandRunner RUNNER = new LocalCommandRunner();

    private SlurmLab() {}

    static boolean isHere() {
        return System.getenv(VARIABLE) != null;
    }

    /** A cluster of small jobs that asks the queue every second. */
    static SlurmCluster.Builder builder() {
        return SlurmCluster.builder()
                .partition("normal")
                .coresPerJob(1)
                .memoryPerJob(MEMORY)
                .walltime(WALLTIME)
                .queryInterval(Duration.ofSeconds(1))
                .directory(directory().resolve("job"));
    }

    /** Describes a group of such jobs. */
    static Consumer<JobGroupBuilder> small(final Consumer<JobGroupBuilder> more) {
        return group -> {
            group.partition("normal").coresPerJob(1).memoryPerJob(MEMORY).walltime(WALLTIME);
            more.accept(group);
        };
    }

    /** Two jobs, whose workers have two threads each and are there. */
    static TestCluster startTwoJobs() {
        final SlurmCluster cluster =
                builder().coresPerJob(2).memoryPerJob(MemorySize.gib(2)).jobs(2).start();
        try (Client client = cluster.connect()) {
            client.awaitWorkers(2, LONG);
        } catch (final RuntimeException e) {
            cluster.close();
            throw e;
        }
        return new TestCluster() {
            @Override
            public Client connect() {
                return cluster.connect();
            }

            @Override
            public String logs() {
                return SlurmLab.logs(cluster);
            }

            @Override
            public void close() {
                cluster.close();
            }
        };
    }

    /** What a cluster's scheduler and jobs wrote. */
    static String logs(final JobQueueCluster cluster) {
        final StringBuilder text = new StringBuilder(cluster + "\n");
        final Path folder = cluster.schedulerFile().getParent();
        try (var files = Files.walk(folder)) {
            for (final Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                if (!file.equals(cluster.schedulerFile())) {
                    text.append("==> ").append(file).append(" <==\n").append(Files.readString(file));
                }
            }
        } catch (final IOException | UncheckedIOException e) {
            text.append(e);
        }
        return text.append(run("squeue", "--states=all").output()).toString();
    }

    /** Runs a command that must succeed. */
    static String lab(final String... words) {
        final CommandResult result = run(words);
        assertThat(result.isSuccess()).as("%s: %s", List.of(words), result).isTrue();
        return result.output();
    }

    /** Submits a job that takes a whole node. */
    static String occupy(final String node, final String... options) {
        final List<String> words = new ArrayList<>(
                List.of("sbatch", "--parsable", "--exclusive", "-w", node, "-o", "/dev/null", "-t", "10"));
        words.addAll(List.of(options));
        words.addAll(List.of("--wrap", "exec sleep 300"));
        return lab(words.toArray(String[]::new)).strip();
    }

    static void cancel(final String job) {
        lab("scancel", job);
    }

    /** The jobs in the queue that Muster submitted, those that are about to end left out. */
    static List<String> queued() {
        return lab("squeue", "--noheader", "--array", "--states=PENDING,RUNNING,SUSPENDED", "--format=%i %j")
                .lines()
                .filter(line -> line.contains("muster"))
                .map(line -> line.strip().split(" ")[0])
                .toList();
    }

    /** Whether jobs are preempted by their quality of service; else by their partition. */
    static boolean isPreemptingByQos() {
        return config().contains("preempt/qos");
    }

    static boolean hasAccounts() {
        return config().contains("accounting_storage/slurmdbd");
    }

    static void stopController() {
        lab("kill", controller());
        soon().until(() -> !run("scontrol", "ping").isSuccess());
    }

    static void startController() {
        lab("/usr/sbin/slurmctld");
        soon().until(() -> run("scontrol", "ping").isSuccess());
    }

    static Path directory() {
        return Path.of(System.getenv(VARIABLE));
    }

    static ConditionFactory soon() {
        return Awaitility.await().atMost(LONG).pollInterval(Duration.ofMillis(200));
    }

    static Job job(final JobQueueCluster cluster, final String id) {
        return cluster.jobs().stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    static List<Job> running(final JobQueueCluster cluster) {
        return jobs(cluster, job -> job.state() == JobState.RUNNING);
    }

    static List<Job> jobs(final JobQueueCluster cluster, final Predicate<Job> condition) {
        return cluster.jobs().stream().filter(condition).toList();
    }

    static List<Job> jobs(final JobQueueCluster cluster, final String group, final JobState state) {
        return jobs(cluster, job -> job.group().equals(group) && job.state() == state);
    }

    private static CommandResult run(final String... words) {
        return RUNNER.run(Command.of(words));
    }

    private static String controller() {
        return read("run/slurmctld.pid").strip();
    }

    private static String config() {
        return read("etc/slurm.conf");
    }

    private static String read(final String file) {
        try {
            return Files.readString(directory().resolve(file));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
