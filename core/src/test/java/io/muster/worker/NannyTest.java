package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.MusterException;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NannyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    @TempDir
    private Path directory;

    private final Queue<WorkerDeath> deaths = new ConcurrentLinkedQueue<>();

    @Test
    void aWorkerThatIsDoneIsNotStartedAgain() throws Exception {
        assertThat(nanny("0").run()).isZero();

        assertThat(lines("starts")).hasSize(1);
    }

    @Test
    void aCommandThatIsWrongIsNotRepeated() throws Exception {
        assertThat(nanny("64").run()).isEqualTo(64);

        assertThat(lines("starts")).hasSize(1);
    }

    @Test
    void aProcessThatFailsIsFollowedByOneThatIsToldHowItEnded() throws Exception {
        final Queue<String> plans = new ConcurrentLinkedQueue<>(List.of("3", "1", "0"));

        assertThat(nanny(plans::poll).run()).isZero();

        assertThat(lines("starts")).containsExactly("", "--last-death|exit code 3", "--last-death|exit code 1");
        assertThat(deaths).extracting(WorkerDeath::exitCode).containsExactly(3, 1, 0);
    }

    @Test
    void aProcessThatAsksForItIsFollowedByAFreshOneWithoutBlame() throws Exception {
        final Queue<String> plans = new ConcurrentLinkedQueue<>(List.of("10", "0"));

        assertThat(nanny(plans::poll).run()).isZero();

        assertThat(lines("starts")).containsExactly("", "");
    }

    @Test
    void theRunsOfAKilledProcessAreHandedToTheNextOne() throws Exception {
        final Queue<String> plans = new ConcurrentLinkedQueue<>(List.of("run", "0"));
        final CompletableFuture<Integer> exit = inBackground(nanny(plans::poll));
        final long pid = awaitPid();

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        assertThat(exit.get(40, TimeUnit.SECONDS)).isZero();
        assertThat(lines("starts"))
                .last()
                .isEqualTo("--last-death|killed by signal 9 (SIGKILL)|--last-worker|12|--last-runs|41,0");
        final WorkerDeath death = deaths.element();
        assertThat(death.exitCode()).isEqualTo(137);
        assertThat(death.worker()).isEqualTo(OptionalInt.of(12));
        assertThat(death.runs()).containsExactly(41L, 0L);
    }

    @Test
    void closingTheNannyDrainsTheWorkerBeforeItsInputEnds() throws Exception {
        final Nanny nanny = nanny("drain");
        final CompletableFuture<Integer> exit = inBackground(nanny);
        awaitPid();

        nanny.close();

        assertThat(exit.get(40, TimeUnit.SECONDS)).isEqualTo(143);
        assertThat(lines("drained")).hasSize(1);
        assertThat(lines("starts")).hasSize(1);
        assertThat(nanny.pid()).isEqualTo(-1);
    }

    @Test
    void aWorkerThatDoesNotEndInTimeIsKilled() throws Exception {
        final Nanny nanny = new Nanny(
                settings().withDrainTimeout(Duration.ofMillis(300)), () -> command(directory, "stubborn"), deaths::add);
        final CompletableFuture<Integer> exit = inBackground(nanny);
        awaitPid();

        nanny.close();

        assertThat(exit.get(40, TimeUnit.SECONDS)).isEqualTo(137);
    }

    @Test
    void aWorkerThatBecomesTooLargeIsKilledAndFollowedByAnother() throws Exception {
        final Nanny nanny = new Nanny(
                settings().withTerminateRule(new TerminateRule(0.95, 8 << 20, 1 << 20)),
                () -> command(directory, "run"),
                deaths::add);
        final CompletableFuture<Integer> exit = inBackground(nanny);
        await().atMost(PATIENCE).until(() -> deaths.size() >= 2);
        nanny.close();
        exit.get(40, TimeUnit.SECONDS);

        assertThat(deaths.element().exitCode()).isEqualTo(137);
        assertThat(deaths.element().text())
                .startsWith("ended by its nanny: memory=")
                .endsWith("exceeds worker.memory.terminate=0.95 of limit=8MiB");
    }

    @Test
    void aLimitIsSharedOutBetweenHeapAndJvmSoThatAFullHeapIsNoReasonToDie() {
        final long mib = 1 << 20;
        for (final String limit : List.of("64MiB", "256MiB", "1GiB", "4GiB", "100GiB")) {
            final Settings settings = Settings.defaults().with(Options.WORKER_MEMORY_LIMIT, limit);
            final TerminateRule rule = WorkerHeap.terminateRule(settings, 4);
            final long heapBytes = WorkerHeap.heapBytes(rule.limitBytes());
            assertThat(heapBytes).isBetween(rule.limitBytes() / 100 * 50, rule.limitBytes() / 100 * 85);
            assertThat(rule.boundBytes()).isGreaterThanOrEqualTo(heapBytes + WorkerHeap.JVM_MIB * mib - mib);
        }
        assertThat(WorkerHeap.terminateRule(Settings.defaults(), 4).boundBytes())
                .isPositive();
        assertThat(WorkerHeap.terminateRule(Settings.defaults().with(Options.WORKER_MEMORY_TERMINATE, 0.0), 4))
                .isEqualTo(TerminateRule.OFF);
        assertThat(WorkerHeap.terminateRule(Settings.defaults().with(Options.WORKER_MEMORY_LIMIT, "0"), 4))
                .isEqualTo(TerminateRule.OFF);
    }

    @Test
    void theMemoryOfTheHostIsThatOfItsCgroupIfThatIsLess() throws Exception {
        final Path root = Files.createDirectories(directory.resolve("cgroup"));
        Files.writeString(Files.createDirectories(root.resolve("job")).resolve("memory.max"), "1000000");
        final Path meminfo =
                Files.writeString(directory.resolve("meminfo"), "MemTotal:       2048 kB\nMemFree: 1 kB\n");
        final Path membership = Files.writeString(directory.resolve("own"), "0::/job\n");

        assertThat(HostMemory.bytes(meminfo, membership, root)).isEqualTo(1_000_000);
        assertThat(HostMemory.bytes(meminfo, directory.resolve("none"), root)).isEqualTo(2048 * 1024);
        assertThat(HostMemory.bytes(directory.resolve("none"), membership, root))
                .isZero();
    }

    @Test
    void aWorkerWhoseNannyWasKilledEndsByItself() throws Exception {
        final Process nanny = new ProcessBuilder(command(directory, "nanny")).start();
        final long pid = awaitPid();

        nanny.destroyForcibly();

        await().atMost(PATIENCE).until(() -> Files.exists(directory.resolve("orphaned")));
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
    }

    @Test
    void aTerminatedNannyEndsItsWorker() throws Exception {
        final Process nanny = new ProcessBuilder(command(directory, "nanny")).start();
        final long pid = awaitPid();

        nanny.destroy();

        assertThat(nanny.waitFor(40, TimeUnit.SECONDS)).isTrue();
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(pid).isEmpty());
        assertThat(directory.resolve("orphaned")).doesNotExist();
    }

    @Test
    void aNannyThatIsClosedWhileItWaitsStartsNothingMore() throws Exception {
        final NannySettings patient = settings().withBackOff(Duration.ofMinutes(10), Duration.ofMinutes(10));
        final Nanny nanny = new Nanny(patient, () -> command(directory, "1"), deaths::add);
        final CompletableFuture<Integer> exit = inBackground(nanny);
        await().atMost(PATIENCE).until(() -> !deaths.isEmpty());

        nanny.close();

        assertThat(exit.get(40, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(lines("starts")).hasSize(1);
    }

    @Test
    void noProcessFollowsOnceTheJobIsAboutToEnd() throws Exception {
        final Settings almostOver = Settings.defaults()
                .with(Options.WORKER_LIFETIME, Duration.ofHours(1))
                .with(Options.PROCESS_STARTED_AFTER, Duration.ofMinutes(58));
        final Nanny nanny =
                new Nanny(settings().withLifetime(Lifetime.of(almostOver)), () -> command(directory, "3"), deaths::add);

        assertThat(nanny.run()).isEqualTo(3);
        assertThat(lines("starts")).hasSize(1);
    }

    @Test
    void theWorkerSeesVariablesThatAreSetForIt() throws Exception {
        final Path log = directory.resolve("worker.log");
        final NannySettings withVariables = settings().withLog(log).withEnvironment(Map.of(NannyChild.VARIABLE, "2,3"));

        new Nanny(withVariables, () -> command(directory, "environment"), deaths::add).run();

        assertThat(Files.readAllLines(log)).containsExactly("2,3");
    }

    @Test
    void theWorkersOutputIsAppendedToItsLog() throws Exception {
        final Path log = directory.resolve("worker.log");
        Files.writeString(log, "before\n");

        new Nanny(settings().withLog(log), () -> command(directory, "print"), deaths::add).run();

        assertThat(Files.readAllLines(log)).containsExactly("before", "hello from the worker");
    }

    @Test
    void aCommandThatDoesNotExistIsNamed() {
        final Nanny nanny = new Nanny(settings(), () -> List.of("/no/such/java"), deaths::add);

        assertThatThrownBy(nanny::run).isInstanceOf(MusterException.class).hasMessageContaining("/no/such/java");
    }

    @Test
    void aDeathByTheMemoryLimitSaysSo() {
        final WorkerDeath death = WorkerDeath.of(137, true, 1, OptionalInt.empty(), new long[0], "");

        assertThat(death.text()).contains("SIGKILL").contains("out of memory");
        assertThat(death.arguments()).hasSize(2);
    }

    @Test
    void killsForMemoryAreCountedInEitherCgroupVersion() throws Exception {
        final Path root = directory.resolve("cgroup");
        final Path second = Files.createDirectories(root.resolve("job/step"));
        Files.writeString(second.resolve("memory.events"), "low 0\noom 3\noom_kill 2\noom_group_kill 0\n");
        final Path first = Files.createDirectories(root.resolve("memory/slurm"));
        Files.writeString(first.resolve("memory.oom_control"), "under_oom 0\noom_kill 5\n");
        final Path membership =
                Files.writeString(directory.resolve("self"), "12:cpu,memory:/slurm\n3:pids:/x\n0::/job/step\n");

        assertThat(CgroupKills.of(membership, root).count()).isEqualTo(7);
        assertThat(CgroupKills.of(directory.resolve("absent"), root).count()).isZero();
    }

    static List<String> command(final Path directory, final String plan) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                NannyChild.class.getName(),
                directory.toString(),
                plan);
    }

    private Nanny nanny(final String plan) {
        return nanny(() -> plan);
    }

    private Nanny nanny(final Supplier<String> plan) {
        return new Nanny(settings(), () -> command(directory, plan.get()), deaths::add);
    }

    private NannySettings settings() {
        return NannySettings.of(directory).withBackOff(Duration.ofMillis(10), Duration.ofMillis(40));
    }

    private static CompletableFuture<Integer> inBackground(final Nanny nanny) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return nanny.run();
            } catch (final InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private long awaitPid() throws IOException {
        await().atMost(PATIENCE).until(() -> !lines("pids").isEmpty());
        return Long.parseLong(lines("pids").get(0));
    }

    private List<String> lines(final String file) throws IOException {
        final Path path = directory.resolve(file);
        return Files.exists(path) ? Files.readAllLines(path) : List.of();
    }
}
