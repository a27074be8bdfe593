package io.muster.bench;

import io.muster.MusterException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.agrona.collections.IntArrayList;

/** What depends on what in a graph: task by task, inputs before those that need them. */
final class GraphShape {
    private static final int TREE_FAN_IN = 8;
    private static final int ARRAY_FAN_IN = 4;

    private final IntArrayList offsets = new IntArrayList();
    private final IntArrayList inputs = new IntArrayList();

    private GraphShape() {
        offsets.addInt(0);
    }

    int tasks() {
        return offsets.size() - 1;
    }

    int edges() {
        return inputs.size();
    }

    int[] inputs(final int task) {
        final int from = offsets.getInt(task);
        final int[] some = new int[offsets.getInt(task + 1) - from];
        for (int i = 0; i < some.length; i++) {
            some[i] = inputs.getInt(from + i);
        }
        return some;
    }

    /** The tasks that no other needs, in order. */
    int[] ends() {
        final boolean[] needed = new boolean[tasks()];
        for (int i = 0; i < inputs.size(); i++) {
            needed[inputs.getInt(i)] = true;
        }
        return IntStream.range(0, needed.length).filter(task -> !needed[task]).toArray();
    }

    /** One line for each task, with its inputs. */
    List<String> lines() {
        return IntStream.range(0, tasks())
                .mapToObj(task ->
                        Arrays.stream(inputs(task)).mapToObj(Integer::toString).collect(Collectors.joining(" ")))
                .toList();
    }

    private int add(final int... before) {
        for (final int input : before) {
            inputs.addInt(input);
        }
        offsets.addInt(inputs.size());
        return tasks() - 1;
    }

    private int[] addEach(final int count) {
        return IntStream.range(0, count).map(i -> add()).toArray();
    }

    /** Reduces some tasks to one, so many at a time. */
    private int reduce(final int[] leaves, final int fanIn) {
        int[] level = leaves;
        do {
            final int[] below = level;
            level = IntStream.range(0, (below.length + fanIn - 1) / fanIn)
                    .map(i -> add(Arrays.copyOfRange(below, i * fanIn, Math.min(below.length, (i + 1) * fanIn))))
                    .toArray();
        } while (level.length > 1);
        return level[0];
    }

    private static GraphShape map(final int count) {
        final GraphShape graph = new GraphShape();
        graph.addEach(count);
        return graph;
    }

    private static GraphShape merge(final int count) {
        final GraphShape graph = new GraphShape();
        graph.add(graph.addEach(count));
        return graph;
    }

    /** Pairwise sums of 2^size numbers, which are no tasks. */
    private static GraphShape tree(final int size) {
        final GraphShape graph = new GraphShape();
        final int[] pairs = graph.addEach(1 << size - 1);
        if (size > 1) {
            graph.reduce(pairs, 2);
        }
        return graph;
    }

    /** Filters partitions, multiplies each with each, and sums up. */
    private static GraphShape bag(final int partitions) {
        final GraphShape graph = new GraphShape();
        final int[] people = graph.addEach(partitions);
        final int[] filtered = Arrays.stream(people).map(graph::add).toArray();
        final IntArrayList products = new IntArrayList();
        for (int i = 0; i < partitions; i++) {
            for (int j = 0; j < partitions; j++) {
                products.addInt(i == j ? graph.add(filtered[i]) : graph.add(filtered[i], filtered[j]));
            }
        }
        graph.reduce(Arrays.stream(products.toIntArray()).map(graph::add).toArray(), TREE_FAN_IN);
        return graph;
    }

