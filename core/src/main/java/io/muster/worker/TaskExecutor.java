package io.muster.worker;

import io.muster.MusterException;
import io.muster.coordination.CoordinationCalls;
import io.muster.coordination.CoordinationScope;
import io.muster.data.ResultStore;
import io.muster.graph.Call;
import io.muster.serialize.Serializer;
import io.muster.serialize.SizeOf;
import io.muster.serialize.TaskFailure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One executor thread: takes ready runs, calls user code, keeps results and reports. */
final class TaskExecutor implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(TaskExecutor.class);
    private static final long SHORT_NS = 100_000;
    private static final long NONE = 0;

    private final int index;
    private final WorkerSettings settings;
    private final WorkerMemory memory;
    private final RunTable table;
    private final ReadyQueue queue;
    private final Functions functions;
    private final WorkerReports reports;
    private final Serializer serializer;
    private final ResultEncoder encoder;
    private volatile long unflushedSinceNs = NONE;
    private volatile boolean closed;
    private final CoordinationCalls calls;
    private @Nullable Run running;
    private boolean announced;

    TaskExecutor(
            final int index,
            final WorkerSettings settings,
            final WorkerMemory memory,
            final ReadyQueue queue,
            final Functions functions,
            final WorkerReports reports,
            final CoordinationCalls calls,
            final Serializer serializer) {
        this.index = index;
        this.settings = settings;
        this.memory = memory;
        this.table = memory.table();
        this.queue = queue;
        this.functions = functions;
        this.reports = reports;
        this.calls = calls;
        this.serializer = serializer;
        this.encoder = new ResultEncoder(reports.isLocal(), settings.inlineResultBytes(), serializer);
    }

    @Override
    public void run() {
        final ReadyQueue.Waiter waiter = queue.new Waiter(Thread.currentThread());
        CoordinationScope.provide(this::scope);
        queue.threadStarted();
        try {
            while (!closed) {
                try {
                    work(waiter);
                } catch (final Throwable e) {
                    if (!closed) {
                        LOG.warn("worker={} executor={}: {}", settings.name(), index, e.toString(), e);
                    }
                }
            }
        } finally {
            queue.threadEnded();
        }
    }

    void close() {
        closed = true;
    }

    /**
     * Whether a report waits since before the given time, as its thread runs a task longer than others of its function.
     */
    boolean leftReportBehind(final long beforeNs) {
        final long since = unflushedSinceNs;
        return since != NONE && since - beforeNs < 0;
    }

    private void work(final ReadyQueue.Waiter waiter) {
        while (!closed) {
            Run run = queue.poll(announced);
            if (run == null) {
                flush();
                run = queue.take(waiter, announced);
            }
            announced = false;
            if (run != null) {
                awaitMemory();
                if (table.claim(run)) {
                    execute(run);
                }
            }
        }
    }

    private void awaitMemory() {
        if (!memory.gate().isOpen()) {
            flush();
            reports.handBack();
            memory.gate().pass();
        }
    }

    private void execute(final Run run) {
        final RunRecorder recorder = settings.recorder();
        if (recorder != null) {
            recorder.started(index, run.runId);
        }
        final long startNs = System.nanoTime();
        running = run;
        try {
            compute(run, startNs);
        } catch (final Throwable e) {
            fail(run, e, System.nanoTime() - startNs);
        } finally {
            running = null;
            Thread.interrupted();
            if (recorder != null) {
                recorder.ended(index);
            }
        }
    }

    /** What the task of this thread does on its own behalf belongs to its run. */
    private @Nullable CoordinationScope scope() {
        final Run run = running;
        return run == null
                ? null
                : new CoordinationScope(
                        calls, serializer, run.runId, run.task, () -> table.isRunning(run) ? null : runOver());
    }

    /** Why what a task holds is not its own any more. */
    static MusterException runOver() {
        return new MusterException("the run of this task is over: it ended, or was cancelled, or its worker lost the"
                + " scheduler; others may hold what it held");
    }

    private void compute(final Run run, final long admittedNs) throws Exception {
        final WorkerFunction function = functions.get(run.functionId);
        long startNs = admittedNs;
        if (!isShort(function)) {
            if (unflushedSinceNs != NONE) {
                flush();
            }
            reports.handBack();
            startNs = System.nanoTime();
        }
        Thread.currentThread().setContextClassLoader(settings.classLoader());
        if (!bringArguments(run)) {
            return;
        }
        final Call call = run.payload instanceof Call live ? live : Call.decode((byte[]) run.payload, serializer);
        final Object value = call.invoke(function.target(), run.arguments);
        final long endNs = System.nanoTime();
        function.took(endNs - startNs);
        final long sizeBytes = SizeOf.estimate(value);
        final boolean isKept = reports.isLocal() && memory.mayGo(value, sizeBytes);
        final ResultEncoder.Encoded encoded = encoder.encode(value, sizeBytes, run.wantsSmallResult() && !isKept);
        if (table.finish(run, value, sizeBytes)) {
            announced = queue.announce();
            reports.runDone(run.runId, run.task, sizeBytes, endNs - startNs, encoded.inline(), encoded.value());
            reported(endNs);
            if (memory.isOverTarget()) {
                flush();
                memory.makeRoom();
            }
        }
    }

    /** Reads back what is on disk of a run's arguments; false if one is gone: then the scheduler is told, and the run is over. */
    private boolean bringArguments(final Run run) throws InterruptedException {
        for (int i = 0; i < run.arguments.length; i++) {
            if (run.arguments[i] instanceof Spillable held) {
                final Object value = table.value(run.inputs[i], held);
                if (value == ResultStore.ABSENT) {
                    if (table.fail(run)) {
                        reports.inputMissing(run.runId, run.task, run.inputs[i], self(), new boolean[] {true});
                        reported(System.nanoTime());
                    }
                    return false;
                }
                run.arguments[i] = value;
            }
        }
        return true;
    }

    private int[] self() {
        return new int[] {table.selfNumber()};
    }

    private void fail(final Run run, final Throwable reason, final long durationNs) {
        functions.get(run.functionId).took(durationNs);
        if (!table.fail(run)) {
            return;
        }
        final TaskFailure failure = failureOf(run, reason instanceof OutOfMemoryError ? explained(reason) : reason);
        announced = announced || queue.announce();
        reports.runFailed(run.runId, run.task, durationNs, reports.isLocal() ? failure : failure.toBytes());
        reported(System.nanoTime());
    }

    private TaskFailure failureOf(final Run run, final Throwable reason) {
        final String key = run.key == null ? functions.get(run.functionId).name() : run.key;
        try {
            return TaskFailure.of(reason, key, settings.name(), run.attempt, serializer);
        } catch (final RuntimeException | Error e) {
            return TaskFailure.of(
                    new MusterException(
                            "the task failed with " + reason.getClass().getName() + ", which can't be described: "
                                    + e.getClass().getName()),
                    key,
                    settings.name(),
                    run.attempt,
                    serializer);
        }
    }

    private OutOfMemoryError explained(final Throwable reason) {
        final OutOfMemoryError explained = new OutOfMemoryError(reason.getMessage() + "; " + memory.describe());
        explained.setStackTrace(reason.getStackTrace());
        return explained;
    }

    private static boolean isShort(final WorkerFunction function) {
        final long typicalNs = function.typicalNs();
        return typicalNs >= 0 && typicalNs <= SHORT_NS;
    }

    private void reported(final long nowNs) {
        final long since = unflushedSinceNs;
        if (since == NONE) {
            unflushedSinceNs = nowNs == NONE ? 1 : nowNs;
        } else if (nowNs - since > SHORT_NS) {
            flush();
        }
    }

    private void flush() {
        if (unflushedSinceNs != NONE) {
            unflushedSinceNs = NONE;
            reports.flush();
        }
    }
}
