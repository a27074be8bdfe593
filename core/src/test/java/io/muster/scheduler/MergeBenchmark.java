package io.muster.scheduler;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;

/**
 * What the core alone costs in CPU time and heap for a merge graph: independent tasks and one that depends on all of them, on workers that answer at once.
 * Run its main method, with the number of tasks or without; it is no test.
 */
final class MergeBenchmark {
    private static final int WORKERS = 24;
    private static final int ROUNDS = 6;
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();
    private static final Object PAYLOAD = new byte[0];

    private MergeBenchmark() {}

    /** Prints one line per round. */
    public static void main(final String[] args) {
        final int tasks = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        for (int round = 0; round < ROUNDS; round++) {
            System.out.println(measure(tasks));
        }
    }

    private static String measure(final int count) {
        final long heapBefore = heapBytes();
        final AnsweringEffects effects = new AnsweringEffects();
        final SchedulerCore core = new SchedulerCore(effects, new CoreSettings(3, Long.MAX_VALUE / 4, true, 0));
        final ClientState client = new ClientState(1, PAYLOAD);
        core.addClient(client);
        core.registerFunction(client, 0, PAYLOAD, "f");
        final int[] inputs = new int[count];

        final long submitFrom = CPU.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            inputs[i] = i;
            core.submit(client, i, 0, ClientRequests.MORE_OF_GRAPH, inputs, 0, PAYLOAD, null, TaskTerms.NONE);
        }
        core.submit(client, count, 0, ClientRequests.WANTED, inputs, count, PAYLOAD, null, TaskTerms.NONE);
        core.schedule();
        final long submitNs = CPU.getCurrentThreadCpuTime() - submitFrom;
        final long heapPending = heapBytes() - heapBefore - 4L * count;

        final long runFrom = CPU.getCurrentThreadCpuTime();
        for (int number = 0; number < WORKERS; number++) {
            core.addWorker(0, new WorkerState(number, "w-" + number, "host", 1, 0, false, PAYLOAD));
        }
        core.schedule();
        while (!effects.isIdle()) {
            effects.answer(core);
            core.schedule();
        }
        final long runNs = CPU.getCurrentThreadCpuTime() - runFrom;
        final long releaseFrom = CPU.getCurrentThreadCpuTime();
        core.release(client, count);
        final long releaseNs = CPU.getCurrentThreadCpuTime() - releaseFrom;
        if (effects.finished() != 1 || core.edges().count() != 0) {
            throw new IllegalStateException(
                    "finished=" + effects.finished() + " edges=" + core.edges().count());
        }
        return String.format(
                Locale.ROOT,
                "tasks=%d cpu_ns_per_task=%d (submit=%d run=%d release=%d) heap_bytes_per_pending_task=%d",
                count,
                (submitNs + runNs + releaseNs) / count,
                submitNs / count,
                runNs / count,
                releaseNs / count,
                heapPending / count);
    }

    private static long heapBytes() {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
