package io.muster.scheduler;

import io.muster.scheduler.Effects.FailureKind;
import java.util.List;

/** Tasks that may run once only: a run of such a task begins when it is allowed to, and after that no other does. */
final class Commitments {
    /*
     * COMMITTED is set when a run is allowed to begin, and stays whatever becomes of the run or of its result, but for two things: the run
     * reports that it failed, so that it is known how it ended, or somebody asks that the failed task be tried again. Where the scheduler
     * would run a committed task again, the task fails.
     */
    private final CoreState state;
    private final Effects effects;
    private final TaskLife life;

    Commitments(final CoreState state, final Effects effects, final TaskLife life) {
        this.state = state;
        this.effects = effects;
        this.life = life;
    }

    /** A run asks whether it may begin; {@code slot} is UNKNOWN if it is not current. */
    void requested(final WorkerState worker, final long runId, final int slot) {
        final boolean granted = slot != ClientState.UNKNOWN && state.tasks.has(slot, TaskTable.ONCE);
        if (granted) {
            state.tasks.set(slot, TaskTable.COMMITTED, true);
        }
        effects.commit(worker, runId, granted);
    }

    /** A task whose run is over without a report fails if that run was allowed to begin. */
    boolean failed(final int slot, final WorkerState worker, final String reason) {
        if (!state.tasks.has(slot, TaskTable.COMMITTED)) {
            return false;
        }
        life.fail(
                slot,
                unknown(slot, worker.name, "its worker " + worker.name + " was lost before it reported: " + reason));
        return true;
    }

    Object unknown(final int slot, final String worker, final String why) {
        final String key = state.key(slot);
        return effects.failure(
                FailureKind.UNKNOWN_OUTCOME,
                key,
                worker,
                state.tasks.attempt[slot],
                "task " + key + " runs once only and had begun, but " + why
                        + "; what it does may or may not have happened. Look whether it did; client.retry runs it again",
                List.of());
    }
}
