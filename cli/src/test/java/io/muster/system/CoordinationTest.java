package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.Coordinator;
import io.muster.DistributedCounter;
import io.muster.DistributedLock;
import io.muster.DistributedQueue;
import io.muster.DistributedTopic;
import io.muster.DistributedVariable;
import io.muster.Lease;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.SchedulerLostException;
import io.muster.Subscription;
import io.muster.TaskFuture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

/** Locks, queues and their like between clients and tasks, and what becomes of them when a holder is killed. */
@ParameterizedClass
@EnumSource(
        value = ClusterKind.class,
        names = {"IN_PROCESS", "TCP", "AERON"})
@ExtendWith(ShowLogs.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class CoordinationTest implements ShowLogs.OnCluster {
    private static final Duration NOW = Duration.ZERO;
    private static final Duration SOON = Duration.ofSeconds(30);

    private static LocalCluster shared;

    @TempDir
    Path directory;

    private final ClusterKind kind;
    private Client client;
    private Client other;

    CoordinationTest(final ClusterKind kind) {
        this.kind = kind;
    }

    @BeforeParameterizedClassInvocation
    static void start(final ClusterKind kind) {
        shared = kind.builder()
                .set("scheduler.lease", "4s")
                .set("worker.fence", "2s")
                .set("session.heartbeat", "200ms")
                .start();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        shared.close();
    }

    @BeforeEach
    void connect() {
        client = shared.connect();
        other = shared.connect();
        client.awaitWorkers(2, SOON);
    }

    @AfterEach
    void disconnect() {
        client.close();
        other.close();
    }

    @Override
    public String logs() {
        return shared + "\n" + shared.logs();
    }

    @Test
    void aLockHasOneHolderAmongClientsAndTasks() {
        final String file = directory.resolve("inside").toString();
        final List<TaskFuture<Long>> tokens = client.map(
                i -> {
                    try (Lease lease = Coordinator.current().lock("one").acquire()) {
                        if (Files.exists(Path.of(file))) {
                            throw new IllegalStateException("two at once");
                        }
                        Files.createFile(Path.of(file));
                        Thread.sleep(1);
                        Files.delete(Path.of(file));
                        return lease.fencingToken();
                    }
                },
                IntStream.range(0, 50).boxed().toList());

        assertThat(client.gather(tokens)).doesNotHaveDuplicates().hasSize(50);
        try (Lease mine = client.lock("one").acquire()) {
            assertThat(mine.fencingToken()).isGreaterThan(Collections.max(client.gather(tokens)));
            assertThat(mine.isHeld()).isTrue();
            assertThat(other.lock("one").tryAcquire(NOW)).isEmpty();
            assertThat(other.lock("one").tryAcquire(Duration.ofMillis(20))).isEmpty();
            assertThatThrownBy(() -> other.semaphore("one", 2).acquire())
                    .isInstanceOf(MusterException.class)
                    .hasMessageContaining("permits=2 must be 1");
        }
        assertThat(acquireSoon(other.lock("one"))).isPresent();
    }

    @Test
    void aWaitingThreadThatIsInterruptedLeavesTheLine() throws Exception {
        final Lease held = client.lock("line").acquire();
        final CompletableFuture<Throwable> failure = new CompletableFuture<>();
        final Thread waiting = new Thread(() -> {
            try {
                other.lock("line").acquire();
            } catch (final MusterException e) {
                failure.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("no flag", e));
            }
        });
        waiting.start();
        assertThat(ClusterView.of(client).workers()).hasSize(2);
        waiting.interrupt();

        assertThat(failure.get(10, TimeUnit.SECONDS))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("interrupted");
        held.close();
        held.close();
        assertThat(other.counter("after").add(1)).as("its session goes on").isOne();
        assertThat(held.isHeld()).isFalse();
        assertThat(acquireSoon(client.lock("line"))).isPresent();
    }

    @Test
    void aClientThatIsClosedGivesUpWhatItHoldsAndNoLongerWaits() {
        final Lease held = other.lock("closing").acquire();
        final CompletableFuture<Lease> waiting =
                CompletableFuture.supplyAsync(() -> client.lock("closing").acquire());
        final CompletableFuture<Boolean> alsoWaiting =
                CompletableFuture.supplyAsync(() -> other.event("never").await(SOON));

        other.close();

        assertThat(waiting.join().fencingToken()).isGreaterThan(held.fencingToken());
        assertThat(held.isHeld()).isFalse();
        assertThatThrownBy(alsoWaiting::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("the client is closed");
        assertThatThrownBy(() -> other.counter("n").get()).hasMessageContaining("the client is closed");
    }

    @Test
    void aTaskThatEndsOrIsCancelledHoldsNothingAnyMore() throws Exception {
        client.submit(() -> Coordinator.current().lock("kept").acquire().isHeld())
                .join();
        assertThat(acquireSoon(other.lock("kept"))).isPresent();

        final String running = directory.resolve("running").toString();
        final String goOn = directory.resolve("go").toString();
        final TaskFuture<Boolean> cancelled = client.submit(() -> {
            final Lease lease = Coordinator.current().lock("cancelled").acquire();
            Work.meet(running, goOn);
            while (lease.isHeld()) { // the news of its end is on the way
                Thread.sleep(1);
            }
            Files.createFile(Path.of(running + ".ended"));
            return true;
        });
        await().atMost(SOON).until(() -> Files.exists(Path.of(running)));
        assertThat(other.lock("cancelled").tryAcquire(NOW)).isEmpty();
        cancelled.cancel(false);
        assertThat(other.lock("cancelled").tryAcquire(SOON)).isPresent();
        Files.createFile(Path.of(goOn));
        await().atMost(SOON).until(() -> Files.exists(Path.of(running + ".ended")));
    }

    @Test
    void aTaskThatWaitsGoesAwayWhenItIsCancelled() {
        final Lease held = client.lock("blocking").acquire();
        final List<TaskFuture<Long>> waiting = client.map(
                i -> Coordinator.current().lock("blocking").acquire().fencingToken(),
                IntStream.range(0, 4).boxed().toList());
        await().atMost(SOON).until(() -> ClusterView.of(client).tasks("processing") == 4);

        client.cancel(waiting);

        assertThat(client.submit(() -> 42).join()).isEqualTo(42);
        held.close();
        assertThat(acquireSoon(client.lock("blocking"))).isPresent();
    }

    @Test
    void aKilledHolderReleasesItsLock() throws Exception {
        Assumptions.assumeTrue(kind.hasProcesses(), "there is nobody to kill");
        final String pid = directory.resolve("pid").toString();
        final TaskFuture<Integer> holder = client.with(o -> o.key("holder")).submit(() -> {
            final Optional<Lease> lease = Coordinator.current().lock("fatal").tryAcquire(NOW);
            if (lease.isPresent() && !Files.exists(Path.of(pid))) {
                Files.writeString(
                        Path.of(pid + ".new"),
                        String.valueOf(ProcessHandle.current().pid()));
                Files.move(Path.of(pid + ".new"), Path.of(pid));
                Thread.sleep(60_000);
            }
            return 7;
        });
        await().atMost(SOON).until(() -> Files.exists(Path.of(pid)));
        final CompletableFuture<Lease> next =
                CompletableFuture.supplyAsync(() -> other.lock("fatal").acquire());
        Signals.send("KILL", Long.parseLong(Files.readString(Path.of(pid))));

        assertThat(next.get(30, TimeUnit.SECONDS).isHeld()).isTrue();
        assertThat(holder.join()).isEqualTo(7);
        client.awaitWorkers(2, SOON);
    }

    @Test
    void eventsQueuesVariablesAndCountersJoinClientsAndTasks() {
        final DistributedQueue<String> words = client.queue("words", 3);
        final DistributedCounter count = client.counter("count");
        final TaskFuture<Integer> producer = client.submit(() -> {
            final Coordinator here = Coordinator.current();
            here.event("start").await();
            final DistributedQueue<String> out = here.queue("words", 3);
            final DistributedVariable<String> prefix = here.variable("prefix");
            for (int i = 0; i < 20; i++) {
                out.put(prefix.get(SOON).orElseThrow() + i);
                here.counter("count").add(2);
            }
            return 20;
        });
        assertThat(words.poll(Duration.ofMillis(10))).isEmpty();
        other.<String>variable("prefix").set("w");
        other.event("start").set();

        final List<String> taken = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            taken.add(words.take());
        }

        assertThat(taken)
                .isEqualTo(IntStream.range(0, 20).mapToObj(i -> "w" + i).toList());
        assertThat(producer.join()).isEqualTo(20);
        assertThat(count.get()).isEqualTo(40);
        assertThat(count.compareAndSet(40, 0)).isTrue();
        assertThat(count.compareAndSet(40, 1)).isFalse();
        assertThat(words.offer("x", NOW)).isTrue();
        assertThat(words.size()).isOne();
        assertThat(words.clear()).isOne();
        assertThat(client.event("start").isSet()).isTrue();
        client.event("start").clear();
        assertThat(client.event("start").isSet()).isFalse();
        assertThat(client.<String>variable("prefix").delete()).isTrue();
        assertThat(client.<String>variable("prefix").get(NOW)).isEmpty();
    }

    @Test
    void aTopicGoesToAllSubscribersInTheOrderOfItsPublisher() {
        final DistributedTopic<int[]> topic = client.topic("news");
        final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        final List<Integer> alsoSeen = Collections.synchronizedList(new ArrayList<>());
        try (Subscription one = topic.subscribe(value -> seen.add(value[0]));
                Subscription two = other.<int[]>topic("news").subscribe(value -> alsoSeen.add(value[0]))) {
            client.submit(() -> {
                        final DistributedTopic<int[]> here =
                                Coordinator.current().topic("news");
                        for (int i = 0; i < 200; i++) {
                            here.publish(new int[] {i});
                        }
                        return 200;
                    })
                    .join();

            final List<Integer> all = IntStream.range(0, 200).boxed().toList();
            await().atMost(SOON).untilAsserted(() -> assertThat(seen).isEqualTo(all));
            await().atMost(SOON).untilAsserted(() -> assertThat(alsoSeen).isEqualTo(all));
            assertThat(one.dropped() + two.dropped()).isZero();
            assertThat(one.received()).isEqualTo(200);
        }
        await().atMost(SOON).until(() -> topic.publish(new int[0]) == 0);
    }

    @Test
    void aSlowSubscriberLosesValuesButDoesNotHoldUpThePublisher() {
        final DistributedTopic<Integer> topic = client.topic("flood");
        final CompletableFuture<Boolean> gate = new CompletableFuture<>();
        final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
        try (Subscription slow = other.<Integer>topic("flood").subscribe(value -> {
            gate.join();
            seen.add(value);
        })) {
            for (int i = 0; i < 1_500; i++) {
                topic.publish(i);
            }
            gate.complete(true);
            await().atMost(SOON).until(() -> slow.received() + slow.dropped() == 1_500);
            assertThat(slow.dropped()).isEqualTo(1_500 - 1_024);
            assertThat(seen).isSorted();
        }
    }

    @Test
    void aPublishedResultOutlivesItsClientAndFeedsAnother() {
        final TaskFuture<int[]> result =
                client.submit(() -> IntStream.range(0, 100_000).toArray());
        final TaskFuture<Integer> scattered = client.scatter(17);
        client.publish("numbers", result, scattered);
        assertThatThrownBy(() -> client.publish("numbers", result)).hasMessageContaining("unpublish it first");
        client.close();

        assertThat(other.datasets()).containsExactly("numbers");
        final List<TaskFuture<Object>> numbers = other.dataset("numbers");
        assertThat(numbers).hasSize(2);
        assertThat(other.then(numbers.get(0), value -> ((int[]) value).length).join())
                .isEqualTo(100_000);
        assertThat(numbers.get(1).join()).isEqualTo(17);
        assertThat(other.unpublish("numbers")).isTrue();
        assertThat(other.unpublish("numbers")).isFalse();
        assertThatThrownBy(() -> other.dataset("numbers"))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("dataset=numbers is not published; these are: none");
    }

    @Test
    void aPublishedResultThatIsLostWithItsWorkerIsComputedAgain() {
        Assumptions.assumeTrue(kind.hasProcesses(), "there is nobody to kill");
        final TaskFuture<Long> first =
                client.submit(() -> ProcessHandle.current().pid());
        final TaskFuture<Long> second =
                first.then(pid -> ProcessHandle.current().pid());
        final long holder = second.join();
        client.publish("pids", second);
        client.close();
        Signals.send("KILL", holder);
        await().atMost(SOON)
                .until(() ->
                        !ProcessHandle.of(holder).map(ProcessHandle::isAlive).orElse(false));

        assertThat(other.<Long>dataset("pids").get(0).join()).isNotEqualTo(holder);
        other.unpublish("pids");
        other.awaitWorkers(2, SOON);
    }

    @Test
    void whatCannotBeKeptIsRefusedInWords() {
        final TaskFuture<Integer> future = client.submit(() -> 1);
        assertThatThrownBy(() -> client.queue("q", 1).put(future))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("can't go into queue=q")
                .hasMessageContaining("client.publish");
        assertThatThrownBy(() -> client.variable("v").set(new byte[2 << 20]))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("must be <= 1048576 for name=v");
        assertThatThrownBy(() -> client.lock(" ")).hasMessageContaining("lock name.length=1");
        assertThatThrownBy(() -> client.queue("q", 0)).hasMessageContaining("capacity=0 must be >= 1");
        assertThatThrownBy(Coordinator::current).hasMessageContaining("no current client");
        assertThat(client.toString()).doesNotContain("ended");
    }

    @Test
    void whenTheSchedulerIsGoneWhoWaitsIsTold() {
        Assumptions.assumeTrue(kind == ClusterKind.TCP, "once is enough");
        final LocalCluster brief = kind.builder().workers(1).start();
        final Client left = brief.connect();
        final CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> left.event("never").await(SOON));
        await().until(() -> left.event("ready").isSet() || left.counter("asked").add(1) > 0);
        brief.close();

        assertThatThrownBy(waiting::join).cause().isInstanceOf(SchedulerLostException.class);
        left.close();
    }

    private static Optional<Lease> acquireSoon(final DistributedLock lock) {
        final Optional<Lease> lease = lock.tryAcquire(SOON);
        lease.ifPresent(Lease::close);
        return lease;
    }
}
