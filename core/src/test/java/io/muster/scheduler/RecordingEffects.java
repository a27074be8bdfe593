package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Effects as lines of text: {@code assign a 3} is task 3 to the worker named a. */
final class RecordingEffects implements Effects {
    private final List<String> lines = new ArrayList<>();
    private final List<CoordinationAnswer> answers = new ArrayList<>();
    private @Nullable SchedulerCore core;

    void core(final SchedulerCore decides) {
        core = decides;
    }

    /** What happened since the last call. */
    List<String> take() {
        final List<String> taken = List.copyOf(lines);
        lines.clear();
        return taken;
    }

    @Override
    public void registerFunction(final WorkerState worker, final FunctionState function) {
        lines.add("register " + worker.name + " " + function.name);
    }

    @Override
    public void forgetFunction(final WorkerState worker, final FunctionState function) {
        lines.add("forget " + worker.name + " " + function.name);
    }

    @Override
    public void assign(final WorkerState worker, final int slot) {
        if (core != null) {
            lines.add("assign " + worker.name + " " + core.tasks().taskId[slot]);
        }
    }

    @Override
    public void free(final WorkerState worker, final long task) {
        lines.add("free " + worker.name + " " + (int) task);
    }

    @Override
    public void abandon(final WorkerState worker, final long runId, final boolean interrupt) {
        lines.add((interrupt ? "interrupt " : "abandon ") + worker.name + " run " + runId);
    }

    @Override
    public void commit(final WorkerState worker, final long runId, final boolean granted) {
        lines.add((granted ? "grant " : "deny ") + worker.name + " run " + runId);
    }

    @Override
    public void takeBack(final WorkerState worker, final long runId) {
        lines.add("take back " + worker.name + " run " + runId);
    }

    @Override
    public void warn(final ClientState client, final String text) {
        lines.add("warn " + client.number + ": " + text);
    }

    @Override
    public void replicate(final WorkerState destination, final int slot) {
        if (core != null) {
            lines.add("replicate " + core.tasks().taskId[slot] + " to " + destination.name);
        }
    }

    @Override
    public void stop(final WorkerState worker, final String reason) {
        lines.add((worker.restarts ? "restart " : "stop ") + worker.name + ": " + reason);
    }

    @Override
    public void workerGone(final WorkerState worker, final String reason) {
        lines.add("gone " + worker.name);
    }

    @Override
    public void finished(
            final ClientState client,
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        lines.add("finished " + taskId);
    }

    @Override
    public void erred(final ClientState client, final int taskId, final Object failure) {
        lines.add("erred " + taskId + " " + (failure instanceof Failure found ? found.kind() : failure));
    }

    @Override
    public void cancelled(final ClientState client, final int taskId, final boolean lost, final String reason) {
        lines.add((lost ? "lost " : "cancelled ") + taskId);
    }

    @Override
    public void scatterTo(final ClientState client, final int taskId, final int worker) {
        lines.add("scatter " + taskId + " to " + worker);
    }

    @Override
    public void answer(final ClientState client, final long requestId, final String json) {
        lines.add("answer " + requestId + " " + json);
    }

    @Override
    public void answer(final ClientState client, final CoordinationAnswer answer) {
        lines.add("answer client " + client.number + " " + answer.requestId() + " " + answer.status());
        answers.add(answer);
    }

    @Override
    public void answer(final WorkerState worker, final CoordinationAnswer answer) {
        lines.add("answer worker " + worker.number + " " + answer.requestId() + " " + answer.status());
        answers.add(answer);
    }

    /** The latest answer of any client or worker. */
    CoordinationAnswer lastAnswer() {
        return answers.get(answers.size() - 1);
    }

    @Override
    public Object failure(
            final FailureKind kind,
            final String key,
            final String worker,
            final int attempt,
            final String message,
            final List<String> details) {
        return new Failure(kind, key, worker, attempt, message, details);
    }

    /** What the scheduler says about a task that it fails itself. */
    record Failure(FailureKind kind, String key, String worker, int attempt, String message, List<String> details) {}
}
