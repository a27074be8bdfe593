package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Workers that answer at once: notes what is assigned, for {@link #answer}, and counts the rest. Allocates nothing. */
final class AnsweringEffects implements Effects {
    private IntArrayList runs = new IntArrayList();
    private IntArrayList spare = new IntArrayList();
    private int finished;
    private int others;

    /** Whether nothing was assigned since the last answer. */
    boolean isIdle() {
        return runs.isEmpty();
    }

    /** How often a client was told of a result. */
    int finished() {
        return finished;
    }

    /** All that was assigned is done. */
    void answer(final SchedulerCore core) {
        final TaskTable tasks = core.tasks();
        final IntArrayList assigned = runs;
        runs = spare;
        spare = assigned;
        for (int i = 0; i < assigned.size(); i++) {
            final int slot = assigned.getInt(i);
            final WorkerState worker = core.workers().get(tasks.worker[slot]);
            if (worker != null) {
                core.runDone(worker, tasks.runId[slot], core.identity(slot), 8, 1_000, false, null);
            }
        }
        assigned.clear();
    }

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
