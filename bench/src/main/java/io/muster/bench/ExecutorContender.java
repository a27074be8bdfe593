package io.muster.bench;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** The floor: a pool of threads of this JVM. */
final class ExecutorContender implements Contender {
    private final ExecutorService threads =
            Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
    private final GraphShape graph;
    private final boolean map;
    private final int[] ends;

    ExecutorContender(final GraphShape.Family family, final GraphShape graph) {
        this.graph = graph;
        map = family == GraphShape.Family.MAP;
        ends = graph.ends();
    }

    @Override
    public String version() {
        return Runtime.version().toString();
    }

    @Override
    public Run run() {
        final long startNs = System.nanoTime();
        final CompletableFuture<?>[] nodes = new CompletableFuture<?>[graph.tasks()];
        for (int task = 0; task < nodes.length; task++) {
            final int number = task;
            final CompletableFuture<?>[] inputs =
                    IntStream.of(graph.inputs(task)).mapToObj(i -> nodes[i]).toArray(CompletableFuture<?>[]::new);
            nodes[task] = inputs.length == 0
                    ? CompletableFuture.supplyAsync(() -> map ? number : 1, threads)
                    : CompletableFuture.allOf(inputs)
                            .thenApplyAsync(nothing -> (int) (sum(1, inputs) % MODULUS), threads);
        }
        final CompletableFuture<?>[] last =
                IntStream.of(ends).mapToObj(i -> nodes[i]).toArray(CompletableFuture<?>[]::new);
        final long sum = sum(0, last) % MODULUS;
        return new Run((System.nanoTime() - startNs) / 1e9, sum);
    }

    private static long sum(final long from, final CompletableFuture<?>[] inputs) {
        long sum = from;
        for (final CompletableFuture<?> input : inputs) {
            sum += (Integer) input.join();
        }
        return sum;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
