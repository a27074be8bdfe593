package io.muster.bench;

import com.sun.management.ThreadMXBean;
import io.muster.MusterException;
import io.muster.scheduler.TaskStages;
import io.muster.scheduler.TaskStages.Stage;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What one task costs, stage by stage. */
@Command(
        name = "stages",
        description = {
            "Takes a graph through all that is done for a task, on one thread of this JVM, and tells the processor"
                    + " time of each stage in nanoseconds a task: submit (the client encodes it), decode and ready (the"
                    + " scheduler reads it and takes it into its tables), assign and encode (a run is given to a worker),"
                    + " run (a worker reads that and writes the end), finish (the scheduler takes that in), notify (the"
                    + " client hears of results and lets go).",
            "The messages, the sessions and the core are those of a cluster; what carries messages (Aeron, TLS) is"
                    + " left out.",
            "scheduler_ns is the sum of what the scheduler does; allocated_bytes what all stages allocate a task.",
            "NAME: map, merge, tree, bag, numpy, groupby, join. The median of the rounds counts, after untimed ones."
        })
final class StagesCommand implements Callable<Integer> {
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The graph; default ${DEFAULT-VALUE}.")
    private String name = "merge";

    @Option(names = "--tasks", paramLabel = "N", description = "About how many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 100_000;

    @Option(names = "--workers", paramLabel = "N", description = "How many workers; default ${DEFAULT-VALUE}.")
    private int workers = 24;

    @Option(names = "--rounds", paramLabel = "N", description = "How many timed runs; default ${DEFAULT-VALUE}.")
    private int rounds = 9;

    @Option(
            names = "--warm-ups",
            paramLabel = "N",
            description = "How many untimed runs come first; default ${DEFAULT-VALUE}.")
    private int warmUps = 30;

    @Override
    public Integer call() {
        if (workers < 1 || rounds < 1) {
            throw new MusterException("workers=" + workers + " and rounds=" + rounds + " must be >= 1");
        }
        final GraphShape.Family family = GraphShape.Family.of(name);
        final GraphShape graph = family.ofTasks(tasks);
        final int[] ends = graph.ends();
        final double[][] spentNs = new double[Stage.values().length][rounds];
        final double[] allocated = new double[rounds];
        try (TaskStages stages = new TaskStages(workers, THREAD::getCurrentThreadCpuTime)) {
            for (int i = -warmUps; i < rounds; i++) {
                output.stage("stages", i + warmUps, rounds + warmUps);
                final long before = THREAD.getCurrentThreadAllocatedBytes();
                final Map<Stage, Long> spent = stages.run(graph.tasks(), graph::inputs, ends);
                for (final Stage stage : Stage.values()) {
                    spentNs[stage.ordinal()][Math.max(0, i)] = spent.getOrDefault(stage, 0L);
                }
                allocated[Math.max(0, i)] = THREAD.getCurrentThreadAllocatedBytes() - before;
            }
        } finally {
            output.endStages();
        }
        final BenchResult result = new BenchResult("stages")
                .with("graph", family.label())
                .with("tasks", graph.tasks())
                .with("edges", graph.edges())
                .with("workers", workers);
        double scheduler = 0;
        for (final Stage stage : Stage.values()) {
            final double ns = Ratios.median(spentNs[stage.ordinal()]) / graph.tasks();
            result.with(stage.name().toLowerCase(Locale.ROOT) + "_ns", ns);
            scheduler += stage == Stage.SUBMIT || stage == Stage.RUN ? 0 : ns;
        }
        output.print(result.with("scheduler_ns", scheduler)
                .with("allocated_bytes", Ratios.median(allocated) / graph.tasks()));
        return 0;
    }
}
