package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.TaskArray;
import io.muster.TaskFuture;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many tasks that do nothing go through a cluster in a second, from the client and back to it. */
@Command(
        name = "overhead",
        description = {
            "Maps the identity over numbers: from submitting the first task to holding the last result.",
            "The time is the median of three rounds, after five rounds that are not timed.",
            "With --array by Client.array: the function is called as often, but by tasks of up to 1,024 calls each."
        })
final class OverheadCommand implements Callable<Integer> {
    private static final int WARM_UPS = 5;
    private static final int ROUNDS = 3;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--tasks", paramLabel = "N", description = "How many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 100_000;

    @Option(names = "--array", description = "Many calls in one task: Client.array instead of map.")
    private boolean isArray;

    @Mixin
    private ClusterOptions cluster = new ClusterOptions("processes", 1);

    @Override
    public Integer call() {
        final ClusterKind kind = cluster.kind();
        final long[] roundsNs = new long[ROUNDS];
        try (LocalCluster local = cluster.builder().start();
                Client client = local.connect()) {
            final List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
            for (int i = 0; i < WARM_UPS; i++) {
                output.stage("overhead", i, WARM_UPS + ROUNDS);
                round(client, numbers, isArray);
            }
            for (int i = 0; i < ROUNDS; i++) {
                output.stage("overhead", WARM_UPS + i, WARM_UPS + ROUNDS);
                roundsNs[i] = round(client, numbers, isArray);
            }
        } finally {
            output.endStages();
        }
        Arrays.sort(roundsNs);
        final double seconds = roundsNs[ROUNDS / 2] / 1e9;
        output.print(kind.describe(new BenchResult("overhead"))
                .with("array", isArray)
                .with("workers", cluster.workers())
                .with("tasks", tasks)
                .with("seconds", seconds)
                .with("tasks_per_s", tasks / seconds));
        return 0;
    }

    private static long round(final Client client, final List<Integer> numbers, final boolean isArray) {
        return isArray ? arrayRound(client, numbers) : mapRound(client, numbers);
    }

    private static long arrayRound(final Client client, final List<Integer> numbers) {
        final long startNs = System.nanoTime();
        final TaskArray<Integer> array = client.array(numbers.size(), number -> number);
        final List<Integer> results = array.join();
        final long elapsedNs = System.nanoTime() - startNs;
        check(results, numbers);
        array.release();
        client.info();
        return elapsedNs;
    }

    private static long mapRound(final Client client, final List<Integer> numbers) {
        final long startNs = System.nanoTime();
        final List<TaskFuture<Integer>> futures = client.map(number -> number, numbers);
        final List<Integer> results = client.gather(futures);
        final long elapsedNs = System.nanoTime() - startNs;
        check(results, numbers);
        futures.forEach(TaskFuture::release);
        client.info();
        return elapsedNs;
    }

    private static void check(final List<Integer> results, final List<Integer> numbers) {
        if (!results.equals(numbers)) {
            throw new MusterException("results of tasks=" + numbers.size() + " must equal their arguments");
        }
    }
}
