package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FutureReleaseTest {
    private final FakeLink link = FakeLink.remote();
    private final Client client = Client.over(link);

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void releaseIsToldOnce() {
        final TaskFuture<Integer> task = client.submit(() -> 1);
        task.join();
        task.release();
        task.release();

        assertThat(link.released).containsExactly(0);
        assertThat(task.join()).isEqualTo(1);
    }

    @Test
    void aFutureReleasedBeforeItIsDoneEndsAsCancelled() {
        link.pause();
        final TaskFuture<Integer> task = client.submit(() -> 1);
        task.release();

        assertThat(task.state()).isEqualTo(TaskState.CANCELLED);
        assertThatThrownBy(task::join).isInstanceOf(CancellationException.class).hasMessageContaining("released");
    }

    @Test
    void aCollectedFutureIsReleasedAtTheNextTick() {
        client.submit(() -> 1).join();

        await().untilAsserted(() -> {
            System.gc();
            client.tick();
            assertThat(link.released).containsExactly(0);
        });
    }

    @Test
    void aCollectedFutureIsReleasedAtTheNextSubmission() {
        client.submit(() -> 1).join();

        await().untilAsserted(() -> {
            System.gc();
            client.submit(() -> 2).join();
            assertThat(link.released).contains(0);
        });
    }

    @Test
    void aHeldFutureIsNotReleased() {
        final TaskFuture<Integer> held = client.submit(() -> 1);
        client.submit(() -> 2).join();
        await().untilAsserted(() -> {
            System.gc();
            client.tick();
            assertThat(link.released).contains(1);
        });

        assertThat(link.released).doesNotContain(0);
        assertThat(held.join()).isEqualTo(1);
    }

    @Test
    void aFutureWithStagesIsKeptUntilItIsDone() {
        final AtomicInteger seen = new AtomicInteger();
        link.pause();
        client.submit(() -> 5).thenAccept(seen::set);
        client.submit(() -> 6);
        await().untilAsserted(() -> {
            System.gc();
            client.tick();
            assertThat(link.released).containsExactly(1);
        });
        link.resume();

        await().untilAsserted(() -> assertThat(seen).hasValue(5));
        await().untilAsserted(() -> {
            System.gc();
            client.tick();
            assertThat(link.released).containsExactly(1, 0);
        });
    }

    @Test
    void scatteredDataIsReleasedOnlyOnceItIsThere() {
        link.pause();
        client.submit(() -> 0);
        final TaskFuture<String> data = client.scatter("data");
        final TaskFuture<Integer> length = data.then(String::length);
        data.release();
        assertThat(link.released).doesNotContain(data.taskId());
        link.resume();

        await().untilAsserted(() -> assertThat(link.released).contains(data.taskId()));
        assertThat(length.isDone() || link.submitted.size() == 2).isTrue();
    }

    @Test
    void scatteredDataThatCantBeSentFailsItsFuture() {
        final TaskFuture<Thread> thread = client.scatter(Thread.currentThread());

        assertThatThrownBy(thread::join).hasStackTraceContaining("can't serialize Thread");
        await().untilAsserted(() -> assertThat(link.cancelled).containsExactly(thread.taskId()));
    }

    @Test
    void manyFuturesComeAndGo() {
        link.record = false;
        final List<Integer> numbers = IntStream.range(0, 200_000).boxed().toList();
        final List<TaskFuture<Integer>> all = client.map(x -> x + 1, numbers);

        assertThat(client.gather(all)).startsWith(1, 2, 3).endsWith(200_000).hasSize(200_000);
        all.forEach(TaskFuture::release);
        assertThat(link.released).hasSize(200_000);
        assertThat(client).hasToString("Client(number=3, workers=0, futures=0)");
    }
}
