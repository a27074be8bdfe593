package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast the scheduler is, and what a task costs it: its workers say of each task at once that it is done. */
@Command(
        name = "zero-worker",
        description = {
            "Submits a graph of N tasks and one that depends on them all to a scheduler whose workers answer at once:",
            "from submitting the first task to hearing that the last is done. Three processes, Aeron to the workers.",
            "Before: all tasks pending without workers, for the time until the last is known to the scheduler"
                    + " (submit_seconds, cold) and the heap that they take; then untimed runs of N / 4.",
            "The JIT compilers of the three processes need millions of tasks to settle: --warm-ups=1 shows a cluster's"
                    + " first second."
        })
final class ZeroWorkerCommand implements Callable<Integer> {
    private static final int WARM_UP_SHARE = 4;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--tasks", paramLabel = "N", description = "How many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 1_000_000;

    @Option(names = "--workers", paramLabel = "N", description = "How many workers; default ${DEFAULT-VALUE}.")
    private int workers = 24;

    @Option(
            names = "--warm-ups",
            paramLabel = "N",
            description = "How many untimed runs come first; default ${DEFAULT-VALUE}.")
    private int warmUps = 20;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (tasks < 1 || workers < 1) {
            throw new MusterException("tasks=" + tasks + " and workers=" + workers + " must be >= 1");
        }
        try (ZeroCluster cluster = ZeroCluster.start()) {
            final Pending pending = pending(cluster);
            cluster.startWorkers(workers);
            try (MergeClient client = MergeClient.connect(cluster.schedulerFile())) {
                client.awaitWorkers(workers);
                final ZeroRuns runs = ZeroRuns.of(
                        client,
                        cluster.schedulerPid(),
                        tasks,
                        warmUps,
                        () -> client.runMerge(Math.max(1, tasks / WARM_UP_SHARE)),
                        1,
                        () -> client.runMerge(tasks),
                        done -> output.stage("zero-worker", done, warmUps + 1));
                output.print(new BenchResult("zero-worker")
                        .with("tasks", tasks)
                        .with("seconds", runs.seconds())
                        .with("tasks_per_s", runs.tasksPerS())
                        .with("scheduler_cpu_us_per_task", runs.cpuUsPerTask())
                        .with("submit_seconds", pending.submitNs / 1e9)
                        .with("heap_bytes_per_task", pending.heapBytesPerTask));
            } catch (final MusterException e) {
                throw new MusterException(e.getMessage() + cluster.logs(), e);
            }
        } finally {
            output.endStages();
        }
        return 0;
    }

    private Pending pending(final ZeroCluster cluster) throws IOException, InterruptedException {
        final long pid = cluster.schedulerPid();
        try (MergeClient client = MergeClient.connect(cluster.schedulerFile())) {
            final long before = Processes.liveHeapBytes(pid);
            final long startNs = System.nanoTime();
            client.submitMerge(tasks);
            client.awaitAccepted(tasks + 1);
            final long submitNs = System.nanoTime() - startNs;
            return new Pending(submitNs, (double) (Processes.liveHeapBytes(pid) - before) / (tasks + 1));
        }
    }

    /** What all tasks take before there is a worker. */
    private record Pending(long submitNs, double heapBytesPerTask) {}
}
