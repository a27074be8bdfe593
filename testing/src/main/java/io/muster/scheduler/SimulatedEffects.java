package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import java.util.Arrays;
import java.util.List;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/** Hands the core's effects to the production router, and checks before that each of them may be. */
final class SimulatedEffects implements Effects {
    private static final long NONE = -1;

    private final Simulation simulation;
    private final Router router;

    /** The run of each task that its worker has not ended and was not told to give up. */
    private final Long2LongHashMap openRuns = new Long2LongHashMap(NONE);

    private final Long2LongHashMap openTasks = new Long2LongHashMap(NONE);
    private final Long2LongHashMap openOn = new Long2LongHashMap(NONE);

    /** The runs that were asked back. */
    private final LongHashSet asked = new LongHashSet();

    private long lastRun;
    private long count;

    SimulatedEffects(final Simulation simulation, final Router router) {
        this.simulation = simulation;
        this.router = router;
    }

    /** What the scheduler says about a task that it fails itself. */
    record Failure(FailureKind kind, String key, String worker, int attempt, String message) {}

    /** How many there were for workers and clients. */
    long count() {
        return count;
    }

    /** A worker says that a run is over. */
    void reported(final WorkerState worker, final long runId) {
        if (openOn.get(runId) == worker.number) {
            close(runId);
        }
    }

    private void close(final long runId) {
        final long task = openTasks.remove(runId);
        if (task != NONE) {
            openRuns.remove(task);
            openOn.remove(runId);
        }
    }

    @Override
    public void registerFunction(final WorkerState worker, final FunctionState function) {
        note(1, worker, function.id);
        router.registerFunction(worker, function);
    }

    @Override
    public void forgetFunction(final WorkerState worker, final FunctionState function) {
        note(2, worker, function.id);
        router.forgetFunction(worker, function);
    }

    @Override
    public void assign(final WorkerState worker, final int slot) {
        final SchedulerCore core = simulation.core;
        final long task = core.identity(slot);
        final long runId = core.tasks().runId[slot];
        note(3, worker, runId);
        simulation.trace("assign", worker.name, core.tasks().payload[slot] + " run " + runId);
        if (!core.tasks().has(slot, TaskTable.CALL)) {
            checkTakes(worker, "a task");
        }
        if (runId <= lastRun) {
            throw new AssertionError("run=" + runId + " comes after run=" + lastRun);
        }
        if (openRuns.containsKey(task)) {
            throw new AssertionError("task=" + core.tasks().payload[slot] + " runs again though run="
                    + openRuns.get(task) + " may go on");
        }
        if (!core.tasks().has(slot, TaskTable.CALL)) {
            checkFits(core.kind(slot), worker);
        }
        checkNothingIsKeptForOthers(slot, worker);
        checkNothingIsMoreUrgent(slot);
        lastRun = runId;
        openRuns.put(task, runId);
        openTasks.put(runId, task);
        openOn.put(runId, worker.number);
        router.assign(worker, slot);
    }

    private static void checkTakes(final WorkerState worker, final String what) {
        if (worker.draining || worker.paused) {
            throw new AssertionError(
                    "worker=" + worker.name + (worker.draining ? " is leaving" : " pauses") + " and gets " + what);
        }
    }

    /**
     * Tasks that run equally well on all workers start in the order of their priorities, and those of the client first that has the fewest
     * at workers.
     */
    private void checkNothingIsMoreUrgent(final int slot) {
        final TaskTable tasks = simulation.core.tasks();
        if (!runsAnywhere(slot)) {
            return;
        }
        final int priority = ((SimulatedTask) tasks.payload[slot]).priority;
        final ClientShare share = simulation.core.function(slot).share;
        for (int other = 0; other < tasks.limit(); other++) {
            if (tasks.phase(other) != TaskPhase.QUEUED
                    || tasks.worker[other] != TaskTable.NONE
                    || !runsAnywhere(other)) {
                continue;
            }
            final ClientShare others = simulation.core.function(other).share;
            if (others == share && ((SimulatedTask) tasks.payload[other]).priority > priority) {
                throw new AssertionError("task=" + tasks.payload[slot] + " starts before task=" + tasks.payload[other]
                        + ", which is more urgent");
            }
            if (others != share && others.assigned < share.assigned - 1) {
                throw new AssertionError("task=" + tasks.payload[slot] + " starts before task=" + tasks.payload[other]
                        + ", whose client has fewer at workers: " + others.assigned + " < " + (share.assigned - 1));
            }
        }
    }

