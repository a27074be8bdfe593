package io.muster.scheduler;

import io.muster.worker.Lifetime;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Workers come, stay alive by their leases, leave, and die. */
final class Membership {
    /** How long a worker that leaves keeps its actors for those that call them, if it has so much time, and two leases are not less. */
    private static final long ACTOR_PATIENCE_NS = 30_000_000_000L;

    private final CoreState state;
    private final Effects effects;
    private final Dispatcher dispatcher;
    private final TaskLife life;
    private final Evacuation evacuation;
    private final TaskTable tasks;
    private final List<@Nullable WorkerState> workers;
    private final long leaseNs;

    /** Before it nothing is due with any worker. */
    private long dueNs;

    Membership(
            final CoreState state,
            final Effects effects,
            final Dispatcher dispatcher,
            final TaskLife life,
            final Evacuation evacuation,
            final long leaseNs) {
        this.state = state;
        this.effects = effects;
        this.dispatcher = dispatcher;
        this.life = life;
        this.evacuation = evacuation;
        this.tasks = state.tasks;
        this.workers = state.workers;
        this.leaseNs = leaseNs;
    }

    void addWorker(final long timeNs, final WorkerState worker) {
        state.nowNs = timeNs;
        while (workers.size() <= worker.number) {
            workers.add(null);
        }
        workers.set(worker.number, worker);
        state.workerNames.add(worker.name);
        state.livingWorkers++;
        state.endingWorkers += worker.endAtNs == WorkerState.NEVER ? 0 : 1;
        dueNs = timeNs;
        worker.joinedAtNs = timeNs;
        worker.leaseEndsNs = timeNs + leaseNs;
        dispatcher.joined(worker);
        evacuation.changed();
    }

    /** Renews a worker's lease. */
    void heartbeat(final long timeNs, final WorkerState worker) {
        state.nowNs = timeNs;
        worker.leaseEndsNs = timeNs + leaseNs;
    }

    /** Does what is due: workers whose leases ran out are removed, those whose jobs end soon retire. */
    void tick(final long timeNs) {
        state.nowNs = timeNs;
        state.suspicions.expire(timeNs);
        if (timeNs - dueNs >= 0) {
            dueNs = lookAtAll(timeNs);
        }
        evacuation.retry();
        dispatcher.timePassed();
        life.failOverdue();
    }

    /** Does what is due with each worker; returns when the next may be. */
    private long lookAtAll(final long timeNs) {
        long next = timeNs + leaseNs;
        for (int number = 0; number < workers.size(); number++) {
            final WorkerState worker = workers.get(number);
            if (worker == null) {
                continue;
            }
            if (worker.leaseEndsNs - timeNs < 0) {
                removeWorker(worker, "no sign of life for " + leaseNs / 1_000_000 + " ms", true);
            } else if (worker.stopping) {
                if (timeNs - worker.stoppingSinceNs > leaseNs) {
                    removeWorker(worker, "told to stop, it did not within " + leaseNs / 1_000_000 + " ms", true);
                }
            } else if (worker.draining) {
                if (worker.loseActorsAtNs != WorkerState.NEVER && timeNs - worker.loseActorsAtNs >= 0) {
                    life.loseActors(worker, "the worker leaves: " + worker.leaveReason);
                    worker.loseActorsAtNs = worker.actors > 0 ? timeNs + actorPatienceNs() : WorkerState.NEVER;
                }
                if (worker.stopAtNs != WorkerState.NEVER && timeNs - worker.stopAtNs >= 0) {
                    endPatience(worker);
                }
            } else if (worker.isDue(timeNs)) {
                retire(timeNs, worker, worker.remainingNs(timeNs), true, Lifetime.OVER);
            }
            next = Math.min(next, nextDueNs(worker));
        }
        return next;
    }

    /** How long a leaving worker keeps its actors; one whose constructor is under way then is kept as long again. */
    private long actorPatienceNs() {
        return Math.min(ACTOR_PATIENCE_NS, 2 * leaseNs);
    }

    private long nextDueNs(final WorkerState worker) {
        final long leavesNs;
        if (worker.stopping) {
            leavesNs = worker.stoppingSinceNs + leaseNs;
        } else if (worker.draining) {
            leavesNs = Math.min(worker.loseActorsAtNs, worker.stopAtNs);
        } else {
            leavesNs = worker.leaveAtNs;
        }
        return Math.min(worker.leaseEndsNs, leavesNs);
    }

