package io.muster.bench.taskbench;

import io.muster.Client;
import io.muster.Delayed;
import io.muster.Graph;
import io.muster.TaskFuture;
import io.muster.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A run of Task Bench: graphs that are computed together, and the counts that its report has.
 *
 * @param graphs the graphs
 */
public record TaskBench(List<TaskGraph> graphs) {
    private static final Duration PATIENCE = Duration.ofHours(1);

    /**
     * Makes one.
     *
     * @param graphs the graphs
     */
    public TaskBench {
        graphs = List.copyOf(graphs);
    }

    /**
     * Reads the options of the original.
     *
     * @param arguments such as {@code -type stencil_1d -width 8 -and -type fft}
     * @return the run that they describe
     * @throws io.muster.MusterException if they describe none
     */
    public static TaskBench parse(final List<String> arguments) {
        final List<TaskGraph> graphs = new ArrayList<>();
        TaskBenchOptions options = new TaskBenchOptions(0);
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).equals("-and")) {
                graphs.add(options.graph());
                options = new TaskBenchOptions(graphs.size());
            } else {
                options.set(arguments.get(i), i + 1 < arguments.size() ? arguments.get(i + 1) : null);
                i++;
            }
        }
        graphs.add(options.graph());
        return new TaskBench(graphs);
    }

    /**
     * Computes all tasks of all graphs.
     *
     * @param client the client
     * @return the nanoseconds from the first that was submitted to the end of the last
     * @throws java.util.concurrent.CompletionException if a task fails, which it does where an input is wrong
     */
    public long run(final Client client) {
        final long startNs = System.nanoTime();
        final Graph whole = new Graph();
        final List<Delayed<byte[]>> ends = new ArrayList<>();
        graphs.forEach(graph -> add(graph, whole, ends));
        final List<TaskFuture<byte[]>> futures = client.compute(ends);
        client.awaitAll(futures, PATIENCE);
        final long elapsedNs = System.nanoTime() - startNs;
        for (final TaskFuture<byte[]> future : futures) {
            if (future.state() != TaskState.FINISHED) {
                future.join();
            }
            future.release();
        }
        return elapsedNs;
    }

    /** Adds a graph's tasks, and tells those which no other needs. */
    private static void add(final TaskGraph graph, final Graph whole, final List<Delayed<byte[]>> ends) {
        List<Delayed<byte[]>> before = List.of();
        for (long t = 0; t < graph.timesteps(); t++) {
            final boolean[] needed = new boolean[before.size()];
            final long offset = graph.offset(t);
            final int width = (int) graph.width(t);
            final List<Delayed<byte[]>> row = new ArrayList<>(width);
            for (int i = 0; i < width; i++) {
                row.add(add(graph, t, offset + i, whole, before, needed));
            }
            addEnds(before, needed, ends);
            before = row;
        }
        ends.addAll(before);
    }

    private static Delayed<byte[]> add(
            final TaskGraph graph,
            final long timestep,
            final long point,
            final Graph whole,
            final List<Delayed<byte[]>> before,
            final boolean[] needed) {
        final PointTask task = new PointTask(graph, timestep, point);
        final long[] columns = graph.inputs(timestep, point);
        if (columns.length == 0) {
            return whole.task(task);
        }
        final long offset = graph.offset(timestep - 1);
        final List<Delayed<byte[]>> inputs = new ArrayList<>(columns.length);
        for (final long column : columns) {
            inputs.add(before.get((int) (column - offset)));
            needed[(int) (column - offset)] = true;
        }
        return whole.combineAll(inputs, task);
    }

    private static void addEnds(
            final List<Delayed<byte[]>> row, final boolean[] needed, final List<Delayed<byte[]>> ends) {
        for (int i = 0; i < needed.length; i++) {
            if (!needed[i]) {
                ends.add(row.get(i));
            }
        }
    }

    /**
     * How many tasks there are.
     *
     * @return the number
     */
    public long tasks() {
        return graphs.stream().mapToLong(TaskGraph::tasks).sum();
    }

    /**
     * How many inputs all tasks have together.
     *
     * @return the number
     */
    public long dependencies() {
        return sum((graph, timestep, point) -> graph.inputs(timestep, point).length);
    }

    /**
     * How many floating-point operations the kernels do.
     *
     * @return the number
     */
    public long flops() {
        return sum((graph, timestep, point) -> graph.kernel().flops(graph, timestep, point));
    }

    /**
     * How many bytes the kernels move.
     *
     * @return the number
     */
    public long bytes() {
        return sum((graph, timestep, point) -> graph.kernel().bytes(graph));
    }

    private long sum(final Count count) {
        long sum = 0;
        for (final TaskGraph graph : graphs) {
            for (long t = 0; t < graph.timesteps(); t++) {
                final long from = graph.offset(t);
                final long to = from + graph.width(t);
                for (long p = from; p < to; p++) {
                    sum += count.of(graph, t, p);
                }
            }
        }
        return sum;
    }

    /**
     * What the original prints before it runs.
     *
     * @return lines
     */
    public List<String> configuration() {
        final List<String> lines = new ArrayList<>(List.of("Running Task Benchmark", "  Configuration:"));
        for (final TaskGraph graph : graphs) {
            lines.add("    Task Graph " + (graph.index() + 1) + ":");
            lines.add("      Time Steps: " + graph.timesteps());
            lines.add("      Max Width: " + graph.width());
            lines.add("      Dependence Type: " + Names.of(graph.dependence()));
            lines.add("      Radix: " + graph.radix());
            lines.add("      Period: " + graph.period());
            lines.add(String.format(Locale.ROOT, "      Fraction Connected: %f", graph.fraction()));
            lines.add("      Kernel:");
            lines.add("        Type: " + Names.of(graph.kernel().type()));
            lines.add("        Iterations: " + graph.kernel().iterations());
            lines.add("        Samples: " + graph.kernel().samples());
            lines.add(String.format(
                    Locale.ROOT, "        Imbalance: %f", graph.kernel().imbalance()));
            lines.add("      Output Bytes: " + graph.outputBytes());
            lines.add("      Scratch Bytes: " + graph.scratchBytes());
        }
        return lines;
    }

    /**
     * What the original prints after it has run.
     *
     * @param seconds how long it ran
     * @return lines
     */
    public List<String> report(final double seconds) {
        final long flops = flops();
        final long bytes = bytes();
        return List.of(
                "Total Tasks " + tasks(),
                "Total Dependencies " + dependencies(),
                "  Unable to estimate local/nonlocal dependencies",
                "Total FLOPs " + flops,
                "Total Bytes " + bytes,
                String.format(Locale.ROOT, "Elapsed Time %e seconds", seconds),
                String.format(Locale.ROOT, "FLOP/s %e", flops / seconds),
                String.format(Locale.ROOT, "B/s %e", bytes / seconds),
                "Transfer (estimated):",
                "  Unable to estimate local/nonlocal transfer");
    }

    /** Something of each task that is summed up. */
    private interface Count {
        long of(TaskGraph graph, long timestep, long point);
    }
}
