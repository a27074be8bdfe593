package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CopiesTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final LocalCluster cluster =
            LocalCluster.builder().workers(3).threadsPerWorker(1).start();
    private final Client client = cluster.connect();

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @Test
    void aResultIsOnAsManyWorkersAsAreAskedFor() {
        final TaskFuture<Integer> future = client.submit(() -> 1);
        future.join();
        assertThat(holders(future)).hasSize(1);

        client.replicate(List.of(future), 2);
        await().atMost(SOON).until(() -> holders(future).size() == 2);
        client.replicate(List.of(future), TaskOptions.EVERYWHERE);
        await().atMost(SOON).until(() -> holders(future).size() == 3);
        client.replicate(List.of(future), 1);
        await().atMost(SOON).until(() -> holders(future).size() == 1);
    }

    @Test
    void aValueIsBroadcastToAllWorkersAndToThoseThatCome() {
        final TaskFuture<String> everywhere = client.broadcast("x");
        await().atMost(SOON).until(() -> holders(everywhere).size() == 3);

        cluster.scale(4);

        await().atMost(SOON).until(() -> holders(everywhere).size() == 4);
        assertThat(everywhere.join()).isEqualTo("x");
    }

    @Test
    void copiesCanBeAskedForWithTheTask() {
        final TaskFuture<Integer> twice = client.with(o -> o.replicas(2)).submit(() -> 2);
        final TaskFuture<Integer> data = client.with(o -> o.replicas(3)).scatter(3);

        await().atMost(SOON)
                .until(() -> holders(twice).size() == 2 && holders(data).size() == 3);

        assertThat(client.with(o -> o.replicas(2)))
                .hasToString("Submitter(client=1, TaskOptions(retries=0, priority=0, replicas=2))");
    }

    @Test
    void resultsMoveToWorkersThatHoldLess() {
        final Submitter one = client.with(o -> o.workers("w-0").allowOtherWorkers(true));
        final List<TaskFuture<byte[]>> futures = one.map(n -> new byte[n], List.of(1000, 1000, 1000));
        client.awaitAll(futures, SOON);

        assertThat(client.rebalance()).isEqualTo(2);

        assertThat(client.hasWhat())
                .hasSize(3)
                .allSatisfy((worker, held) -> assertThat(held).hasSize(1));
        assertThat(client.rebalance(futures)).isZero();
        assertThat(client.rebalance(List.of())).isZero();
        assertThat(client.gather(futures)).allMatch(value -> value.length == 1000);
    }

    @Test
    void whoHasWhatNamesOnlyWhatIsThere() {
        final TaskFuture<Integer> there =
                client.with(o -> o.key("there").workers("w-1")).submit(() -> 1);
        there.join();
        final TaskFuture<Integer> nowhere =
                client.with(o -> o.workers("nobody")).submit(() -> 1);

        final Map<TaskFuture<?>, List<String>> holders = client.whoHas(List.of(there, nowhere));

        assertThat(holders).containsEntry(there, List.of("w-1")).containsEntry(nowhere, List.of());
        assertThat(client.hasWhat().get("w-1")).containsOnlyKeys("there");
        assertThat(client.hasWhat().get("w-0")).isEmpty();
    }

    @Test
    void numbersBelowOneAreRefused() {
        assertThatThrownBy(() -> client.replicate(List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("copies=0 must be >= 1; 1 is the result itself");
        assertThatThrownBy(() -> client.with(o -> o.replicas(-1))).hasMessageContaining("copies=-1");
    }

    private List<String> holders(final TaskFuture<?> future) {
        return client.whoHas(List.of(future)).getOrDefault(future, List.of());
    }
}
