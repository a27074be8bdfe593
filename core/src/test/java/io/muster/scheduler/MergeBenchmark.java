package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

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
        final Answering effects = new Answering();
        final SchedulerCore core = new SchedulerCore(effects, new CoreSettings(3, Long.MAX_VALUE / 4, true, 0));
        final ClientState client = new ClientState(1, PAYLOAD);
        core.addClient(client);
        core.registerFunction(client, 0, PAYLOAD, "f");
        final int[] inputs = new int[count];

        final long submitFrom = CPU.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            inputs[i] = i;
            core.submit(client, i, 0, 0, 0, ClientRequests.MORE_OF_GRAPH, inputs, 0, PAYLOAD, null, null, Map.of());
        }
        core.submit(client, count, 0, 0, 0, ClientRequests.WANTED, inputs, count, PAYLOAD, null, null, Map.of());
        core.schedule();
        final long submitNs = CPU.getCurrentThreadCpuTime() - submitFrom;
        final long heapPending = heapBytes() - heapBefore - 4L * count;

        final long runFrom = CPU.getCurrentThreadCpuTime();
        for (int number = 0; number < WORKERS; number++) {
            core.addWorker(0, new WorkerState(number, "w-" + number, "host", 1, 0, false, PAYLOAD));
        }
        core.schedule();
        while (!effects.runs.isEmpty()) {
            answer(core, effects);
            core.schedule();
        }
        final long runNs = CPU.getCurrentThreadCpuTime() - runFrom;
        final long releaseFrom = CPU.getCurrentThreadCpuTime();
        core.release(client, count);
        final long releaseNs = CPU.getCurrentThreadCpuTime() - releaseFrom;
        if (effects.finished != 1 || core.edges().count() != 0) {
            throw new IllegalStateException(
                    "finished=" + effects.finished + " edges=" + core.edges().count());
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

    private static void answer(final SchedulerCore core, final Answering effects) {
        final TaskTable tasks = core.tasks();
        final IntArrayList runs = effects.runs;
        effects.runs = effects.spare;
        effects.spare = runs;
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            final WorkerState worker = core.workers().get(tasks.worker[slot]);
            if (worker != null) {
                core.runDone(worker, tasks.runId[slot], core.identity(slot), 8, 1_000, false, null);
            }
        }
        runs.clear();
    }

    private static long heapBytes() {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Notes what is assigned, counts the rest. */
    private static final class Answering implements Effects {
        private IntArrayList runs = new IntArrayList();
        private IntArrayList spare = new IntArrayList();
        private int finished;
        private int others;

        @Override
        public void registerFunction(final WorkerState worker, final FunctionState function) {
            others++;
        }

        @Override
        public void forgetFunction(final WorkerState worker, final FunctionState function) {
            others++;
        }

        @Override
        public void assign(final WorkerState worker, final int slot) {
            runs.addInt(slot);
        }

        @Override
        public void free(final WorkerState worker, final long task) {
            others++;
        }

        @Override
        public void abandon(final WorkerState worker, final long runId, final boolean interrupt) {
            others++;
        }

        @Override
        public void takeBack(final WorkerState worker, final long runId) {
            others++;
        }

        @Override
        public void warn(final ClientState client, final String text) {
            others++;
        }

        @Override
        public void replicate(final WorkerState destination, final int slot) {
            others++;
        }

        @Override
        public void stop(final WorkerState worker, final String reason) {
            others++;
        }

        @Override
        public void workerGone(final WorkerState worker, final String reason) {
            others++;
        }

        @Override
        public void finished(
                final ClientState client,
                final int taskId,
                final int worker,
                final long sizeBytes,
                final boolean inline,
                final @Nullable Object value) {
            finished++;
        }

        @Override
        public void erred(final ClientState client, final int taskId, final Object failure) {
            others++;
        }

        @Override
        public void cancelled(final ClientState client, final int taskId, final boolean lost, final String reason) {
            others++;
        }

        @Override
        public void scatterTo(final ClientState client, final int taskId, final int worker) {
            others++;
        }

        @Override
        public void answer(final ClientState client, final long requestId, final String json) {}

        @Override
        public void answer(final ClientState client, final CoordinationAnswer answer) {
            others++;
        }

        @Override
        public void answer(final WorkerState worker, final CoordinationAnswer answer) {
            others++;
        }

        @Override
        public void commit(final WorkerState worker, final long runId, final boolean granted) {}

        @Override
        public Object failure(
                final FailureKind kind,
                final String key,
                final String worker,
                final int attempt,
                final String message,
                final List<String> details) {
            return message;
        }
    }
}
