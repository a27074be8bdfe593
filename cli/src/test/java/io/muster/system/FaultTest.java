package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.KilledWorkerException;
import io.muster.LocalCluster;
import io.muster.SchedulerLostException;
import io.muster.Submitter;
import io.muster.TaskFuture;
import io.muster.security.SchedulerFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What remains of a cluster's work when its processes are killed, stopped and asked to end. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"TCP", "AERON"})
@ExtendWith(ShowLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class FaultTest implements ShowLogs.OnCluster {
    private static LocalCluster shared;

    @TempDir
    Path directory;

    private final ClusterKind kind;
    private Client client;

    FaultTest(final ClusterKind kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = builder(kind).start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    private static LocalCluster.Builder builder(final ClusterKind kind) {
        return kind.builder()
                .set("scheduler.lease", "2s")
                .set("worker.fence", "1s")
                .set("session.heartbeat", "200ms")
                .set("worker.death-timeout", "2s");
    }

    @BeforeEach
    void connect() {
        client = shared.connect();
        client.awaitWorkers(2, Duration.ofSeconds(30));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Override
    public String logs() {
        return shared + "\n" + shared.logs();
    }

    @Test
    void aGraphGivesTheRightResultAlthoughAWorkerIsKilledAmidstAndTheNannyBringsItBack() {
        final ClusterView.Seen victim = ClusterView.of(client).worker("w-0");
        assertThat(victim.link()).isEqualTo(kind == ClusterKind.AERON ? "aeron-ipc" : "lifeline");
        final List<TaskFuture<int[]>> blocks = client.map(
                i -> {
                    Thread.sleep(5);
                    return IntStream.range(0, 1000).map(k -> i).toArray();
                },
                IntStream.range(0, 200).boxed().toList());
        final List<TaskFuture<Integer>> sums = blocks.stream()
                .map(block -> block.then(values -> IntStream.of(values).sum()))
                .toList();
        final TaskFuture<Integer> total = client.combineAll(sums, Work::sum);
        soon().until(() -> blocks.stream().filter(TaskFuture::isDone).count() >= 50);
        Signals.send("KILL", victim.pid());

        assertThat(total.join()).isEqualTo(1000 * (199 * 200 / 2));
        assertThat(client.gather(blocks)).allMatch(block -> block.length == 1000);
        final ClusterView.Seen next = awaitOther(victim);
        assertThat(next.pid()).isNotEqualTo(victim.pid());
        assertThat(client.with(o -> o.workers("w-0")).submit(() -> 7).join()).isEqualTo(7);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void aTaskThatKillsItsWorkersIsGivenUpAndTheOthersSurvive() {
        final List<TaskFuture<Integer>> others = client.map(
                i -> {
                    Thread.sleep(2);
                    return i;
                },
                IntStream.range(0, 100).boxed().toList());
        final String file = directory.resolve("deaths").toString();
        final TaskFuture<Integer> deadly = client.with(o -> o.key("deadly")).submit(() -> {
            final int deaths = Work.attempt(file);
            Runtime.getRuntime().halt(3);
            return deaths;
        });

        assertThatThrownBy(() -> deadly.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(KilledWorkerException.class)
                .hasMessageContaining("deadly")
                .hasMessageContaining("allowedFailures=3")
                .satisfies(e -> assertThat(((KilledWorkerException) e).deaths())
                        .hasSize(4)
                        .allMatch(death -> death.startsWith("w-") && death.contains("3")));
        assertThat(Path.of(file))
                .as("a nanny tells of a death when the next process registers, so one more worker may have died"
                        + " meanwhile")
                .satisfiesAnyOf(
                        deaths -> assertThat(deaths).hasSize(4),
                        deaths -> assertThat(deaths).hasSize(5));
        assertThat(client.gather(others))
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void aWorkerThatWasStoppedForLongerThanItsLeaseChangesNothingWhenItGoesOn() throws IOException {
        final ClusterView.Seen victim = ClusterView.of(client).worker("w-0");
        final Submitter preferred = client.with(o -> o.workers("w-0").allowOtherWorkers(true));
        final TaskFuture<int[]> held =
                preferred.submit(() -> IntStream.range(0, 10_000).toArray());
        client.awaitAll(List.of(held), Duration.ofSeconds(10));
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<String> interrupted = preferred.submit(() -> {
            Work.meet(running, goOn);
            return Thread.currentThread().getName();
        });
        soon().until(() -> Files.exists(Path.of(running)));
        final TaskFuture<Integer> dependent = client.combine(interrupted, held, (name, values) -> values.length);

        Signals.send("STOP", victim.pid());
        try {
            soon().until(() -> ClusterView.of(client).workers().size() == 1);
            Files.createFile(Path.of(goOn));

            assertThat(interrupted.join()).contains("w-1");
            assertThat(dependent.join()).isEqualTo(10_000);
        } finally {
            Signals.send("CONT", victim.pid());
        }

        final ClusterView.Seen next = awaitOther(victim);
        assertThat(next.pid()).isEqualTo(victim.pid());
        assertThat(client.with(o -> o.workers("w-0"))
                        .submit(() -> Thread.currentThread().getName())
                        .join())
                .contains("w-0");
        assertThat(client.with(o -> o.workers("w-0"))
                        .then(held, values -> values[9_999])
                        .join())
                .isEqualTo(9_999);
        assertThat(interrupted.then(name -> name).join()).contains("w-1");
        assertThat(held.join()).hasSize(10_000);
        List.of(held, interrupted, dependent).forEach(TaskFuture::release);
        soon().untilAsserted(() ->
                assertThat(ClusterView.of(client).tasks("processing")).isZero());
    }

    @Test
    @Order(1)
    void aWorkerThatIsAskedToEndFinishesWhatItRuns() throws IOException {
        final ClusterView.Seen victim = ClusterView.of(client).worker("w-0");
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<String> lastOne = client.with(o -> o.workers("w-0").allowOtherWorkers(true))
                .submit(() -> {
                    Work.meet(running, goOn);
                    return Thread.currentThread().getName();
                });
        soon().until(() -> Files.exists(Path.of(running)));
        Signals.send("TERM", victim.pid());
        soon().until(() -> ClusterView.of(client).worker("w-0").draining());
        assertThat(client.submit(() -> Thread.currentThread().getName()).join()).contains("w-1");
        assertThat(Path.of(running)).hasSize(1);
        Files.createFile(Path.of(goOn));

        assertThat(lastOne.join()).contains("w-0");
        soon().until(() -> !Signals.isAlive(victim.pid()));
        awaitOther(victim);
    }

    @Test
    void aKilledSchedulerIsNoticedAtOnceAndItsWorkersEnd() throws Exception {
        try (LocalCluster own = builder(kind).start();
                Client lost = own.connect()) {
            final List<Long> pids = ClusterView.of(lost).workers().stream()
                    .map(ClusterView.Seen::pid)
                    .toList();
            final String running = directory.resolve("running").toString();
            final String goOn = directory.resolve("go").toString();
            final TaskFuture<Integer> pending = lost.submit(() -> Work.meet(running, goOn));
            soon().until(() -> Files.exists(Path.of(running)));
            Signals.send("KILL", SchedulerFile.read(own.schedulerFile()).pid());

            assertThatThrownBy(() -> pending.get(5, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SchedulerLostException.class);
            assertThatThrownBy(() -> lost.submit(() -> 1)).isInstanceOf(SchedulerLostException.class);
            assertThat(pids).hasSize(2);
            soon().until(() -> pids.stream().noneMatch(Signals::isAlive));
        }
    }

    @Test
    void allProcessesEndWithTheJvmThatStartedTheCluster() throws Exception {
        final Process owner = ClusterOwner.fork(kind);
        try {
            final List<Long> pids = ClusterOwner.pids(owner);
            assertThat(pids).hasSize(3).allMatch(Signals::isAlive);
            Signals.send("KILL", owner.pid());

            soon().until(() -> pids.stream().noneMatch(Signals::isAlive));
        } finally {
            owner.destroyForcibly();
        }
    }

    /** The worker that has taken the place of one, under the same name. */
    private ClusterView.Seen awaitOther(final ClusterView.Seen former) {
        soon().until(() -> ClusterView.of(client).workers().stream()
                .anyMatch(worker -> worker.name().equals(former.name()) && worker.number() > former.number()));
        return ClusterView.of(client).worker(former.name());
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
    }
}
