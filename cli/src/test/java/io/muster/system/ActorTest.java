package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Actor;
import io.muster.ActorLostException;
import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.RemoteTaskException;
import io.muster.TaskContext;
import io.muster.TaskFuture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Objects on workers, who calls them, and what becomes of both when a worker is killed. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"IN_PROCESS", "AERON"})
@ExtendWith(ShowLogs.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class ActorTest implements ShowLogs.OnCluster {
    private static LocalCluster shared;

    private final ClusterKind kind;
    private Client client;

    ActorTest(final ClusterKind kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = kind.builder().set("worker.resources", "gpu=1").start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
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
    void callsOfOneClientAreMadeOneByOneInTheirOrder() {
        try (Actor<Diary> diary = client.actor(Diary::new)) {
            final List<TaskFuture<Integer>> sizes = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                final int entry = i;
                if (i % 2 == 0) {
                    diary.tell(d -> d.add(entry));
                } else {
                    sizes.add(diary.call(d -> d.add(entry)));
                }
            }
            assertThat(client.gather(sizes))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 1_000).mapToObj(i -> 2 * i + 2).toList());
            assertThat(diary.call(d -> d.entries).join())
                    .containsExactlyElementsOf(IntStream.range(0, 2_000).boxed().toList());
        }
    }

    @Test
    void tasksOnAllWorkersCallItAndWhatItReturnsIsAnInputLikeAnyOther() {
        try (Actor<Diary> diary = client.actor(Diary::new)) {
            final List<TaskFuture<Integer>> tasks = client.map(
                    i -> {
                        diary.tell(d -> d.add(i));
                        return diary.call(d -> d.add(i)).join();
                    },
                    IntStream.range(0, 200).boxed().toList());
            client.gather(tasks);
            assertThat(diary.call(d -> d.entries).then(List::size).join()).isEqualTo(400);
            assertThat(diary.call(d -> d.mostAtOnce).join()).isOne();
        }
    }

    @Test
    void aCallIsMadeThoughItsFutureIsLetGo() {
        try (Actor<Diary> diary = client.actor(Diary::new)) {
            diary.call(d -> d.add(1)).release();
            diary.call(d -> d.add(2)).cancel(true);
            assertThat(diary.call(d -> d.entries).join()).containsExactly(1, 2);
        }
    }

    @Test
    void actorsCallEachOtherAndSpeakForThemselves() {
        try (Actor<Diary> first = client.actor(Diary::new);
                Actor<Diary> second = client.actor(Diary::new)) {
            final int size = first.call(d -> {
                        d.add(7);
                        return second.call(other -> other.add(8)).join() + d.entries.size();
                    })
                    .join();
            assertThat(size).isEqualTo(2);
            assertThat(first.call(d -> TaskContext.current().worker()).join())
                    .isNotEqualTo(
                            second.call(d -> TaskContext.current().worker()).join());
        }
    }

    @Test
    void aCallRunsBesideTasksThatHaveAllThreads() throws Exception {
        try (Actor<Diary> gate = client.actor(Diary::new)) {
            final List<TaskFuture<Integer>> busy = client.map(
                    i -> {
                        while (gate.call(d -> d.entries.size()).join() == 0) {
                            Thread.onSpinWait();
                        }
                        return i;
                    },
                    List.of(1, 2, 3, 4));
            assertThat(gate.call(d -> d.add(1)).get(30, TimeUnit.SECONDS)).isOne();
            assertThat(client.gather(busy)).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void whatACallThrowsReachesItsCallerAndTheActorGoesOn() {
        try (Actor<Diary> diary = client.actor(Diary::new)) {
            final TaskFuture<Integer> fails = diary.call(d -> d.refuse("no more"));
            assertThatThrownBy(fails::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(RemoteTaskException.class)
                    .hasMessageContaining("no more")
                    .hasRootCauseInstanceOf(IllegalStateException.class);
            diary.tell(d -> d.refuse("nobody hears it"));
            assertThat(diary.call(d -> d.add(1)).join()).isOne();
            assertThat(client.retry(List.of(fails))).isOne();
            assertThatThrownBy(fails::join).hasMessageContaining("no more");
            assertThat(diary.call(d -> d.entries.size()).join()).isOne();
        }
    }

    @Test
    void aConstructorThatFailsFailsTheCalls() {
        try (Actor<Diary> none = client.actor(() -> {
            throw new IllegalStateException("no room");
        })) {
            final TaskFuture<Integer> call = none.call(d -> d.add(1));
            assertThatThrownBy(call::join)
                    .cause()
                    .isInstanceOf(RemoteTaskException.class)
                    .hasMessageContaining("no room");
        }
        try (Actor<Diary> none = client.actor(() -> null)) {
            assertThatThrownBy(() -> none.call(d -> d.add(1)).join()).hasMessageContaining("returned null");
        }
    }

    @Test
    void itGoesWhereItsOptionsSayAndKeepsItsResources() throws Exception {
        Assumptions.assumeTrue(kind.hasProcesses(), "workers in this JVM have no resources");
        final TaskFuture<Integer> waits;
        try (Actor<Diary> diary = client.with(
                        o -> o.key("scribe").workers("w-1").resource("gpu", 1))
                .actor(Diary::new)) {
            assertThat(diary.call(d -> TaskContext.current().worker()).join()).isEqualTo("w-1");
            assertThat(client.info()).contains("\"actors\":1");
            waits = client.with(o -> o.workers("w-1").resource("gpu", 1)).submit(() -> 1);
            assertThat(client.submit(() -> 2).join()).isEqualTo(2);
            assertThat(waits.isDone()).isFalse();
            assertThat(diary).hasToString("Actor(key=scribe)");
        }
        assertThat(waits.get(30, TimeUnit.SECONDS)).isOne();
        assertThatThrownBy(() -> client.with(o -> o.replicas(2)).actor(Diary::new))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not copied");
    }

    @Test
    void onceItIsClosedCallsFailAndNothingIsLeft() {
        final Actor<Diary> diary = client.actor(Diary::new);
        diary.call(d -> d.add(1)).join();
        diary.close();
        diary.close();
        assertLost(diary.call(d -> d.add(2)), "it was closed");
        await().untilAsserted(() -> assertThat(client.info()).doesNotContain("\"actors\":1"));
    }

    @Test
    void itGoesWithItsClient(@TempDir final Path directory) throws IOException {
        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<Integer> late;
        try (Client other = shared.connect()) {
            final Actor<Diary> diary = other.actor(Diary::new);
            late = client.submit(() -> {
                Work.meet(running, goOn);
                return diary.call(d -> d.add(1)).join();
            });
            diary.call(d -> d.add(1)).join();
        }
        Files.createFile(Path.of(goOn));
        assertThatThrownBy(late::join).isInstanceOf(CompletionException.class);
        await().untilAsserted(() -> assertThat(client.info()).doesNotContain("\"actors\":1"));
    }

    @Test
    void itIsLostWithItsWorkerAndSoAreTheCallsUnderWay() throws Exception {
        Assumptions.assumeTrue(kind.hasProcesses(), "needs a process to kill");
        final Actor<Diary> diary = client.with(o -> o.workers("w-0")).actor(Diary::new);
        final Actor<Diary> other = client.with(o -> o.workers("w-1")).actor(Diary::new);
        diary.call(d -> d.add(1)).join();
        other.call(d -> d.add(1)).join();
        final TaskFuture<Boolean> underWay = diary.call(d -> new CountDownLatch(1).await(50, TimeUnit.SECONDS));
        final TaskFuture<Integer> behind = diary.call(d -> d.add(2));
        final TaskFuture<Integer> caller = client.with(o -> o.workers("w-1"))
                .submit(() -> diary.call(d -> d.add(3)).join());
        await().untilAsserted(() -> assertThat(client.info()).contains("\"calls\":3"));

        ProcessHandle.of(ClusterView.of(client).worker("w-0").pid())
                .orElseThrow()
                .destroyForcibly();

        assertLost(underWay, "w-0");
        assertLost(behind, "w-0");
        assertThatThrownBy(() -> caller.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasStackTraceContaining(ActorLostException.class.getName());
        assertLost(diary.call(d -> d.add(4)), "w-0");
        diary.tell(d -> d.add(5));
        assertThat(other.call(d -> d.add(2)).join()).isEqualTo(2);
        client.awaitWorkers(2, Duration.ofSeconds(30));
        try (Actor<Diary> another = client.actor(Diary::new)) {
            assertThat(another.call(d -> d.add(1)).join()).isOne();
        }
    }

    private static void assertLost(final TaskFuture<?> call, final String why) {
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(ActorLostException.class)
                .hasMessageContaining(why);
    }

    /** An object that would notice two calls at once; not serializable. */
    static final class Diary {
        final List<Integer> entries = new ArrayList<>();
        int mostAtOnce;
        private int inside;

        int add(final int entry) {
            inside++;
            mostAtOnce = Math.max(mostAtOnce, inside);
            entries.add(entry);
            inside--;
            return entries.size();
        }

        int refuse(final String why) {
            throw new IllegalStateException(why);
        }
    }
}
