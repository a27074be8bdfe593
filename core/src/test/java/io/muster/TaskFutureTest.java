package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.serialize.TaskFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TaskFutureTest {
    private final FakeLink link = FakeLink.remote();
    private final Client client = Client.over(link);

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theProgramOfTheFrontPageWorks(final boolean local) {
        final FakeLink own = local ? FakeLink.local() : FakeLink.remote();
        try (Client mine = Client.over(own)) {
            final TaskFuture<Integer> a = mine.submit(() -> 20 + 1);
            final TaskFuture<Integer> b = a.then(x -> x * 2);
            final TaskFuture<Integer> c = mine.combine(a, b, (x, y) -> x + y);
            final List<TaskFuture<Double>> roots = mine.map(Math::sqrt, List.of(1.0, 4.0, 9.0));
            final TaskFuture<Double> sum =
                    mine.combineAll(roots, xs -> xs.stream().mapToDouble(d -> d).sum());
            final List<Double> values = mine.gather(roots);
            final TaskFuture<double[]> data = mine.scatter(new double[1 << 10]);
            final TaskFuture<Double> first = data.then(d -> d[0]);
            for (final TaskFuture<Double> f : mine.asCompleted(roots)) {
                f.join();
            }
            assertThat(c.join()).isEqualTo(63);
            assertThat(values).containsExactly(1.0, 2.0, 3.0);
            assertThat(sum.join()).isEqualTo(6.0);
            assertThat(first.join()).isZero();
            assertThat(data.join()).hasSize(1 << 10);
            assertThat(mine.with(o -> o.key("k").retries(2).priority(10).workers("w-0"))
                            .submit(() -> 1)
                            .join())
                    .isEqualTo(1);
        }
    }

    @Test
    void aFailureCarriesKeyWorkerAttemptAndTheOriginalException() {
        final TaskFuture<Integer> failing = client.with(o -> o.key("study")).submit(() -> {
            throw new IllegalStateException("boom");
        });

        assertThatThrownBy(failing::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(RemoteTaskException.class, e -> {
                    assertThat(e.key()).isEqualTo("study");
                    assertThat(e.worker()).isEqualTo("w-0");
                    assertThat(e.attempt()).isEqualTo(1);
                    assertThat(e.remoteStack()).contains("IllegalStateException: boom");
                    assertThat(e).hasMessageContaining("key=study worker=w-0 attempt=1");
                })
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThatThrownBy(failing::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RemoteTaskException.class);
        assertThat(failing.state()).isEqualTo(TaskState.ERROR).hasToString("error");
    }

    @Test
    void aTaskKilledWithItsWorkersSaysSo() {
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 1);
        link.events.erred(
                task.taskId(),
                TaskFailure.of(
                        new KilledWorkerException("3 workers died", "k", "w-2", 3, List.of()),
                        "k",
                        "w-2",
                        3,
                        link.serializer()));

        assertThatThrownBy(task::get)
                .cause()
                .isInstanceOf(KilledWorkerException.class)
                .hasMessageContaining("3 workers died");
    }

    @Test
    void aValueAtAWorkerIsFetchedOnceAndOnlyWhenAskedFor() {
        link.inline = false;
        final TaskFuture<String> there = client.submit(() -> "there");
        client.awaitAll(List.of(there), Duration.ofSeconds(10));

        assertThat(there.state()).isEqualTo(TaskState.FINISHED);
        assertThat(link.fetches).hasValue(0);
        assertThat(there.join()).isEqualTo("there");
        assertThat(there.join()).isEqualTo("there");
        assertThat(link.fetches).hasValue(1);
    }

    @Test
    void gatherFetchesManyAtOnce() {
        link.inline = false;
        final List<TaskFuture<Integer>> all = client.map(x -> x + 1, List.of(1, 2, 3, 4));

        assertThat(client.gather(all)).containsExactly(2, 3, 4, 5);
        assertThat(link.fetches).hasValue(1);
    }

    @Test
    void aMissingResultIsReportedAndWaitedForAgain() {
        link.inline = false;
        link.pause();
        final TaskFuture<String> lost = client.submit(() -> "again");
        link.absent.add(lost.taskId());
        link.resume();

        assertThat(lost.join()).isEqualTo("again");
        assertThat(link.missing).containsExactly(lost.taskId());
        assertThat(link.fetches).hasValue(2);
    }

    @Test
    void stagesOfAValueAtAWorkerFetchIt() {
        link.inline = false;

        assertThat(client.submit(() -> 20).thenApply(x -> x + 1).join()).isEqualTo(21);
    }

    @Test
    void stagesNeverRunOnTheSessionsThread() {
        link.pause();
        final AtomicReference<Thread> ran = new AtomicReference<>();
        final CompletableFuture<Void> stage = client.submit(() -> 1).thenAccept(x -> ran.set(Thread.currentThread()));
        link.resume();
        stage.join();

        assertThat(ran.get()).isNotSameAs(link.thread);
        assertThat(ran.get().getName()).startsWith("muster-client-callback-");
        assertThat(ran.get().isDaemon()).isTrue();
    }

    @Test
    void everyStageSeesTheFailure() {
        final TaskFuture<Integer> failing = client.submit(() -> {
            throw new IOException("no disk");
        });

        assertThat(failing.handle((x, e) -> e).join()).isInstanceOf(RemoteTaskException.class);
        assertThat(failing.thenApply(x -> x + 1).exceptionally(e -> -1).join()).isEqualTo(-1);
        assertThatThrownBy(() -> failing.toCompletableFuture().join()).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void twoFuturesCombineAsStages() {
        final TaskFuture<Integer> a = client.submit(() -> 1);
        final TaskFuture<Integer> b = client.submit(() -> 2);

        assertThat(a.thenCombine(b, Integer::sum).join()).isEqualTo(3);
        assertThat(a.thenCompose(x -> b).join()).isEqualTo(2);
    }

    @Test
    void aCopyThatIsCompletedLeavesTheFutureAlone() {
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 1);
        task.toCompletableFuture().complete(99);
        link.resume();

        assertThat(task.join()).isEqualTo(1);
    }

    @Test
    void aTimeoutNamesTheTask() {
        link.pause();
        final TaskFuture<Integer> task = client.with(o -> o.key("slow")).submit(() -> 1);

        assertThatThrownBy(() -> task.get(5, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class)
                .hasMessage("no result yet: key=slow state=pending timeout=5 milliseconds");
    }

    @Test
    void cancelTellsTheSchedulerAndEndsTheFuture() {
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 1);
        final CompletableFuture<Integer> stage = task.thenApply(x -> x);

        assertThat(task.cancel(true)).isTrue();
        assertThat(task.cancel(true)).isFalse();
        assertThat(task.isCancelled()).isTrue();
        assertThat(task.isDone()).isTrue();
        assertThat(link.cancelled).containsExactly(task.taskId());
        assertThatThrownBy(task::get).isInstanceOf(CancellationException.class);
        assertThatThrownBy(task::join).isInstanceOf(CancellationException.class);
        await().until(stage::isDone);
        assertThatThrownBy(stage::join).hasRootCauseInstanceOf(CancellationException.class);
    }

    @Test
    void cancellingADoneFutureDoesNothing() {
        final TaskFuture<Integer> task = client.submit(() -> 1);
        task.join();

        assertThat(task.cancel(true)).isFalse();
        assertThat(task.join()).isEqualTo(1);
        assertThat(link.cancelled).isEmpty();
    }

    @Test
    void anInterruptedGetThrowsAndJoinGoesOn() throws Exception {
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 1);
        final AtomicReference<Object> seen = new AtomicReference<>();
        final Thread getter = new Thread(() -> {
            try {
                task.get();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                seen.set(task.join() + " " + Thread.interrupted());
            } catch (final ExecutionException e) {
                seen.set(e);
            }
        });
        getter.start();
        getter.interrupt();
        link.resume();
        getter.join(10_000);

        assertThat(seen.get()).isIn("1 true", null);
    }

    @Test
    void manyThreadsWaitForOneValue() throws Exception {
        link.inline = false;
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 5);
        final List<Integer> seen = new CopyOnWriteArrayList<>();
        final List<Thread> getters = Stream.generate(() -> new Thread(() -> seen.add(task.join())))
                .limit(8)
                .toList();
        getters.forEach(Thread::start);
        link.resume();
        for (final Thread getter : getters) {
            getter.join(10_000);
        }

        assertThat(seen).hasSize(8).containsOnly(5);
        assertThat(link.fetches).hasValue(1);
    }

    @Test
    void lostDataAndALostSchedulerAreToldApart() {
        link.pause();
        final TaskFuture<Integer> lost = client.submit(() -> 1);
        final TaskFuture<Integer> waiting = client.submit(() -> 2);
        link.events.cancelled(lost.taskId(), true, "worker w-0 died");
        link.events.disconnected("connection reset");

        assertThat(lost.state()).isEqualTo(TaskState.LOST);
        assertThatThrownBy(lost::join).hasCauseInstanceOf(DataLostException.class);
        assertThatThrownBy(waiting::join)
                .cause()
                .isInstanceOf(SchedulerLostException.class)
                .hasMessageContaining("connection reset");
        assertThatThrownBy(() -> client.submit(() -> 3)).isInstanceOf(SchedulerLostException.class);
    }

    @Test
    void aResultNotYetFetchedIsLostWithTheScheduler() {
        link.inline = false;
        final TaskFuture<Integer> there = client.submit(() -> 1);
        client.awaitAll(List.of(there), Duration.ofSeconds(10));
        link.events.disconnected("gone");

        assertThatThrownBy(there::join).hasCauseInstanceOf(SchedulerLostException.class);
    }

    @Test
    void closeEndsWhatIsOutstandingAndIsIdempotent() {
        link.pause();
        final TaskFuture<Integer> waiting = client.submit(() -> 1);
        client.close();
        client.close();

        assertThatThrownBy(waiting::join)
                .isInstanceOf(CancellationException.class)
                .hasMessage("the client was closed");
        assertThatThrownBy(() -> client.submit(() -> 1)).hasMessageContaining("closed");
    }

    @Test
    void aValueThatCantBeReadFailsTheGetter() {
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 1);
        link.events.finished(task.taskId(), 0, 1, true, new byte[] {99, 1, 2});

        assertThatThrownBy(task::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(MusterException.class);
        assertThat(task.state()).isEqualTo(TaskState.ERROR);
    }

    @Test
    void nullIsAValue() {
        assertThat(client.submit(() -> null).join()).isNull();
    }

    @Test
    void aFutureSaysWhatItIs() {
        link.pause();
        assertThat(client.with(o -> o.key("k")).submit(() -> 1).toString())
                .isEqualTo("TaskFuture(key=k, state=pending)");
        assertThat(client.map(Math::sqrt, List.of(2.0)).get(0).key()).isEqualTo("sqrt-3-1");
        assertThat(client.submit(() -> 1).key()).isEqualTo("aFutureSaysWhatItIs-3-2");
    }
}
