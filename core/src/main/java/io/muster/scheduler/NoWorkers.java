package io.muster.scheduler;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** What no worker can run: its clients are told at once, and it is given up after a time where that is asked for. */
final class NoWorkers {
    /** How many workers a text speaks of. */
    private static final int MAX_NAMED = 5;

    private final CoreState state;
    private final Effects effects;
    private final long timeoutNs;
    private final Int2ObjectHashMap<Long> sinceNs = new Int2ObjectHashMap<>();
    private long nobodySinceNs = WorkerState.NEVER;

    /**
     * Knows of no task.
     *
     * @param timeoutNs how long tasks wait for a worker that could run them before they fail; 0: for ever
     */
    NoWorkers(final CoreState state, final Effects effects, final long timeoutNs) {
        this.state = state;
        this.effects = effects;
        this.timeoutNs = timeoutNs;
    }

    /** A task begins to wait for a worker to come. */
    void entered(final int slot) {
        if (timeoutNs > 0) {
            sinceNs.put(slot, (Long) state.nowNs);
        }
        tell(slot);
    }

    void left(final int slot) {
        if (!sinceNs.isEmpty()) {
            sinceNs.remove(slot);
        }
    }

    /** Tells the client of a task that none of the workers there are could ever run its kind, if it was not told before. */
    void tell(final int slot) {
        final TaskKind kind = state.kind(slot);
        final ClientState client = state.clients.get(state.tasks.client[slot]);
        if (isNews(kind) && client != null) {
            kind.isReported = true;
            effects.warn(client, describe(slot) + "; it waits until one comes");
        }
    }

    /** Whether no worker could ever run tasks of a kind, though some are there, and nobody was told. */
    boolean isNews(final TaskKind kind) {
        return !kind.isReported && !kind.isPossible && state.livingWorkers > 0;
    }

    /** Whether a task has waited for too long. Tasks began to wait in the order in which they stand in the list. */
    boolean isOverdue(final int slot) {
        final Long since = sinceNs.get(slot);
        return since != null && state.nowNs - since >= timeoutNs;
    }

    /** Whether there was work and nobody to do it for too long. */
    boolean isNobodyThere(final boolean isAnythingToDo) {
        if (timeoutNs == 0 || state.livingWorkers > 0 || !isAnythingToDo) {
            nobodySinceNs = WorkerState.NEVER;
            return false;
        }
        if (nobodySinceNs == WorkerState.NEVER) {
            nobodySinceNs = state.nowNs;
        }
        return state.nowNs - nobodySinceNs >= timeoutNs;
    }

    Object failure(final int slot) {
        final String text = describe(slot) + "; it waited for scheduler.no-workers-timeout=" + timeoutNs / 1_000_000
                + " ms: start such workers, ask for less, or raise the timeout";
        return effects.failure(
                Effects.FailureKind.NO_WORKER, state.key(slot), "", state.tasks.attempt[slot], text);
    }

    /** What a task asks for, and what there is. */
    private String describe(final int slot) {
        final TaskKind kind = state.kind(slot);
        final StringBuilder text = new StringBuilder("no worker can run task ").append(state.key(slot));
        final StringJoiner asked = new StringJoiner(" and ", ", which asks for ", "").setEmptyValue("");
        if (!kind.needs.isEmpty()) {
            asked.add("resources=" + kind.needs);
        }
        if (kind.restriction != null) {
            asked.add("workers=" + Arrays.toString(kind.restriction));
        }
        text.append(asked).append("; there are workers=").append(state.livingWorkers);
        final List<@Nullable WorkerState> workers = state.workers;
        int named = 0;
        for (int i = 0; i < workers.size() && named < MAX_NAMED; i++) {
            final WorkerState worker = workers.get(i);
            if (worker != null) {
                text.append(named == 0 ? ": " : ", ")
                        .append(worker.name)
                        .append(" on ")
                        .append(worker.host)
                        .append(worker.resources().isEmpty() ? "" : " with " + worker.resources());
                named++;
            }
        }
        return text.append(state.livingWorkers > named ? ", …" : "").toString();
    }
}