    /** The worker asks to leave; {@code patienceNs} is how long it can wait, 0 stands for as long as its job lasts. */
    void drain(final long timeNs, final WorkerState worker, final long patienceNs, final String reason) {
        retire(timeNs, worker, patienceNs > 0 ? patienceNs : worker.remainingNs(timeNs), true, reason);
    }

    /**
     * Lets a worker leave: it gets no more tasks, what runs there may end, what only it holds is copied to others, then it is stopped.
     * Nothing changes for one that leaves already, but that it may have to be quicker.
     *
     * @param patienceNs after which it is stopped all the same, and what runs there begins anew elsewhere, without blame
     * @param mayWait whether, where no worker stays, it waits for one that takes what only it holds
     */
    void retire(
            final long timeNs,
            final WorkerState worker,
            final long patienceNs,
            final boolean mayWait,
            final String reason) {
        state.nowNs = timeNs;
        if (worker.gone || worker.stopping) {
            return;
        }
        final long leftNs = Math.min(Math.max(0, patienceNs), worker.remainingNs(timeNs));
        if (leftNs != WorkerState.NEVER
                && (worker.stopAtNs == WorkerState.NEVER || leftNs < worker.stopAtNs - timeNs)) {
            worker.stopAtNs = timeNs + leftNs;
            dueNs = timeNs;
        }
        if (worker.draining) {
            worker.mayWait &= mayWait;
            evacuation.changed();
            return;
        }
        dueNs = timeNs;
        state.because(Cause.WORKER_LEAVES, worker.number, 0);
        worker.draining = true;
        worker.loseActorsAtNs = timeNs + actorPatienceNs();
        worker.mayWait = mayWait;
        worker.leaveReason = reason;
        dispatcher.left(worker);
        dispatcher.requeueLocal(worker);
        placeAwaitedAnew(worker);
        evacuation.begin(worker);
    }

    /**
     * A worker has no memory for more, or has it again. While it pauses it gets nothing, and what it has not started is taken back.
     */
    void pause(final long timeNs, final WorkerState worker, final boolean paused) {
        state.nowNs = timeNs;
        if (worker.gone || worker.paused == paused) {
            return;
        }
        state.because(Cause.WORKER_PAUSED, worker.number, 0);
        worker.paused = paused;
        if (paused) {
            dispatcher.paused(worker);
            placeAwaitedAnew(worker);
        } else if (!worker.draining) {
            dispatcher.joined(worker);
        }
        evacuation.changed();
    }

    private void placeAwaitedAnew(final WorkerState worker) {
        final IntArrayList homeless = worker.awaited.slots(tasks);
        for (int i = 0; i < homeless.size(); i++) {
            dispatcher.stopAwaiting(homeless.getInt(i));
            dispatcher.placeScattered(homeless.getInt(i));
        }
    }

    /** Has a worker that has nothing to do any more, and holds nothing that is needed, replaced by its nanny. */
    void restart(final WorkerState worker, final String reason) {
        worker.draining = true;
        worker.restarts = true;
        worker.leaveReason = reason;
        dispatcher.left(worker);
        dispatcher.requeueLocal(worker);
        evacuation.begin(worker);
        evacuation.stop(worker, state.nowNs, reason);
    }

