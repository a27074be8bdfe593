package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who runs what, on the real workers of a cluster in this JVM. */
@Timeout(60)
class LocalSharingTest {
    private static final CountDownLatch GATE = new CountDownLatch(1);
    private static final AtomicInteger RUNS = new AtomicInteger();

    @Test
    void whatWaitsBehindALongTaskIsDoneByTheOtherWorker() {
        try (LocalCluster cluster = cluster("scheduler.work-stealing", "true");
                Client client = cluster.connect()) {
            final TaskFuture<Boolean> stuck = client.submit(() -> GATE.await(50, TimeUnit.SECONDS));
            final List<TaskFuture<Integer>> others = client.map(i -> RUNS.incrementAndGet(), List.of(1, 2, 3, 4, 5));
            client.gather(others);
            assertThat(RUNS.get()).as("no task runs twice").isEqualTo(5);
            assertThat(stuck.isDone()).isFalse();
            GATE.countDown();
            assertThat(stuck.join()).isTrue();
        }
    }

    @Test
    void aTaskThatNoWorkerCanRunFailsWithWhatItAsksForAndWhatThereIs() {
        try (LocalCluster cluster = cluster("scheduler.no-workers-timeout", "200ms");
                Client client = cluster.connect()) {
            final TaskFuture<Integer> impossible =
                    client.with(o -> o.resource("gpu", 2).key("impossible")).submit(() -> 1);
            assertThatThrownBy(() -> impossible.get(50, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(NoWorkerException.class)
                    .hasMessageContaining("impossible")
                    .hasMessageContaining("resources={gpu=2.0}")
                    .hasMessageContaining("workers=2: w-0");
        }
    }

    private static LocalCluster cluster(final String key, final String value) {
        return LocalCluster.builder()
                .workers(2)
                .threadsPerWorker(1)
                .set(key, value)
                .start();
    }
}