    /** What an earlier task waits for on a worker is not taken by a later one. */
    private void checkNothingIsKeptForOthers(final int slot, final WorkerState worker) {
        final TaskTable tasks = simulation.core.tasks();
        final TaskKind kind = simulation.core.kind(slot);
        for (final TaskKind other : simulation.core.kinds().waiting()) {
            if (other != kind
                    && other.reserved == worker.number
                    && other.queue().firstOrder() < tasks.order[slot]
                    && other.needs.overlaps(kind.needs)) {
                throw new AssertionError("task=" + tasks.payload[slot] + " takes what of worker=" + worker.name
                        + " an earlier task waits for, which needs " + other.needs);
            }
        }
    }

    private boolean runsAnywhere(final int slot) {
        return simulation.core.tasks().inputs[slot] == EdgePool.NONE
                && simulation.core.kind(slot).isPlain();
    }

    private void checkFits(final TaskKind kind, final WorkerState worker) {
        final SchedulerCore core = simulation.core;
        if (!kind.names(worker) && !kind.orOthers) {
            throw new AssertionError("worker=" + worker.name + " gets a task for " + Arrays.toString(kind.restriction));
        }
        final long durationUs = kind.function.knownUs();
        if (!worker.couldDo(core.nowNs(), durationUs)
                && core.workers().stream().anyMatch(other -> other != null && outlasts(durationUs, kind, other))) {
            throw new AssertionError("worker=" + worker.name + " gets a task that it can't finish: durationUs="
                    + durationUs + " remainingNs=" + worker.remainingNs(core.nowNs()));
        }
    }

    /** Whether a worker would have had the time for a task of a kind when it was new. */
    private static boolean outlasts(final long durationUs, final TaskKind kind, final WorkerState worker) {
        return kind.names(worker) && worker.offers(kind.needs) && worker.couldDo(worker.joinedAtNs, durationUs);
    }

    @Override
    public void free(final WorkerState worker, final long task) {
        note(4, worker, task);
        simulation.trace("free", worker.name, simulation.task(task));
        simulation.oracle.checkIsElsewhere(worker, task);
        router.free(worker, task);
    }

    @Override
    public void abandon(final WorkerState worker, final long runId, final boolean interrupt) {
        note(5, worker, runId);
        simulation.trace("abandon", worker.name, "run " + runId);
        close(runId);
        router.abandon(worker, runId, interrupt);
    }

    @Override
    public void replicate(final WorkerState destination, final int slot) {
        final long task = simulation.core.identity(slot);
        note(6, destination, task);
        simulation.trace("replicate", destination.name, simulation.task(task));
        checkTakes(destination, "a copy");
        final Copies copies = simulation.core.copies();
        if (simulation.core.tasks().has(slot, TaskTable.ACTOR)) {
            throw new AssertionError("task=" + simulation.task(task) + " is an actor and is copied");
        }
        if (!copies.mayHold(slot, destination) && copies.mayHold(slot, 1) > 0) {
            throw new AssertionError(
                    "worker=" + destination.name + " gets a copy that others may keep, and it may not");
        }
        router.replicate(destination, slot);
    }

    @Override
    public void stop(final WorkerState worker, final String reason) {
        note(7, worker, 0);
        simulation.trace("stop", worker.name, reason);
        if (worker.stopAtNs == WorkerState.NEVER || simulation.core.nowNs() < worker.stopAtNs) {
            checkNothingIsLost(worker);
        }
        if (worker.assigned > 0) {
            throw new AssertionError("worker=" + worker.name + " is stopped while it works");
        }
        router.stop(worker, reason);
    }

    private void checkNothingIsLost(final WorkerState worker) {
        final SchedulerCore core = simulation.core;
        final boolean anyStays = core.workers().stream().anyMatch(other -> other != null && !other.draining);
        for (int slot = 0; slot < core.tasks().limit(); slot++) {
            final int held = slot;
            if (core.tasks().phase(slot) == TaskPhase.MEMORY
                    && core.tasks().isHeldBy(slot, worker.number)
                    && (anyStays || worker.mayWait && core.tasks().isNeeded(slot))
                    && core.workers().stream()
                            .noneMatch(other -> other != null
                                    && !other.draining
                                    && core.tasks().isHeldBy(held, other.number))) {
                throw new AssertionError("worker=" + worker.name + " is stopped and takes slot=" + slot + " with it");
            }
        }
    }

