package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.data.WorkerAddress;
import io.muster.worker.WorkerCommands;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A worker's session: what the scheduler calls is brought to the process, and what that says to the core, in order and late. */
final class SimulatedSession implements WorkerCommands {
    final int number;
    final SimulatedWorker worker;
    final Simulation.Stream in;
    final Simulation.Stream out;
    private final Simulation simulation;
    private @Nullable WorkerState state;
    private long heardAt;

    SimulatedSession(final Simulation simulation, final SimulatedWorker worker, final int number) {
        this.simulation = simulation;
        this.worker = worker;
        this.number = number;
        in = simulation.stream();
        out = simulation.stream();
        heardAt = simulation.now();
    }

    /** The worker as the core knows it; null before it is registered. */
    @Nullable
    WorkerState state() {
        return state;
    }

    /** Whether the core knows it now. */
    boolean isUp() {
        return state != null && !state.gone;
    }

    void registered(final WorkerState as) {
        state = as;
    }

    /** When the worker last heard something. */
    long heardAt() {
        return heardAt;
    }

    /** Says something to the core, which does not hear it if it has given the session up. */
    void report(final Consumer<WorkerState> command) {
        out.send(() -> {
            final WorkerState as = state;
            if (as != null && !as.gone) {
                simulation.command(() -> command.accept(as));
            }
        });
    }

    @Override
    public void coordinated(final CoordinationAnswer answer) {
        throw new AssertionError("no simulated task shares anything: " + answer);
    }

    @Override
    public void registerFunction(final long functionId, final Object body, final String name) {
        tell(() -> worker.learn(functionId));
    }

    @Override
    public void forgetFunction(final long functionId) {
        tell(() -> worker.forget(functionId));
    }

    @Override
    public void assign(
            final long runId,
            final long task,
            final long functionId,
            final int attempt,
            final int flags,
            final long[] inputs,
            final int[] holders,
            final Object payload,
            final @Nullable String key) {
        for (int i = 0; i < inputs.length; i++) {
            checkHolds(holders[i] < 0 ? ~holders[i] : holders[i], inputs[i]);
        }
        tell(() -> {
            worker.checkKnows(functionId, holders);
            worker.runs.assign(runId, task, functionId, attempt, flags, inputs, holders, payload);
        });
    }

    @Override
    public void free(final long task) {
        tell(() -> worker.runs.free(task));
    }

    @Override
    public void abandon(final long runId, final boolean interrupt) {
        tell(() -> worker.abandon(runId));
    }

    @Override
    public void commit(final long runId, final boolean granted) {
        tell(() -> worker.allow(runId, granted));
    }

    @Override
    public void takeBack(final long[] runIds) {
        tell(() -> worker.runs.takeBack(runIds));
    }

    @Override
    public void replicate(final long task, final int[] holders) {
        for (final int holder : holders) {
            checkHolds(holder, task);
        }
        tell(() -> worker.runs.replicate(task, holders));
    }

    private void checkHolds(final int holder, final long task) {
        final int slot = simulation.core.state().slotOf(task);
        if (slot == ClientState.UNKNOWN || !simulation.core.tasks().isHeldBy(slot, holder) && !isToCome(slot, holder)) {
            throw new AssertionError("worker=" + worker + " is to fetch task=" + simulation.task(task) + " from worker="
                    + holder + ", which does not have it");
        }
    }

    /** Whether a task's result is to come at this worker itself. */
    private boolean isToCome(final int slot, final int holder) {
        final TaskTable tasks = simulation.core.tasks();
        final TaskPhase phase = tasks.phase(slot);
        return holder == number
                && tasks.worker[slot] == number
                && (phase == TaskPhase.WAITING || phase == TaskPhase.PROCESSING);
    }

    @Override
    public void workerUp(final WorkerAddress other) {
        tell(() -> worker.peerUp(other.number()));
    }

    @Override
    public void workerDown(final int other) {
        tell(() -> worker.peerDown(other));
    }

    @Override
    public void stop(final boolean restart, final String reason) {
        tell(() -> {
            worker.stop();
            if (restart) {
                simulation.restarted(worker);
            }
        });
    }

    /** The scheduler has heard the worker and says so. */
    void acknowledge() {
        tell(() -> {});
    }

    /** The scheduler has hung up. */
    void hangUp() {
        in.send(() -> worker.deliver(() -> worker.sessionOver(this)));
    }

    private void tell(final Runnable message) {
        in.send(() -> worker.deliver(() -> {
            if (worker.session() == this) {
                heardAt = simulation.now();
                message.run();
                worker.startWhatMay();
            }
        }));
    }
}