    /** A leaving worker's time is over: what still runs there has to run elsewhere. */
    private void endPatience(final WorkerState worker) {
        state.because(Cause.WORKER_LEAVES, worker.number, 0);
        life.loseActors(worker, "the worker leaves: " + worker.leaveReason);
        final IntArrayList runs = worker.runs.slots(tasks);
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            dispatcher.stopRun(slot);
            state.enter(slot, TaskPhase.WAITING);
            tasks.waitingFor[slot] = 0;
        }
        evacuation.stop(worker, state.nowNs, worker.leaveReason + "; its time to leave is over");
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            if (tasks.phase(slot) == TaskPhase.WAITING
                    && !life.commitments().failed(slot, worker, "its time to leave was over")) {
                life.resume(slot);
            }
        }
    }

    /**
     * A worker's session is over: its runs are void, its results gone.
     *
     * @param expected whether the cause is known, so that no task is to blame; a worker that was leaving counts as expected
     */
    void removeWorker(final WorkerState worker, final String reason, final boolean expected) {
        if (worker.gone) {
            return;
        }
        state.because(Cause.WORKER_GONE, worker.number, 0);
        final boolean isBlameless = expected || worker.draining || worker.isDue(state.nowNs);
        final IntArrayList early = dispatcher.ahead().of(worker);
        if (!isBlameless && worker.hasNanny) {
            for (int i = 0; i < early.size(); i++) {
                worker.lostRuns.put(tasks.runId[early.getInt(i)], state.identity(early.getInt(i)));
            }
        }
        worker.gone = true;
        state.livingWorkers--;
        state.endingWorkers -= worker.endAtNs == WorkerState.NEVER ? 0 : 1;
        dispatcher.left(worker);
        effects.workerGone(worker, reason);
        if (worker.party != null) {
            state.coordination.leave(worker.party);
        }
        dispatcher.requeueLocal(worker);
        final IntArrayList lost = takeResults(worker);
        final IntArrayList homeless = worker.awaited.slots(tasks);
        for (int i = 0; i < homeless.size(); i++) {
            dispatcher.stopAwaiting(homeless.getInt(i));
        }
        final IntArrayList runs = worker.runs.slots(tasks);
        final long[] suspects = new long[runs.size() + early.size()];
        for (int i = 0; i < early.size(); i++) {
            suspects[runs.size() + i] = state.identity(early.getInt(i));
        }
        final BitSet started = new BitSet();
        int occupied = 0;
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            suspects[i] = state.identity(slot);
            started.set(i, tasks.has(slot, TaskTable.SECEDED) || ++occupied <= worker.threads);
            if (!isBlameless && worker.hasNanny) {
                worker.lostRuns.put(tasks.runId[slot], suspects[i]);
            }
            dispatcher.unassign(slot);
            state.enter(slot, TaskPhase.WAITING);
            tasks.waitingFor[slot] = 0;
        }
        final IntArrayList calls = worker.calls.slots(tasks);
        for (int i = 0; i < calls.size(); i++) {
            dispatcher.unassign(calls.getInt(i));
            state.enter(calls.getInt(i), TaskPhase.WAITING);
            tasks.waitingFor[calls.getInt(i)] = 0;
        }
        if (!isBlameless && worker.hasNanny) {
            state.mayHaveSuspects = true;
            state.suspicions.begin(worker, suspects, state.nowNs + leaseNs);
        }
        evacuation.remove(worker);
        workers.set(worker.number, null);
        state.workerNames.remove(worker.name);
        dispatcher.workersChanged();
        for (int i = 0; i < lost.size(); i++) {
            if (tasks.phase(lost.getInt(i)) == TaskPhase.MEMORY) {
                life.dataLost(lost.getInt(i), worker, reason);
            }
        }
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            final boolean mayHaveStarted = !isBlameless && !worker.hasNanny && started.get(i);
            if (tasks.phase(slot) == TaskPhase.WAITING
                    && !life.commitments().failed(slot, worker, reason)
                    && !(mayHaveStarted && life.blamed(slot, worker, reason))) {
                life.resume(slot);
            }
        }
        for (int i = 0; i < homeless.size(); i++) {
            final int slot = homeless.getInt(i);
            if (tasks.phase(slot) == TaskPhase.PROCESSING) {
                dispatcher.placeScattered(slot);
            }
        }
    }

    /** Takes what a worker holds off it; returns what is held by nobody else. */
    private IntArrayList takeResults(final WorkerState worker) {
        final IntArrayList lost = new IntArrayList();
        for (int i = 0; i < worker.held.size(); i++) {
            final int slot = worker.held.getInt(i);
            if (state.holds(worker, slot)) {
                tasks.removeHolder(slot, worker.number);
                if (tasks.holder[slot] == TaskTable.NONE) {
                    lost.addInt(slot);
                } else {
                    evacuation.lookAgain(slot);
                }
            }
        }
        worker.held.clear();
        worker.held.trimToSize();
        worker.heldCount = 0;
        return lost;
    }

    /** A nanny reports which runs were under way when a worker died for an unknown reason; none if the reason turns out to be known. */
    void blame(final WorkerState dead, final long[] runIds, final String reason) {
        state.because(Cause.BLAMED, dead.number, 0);
        state.suspicions.end(dead);
        dispatcher.deathExplained();
        for (final long runId : runIds) {
            final long identity = dead.lostRuns.remove(runId);
            if (identity == RunMap.NONE) {
                continue;
            }
            final int slot = state.slotOf(identity);
            if (slot != ClientState.UNKNOWN) {
                switch (tasks.phase(slot)) {
                    case WAITING, NO_WORKER, QUEUED, PROCESSING -> life.blamed(slot, dead, reason);
                    case RELEASED, MEMORY, ERRED, FORGOTTEN -> {}
                }
            }
        }
    }
}