    @Override
    public void workerGone(final WorkerState worker, final String reason) {
        simulation.mix(8, worker.number, 0);
        simulation.trace("gone", worker.name, reason);
        openOn.keySet().stream()
                .filter(run -> openOn.get((long) run) == worker.number)
                .toList()
                .forEach(this::close);
        router.workerGone(worker, reason);
        ((SimulatedSession) worker.peer).hangUp();
    }

    @Override
    public void finished(
            final ClientState client,
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        note(9, client, taskId);
        simulation.trace("finished", client.number + ":" + taskId, worker);
        router.finished(client, taskId, worker, sizeBytes, inline, value);
    }

    @Override
    public void erred(final ClientState client, final int taskId, final Object failure) {
        note(10, client, taskId);
        simulation.trace("erred", client.number + ":" + taskId, failure);
        router.erred(client, taskId, failure);
    }

    @Override
    public void cancelled(final ClientState client, final int taskId, final boolean lost, final String reason) {
        note(11, client, taskId);
        simulation.trace("cancelled", client.number + ":" + taskId, reason);
        router.cancelled(client, taskId, lost, reason);
    }

    @Override
    public void scatterTo(final ClientState client, final int taskId, final int worker) {
        note(12, client, taskId);
        simulation.trace("scatter", client.number + ":" + taskId, worker);
        final WorkerState destination = simulation.core.workers().get(worker);
        if (destination == null) {
            throw new AssertionError("worker=" + worker + " is gone and gets data");
        }
        checkTakes(destination, "data");
        router.scatterTo(client, taskId, worker);
    }

    @Override
    public void answer(final ClientState client, final long requestId, final String json) {
        note(14, client, requestId);
        simulation.trace("answer", client.number, json);
        router.answer(client, requestId, json);
    }

    @Override
    public void answer(final ClientState client, final CoordinationAnswer answer) {
        throw new AssertionError("client=" + client.number + " did not ask: " + answer);
    }

    @Override
    public void answer(final WorkerState worker, final CoordinationAnswer answer) {
        throw new AssertionError("worker=" + worker.number + " did not ask: " + answer);
    }

    @Override
    public void commit(final WorkerState worker, final long runId, final boolean granted) {
        note(15, worker, runId);
        simulation.trace(granted ? "allow" : "deny", worker.name, "run " + runId);
        if (granted && openOn.get(runId) != worker.number) {
            throw new AssertionError("worker=" + worker.name + " may begin run=" + runId + ", which it has not");
        }
        if (granted) {
            simulation.task(openTasks.get(runId)).allowed = true;
        }
        router.commit(worker, runId, granted);
    }

    @Override
    public void takeBack(final WorkerState worker, final long runId) {
        note(13, worker, runId);
        simulation.trace("take back", worker.name, "run " + runId);
        if (openOn.get(runId) != worker.number) {
            throw new AssertionError("worker=" + worker.name + " is to give run=" + runId + " back, which it has not");
        }
        if (!asked.add(runId)) {
            throw new AssertionError("worker=" + worker.name + " is to give run=" + runId + " back for a second time");
        }
        router.takeBack(worker, runId);
    }

    @Override
    public void warn(final ClientState client, final String text) {
        simulation.trace("warn", client.number, text);
    }

    @Override
    public Object failure(
            final FailureKind kind,
            final String key,
            final String worker,
            final int attempt,
            final String message,
            final List<String> details) {
        return new Failure(kind, key, worker, attempt, message);
    }

    private void note(final int what, final WorkerState worker, final long about) {
        if (worker.gone) {
            throw new AssertionError("worker=" + worker.name + " is gone and is told something: effect=" + what);
        }
        count++;
        simulation.mix(what, worker.number, about);
    }

    private void note(final int what, final ClientState client, final long about) {
        if (simulation.core.clients().get(client.number) != client) {
            throw new AssertionError("client=" + client.number + " is gone and is told something: effect=" + what);
        }
        count++;
        simulation.mix(what, client.number, about);
    }
}
