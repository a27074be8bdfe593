package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.muster.config.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LocalScalingTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final LocalCluster cluster =
            LocalCluster.builder().workers(2).threadsPerWorker(1).start();
    private final Client client = cluster.connect();

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void workersAreStartedAndLeaveWithTheirResultsMoved() {
        cluster.scale(4);
        cluster.awaitWorkers(4, SOON);
        final List<TaskFuture<Integer>> futures = client.map(x -> x * x, List.of(1, 2, 3, 4, 5, 6, 7, 8));
        client.awaitAll(futures, SOON);

        cluster.scale(1);

        await().atMost(SOON).until(() -> client.workers().size() == 1);
        final String left = client.workers().get(0).name();
        assertThat(client.whoHas(futures).values()).allMatch(List.of(left)::equals);
        assertThat(cluster.workers()).isOne();
        assertThat(client.gather(futures)).containsExactly(1, 4, 9, 16, 25, 36, 49, 64);
    }

    @Test
    void aClusterWithoutWorkersKeepsTasksUntilItHasSome() {
        cluster.scale(0);
        await().atMost(SOON).until(() -> client.workers().isEmpty());
        final TaskFuture<Integer> future = client.submit(() -> 6 * 7);

        cluster.scale(1);

        assertThat(future.join()).isEqualTo(42);
    }

    @Test
    void theNumberOfWorkersFollowsTheWork() {
        cluster.adapt(rule -> rule.minimum(0)
                .maximum(3)
                .interval(Duration.ofMillis(10))
                .targetDuration(Duration.ofMillis(1))
                .idleGrace(Duration.ZERO));
        await().atMost(SOON).until(() -> client.workers().isEmpty());
        Gate.reset();
        final List<TaskFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            final int number = i;
            futures.add(client.submit(() -> Gate.pass(number)));
        }

        client.awaitWorkers(3, SOON);
        Gate.open();

        assertThat(client.gather(futures)).containsExactly(0, 1, 2, 3, 4);
        client.close();
        await().atMost(SOON).until(() -> cluster.workers() == 0);
    }

    @Test
    void senselessNumbersAreRefused() {
        assertThatThrownBy(() -> cluster.scale(-1))
                .isInstanceOf(MusterException.class)
                .hasMessageContaining("workers=-1 must be >= 0");
        assertThatThrownBy(() -> cluster.adapt(rule -> rule.minimum(3).maximum(2)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("minimum=3 must be <= maximum=2");
        cluster.close();
        assertThatThrownBy(() -> cluster.scale(1)).hasMessageContaining("the cluster is closed");
    }

    /** Holds tasks up. */
    static final class Gate {
        private static CountDownLatch latch = new CountDownLatch(1);

        private Gate() {}

        static synchronized void reset() {
            latch = new CountDownLatch(1);
        }

        static void open() {
            current().countDown();
        }

        static int pass(final int number) throws InterruptedException {
            current().await();
            return number;
        }

        private static synchronized CountDownLatch current() {
            return latch;
        }
    }
}
