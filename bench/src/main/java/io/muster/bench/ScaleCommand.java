package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a task costs a scheduler of many workers, compared with one of few. */
@Command(
        name = "scale",
        description = {
            "Runs a graph on so many workers, which answer at once and are played by one process: real messages over"
                    + " Aeron, no tasks, no transfers. For each number of workers a new scheduler; the time is the median"
                    + " of the runs after the warm-ups, from submitting the first task to hearing that the last is done.",
            "Up to 24 workers have a session each; more of them share 24, and their messages say whose they are. Each"
                    + " registers, sends its heartbeats and gets its tasks, functions and releases itself.",
            "The graph is the same for each number of workers. With as many tasks as workers each worker gets one, and"
                    + " nothing that is done for a worker is shared by several tasks: that is the dearest case, and the"
                    + " default for 100,000. Who has so many workers runs more tasks: --tasks=1000000 gives each ten.",
            "A task's cost is the processor time of the scheduler's loop, in the middle of the runs, and of its collections"
                    + " of garbage: cost_against is how many times that of the first number of workers >= 24 it is,"
                    + " time_against the same for the time by the clock. players_us_per_task is what the process that plays"
                    + " the workers took, which shares the cores with the scheduler; scheduler_cpu_us_per_task that of the"
                    + " scheduler's whole process, its compilers included; idle its processor time, in percent of a core,"
                    + " while nothing is submitted."
        })
final class ScaleCommand implements Callable<Integer> {
    private static final int SETTLE_MS = 1_000;
    private static final int BASE = 24;

    /** The loop of the players, as far as the kernel knows its name. */
    private static final String PLAYERS = "muster-zero-wor";

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--workers",
            paramLabel = "N,…",
            split = ",",
            description = "How many workers; default ${DEFAULT-VALUE}.")
    private List<Integer> workers = List.of(24, 168, 1_512, 10_000, 100_000);

    @Option(names = "--tasks", paramLabel = "N", description = "About how many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 100_000;

    @Option(names = "--graph", paramLabel = "NAME", description = "As in bench graph; default ${DEFAULT-VALUE}.")
    private String graphName = "merge";

    @Option(names = "--warm-ups", paramLabel = "N", description = "Untimed runs; default ${DEFAULT-VALUE}.")
    private int warmUps = 30;

    @Option(names = "--runs", paramLabel = "N", description = "Timed runs; default ${DEFAULT-VALUE}.")
    private int runs = 7;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            description = "For how long it is watched without tasks; default ${DEFAULT-VALUE}.")
    private int idleSeconds = 3;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (workers.stream().anyMatch(count -> count < 1) || runs < 1) {
            throw new MusterException("workers=" + workers + " and runs=" + runs + " must be >= 1");
        }
        final GraphShape.Family family = GraphShape.Family.of(graphName);
        final GraphShape graph = family.ofTasks(tasks);
        @Nullable Measured base = null;
        try {
            for (int i = 0; i < workers.size(); i++) {
                output.stage("scale", i, workers.size());
                final int count = workers.get(i);
                try (ZeroCluster cluster = ZeroCluster.start()) {
                    final Measured measured = measure(cluster, graph, count);
                    if (base == null && count >= BASE) {
                        base = measured;
                    }
                    final Measured against = base == null ? measured : base;
                    output.print(new BenchResult("scale")
                            .with("graph", family.label())
                            .with("tasks", graph.tasks())
                            .with("workers", count)
                            .with("sessions", Math.min(count, ZeroCluster.SESSIONS))
                            .with("registered_seconds", measured.registeredSeconds)
                            .with("cold_seconds", measured.runs.coldNs() / 1e9)
                            .with("seconds", measured.runs.seconds())
                            .with("tasks_per_s", measured.runs.tasksPerS())
                            .with("scheduler_cpu_us_per_task", measured.runs.cpuUsPerTask())
                            .with("scheduler_loop_us_per_task", measured.runs.loopUsPerTask())
                            .with("scheduler_gc_us_per_task", measured.runs.gcUsPerTask())
                            .with("players_us_per_task", measured.playersUsPerTask)
                            .with("cost_against", measured.runs.costUs() / against.runs.costUs())
                            .with("time_against", measured.runs.medianNs() / against.runs.medianNs())
                            .with("scheduler_bytes_per_worker", measured.bytesPerWorker)
                            .with("scheduler_idle_percent", measured.idlePercent));
                }
            }
        } finally {
            output.endStages();
        }
        return 0;
    }

    private Measured measure(final ZeroCluster cluster, final GraphShape graph, final int count)
            throws IOException, InterruptedException {
        final long pid = cluster.schedulerPid();
        try (MergeClient client = MergeClient.connect(cluster.schedulerFile())) {
            final long heapBefore = Processes.liveHeapBytes(pid);
            final long startNs = System.nanoTime();
            cluster.startWorkers(count);
            client.awaitWorkers(count);
            final double registeredSeconds = (System.nanoTime() - startNs) / 1e9;
            final long heapBytes = Processes.liveHeapBytes(pid) - heapBefore;
            final long[] playersNs = {0};
            final ZeroRuns zeroRuns = ZeroRuns.of(
                    client,
                    pid,
                    graph.tasks(),
                    warmUps,
                    () -> client.run(graph),
                    runs,
                    () -> {
                        final long beforeNs = Processes.threadsCpuNs(cluster.workersPid(), PLAYERS);
                        final long elapsedNs = client.run(graph);
                        playersNs[0] += Processes.threadsCpuNs(cluster.workersPid(), PLAYERS) - beforeNs;
                        return elapsedNs;
                    },
                    done -> {});
            Thread.sleep(SETTLE_MS);
            final long idleFromNs = System.nanoTime();
            final long usedBeforeNs = Processes.cpuNs(pid);
            Thread.sleep(idleSeconds * 1000L);
            final long usedNs = Processes.cpuNs(pid) - usedBeforeNs;
            return new Measured(
                    registeredSeconds,
                    (double) heapBytes / count,
                    zeroRuns,
                    playersNs[0] / 1e3 / ((double) graph.tasks() * runs),
                    100.0 * usedNs / (System.nanoTime() - idleFromNs));
        } catch (final MusterException e) {
            throw new MusterException(e.getMessage() + cluster.logs(), e);
        }
    }

    /** What was found for a number of workers. */
    private record Measured(
            double registeredSeconds,
            double bytesPerWorker,
            ZeroRuns runs,
            double playersUsPerTask,
            double idlePercent) {}
}
