package io.muster.bench;

import io.muster.Client;
import io.muster.Delayed;
import io.muster.Graph;
import io.muster.LocalCluster;
import io.muster.TaskFuture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Muster: its client, scheduler and workers. */
final class MusterContender implements Contender {
    private final LocalCluster cluster;
    private final Client client;
    private final GraphShape graph;
    private final boolean map;
    private final int[] ends;

    MusterContender(final ClusterKind kind, final GraphShape.Family family, final GraphShape graph) {
        this.graph = graph;
        map = family == GraphShape.Family.MAP;
        ends = graph.ends();
        cluster = kind.builder().start();
        try {
            client = cluster.connect();
        } catch (final RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    @Override
    public String version() {
        return "";
    }

    @Override
    public Run run() {
        final long startNs = System.nanoTime();
        final List<TaskFuture<Integer>> futures = map ? submitMap() : submitGraph();
        long sum = 0;
        for (final int value : client.gather(futures)) {
            sum += value;
        }
        final double seconds = (System.nanoTime() - startNs) / 1e9;
        futures.forEach(TaskFuture::release);
        return new Run(seconds, sum % MODULUS);
    }

    private List<TaskFuture<Integer>> submitMap() {
        return client.map(
                number -> number, IntStream.range(0, graph.tasks()).boxed().toList());
    }

    private List<TaskFuture<Integer>> submitGraph() {
        final Graph whole = new Graph();
        final List<Delayed<Integer>> nodes = new ArrayList<>(graph.tasks());
        for (int task = 0; task < graph.tasks(); task++) {
            final List<Delayed<Integer>> inputs =
                    IntStream.of(graph.inputs(task)).mapToObj(nodes::get).toList();
            nodes.add(inputs.isEmpty() ? whole.task(() -> 1) : whole.combineAll(inputs, MusterContender::node));
        }
        return client.compute(IntStream.of(ends).mapToObj(nodes::get).toList());
    }

    private static int node(final List<Integer> inputs) {
        long sum = 1;
        for (final int input : inputs) {
            sum += input;
        }
        return (int) (sum % MODULUS);
    }

    @Override
    public void close() {
        client.close();
        cluster.close();
    }
}
