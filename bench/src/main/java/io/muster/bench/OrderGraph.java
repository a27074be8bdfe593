package io.muster.bench;

import io.muster.MusterException;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.agrona.collections.IntArrayList;

/**
 * A graph of which only the shape matters.
 *
 * @param name what it is called
 * @param offsets where each node's dependencies begin, and the end of the last one's
 * @param dependencies the nodes that nodes depend on
 */
record OrderGraph(String name, int[] offsets, int[] dependencies) {
    private static final Map<String, Function<int[], Builder>> FORMULAS = new TreeMap<>(Map.of(
            "layers", OrderGraph::layers,
            "chains", sizes -> chains(sizes[0], sizes[1]),
            "tree", sizes -> tree(sizes[0], sizes[1]),
            "cholesky", sizes -> cholesky(sizes[0]),
            "shuffle", sizes -> shuffle(sizes[0]),
            "transpose-sum", sizes -> transposeSum(sizes[0]),
            "stencil", sizes -> stencil(sizes[0], sizes[1]),
            "anomaly", sizes -> anomaly(sizes[0], sizes[1]),
            "random", sizes -> random(sizes[0], sizes[1])));

    int nodes() {
        return offsets.length - 1;
    }

    /**
     * A graph by formula: a name and its sizes, as in {@code tree-1024-8}.
     *
     * @throws MusterException if there is no such formula
     */
    static OrderGraph of(final String shape) {
        final int digits = firstDigit(shape);
        final String formula = digits < 2 ? shape : shape.substring(0, digits - 1);
        final Function<int[], Builder> maker = FORMULAS.get(formula);
        if (maker == null || digits >= shape.length()) {
            throw new MusterException("graph=" + shape + " must be one of " + String.join(", ", FORMULAS.keySet())
                    + " and sizes, as in tree-1024-8");
        }
        final int[] sizes = Arrays.stream(shape.substring(digits).split("-"))
                .mapToInt(Integer::parseInt)
                .toArray();
        final Builder builder = maker.apply(sizes);
        return new OrderGraph(shape, builder.offsets.toIntArray(), builder.inputs.toIntArray());
    }

    /** A graph by its edges: for each node its inputs with commas between, or a hyphen. */
    static OrderGraph parse(final String name, final String[] inputsOfNodes) {
        final Builder graph = new Builder();
        for (final String inputs : inputsOfNodes) {
            graph.add(
                    inputs.equals("-")
                            ? new int[0]
                            : Arrays.stream(inputs.split(","))
                                    .mapToInt(Integer::parseInt)
                                    .toArray());
        }
        return new OrderGraph(name, graph.offsets.toIntArray(), graph.inputs.toIntArray());
    }

    private static int firstDigit(final String shape) {
        int at = 0;
        while (at < shape.length() && !Character.isDigit(shape.charAt(at))) {
            at++;
        }
        return at;
    }

    private static Builder layers(final int... widths) {
        final Builder graph = new Builder();
        int[] before = {};
        for (final int width : widths) {
            final int[] inputs = before;
            before = IntStream.range(0, width).map(i -> graph.add(inputs)).toArray();
        }
        return graph;
    }

    private static Builder chains(final int count, final int length) {
        final Builder graph = new Builder();
        for (int i = 0; i < count * length; i++) {
            graph.add(i % length == 0 ? new int[0] : new int[] {i - 1});
        }
        return graph;
    }

    private static Builder tree(final int leaves, final int fanIn) {
        final Builder graph = new Builder();
        int[] level = IntStream.range(0, leaves).map(i -> graph.add()).toArray();
        while (level.length > 1) {
            final int[] below = level;
            level = IntStream.range(0, (below.length + fanIn - 1) / fanIn)
                    .map(i -> graph.add(Arrays.copyOfRange(below, i * fanIn, Math.min(below.length, (i + 1) * fanIn))))
                    .toArray();
        }
        return graph;
    }

