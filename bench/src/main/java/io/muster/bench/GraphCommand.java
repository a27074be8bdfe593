package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How fast the scheduler is with graphs of different shapes. */
@Command(
        name = "graph",
        description = {
            "Submits a graph to a scheduler whose workers answer at once: from submitting the first task to hearing"
                    + " that the last is done. Three processes, Aeron to the workers.",
            "The time is the median of five runs, after untimed ones: the JIT compilers of the three processes need"
                    + " some four million tasks to settle. The processor time is that of the scheduler's process, its"
                    + " compilers included, over the five runs; that of its loop alone is the median of the five;"
                    + " cold_seconds is the time of the very first run.",
            "NAME: map, merge, tree, bag, numpy, groupby, join. The graph has about as many tasks as asked for; how"
                    + " many it has is in the result."
        })
final class GraphCommand implements Callable<Integer> {
    private static final int ROUNDS = 5;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Parameters(paramLabel = "NAME", description = "The graph.")
    private String name = "merge";

    @Option(names = "--tasks", paramLabel = "N", description = "About how many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 100_000;

    @Option(names = "--workers", paramLabel = "N", description = "How many workers; default ${DEFAULT-VALUE}.")
    private int workers = 24;

    @Option(
            names = "--warm-ups",
            paramLabel = "N",
            description = "How many untimed runs come first; default ${DEFAULT-VALUE}.")
    private int warmUps = 100;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (workers < 1) {
            throw new MusterException("workers=" + workers + " must be >= 1");
        }
        final GraphShape.Family family = GraphShape.Family.of(name);
        final GraphShape graph = family.ofTasks(tasks);
        try (ZeroCluster cluster = ZeroCluster.start()) {
            cluster.startWorkers(workers);
            try (MergeClient client = MergeClient.connect(cluster.schedulerFile())) {
                client.awaitWorkers(workers);
                final ZeroRuns.Run run = () -> client.run(graph);
                final ZeroRuns runs = ZeroRuns.of(
                        client,
                        cluster.schedulerPid(),
                        graph.tasks(),
                        warmUps,
                        run,
                        ROUNDS,
                        run,
                        done -> output.stage("graph", done, warmUps + 1));
                output.print(new BenchResult("graph")
                        .with("graph", family.label())
                        .with("tasks", graph.tasks())
                        .with("edges", graph.edges())
                        .with("workers", workers)
                        .with("cold_seconds", runs.coldNs() / 1e9)
                        .with("seconds", runs.seconds())
                        .with("tasks_per_s", runs.tasksPerS())
                        .with("scheduler_cpu_us_per_task", runs.cpuUsPerTask())
                        .with("scheduler_loop_us_per_task", runs.loopUsPerTask()));
            } catch (final MusterException e) {
                throw new MusterException(e.getMessage() + cluster.logs(), e);
            }
        } finally {
            output.endStages();
        }
        return 0;
    }
}
