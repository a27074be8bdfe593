package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import io.muster.WorkerInfo;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Copies of results on worker processes, and workers that come and go as they are needed. */
@ExtendWith(ShowLogs.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class ReplicasTest implements ShowLogs.OnCluster {
    private static LocalCluster shared;

    private Client client;

    @BeforeAll
    static void start() {
        shared = LocalCluster.builder()
                .workers(2)
                .threadsPerWorker(1)
                .processes(true)
                .transport("tcp")
                .start();
    }

    @AfterAll
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
    @Order(1)
    void scatteredDataOutlivesAKilledWorkerAndIsCopiedAnew() {
        final TaskFuture<double[]> data = client.with(o -> o.replicas(2))
                .scatter(IntStream.range(0, 100_000).asDoubleStream().toArray());
        soon().until(() -> holders(data).size() == 2);

        final int killed = client.workers().stream()
                .filter(worker -> worker.name().equals("w-0"))
                .findFirst()
                .orElseThrow()
                .number();
        ProcessHandle.of(ClusterView.of(client).worker("w-0").pid())
                .orElseThrow()
                .destroyForcibly();

        soon().until(() -> client.workers().stream().noneMatch(worker -> worker.number() == killed));
        assertThat(client.then(data, values -> values[77]).join()).isEqualTo(77.0);
        soon().until(() -> holders(data).size() == 2);
    }

    @Test
    @Order(2)
    void copiesThatCameWithInputsGoWhenTheyAreNotNeeded() {
        final TaskFuture<int[]> input = client.with(o -> o.workers("w-1")).submit(() -> new int[5_000]);
        assertThat(client.with(o -> o.workers("w-0"))
                        .then(input, array -> array.length)
                        .join())
                .isEqualTo(5_000);

        soon().until(() -> holders(input).size() == 1);
        assertThat(input.join()).hasSize(5_000);
    }

    @Test
    @Order(3)
    void processesAreStartedAndLeaveWithTheirResultsMoved() {
        shared.scale(3);
        client.awaitWorkers(3, Duration.ofSeconds(60));
        final List<TaskFuture<Integer>> futures =
                client.map(x -> x + 1, IntStream.range(0, 30).boxed().toList());
        client.awaitAll(futures, Duration.ofSeconds(30));

        shared.scale(1);

        soon().until(() -> client.workers().size() == 1);
        final String left = client.workers().get(0).name();
        assertThat(futures).allSatisfy(future -> assertThat(holders(future)).containsExactly(left));
        final WorkerInfo stayed = client.workers().get(0);
        shared.adapt(rule -> rule.minimum(2).maximum(2));
        client.awaitWorkers(2, Duration.ofSeconds(60));
        assertThat(client.workers()).contains(stayed);
    }

    private List<String> holders(final TaskFuture<?> future) {
        return client.whoHas(List.of(future)).getOrDefault(future, List.of());
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30));
    }
}
