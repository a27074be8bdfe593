package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClusterExecutorTest {
    private static final AtomicInteger RUNS = new AtomicInteger();

    private final FakeLink link = FakeLink.remote();
    private final Client client = Client.over(link);
    private final ExecutorService pool = client.executor();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aSerializableTaskRuns() throws Exception {
        assertThat(pool.submit((Task<Integer>) () -> 42).get()).isEqualTo(42);
        assertThat(pool.submit((Callable<Integer> & Serializable) () -> 43).get())
                .isEqualTo(43);
        assertThat(pool.submit((Runnable & Serializable) () -> RUNS.incrementAndGet(), "done")
                        .get())
                .isEqualTo("done");
        assertThat(pool.submit((Runnable & Serializable) () -> RUNS.incrementAndGet())
                        .get())
                .isNull();
        assertThat(RUNS.get()).isEqualTo(2);
    }

    @Test
    void aPlainLambdaIsRefusedWithTheFix() {
        assertThatThrownBy(() -> pool.submit(() -> 42))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("must be Serializable")
                .hasMessageContaining("client.submit(() -> …)");
        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.invokeAll(List.of(() -> 1))).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> pool.invokeAny(List.of(() -> 1))).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void whatCapturesTheUnserializableIsRefusedWithItsPath() {
        final Thread captured = Thread.currentThread();

        assertThatThrownBy(() -> pool.submit((Task<String>) () -> captured.getName()))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    @Test
    void allAreInvoked() throws Exception {
        final List<Task<Integer>> tasks = List.of(() -> 1, () -> 2, () -> {
            throw new IllegalStateException("three");
        });
        final List<Future<Integer>> all = pool.invokeAll(tasks);

        assertThat(all.get(1).get()).isEqualTo(2);
        assertThatThrownBy(() -> all.get(2).get()).hasRootCauseMessage("three");
    }

    @Test
    void allAreCancelledThatAreNotDoneInTime() throws Exception {
        link.pause();
        final List<Task<Integer>> tasks = List.of(() -> 1, () -> 2);
        final List<Future<Integer>> all = pool.invokeAll(tasks, 20, TimeUnit.MILLISECONDS);

        assertThat(all).allMatch(Future::isCancelled);
        assertThat(link.cancelled).containsExactly(0, 1);
    }

    @Test
    void anyIsTheFirstThatSucceeds() throws Exception {
        final List<Task<Integer>> tasks = List.of(
                () -> {
                    throw new IllegalStateException();
                },
                () -> 2);
        final List<Task<Integer>> failing = List.of(() -> {
            throw new IllegalStateException("none");
        });

        assertThat(pool.invokeAny(tasks)).isEqualTo(2);
        assertThatThrownBy(() -> pool.invokeAny(failing))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("none");
        link.pause();
        assertThatThrownBy(() -> pool.invokeAny(tasks, 20, TimeUnit.MILLISECONDS))
                .isInstanceOf(TimeoutException.class);
    }

    @Test
    void cancellingItsFutureCancelsTheTask() {
        link.pause();
        final Future<Integer> future = pool.submit((Task<Integer>) () -> 1);

        assertThat(future.cancel(true)).isTrue();
        assertThat(future.isCancelled()).isTrue();
        assertThat(link.cancelled).containsExactly(0);
    }

    @Test
    void shutdownLetsTasksEndAndTakesNoMore() throws Exception {
        link.pause();
        pool.execute((Runnable & Serializable) () -> {});
        pool.shutdown();

        assertThat(pool.isShutdown()).isTrue();
        assertThat(pool.awaitTermination(10, TimeUnit.MILLISECONDS)).isFalse();
        assertThatThrownBy(() -> pool.submit((Task<Integer>) () -> 1))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("shut down");
        link.resume();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.isTerminated()).isTrue();
        assertThat(client.submit(() -> 1).join()).isEqualTo(1);
    }

    @Test
    void shutdownNowCancels() throws Exception {
        link.pause();
        final Future<Integer> future = pool.submit((Task<Integer>) () -> 1);

        assertThat(pool.shutdownNow()).isEmpty();
        assertThat(future.isCancelled()).isTrue();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
}
