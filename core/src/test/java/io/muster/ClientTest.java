package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.scheduler.ClientRequests;
import io.muster.scheduler.TaskTerms;
import io.muster.serialize.UnserializableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientTest {
    private static final Task<Integer> ONE = () -> 1;

    private final FakeLink link = FakeLink.remote();
    private final Client client = Client.over(link);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aFunctionIsRegisteredOnceUnderTheNameOfItsMethod() {
        for (int i = 0; i < 5; i++) {
            client.map(Math::sqrt, List.of(1.0, 2.0));
            client.submit(ONE).join();
        }

        assertThat(link.functions).containsExactly("sqrt", "ClientTest");
    }

    @Test
    void aFunctionWithoutCapturesTravelsOnce() {
        for (int i = 0; i < 100; i++) {
            client.submit(ONE);
        }

        assertThat(link.submitted)
                .allSatisfy(s -> assertThat((byte[]) s.payload()).hasSize(1));
    }

    @Test
    void aFunctionThatCapturesAnotherValueCarriesItself() {
        final List<TaskFuture<Integer>> all = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            final int captured = i;
            all.add(client.submit(() -> captured * 2));
        }

        assertThat(client.gather(all))
                .isEqualTo(IntStream.range(0, 30).map(i -> i * 2).boxed().toList());
        assertThat(link.functions).hasSize(1);
    }

    @Test
    void aCapturedObjectThatChangesIsSentAsItIsAtEachSubmission() {
        final int[] box = {1};
        final Task<Integer> task = () -> box[0];
        final int before = client.submit(task).join();
        box[0] = 2;

        assertThat(before).isEqualTo(1);
        assertThat(client.submit(task).join()).isEqualTo(2);
    }

    @Test
    void aLargeMapOfACapturingFunctionSendsTheFunctionOnce() {
        for (int i = 0; i < 3; i++) {
            final int factor = i;
            final List<TaskFuture<Integer>> all =
                    client.map(x -> x * factor, IntStream.range(0, 100).boxed().toList());
            assertThat(all.get(10).join()).isEqualTo(10 * factor);
        }

        assertThat(link.functions).hasSize(3);
        assertThat(link.submitted)
                .allSatisfy(s -> assertThat(((byte[]) s.payload()).length).isLessThan(20));
    }

    @Test
    void aLargeMapIsFlushedInPieces() {
        client.map(x -> x, IntStream.range(0, 2_500).boxed().toList());

        assertThat(link.flushes).hasValue(3);
    }

    @Test
    void whatCantBeSerializedIsRefusedAtOnce() {
        final Thread captured = Thread.currentThread();

        assertThatThrownBy(() -> client.submit(() -> captured.getName())).isInstanceOf(UnserializableException.class);
        assertThat(link.submitted).isEmpty();
        assertThat(client.submit(ONE).join()).isEqualTo(1);
    }

    @Test
    void optionsReachTheScheduler() {
        client.with(o -> o.key("k")
                        .retries(2)
                        .priority(-3)
                        .workers("w-0", "node1")
                        .allowOtherWorkers(true))
                .submit(ONE);

        final FakeLink.Submitted task = link.submitted.get(0);
        assertThat(task.key()).isEqualTo("k");
        assertThat(task.terms())
                .isEqualTo(new TaskTerms(-3, 2, List.of("w-0", "node1"), Map.of(), TaskTerms.NO_PARENT, 0));
        assertThat(task.flags()).isEqualTo(ClientRequests.WANTED | ClientRequests.ALLOW_OTHER_WORKERS);
    }

    @Test
    void aMapNumbersItsKeys() {
        final List<TaskFuture<Integer>> all = client.with(o -> o.key("part")).map(x -> x, List.of(5, 6));

        assertThat(all).extracting(TaskFuture::key).containsExactly("part-0", "part-1");
    }

    @Test
    void theSameKeyOfTheSameTaskGivesTheHeldFuture() {
        final TaskFuture<Integer> first = client.with(o -> o.key("k")).submit(ONE);
        final TaskFuture<Integer> second = client.with(o -> o.key("k")).submit(ONE);

        assertThat((Object) second).isSameAs(first);
        assertThat(link.submitted).hasSize(1);
    }

    @Test
    void theSameKeyOfAnotherTaskIsRefused() {
        final TaskFuture<Integer> held = client.with(o -> o.key("k")).submit(ONE);

        assertThatThrownBy(() -> client.with(o -> o.key("k")).submit(() -> 2))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("key=k")
                .hasMessageContaining("another function");
        held.release();
        assertThat(client.with(o -> o.key("k")).submit(() -> 2).join()).isEqualTo(2);
    }

    @Test
    void theSameKeyOfOtherInputsIsRefused() {
        final TaskFuture<Integer> a = client.submit(ONE);
        final TaskFuture<Integer> b = client.submit(ONE);
        final Fn<Integer, Integer> increment = x -> x + 1;
        final Submitter keyed = client.with(o -> o.key("k"));
        final TaskFuture<Integer> held = keyed.then(a, increment);

        assertThat((Object) keyed.then(a, increment)).isSameAs(held);
        assertThatThrownBy(() -> keyed.then(b, increment)).hasMessageContaining("other inputs");
    }

    @Test
    void aFutureOfAnotherClientIsRefused() {
        try (Client other = Client.over(FakeLink.remote())) {
            final TaskFuture<Integer> theirs = other.with(o -> o.key("theirs")).submit(ONE);

            assertThatThrownBy(() -> client.then(theirs, x -> x)).hasMessageContaining("key=theirs");
            assertThatThrownBy(() -> client.gather(List.of(theirs))).hasMessageContaining("key=theirs");
        }
    }

    @Test
    void completedFuturesComeInTheOrderOfTheirCompletion() {
        link.pause();
        final TaskFuture<Integer> a = client.submit(ONE);
        final TaskFuture<Integer> b = client.submit(ONE);
        final TaskFuture<Integer> c = client.submit(() -> {
            throw new IllegalStateException();
        });
        link.events.finished(b.taskId(), 0, 8, false, null);
        final List<TaskFuture<Integer>> seen = new ArrayList<>();
        final var completed = client.asCompleted(List.of(a, b, c, b)).iterator();
        seen.add(completed.next());
        seen.add(completed.next());
        link.resume();
        completed.forEachRemaining(seen::add);

        assertThat(seen).isEqualTo(List.of(b, b, a, c));
        assertThat(completed.hasNext()).isFalse();
    }

    @Test
    void anInterruptEndsTheWaitForCompletions() {
        link.pause();
        final var completed = client.asCompleted(List.of(client.submit(ONE))).iterator();
        Thread.currentThread().interrupt();

        assertThatThrownBy(completed::next).isInstanceOf(MusterException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void gatherThrowsTheFirstFailure() {
        final TaskFuture<Integer> good = client.submit(ONE);
        final TaskFuture<Integer> bad = client.submit(() -> {
            throw new IllegalStateException("bad");
        });

        assertThatThrownBy(() -> client.gather(List.of(good, bad)))
                .hasCauseInstanceOf(RemoteTaskException.class)
                .hasRootCauseMessage("bad");
    }

    @Test
    void waitingSaysHowFarItGot() {
        final TaskFuture<Integer> done = client.submit(ONE);
        done.join();
        link.pause();
        final TaskFuture<Integer> waiting = client.with(o -> o.key("late")).submit(ONE);

        assertThatThrownBy(() -> client.awaitAll(List.of(done, waiting), Duration.ofMillis(20)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessage("done=1 must be 2 within 20 ms; not done: key=late");
        assertThatThrownBy(() -> client.gather(List.of(waiting), Duration.ofMillis(20)))
                .isInstanceOf(WaitTimeoutException.class);
    }

    @Test
    void workersAreWaitedFor() {
        link.addWorker(1, "w-0");
        link.addWorker(2, "w-1");
        client.awaitWorkers(2, Duration.ofSeconds(30));

        assertThat(client.workers()).extracting(WorkerInfo::name).containsExactly("w-0", "w-1");
        link.say(() -> link.events.workerDown(1, "gone"));
        await().until(() -> client.workers().size() == 1);
        assertThatThrownBy(() -> client.awaitWorkers(2, Duration.ofMillis(20)))
                .isInstanceOf(WaitTimeoutException.class)
                .hasMessageContaining("workers=1 must be >= 2 within 20 ms")
                .hasMessageContaining("[w-1]");
    }

    @Test
    void theWaitForWorkersEndsWithTheSession() {
        link.say(() -> link.events.disconnected("scheduler stopped"));

        assertThatThrownBy(() -> client.awaitWorkers(1, Duration.ofSeconds(30)))
                .isInstanceOf(SchedulerLostException.class);
    }

    @Test
    void infoIsTheSchedulersAnswer() {
        assertThat(client.info()).isEqualTo("{\"tasks\":0}");
    }

    @Test
    void theClusterStopsWhenAsked() {
        client.stopCluster();

        assertThat(link.stopped).isTrue();
        await().untilAsserted(() -> assertThat(client.toString()).contains("stopped"));
    }

    @Test
    void cancelTakesMany() {
        link.pause();
        final List<TaskFuture<Integer>> all = client.map(x -> x, List.of(1, 2, 3));
        client.cancel(all);

        assertThat(all).allMatch(TaskFuture::isCancelled);
        assertThat(link.cancelled).containsExactly(0, 1, 2);
    }

    @Test
    void manyThreadsSubmitAtOnce() throws Exception {
        final List<Thread> threads = new ArrayList<>();
        final List<Integer> sums = Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> {
                int sum = 0;
                for (int i = 0; i < 500; i++) {
                    sum += client.submit(ONE).then(x -> x + 1).join();
                }
                sums.add(sum);
            }));
        }
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }

        assertThat(sums).containsExactly(1000, 1000, 1000, 1000);
        assertThat(link.submitted).extracting(FakeLink.Submitted::taskId).isSorted();
    }

    @Test
    void everyMethodOfALocalClusterPassesLiveObjects() {
        try (Client local = Client.over(FakeLink.local())) {
            final Object live = new Object();
            assertThat(local.submit(() -> live).join()).isSameAs(live);
        }
    }
}