    /** The factorization of a symmetric matrix of n by n blocks, row by row: its lower half, and a product for each pair of blocks. */
    private static Builder cholesky(final int n) {
        final Builder graph = new Builder();
        final int[][] matrix = new int[n][n];
        final int[][] factor = new int[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = graph.add();
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                final IntArrayList inputs = new IntArrayList();
                inputs.addInt(matrix[i][j]);
                for (int k = 0; k < j; k++) {
                    inputs.addInt(i == j ? graph.add(factor[i][k]) : graph.add(factor[i][k], factor[j][k]));
                }
                if (i != j) {
                    inputs.addInt(factor[j][j]);
                }
                factor[i][j] = graph.add(inputs.toIntArray());
            }
        }
        return graph;
    }

    private static Builder shuffle(final int parts) {
        final Builder graph = new Builder();
        IntStream.range(0, parts).forEach(i -> graph.add());
        IntStream.range(0, parts).forEach(graph::add);
        IntStream.range(0, parts * parts).forEach(i -> graph.add(parts + i / parts));
        for (int j = 0; j < parts; j++) {
            final int column = j;
            graph.add(IntStream.range(0, parts)
                    .map(i -> 2 * parts + i * parts + column)
                    .toArray());
        }
        return graph;
    }

    /** A matrix of blocks plus its transpose, and the sum of that over rows and then over all. */
    private static Builder transposeSum(final int n) {
        final Builder graph = new Builder();
        IntStream.range(0, n * n).forEach(i -> graph.add());
        final int[][] sums = new int[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                final TreeSet<Integer> pair = new TreeSet<>();
                pair.add(i * n + j);
                pair.add(j * n + i);
                sums[i][j] = graph.add(pair.stream().mapToInt(Integer::intValue).toArray());
            }
        }
        final int[] rows = Arrays.stream(sums).mapToInt(graph::add).toArray();
        graph.add(rows);
        return graph;
    }

    private static Builder stencil(final int width, final int steps) {
        final Builder graph = new Builder();
        for (int step = 0; step < steps; step++) {
            for (int i = 0; i < width; i++) {
                final int first = (step - 1) * width;
                final int from = Math.max(0, i - 1);
                final int to = step == 0 ? from : Math.min(width, i + 2);
                graph.add(IntStream.range(first + from, first + to).toArray());
            }
        }
        return graph;
    }

    /** Blocks of an array, the mean of every group of them, and each block less its group's mean, summed by group. */
    private static Builder anomaly(final int blocks, final int groups) {
        final Builder graph = new Builder();
        IntStream.range(0, blocks).forEach(i -> graph.add());
        final int[] means = IntStream.range(0, groups)
                .map(group -> graph.add(every(0, blocks, group, groups)))
                .toArray();
        final int first = graph.nodes();
        IntStream.range(0, blocks).forEach(block -> graph.add(block, means[block % groups]));
        IntStream.range(0, groups).forEach(group -> graph.add(every(first, blocks, group, groups)));
        return graph;
    }

    private static int[] every(final int first, final int count, final int from, final int step) {
        return IntStream.iterate(from, i -> i < count, i -> i + step)
                .map(i -> first + i)
                .toArray();
    }

    /** Nodes with up to two inputs each among so many before them. */
    private static Builder random(final int nodes, final int reach) {
        final Builder graph = new Builder();
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < nodes; i++) {
            final int node = i;
            final int count = i == 0 ? 0 : random.nextInt(3);
            graph.add(IntStream.range(0, count)
                    .map(k -> node - 1 - random.nextInt(Math.min(node, reach)))
                    .distinct()
                    .toArray());
        }
        return graph;
    }

    /** A graph as it grows. */
    private static final class Builder {
        private final IntArrayList offsets = new IntArrayList();
        private final IntArrayList inputs = new IntArrayList();

        Builder() {
            offsets.addInt(0);
        }

        int nodes() {
            return offsets.size() - 1;
        }

        int add(final int... before) {
            for (final int input : before) {
                inputs.addInt(input);
            }
            offsets.addInt(inputs.size());
            return nodes() - 1;
        }
    }
}
