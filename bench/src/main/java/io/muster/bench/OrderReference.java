package io.muster.bench;

import io.muster.graph.OrderPressure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Graphs, and what is held when they are computed in the order of {@code dask.order}, as {@code order/order_reference.py} found it.
 *
 * @param version whose order it is
 * @param graphs the graphs
 */
record OrderReference(String version, List<Entry> graphs) {
    private static final String RESOURCE = "order/dask_pressure.txt";

    /**
     * A graph.
     *
     * @param graph the graph
     * @param held what dask's order holds; the mean to four digits
     */
    record Entry(OrderGraph graph, OrderPressure held) {}

    static OrderReference load() {
        try (InputStream in = OrderReference.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("resource=" + RESOURCE + " must be on the class path");
            }
            final List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            final String version = lines.get(0).replaceAll("# ([^,]*),.*", "$1");
            final List<Entry> graphs = new ArrayList<>();
            for (final String line : lines.subList(1, lines.size())) {
                graphs.add(entry(line.split(" ")));
            }
            return new OrderReference(version, List.copyOf(graphs));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(final String[] words) {
        final OrderPressure held = new OrderPressure(Integer.parseInt(words[1]), Double.parseDouble(words[2]));
        final OrderGraph graph;
        if (words[3].startsWith("nodes=")) {
            graph = OrderGraph.of(words[0]);
            final String found = "nodes=" + graph.nodes() + " edges=" + graph.dependencies().length;
            final String known = words[3] + " " + words[4];
            if (!found.equals(known)) {
                throw new IllegalStateException("graph=" + words[0] + " has " + found + " and must have " + known
                        + ", as where it was measured");
            }
        } else {
            graph = OrderGraph.parse(words[0], Arrays.copyOfRange(words, 3, words.length));
        }
        return new Entry(graph, held);
    }
}