    /** The mean of the first half of a matrix of blocks and its transpose. */
    private static GraphShape numpy(final int size) {
        final GraphShape graph = new GraphShape();
        final int half = size / 2;
        final int[][] blocks = new int[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
                blocks[i][j] = i < half || j < half ? graph.add() : -1;
            }
        }
        final int[] rows = new int[size];
        for (int i = 0; i < size; i++) {
            final int[] means = new int[half];
            for (int j = 0; j < half; j++) {
                means[j] = graph.add(i == j ? graph.add(blocks[i][j]) : graph.add(blocks[i][j], blocks[j][i]));
            }
            rows[i] = graph.reduce(means, ARRAY_FAN_IN);
        }
        graph.reduce(rows, ARRAY_FAN_IN);
        return graph;
    }

    /** Groups and resamples partitions of a table. */
    private static GraphShape groupBy(final int partitions) {
        final GraphShape graph = new GraphShape();
        final int[] grouped = new int[partitions];
        final int[] resampled = new int[partitions];
        for (int i = 0; i < partitions; i++) {
            final int table = graph.add();
            grouped[i] = graph.add(table);
            resampled[i] = graph.add(graph.add(table, graph.add(table)));
        }
        final int groups = graph.add(graph.reduce(grouped, TREE_FAN_IN));
        graph.add(groups, graph.reduce(resampled, TREE_FAN_IN));
        return graph;
    }

    /** Joins a table with itself by a shuffle. */
    private static GraphShape join(final int partitions) {
        final GraphShape graph = new GraphShape();
        final int[] tables = graph.addEach(partitions);
        final int[] groups = Arrays.stream(tables).map(graph::add).toArray();
        final int[][] splits = new int[partitions][partitions];
        for (int i = 0; i < partitions; i++) {
            for (int j = 0; j < partitions; j++) {
                splits[j][i] = graph.add(groups[i]);
            }
        }
        final int[] joined = Arrays.stream(splits)
                .mapToInt(part -> graph.add(graph.add(part)))
                .toArray();
        graph.add(joined);
        return graph;
    }

    /** Graphs of which there are many sizes. */
    enum Family {
        /** Independent tasks. */
        MAP(1, GraphShape::map),
        /** Independent tasks and one that depends on all. */
        MERGE(1, GraphShape::merge),
        /** Sums of pairs: the size is the number of levels. */
        TREE(1, GraphShape::tree),
        /** A product of partitions with themselves. */
        BAG(1, GraphShape::bag),
        /** A matrix of blocks and its transpose. */
        NUMPY(2, GraphShape::numpy),
        /** A table's groups and its samples. */
        GROUPBY(1, GraphShape::groupBy),
        /** A table's join with itself. */
        JOIN(1, GraphShape::join);

        private final int leastSize;
        private final IntFunction<GraphShape> maker;

        Family(final int leastSize, final IntFunction<GraphShape> maker) {
            this.leastSize = leastSize;
            this.maker = maker;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Family of(final String name) {
            return Arrays.stream(values())
                    .filter(family -> family.label().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new MusterException("graph=" + name + " must be one of "
                            + Arrays.stream(values()).map(Family::label).collect(Collectors.joining(", "))));
        }

        GraphShape ofSize(final int size) {
            if (size < leastSize) {
                throw new MusterException("size=" + size + " of graph=" + label() + " must be >= " + leastSize);
            }
            return maker.apply(size);
        }

        /** The largest of about so many tasks: not more than one above. A merge's last task isn't counted. */
        GraphShape ofTasks(final int tasks) {
            if (tasks < 1 || tasks > 1 << 28) {
                throw new MusterException("tasks=" + tasks + " must be >= 1 and <= " + (1 << 28));
            }
            int size = switch (this) {
                case MAP, MERGE -> tasks;
                case TREE -> Integer.SIZE - 1 - Integer.numberOfLeadingZeros(tasks + 1);
                case BAG -> (int) Math.sqrt(tasks / 2.0);
                case NUMPY -> 2 * (int) Math.sqrt(tasks / 6.0);
                case GROUPBY -> tasks / 5;
                case JOIN -> (int) Math.sqrt(tasks);
            };
            GraphShape graph = ofSize(Math.max(leastSize, size));
            while (graph.tasks() > tasks + 1 && size > leastSize) {
                size--;
                graph = ofSize(size);
            }
            return graph;
        }
    }
}
