package io.muster.examples;

import io.muster.Client;
import io.muster.Delayed;
import io.muster.Graph;
import io.muster.LocalCluster;
import java.util.List;
import java.util.stream.IntStream;

/** Describes a graph of named tasks first, in any order, and then computes what one of them needs, all at once. */
public final class GraphOfTasks {
    private GraphOfTasks() {}

    /**
     * Runs the program.
     *
     * @param arguments how many numbers to work on, default a million
     */
    public static void main(final String[] arguments) {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        Graph graph = new Graph();
        Delayed<Double> deviation = graph.combine("deviation", "numbers", "mean", GraphOfTasks::deviation);
        graph.<List<Integer>, Double>then("mean", "numbers", GraphOfTasks::mean);
        graph.task("numbers", () -> IntStream.rangeClosed(1, count).boxed().toList());
        graph.task("unused", () -> System.getenv("NEVER_ASKED_FOR"));
        try (LocalCluster cluster = LocalCluster.builder().start();
                Client client = cluster.connect()) {
            Delayed<Double> mean = graph.node("mean");
            List<Double> values = client.gather(client.compute(List.of(mean, deviation)));
            System.out.printf("mean %.1f, standard deviation %.1f%n", values.get(0), values.get(1));
        }
    }

    private static double mean(final List<Integer> numbers) {
        return numbers.stream().mapToInt(number -> number).average().orElse(Double.NaN);
    }

    private static double deviation(final List<Integer> numbers, final double mean) {
        return Math.sqrt(numbers.stream()
                .mapToDouble(number -> (number - mean) * (number - mean))
                .average()
                .orElse(Double.NaN));
    }
}
