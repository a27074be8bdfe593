package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.Delayed;
import io.muster.Graph;
import io.muster.MusterException;
import io.muster.RemoteTaskException;
import io.muster.SchedulerLostException;
import io.muster.Submitter;
import io.muster.Task;
import io.muster.TaskFuture;
import io.muster.WorkerInfo;
import io.muster.serialize.UnserializableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a client can do, on clusters of every kind. */
@ParameterizedClass
@MethodSource("kinds")
@ExtendWith(ShowLogs.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientTest implements ShowLogs.OnCluster {
    private static TestCluster shared;

    @TempDir
    Path directory;

    private final ClusterKind kind;
    private Client client;

    ClientTest(final ClusterKind kind) {
        this.kind = kind;
    }

    static List<ClusterKind> kinds() {
        return List.of(ClusterKind.IN_PROCESS, ClusterKind.TCP, ClusterKind.AERON, ClusterKind.SLURM);
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        final String missing = kind.missing();
        Assumptions.assumeTrue(missing.isEmpty(), missing);
        shared = kind.start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (shared != null) {
            shared.close();
            shared = null;
        }
    }

    @BeforeEach
    void connect() {
        client = shared.connect();
        client.awaitWorkers(2, Duration.ofSeconds(10));
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Override
    public String logs() {
        return shared.logs();
    }

    @Test
    void aTaskRunsAndItsResultComesHere() throws Exception {
        final int factor = 6;
        final TaskFuture<Integer> future = client.submit(() -> factor * 7);

        assertThat(future.get()).isEqualTo(42);
        assertThat(future.isDone()).isTrue();
        assertThat(future.thenApply(x -> x + 1).toCompletableFuture().get()).isEqualTo(43);
    }

    @Test
    void resultsFeedFurtherTasksWithoutPassingHere() {
        final TaskFuture<Integer> a = client.submit(() -> 20);
        final TaskFuture<Integer> b = a.then(x -> x + 1);
        final TaskFuture<Integer> c = client.combine(a, b, (x, y) -> x * y);
        final TaskFuture<Integer> d = client.combineAll(List.of(a, b, c), Work::sum);

        assertThat(d.join()).isEqualTo(20 + 21 + 420);
        assertThat(client.then(d, x -> -x).join()).isEqualTo(-461);
    }

    @Test
    void aMapKeepsTheOrderOfItsValues() {
        final List<TaskFuture<Integer>> squares =
                client.map(x -> x * x, IntStream.range(0, 1000).boxed().toList());

        assertThat(client.gather(squares))
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).map(x -> x * x).boxed().toList());
    }

    @Test
    void scatteredValuesAreInputsLikeResults() {
        final Map<String, Integer> table = new HashMap<>(Map.of("a", 1, "b", 2));
        final TaskFuture<Map<String, Integer>> scattered = client.scatter(table);
        final List<TaskFuture<Integer>> sums = IntStream.range(0, 10)
                .mapToObj(i -> scattered.then(t -> t.get("a") + t.get("b") + i))
                .toList();

        assertThat(client.gather(sums)).containsExactly(3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        assertThat(scattered.join()).isEqualTo(table);
        assertThat(client.scatter(null).join()).isNull();
    }

    @Test
    void futuresAreSeenAsTheyComplete() throws IOException {
        final String goOn = directory.resolve("go").toString();
        final String running = directory.resolve("running").toString();
        final TaskFuture<Integer> late = client.submit(() -> Work.meet(running, goOn));
        final TaskFuture<Integer> early = client.submit(() -> 1);
        final TaskFuture<Integer> failing = client.submit(() -> {
            throw new IllegalStateException("one fails");
        });
        final Set<TaskFuture<Integer>> seen = new HashSet<>();
        TaskFuture<Integer> last = null;
        for (final TaskFuture<Integer> done : client.asCompleted(List.of(late, early, failing))) {
            seen.add(done);
            last = done;
            if (seen.size() == 2) {
                Files.createFile(Path.of(goOn));
            }
        }

        assertThat(seen).containsExactlyInAnyOrder(late, early, failing);
        assertThat(last == late).isTrue();
    }

    @Test
    void aKeyNamesATaskAndTheSameTaskIsSubmittedOnce() {
        final Submitter named = client.with(o -> o.key("answer"));
        final Task<Integer> task = () -> 42;
        final TaskFuture<Integer> first = named.submit(task);

        assertThat(first.key()).isEqualTo("answer");
        assertThat(named.<Integer>submit(task) == first).isTrue();
        assertThat(first.join()).isEqualTo(42);
    }

    @Test
    void aFailingTaskIsTriedAgainAsOftenAsAllowed() {
        final String file = directory.resolve("attempts").toString();

        assertThat(client.with(o -> o.retries(2))
                        .submit(() -> Work.succeedAtAttempt(3, file))
                        .join())
                .isEqualTo(3);

        final String other = directory.resolve("others").toString();
        final TaskFuture<Integer> hopeless =
                client.with(o -> o.retries(1).key("hopeless-" + kind)).submit(() -> Work.succeedAtAttempt(9, other));
        assertThatThrownBy(hopeless::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .satisfies(e -> {
                    final RemoteTaskException failure = (RemoteTaskException) e;
                    assertThat(failure.attempt()).isEqualTo(2);
                    assertThat(failure.key()).isEqualTo("hopeless-" + kind);
                    assertThat(failure).hasRootCauseMessage("attempt 2 fails");
                });
    }

    @Test
    void theMoreUrgentOfWaitingTasksRunsFirst() {
        final String goOn = directory.resolve("go").toString();
        final List<TaskFuture<Integer>> blockers = block(goOn);
        final Submitter usual = client.with(o -> o.workers(worker(0)));
        final List<TaskFuture<Long>> late = IntStream.range(0, 60)
                .mapToObj(i -> usual.<Long>submit(() -> System.nanoTime()))
                .toList();
        final TaskFuture<Long> urgent =
                client.with(o -> o.workers(worker(0)).priority(10)).submit(() -> System.nanoTime());
        assertThat(client.info()).as("the scheduler has them all").isNotEmpty();
        release(goOn);

        final long urgentNs = urgent.join();
        assertThat(client.gather(late).stream().filter(lateNs -> lateNs - urgentNs > 0))
                .hasSizeGreaterThanOrEqualTo(30);
        client.gather(blockers);
    }

    @Test
    void tasksStayOnTheWorkersTheyAreRestrictedTo() {
        final List<String> names =
                client.workers().stream().map(WorkerInfo::name).toList();
        assertThat(names).hasSize(2);
        for (final String name : names) {
            final Submitter there = client.with(o -> o.workers(name));
            final List<TaskFuture<String>> threads = IntStream.range(0, 20)
                    .mapToObj(i ->
                            there.<String>submit(() -> Thread.currentThread().getName()))
                    .toList();
            assertThat(client.gather(threads)).allMatch(thread -> thread.contains(name));
        }
    }

    @Test
    void aFailureNamesTaskWorkerAndAttemptAndIsCausedByWhatWasThrown() {
        final TaskFuture<Integer> failed = client.with(o -> o.key("bad-" + kind))
                .submit(() -> {
                    throw new IOException("the disk is full");
                });

        assertThatThrownBy(failed::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .satisfies(e -> {
                    final RemoteTaskException failure = (RemoteTaskException) e;
                    assertThat(failure.key()).isEqualTo("bad-" + kind);
                    assertThat(client.workers().stream().map(WorkerInfo::name)).contains(failure.worker());
                    assertThat(failure.attempt()).isEqualTo(1);
                    assertThat(failure.remoteStack()).contains("ClientTest");
                    assertThat(failure.getCause())
                            .isInstanceOf(IOException.class)
                            .hasMessage("the disk is full");
                });
        assertThatThrownBy(failed.then(x -> x + 1)::join).hasRootCauseMessage("the disk is full");
        assertThatThrownBy(() -> client.gather(List.of(failed))).hasRootCauseMessage("the disk is full");
    }

    @Test
    void whateverATaskThrowsItFailsAndTheWorkerLives() {
        final TaskFuture<Integer> mute = client.submit(() -> {
            throw new Work.MuteException();
        });
        final TaskFuture<Integer> deep = client.submit(() -> Work.recurse(0));
        final TaskFuture<Integer> huge = client.submit(() -> {
            final List<long[]> all = new ArrayList<>();
            while (true) {
                all.add(new long[Integer.MAX_VALUE - 8]);
            }
        });
        final TaskFuture<Integer> death = client.submit(() -> {
            throw new ThreadDeathLike();
        });

        assertThatThrownBy(mute::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RemoteTaskException.class);
        assertThatThrownBy(deep::get).rootCause().isInstanceOf(StackOverflowError.class);
        assertThatThrownBy(huge::get).rootCause().isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(death::get).rootCause().isInstanceOf(ThreadDeathLike.class);
        assertThat(client.gather(client.map(x -> x + 1, List.of(1, 2, 3, 4)))).containsExactly(2, 3, 4, 5);
        assertThat(client.workers()).hasSize(2);
    }

    @Test
    void nullIsAResult() throws Exception {
        final TaskFuture<String> nothing = client.submit(() -> null);

        assertThat(nothing.get()).isNull();
        assertThat(nothing.then(x -> x == null).join()).isTrue();
        assertThat(client.<String>gather(List.of(nothing, nothing))).containsExactly(null, null);
    }

    @Test
    void aPendingTaskThatIsCancelledNeverRuns() {
        final String goOn = directory.resolve("go").toString();
        final List<TaskFuture<Integer>> blockers = block(goOn);
        final String file = directory.resolve("ran").toString();
        final TaskFuture<Integer> pending =
                client.with(o -> o.workers(worker(0))).submit(() -> Work.attempt(file));
        final TaskFuture<Integer> dependent = pending.then(x -> x + 1);

        assertThat(pending.cancel(true)).isTrue();
        assertThat(pending.isCancelled()).isTrue();
        assertThatThrownBy(pending::get).isInstanceOf(CancellationException.class);
        assertThatThrownBy(dependent::get).isInstanceOf(CancellationException.class);
        blockers.forEach(client::story); // is asked of the workers, who then have heard of the cancel
        release(goOn);
        client.gather(blockers);
        assertThat(client.with(o -> o.workers(worker(0))).submit(() -> 1).join())
                .isEqualTo(1);
        assertThat(Path.of(file)).doesNotExist();
    }

    @Test
    void theClusterForgetsResultsThatWereReleased() {
        final List<TaskFuture<Integer>> futures =
                client.map(x -> x, IntStream.range(0, 500).boxed().toList());
        client.awaitAll(futures, Duration.ofSeconds(30));
        assertThat(ClusterView.of(client).tasks("memory")).isGreaterThanOrEqualTo(500);
        futures.forEach(TaskFuture::release);

        await().untilAsserted(() -> assertThat(ClusterView.of(client).tasks()).isZero());
    }

    @Test
    void theClusterForgetsResultsWhoseFuturesWereCollected() {
        assertThat(client.gather(
                        client.map(x -> x, IntStream.range(0, 500).boxed().toList())))
                .hasSize(500);

        await().untilAsserted(() -> {
            System.gc();
            client.tick();
            assertThat(ClusterView.of(client).tasks("memory")).isZero();
        });
    }

    @Test
    void theClusterForgetsAClientThatLeft() {
        try (Client other = shared.connect()) {
            other.awaitAll(other.map(x -> x, List.of(1, 2, 3)), Duration.ofSeconds(10));
        }

        await().untilAsserted(() -> assertThat(ClusterView.of(client).tasks()).isZero());
    }

    @Test
    void aGraphComputesWhatItsNodesNeed() {
        final Graph graph = new Graph();
        final List<Delayed<Integer>> squares = graph.map(x -> x * x, List.of(1, 2, 3));
        final Delayed<Integer> sum = graph.combineAll(squares, Work::sum);
        final Delayed<Integer> twice = sum.then(x -> 2 * x);

        assertThat(client.compute(twice).join()).isEqualTo(28);
        assertThat(client.gather(client.compute(List.of(sum, squares.get(2))))).containsExactly(14, 9);
    }

    @Test
    void aNamedGraphMayReferForward() {
        final Graph graph = new Graph();
        final Delayed<Integer> end = graph.then("end", "middle", (Integer x) -> x + 1);
        graph.then("middle", "start", (Integer x) -> x * 10);
        graph.task("start", () -> 4);

        assertThat(client.compute(end).join()).isEqualTo(41);
    }

    @Test
    void aGraphWithACycleOrAnUnknownNameIsRefusedBeforeAnythingRuns() {
        final Graph cyclic = new Graph();
        final Delayed<Integer> chicken = cyclic.then("chicken", "egg", (Integer x) -> x);
        cyclic.then("egg", "chicken", (Integer x) -> x);
        assertThatThrownBy(() -> client.compute(chicken))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("cycle")
                .hasMessageContaining("chicken")
                .hasMessageContaining("egg");

        final Graph open = new Graph();
        final Delayed<Integer> lost = open.then("lost", "nobody", (Integer x) -> x);
        assertThatThrownBy(() -> client.compute(lost))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("nobody")
                .hasMessageContaining("lost");
        assertThat(ClusterView.of(client).tasks()).isZero();
    }

    @Test
    void theClusterIsAnExecutorService() throws Exception {
        final ExecutorService executor = client.executor();
        final Task<Integer> task = () -> 5;

        assertThat(executor.submit(task).get()).isEqualTo(5);
        assertThat(executor.invokeAll(List.of(task, task)))
                .allSatisfy(future -> assertThat(future.get()).isEqualTo(5));
        if (kind.hasProcesses()) {
            final Object monitor = new Object();
            final Callable<Integer> captured = monitor::hashCode;
            assertThatThrownBy(() -> executor.submit(captured)).isInstanceOf(RejectedExecutionException.class);
        }
        executor.shutdown();
        assertThat(executor.isShutdown()).isTrue();
        assertThatThrownBy(() -> executor.submit(task)).isInstanceOf(RejectedExecutionException.class);
        assertThat(client.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    void aTaskThatCannotBeSentIsRefusedWithThePathToTheCulprit() {
        Assumptions.assumeTrue(kind.hasProcesses(), "nothing is sent within one JVM");
        final Work.Parcel parcel = new Work.Parcel(new Object());

        assertThatThrownBy(() -> client.submit(() -> parcel.content))
                .isInstanceOf(UnserializableException.class)
                .hasMessageContaining("content")
                .hasMessageContaining("java.lang.Object");
        assertThat(client.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    void aResultThatCannotBeSentFailsItsTask() {
        Assumptions.assumeTrue(kind.hasProcesses(), "nothing is sent within one JVM");
        final TaskFuture<Work.Parcel> future = client.submit(() -> new Work.Parcel(new Object()));

        assertThatThrownBy(future::join)
                .cause()
                .isInstanceOf(RemoteTaskException.class)
                .hasMessageContaining("content")
                .hasMessageContaining("java.lang.Object");
    }

    @Test
    void bigValuesGoFromWorkerToWorkerAndToTheClient() {
        final int megabytes = 64;
        final int length = megabytes << 17;
        final TaskFuture<double[]> big = client.with(o -> o.workers(worker(0))).submit(() -> filled(length));
        final TaskFuture<Double> sum = client.with(o -> o.workers(worker(1)))
                .then(big, values -> Arrays.stream(values).sum());

        assertThat(sum.join()).isEqualTo(length * (length - 1.0) / 2);
        final double[] here = big.join();
        assertThat(here).hasSize(length);
        assertThat(here[length - 1]).isEqualTo(length - 1);
    }

    @Test
    void aValueOfThreeHundredMebibytesArrivesWhole() {
        Assumptions.assumeTrue(kind == ClusterKind.AERON, "one kind is enough for a value of this size");
        final int length = 300 << 17;
        final TaskFuture<double[]> big = client.with(o -> o.workers(worker(0))).submit(() -> filled(length));
        final TaskFuture<Double> last =
                client.with(o -> o.workers(worker(1))).then(big, values -> values[values.length - 1]);

        assertThat(last.join()).isEqualTo(length - 1);
        assertThat(big.join()[length / 2]).isEqualTo(length / 2);
    }

    @Test
    void aHundredThousandTasksAllCome() {
        final List<Integer> arguments = IntStream.range(0, 100_000).boxed().toList();

        final List<Integer> results = client.gather(client.map(x -> x + 1, arguments));

        assertThat(results).hasSize(100_000);
        assertThat(IntStream.range(0, 100_000).allMatch(i -> results.get(i) == i + 1))
                .isTrue();
    }

    @Test
    void aChainOfTenThousandLinksIsWalked() {
        TaskFuture<Integer> last = client.submit(() -> 0);
        for (int i = 0; i < 10_000; i++) {
            last = last.then(x -> x + 1);
        }

        assertThat(last.join()).isEqualTo(10_000);
    }

    @Test
    void twentyThousandResultsFeedOneTask() {
        final List<TaskFuture<Integer>> leaves =
                client.map(x -> x % 7, IntStream.range(0, 20_000).boxed().toList());

        assertThat(client.combineAll(leaves, Work::sum).join())
                .isEqualTo(IntStream.range(0, 20_000).map(x -> x % 7).sum());
    }

    @Test
    void twoClientsDoNotSeeEachOther() {
        try (Client other = shared.connect()) {
            final List<TaskFuture<Integer>> mine =
                    client.map(x -> x + 1, IntStream.range(0, 1000).boxed().toList());
            final List<TaskFuture<Integer>> theirs =
                    other.map(x -> x + 2, IntStream.range(0, 1000).boxed().toList());

            assertThat(client.gather(mine)).first().isEqualTo(1);
            assertThat(other.gather(theirs)).first().isEqualTo(2);
            assertThatThrownBy(() -> other.gather(mine)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClientThatClosesWhileTasksRunLeavesNothingBehind() {
        final String goOn = directory.resolve("go").toString();
        final String running = directory.resolve("running").toString();
        final TaskFuture<Integer> future;
        try (Client other = shared.connect()) {
            future = other.submit(() -> Work.meet(running, goOn));
            await().until(() -> Files.exists(Path.of(running)));
        }

        assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> future.then(x -> x)).isInstanceOf(MusterException.class);
        await().untilAsserted(() -> assertThat(ClusterView.of(client).tasks()).isZero());
        release(goOn);
        assertThat(client.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    void stoppingTheClusterEndsItForEverybody() {
        final TestCluster own = kind.start();
        try (own;
                Client first = own.connect();
                Client second = own.connect()) {
            final String goOn = directory.resolve("go").toString();
            final String running = directory.resolve("running").toString();
            final List<Long> pids = ClusterView.of(first).workers().stream()
                    .map(ClusterView.Seen::pid)
                    .toList();
            final TaskFuture<Integer> pending = second.submit(() -> Work.meet(running, goOn));
            await().until(() -> Files.exists(Path.of(running)));
            first.stopCluster();

            assertThatThrownBy(pending::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SchedulerLostException.class);
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> first.submit(() -> 1)).isInstanceOf(SchedulerLostException.class));
            if (kind.hasProcesses()) {
                await().until(() -> pids.stream().noneMatch(Signals::isAlive));
            }
            release(goOn);
        }
    }

    /** Keeps both threads of the first worker busy until told to go on. */
    private List<TaskFuture<Integer>> block(final String goOn) {
        final Submitter there = client.with(o -> o.workers(worker(0)));
        final String running = directory.resolve("running").toString();
        final List<TaskFuture<Integer>> blockers =
                List.of(there.submit(() -> Work.meet(running, goOn)), there.submit(() -> Work.meet(running, goOn)));
        await().until(() -> Files.exists(Path.of(running)) && Files.size(Path.of(running)) == 2);
        return blockers;
    }

    /** The name of one of the two workers. */
    private String worker(final int index) {
        return client.workers().stream().map(WorkerInfo::name).sorted().toList().get(index);
    }

    private static void release(final String goOn) {
        try {
            Files.createFile(Path.of(goOn));
        } catch (final IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double[] filled(final int length) {
        final double[] values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = i;
        }
        return values;
    }

    /** An error of a kind of its own. */
    static final class ThreadDeathLike extends Error {
        private static final long serialVersionUID = 1L;
    }
}
