package io.muster.scheduler;

import io.muster.config.Options;
import io.muster.config.Settings;
import io.muster.scheduler.TaskStreamLog.Kind;
import org.jspecify.annotations.Nullable;

/** Keeps what happened, for people who look at it: outside the core, whose decisions it never touches. For the scheduler's thread. */
final class Recorder {
    private final TaskStreamLog stream;
    private final long startNs = System.nanoTime();
    private final long startUs = System.currentTimeMillis() * 1_000;

    Recorder(final Settings settings) {
        this(settings.get(Options.DIAGNOSTICS_STREAM_ROWS));
    }

    Recorder(final int streamRows) {
        stream = new TaskStreamLog(streamRows);
    }

    TaskStreamLog stream() {
        return stream;
    }

    /** A time of this JVM's {@link System#nanoTime()} in microseconds since 1970. */
    long epochUs(final long ns) {
        return startUs + Math.floorDiv(ns - startNs, 1_000L);
    }

    void workerJoined(final WorkerState worker) {
        stream.worker(worker.number, worker.name);
    }

    /**
     * A run ended, of which the core is told next; times are by the worker's clock. One that is not current any more is not kept.
     *
     * @param offsetNs what is to be added to the worker's times
     * @param nowNs when the report came: nothing in it can be later
     */
    void ran(
            final SchedulerCore core,
            final WorkerState worker,
            final long runId,
            final long task,
            final boolean failed,
            final long offsetNs,
            final long nowNs,
            final int thread,
            final long runStartNs,
            final long runStopNs,
            final long fetchStartNs,
            final long fetchStopNs,
            final long diskNs) {
        if (runStartNs == 0 || !stream.isOn()) {
            return;
        }
        final int slot = core.state().currentRun(worker, runId, task);
        if (slot == ClientState.UNKNOWN) {
            return;
        }
        final FunctionState function = core.function(slot);
        if (function.streamIndex < 0) {
            function.streamIndex = stream.functionIndex(function.name);
        }
        final @Nullable String key = core.tasks().key(slot);
        final long lateNs = Math.min(0, nowNs - runStopNs - offsetNs);
        final long shiftNs = offsetNs + lateNs;
        final int index = function.streamIndex;
        if (fetchStartNs != 0) {
            stream.add(
                    worker.number,
                    thread,
                    index,
                    epochUs(fetchStartNs + shiftNs),
                    epochUs(fetchStopNs + shiftNs),
                    Kind.TRANSFER,
                    task,
                    key);
        }
        final long beginNs = runStartNs + Math.max(0, diskNs);
        if (diskNs > 0) {
            stream.add(
                    worker.number,
                    thread,
                    index,
                    epochUs(runStartNs + shiftNs),
                    epochUs(beginNs + shiftNs),
                    Kind.SPILL,
                    task,
                    key);
        }
        stream.add(
                worker.number,
                thread,
                index,
                epochUs(beginNs + shiftNs),
                epochUs(Math.max(beginNs, runStopNs) + shiftNs),
                failed ? Kind.ERRED : Kind.COMPUTE,
                task,
                key);
    }
}
