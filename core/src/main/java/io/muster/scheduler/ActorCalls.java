package io.muster.scheduler;

/** Calls of actors that are at workers. A call goes to its actor's worker at once, whatever that has to do, and takes no place there. */
final class ActorCalls {
    private final CoreState state;
    private final TaskTable tasks;
    private final Effects effects;

    ActorCalls(final CoreState state, final Effects effects) {
        this.state = state;
        this.tasks = state.tasks;
        this.effects = effects;
    }

    /** The actor of a call. */
    static int actor(final CoreState state, final int call) {
        return state.edges.input(state.tasks.inputs[call]);
    }

    /** Sends a call whose actor exists to that. */
    void assign(final int slot, final long runId) {
        final WorkerState worker = state.workers.get(tasks.holder[actor(state, slot)]);
        if (worker == null) {
            throw new IllegalStateException("slot=" + slot + " calls an actor on a worker that is gone");
        }
        final FunctionState function = state.function(slot);
        if (function.mustSendTo(worker.number)) {
            effects.registerFunction(worker, function);
        }
        state.enter(slot, TaskPhase.PROCESSING);
        tasks.runId[slot] = runId;
        tasks.attempt[slot] = 1;
        tasks.worker[slot] = worker.number;
        tasks.set(slot, TaskTable.COMMITTED, true);
        worker.calls.add(tasks, slot);
        worker.callCount++;
        effects.assign(worker, slot);
    }

    /** Takes a call that is over off its worker; the caller gives it its next phase. */
    void unassign(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        if (worker.party != null) {
            state.coordination.runEnded(worker.party, tasks.runId[slot]);
        }
        worker.calls.remove(tasks, slot);
        worker.callCount--;
        tasks.worker[slot] = TaskTable.NONE;
        tasks.runId[slot] = 0;
    }
}
