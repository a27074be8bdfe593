package io.muster.bench;

import io.muster.MusterException;
import io.muster.scheduler.VirtualRun;
import java.util.BitSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a task costs the scheduler's core alone, however many tasks and workers there are. */
@Command(
        name = "virtual",
        description = {
            "Runs a graph with the scheduler's core, as in production, in this JVM and on a virtual clock: no messages, no"
                    + " processes, no workers but in the core's eyes. All tasks are submitted before the first worker joins.",
            "heap_bytes_per_pending_task is measured then. ns_per_task is the core's time by the clock on the wall, from"
                    + " the first worker on. efficiency is the time that the tasks need on so many threads by that which they"
                    + " took, to which each decision's real time and 50 us for each message were added.",
            "The JVM is cold in the beginning: there is one run. Ten million tasks need 4 GiB of heap."
        })
final class VirtualCommand implements Callable<Integer> {
    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--tasks", paramLabel = "N", description = "About how many tasks; default ${DEFAULT-VALUE}.")
    private int tasks = 10_000_000;

    @Option(names = "--workers", paramLabel = "N", description = "How many workers; default ${DEFAULT-VALUE}.")
    private int workers = 10_000;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each; default ${DEFAULT-VALUE}.")
    private int threads = 1;

    @Option(
            names = "--task-seconds",
            paramLabel = "SECONDS",
            description = "How long a task runs; default ${DEFAULT-VALUE}.")
    private double taskSeconds = 0.1;

    @Option(names = "--graph", paramLabel = "NAME", description = "As in bench graph; default ${DEFAULT-VALUE}.")
    private String graphName = "merge";

    @Override
    public Integer call() {
        if (workers < 1 || threads < 1 || !(taskSeconds >= 0)) {
            throw new MusterException("workers=" + workers + " and threads=" + threads + " must be >= 1, task-seconds="
                    + taskSeconds + " must be >= 0");
        }
        final GraphShape.Family family = GraphShape.Family.of(graphName);
        final GraphShape graph = family.ofTasks(tasks);
        final BitSet ends = new BitSet();
        for (final int end : graph.ends()) {
            ends.set(end);
        }
        final VirtualRun.Found found = new VirtualRun(
                        graph.tasks(), graph::inputs, ends::get, (long) (taskSeconds * 1e9))
                .run(workers, threads);
        final double cores = (double) workers * threads;
        final double idealSeconds = taskSeconds * Math.ceil(graph.tasks() / cores);
        output.print(new BenchResult("virtual")
                .with("graph", family.label())
                .with("tasks", graph.tasks())
                .with("workers", workers)
                .with("threads", threads)
                .with("task_seconds", taskSeconds)
                .with("submit_seconds", found.submitNs() / 1e9)
                .with("heap_bytes_per_pending_task", (double) found.heapBytes() / graph.tasks())
                .with("heap_bytes", found.heapBytes())
                .with("wall_seconds", found.runNs() / 1e9)
                .with("ns_per_task", (double) found.runNs() / graph.tasks())
                .with("virtual_seconds", found.virtualNs() / 1e9)
                .with("efficiency", idealSeconds * 1e9 / found.virtualNs()));
        return 0;
    }
}
