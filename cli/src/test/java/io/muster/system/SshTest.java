package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.MemorySize;
import io.muster.MusterException;
import io.muster.TaskFuture;
import io.muster.WorkerInfo;
import io.muster.config.ConfigurationException;
import io.muster.jobqueue.JobState;
import io.muster.jobqueue.SchedulerPlacement;
import io.muster.jobqueue.SubmissionException;
import io.muster.jobqueue.command.CommandException;
import io.muster.jobqueue.command.SshLogin;
import io.muster.jobqueue.command.SshProgram;
import io.muster.jobqueue.slurm.SlurmCluster;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole programs across SSH, in the Slurm that {@code labs/slurm-hosts-up.sh --ssh} starts, whose {@code env.sh} has been read. Login host
 * and nodes are hosts of their own; from here only the login host is reached.
 */
@Tag("long")
@EnabledIfEnvironmentVariable(named = "SLURM_LAB_SSH_HOST", matches = ".+")
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith(LabTurn.class)
class SshTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int LARGE = 10 << 20;

    @TempDir
    private static Path folder;

    private static Path launcher;
    private static LoginOnly network;

    @BeforeAll
    static void leaveTheLoginHostOnly() throws Exception {
        network = new LoginOnly(variable("HOST"));
        launcher = Site.launcher(folder);
    }

    @AfterAll
    static void reachAllHostsAgain() throws Exception {
        if (network != null) {
            network.close();
        }
    }

    @AfterEach
    void nothingIsLeftInTheQueue() {
        await("empty queue")
                .atMost(PATIENCE)
                .until(() -> Site.here()
                        .run(variable("HOSTS_LAB") + "/on", "login", "squeue", "-h")
                        .output()
                        .isEmpty());
    }

    @ParameterizedTest
    @EnumSource(SshProgram.class)
    void tasksRunAndSmallAndLargeValuesPassBothWays(final SshProgram program) throws Exception {
        try (SlurmCluster cluster = builder(login().program(program)).start();
                Client client = cluster.connect()) {
            cluster.scaleJobs(2);
            client.awaitWorkers(2, PATIENCE);
            final List<WorkerInfo> workers = client.workers();
            assertThat(workers).hasSize(2);

            assertThat(client.submit(() -> 6 * 7).join()).isEqualTo(42);
            assertThat(client.submit(() -> noise(1)).join()).isEqualTo(noise(1));
            final TaskFuture<byte[]> there = client.scatter(noise(2));
            assertThat(client.then(there, bytes -> bytes.length).join()).isEqualTo(LARGE);
            assertThat(client.then(there, bytes -> bytes).join()).isEqualTo(noise(2));
            assertThat(cluster.jobs())
                    .hasSize(2)
                    .allSatisfy(job -> assertThat(job.state()).isEqualTo(JobState.RUNNING))
                    .allSatisfy(job -> assertThat(cluster.logs(job.id())).contains("worker"));
            assertThat(isReachedDirectly(variable("HOST"))).isTrue();
            workers.forEach(
                    worker -> assertThat(isReachedDirectly(worker.host())).isFalse());
        }
    }

    @Test
    void aClusterIsLeftOnTheLoginHostAndFoundAgain() throws Exception {
        final Path file;
        try (SlurmCluster cluster = builder(login()).jobs(1).start()) {
            file = cluster.detach();
        }
        try (SlurmCluster found = SlurmCluster.attach(login(), file);
                Client client = found.connect()) {
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> noise(3).length).join()).isEqualTo(LARGE);
        }
        await("end of the scheduler").atMost(PATIENCE).until(() -> !Files.exists(file));
    }

    @Test
    void theSchedulerRunsInAJobAndIsReachedThroughTheLoginHost() throws Exception {
        try (SlurmCluster cluster = builder(login())
                        .scheduler(SchedulerPlacement.JOB)
                        .schedulerJob(job -> job.memoryPerJob(MemorySize.parse("700MB")))
                        .jobs(1)
                        .start();
                Client client = cluster.connect()) {
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> noise(4)).join()).isEqualTo(noise(4));
        }
    }

    @Test
    void aConnectionThatIsCutIsMadeAgain() throws Exception {
        try (SlurmCluster cluster = builder(login()).jobs(1).start()) {
            assertThat(cluster.jobs()).hasSize(1);
            cutSessions();
            await("answer after the cut")
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(MusterException.class)
                    .until(() -> cluster.jobs().get(0).state() == JobState.RUNNING);
            try (Client client = cluster.connect()) {
                client.awaitWorkers(1, PATIENCE);
                assertThat(client.submit(() -> noise(5).length).join()).isEqualTo(LARGE);
            }
        }
    }

    @Test
    void schedulerAndWorkersListenInTheNetworkThatTheyAreTold() throws Exception {
        final String network = variable("HOST").replaceFirst("[0-9]+$", "0/24");
        try (SlurmCluster cluster = builder(login())
                        .schedulerInterface(network)
                        .workerInterface("eth0")
                        .jobs(1)
                        .start();
                Client client = cluster.connect()) {
            client.awaitWorkers(1, PATIENCE);
            assertThat(client.submit(() -> noise(6).length).join()).isEqualTo(LARGE);
            assertThat(Files.readString(cluster.schedulerFile()))
                    .contains("tcp://" + variable("HOST") + ":")
                    .doesNotContain("127.0.0.1");
        }
    }

    @Test
    void aWorkerThatDoesNotReachItsSchedulerSaysWhichAddressesItTriedAndWhatEachAnswered() {
        try (SlurmCluster cluster = builder(login())
                .schedulerInterface("lo")
                .deathTimeout(Duration.ofSeconds(3))
                .queryInterval(Duration.ofSeconds(1))
                .jobs(1)
                .start()) {
            await("failure")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(cluster.jobs().get(0).message())
                            .contains("was over before a worker came")
                            .containsPattern("can't connect to the scheduler: 127\\.0\\.0\\.1:[0-9]+: refused: nothing"
                                    + " listens there"));
        }
    }

    @ParameterizedTest
    @EnumSource(SshProgram.class)
    void anUnknownHostKeyIsRefused(final SshProgram program) throws Exception {
        final Path nobody = Files.writeString(folder.resolve("nobody"), "");
        assertThatThrownBy(() ->
                        builder(login().program(program).knownHosts(nobody)).start())
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("must be in knownHosts=" + nobody);
    }

    @ParameterizedTest
    @EnumSource(SshProgram.class)
    void aKeyThatTheLoginHostDoesNotKnowIsRefused(final SshProgram program) throws Exception {
        final Path key = folder.resolve("stranger-" + program);
        Site.here().run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        assertThatThrownBy(
                        () -> builder(address().identity(key).program(program)).start())
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("lets nobody in with what was offered");
    }

    @Test
    void aLoginHostWithoutMusterIsToldBeforeAnythingIsSubmitted() {
        assertThatThrownBy(() ->
                        builder(login()).muster(Path.of("/opt/none/bin/muster")).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("muster=/opt/none/bin/muster must be a program on root@" + variable("HOST"));
        assertThatThrownBy(() -> described(SlurmCluster.builder().via(login())).start())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("neither in MUSTER_HOME nor on PATH");
    }

    @Test
    void aRefusedJobIsToldInTheBatchSystemsWords() {
        assertThatThrownBy(() -> builder(login()).queue("nosuch").jobs(1).start())
                .isInstanceOf(SubmissionException.class)
                .hasMessageContaining("invalid partition specified: nosuch");
    }

    private static SlurmCluster.Builder builder(final SshLogin login) {
        return described(SlurmCluster.builder().via(login).muster(launcher));
    }

    private static SlurmCluster.Builder described(final SlurmCluster.Builder builder) {
        return builder.directory(folder)
                .coresPerJob(3)
                .memoryPerJob(MemorySize.parse("1GB"))
                .walltime(Duration.ofMinutes(10));
    }

    private static SshLogin login() {
        return address().identity(Path.of(variable("KEY")));
    }

    private static SshLogin address() {
        return SshLogin.to("root@" + variable("HOST") + ":" + variable("PORT"))
                .agent(false)
                .knownHosts(Path.of(variable("KNOWN_HOSTS")));
    }

    private static byte[] noise(final long seed) {
        final byte[] bytes = new byte[LARGE];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static boolean isReachedDirectly(final String host) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(variable("PORT"))), 1_000);
            return true;
        } catch (final IOException e) {
            return false;
        }
    }

    /** Kills the processes of sshd that serve a connection each. */
    private static void cutSessions() throws Exception {
        Site.here()
                .run(
                        variable("HOSTS_LAB") + "/on",
                        "login",
                        "sh",
                        "-c",
                        "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline 2>/dev/null | grep -q '^sshd: root' &&"
                                + " kill -KILL ${p#/proc/}; done");
    }

    private static String variable(final String name) {
        return String.valueOf(System.getenv(name.equals("HOSTS_LAB") ? "SLURM_HOSTS_LAB" : "SLURM_LAB_SSH_" + name));
    }
}
