package io.muster.scheduler;

import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Which tasks a worker gets before their inputs are there, so that it can go on without asking. */
final class Ahead {
    /*
     * A task that is WAITING and has a worker and a run is *early*. Each of its inputs that is not in MEMORY is PROCESSING at the same
     * worker, or early there. The worker begins the run by itself when the last input is there. The scheduler learns of that input's end
     * before it hears of the run, and the task becomes PROCESSING with the run that it has.
     *
     * Whatever takes an input elsewhere, or the task out of WAITING in another way, or the worker out of those that take tasks, revokes:
     * the run is abandoned, and the task waits like any other. So nothing depends on the worker's part but speed.
     *
     * Only what takes next to no time is given early, and only as much as a worker gets ahead of its threads in any case; and nothing
     * while any task that could run waits for a worker, as what is early goes before it. Where others are idle, only what has the only
     * use for its inputs is: it is not for want of a worker that it waits.
     */

    /** How many early runs a worker may have for each of its threads. */
    private static final int MAX_PER_THREAD = 32;

    /** Up to how many inputs that are not there a task may have. */
    private static final int MAX_MISSING = 8;

    /** Up to how many inputs it may have at all. */
    private static final int MAX_INPUTS = 16;

    /** Up to how many dependents of a task are looked at. */
    private static final int MAX_DEPENDENTS = 16;

    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final Placement placement;
    private final List<@Nullable WorkerState> workers;

    /** The numbers of the workers that may be given more. */
    private final BitSet due = new BitSet();

    Ahead(final CoreState state, final Placement placement) {
        this.state = state;
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.placement = placement;
        this.workers = state.workers;
    }

    /** Whether a task is assigned before its inputs are there. */
    static boolean isEarly(final TaskTable tasks, final int slot) {
        return tasks.worker[slot] > TaskTable.NONE && tasks.phase(slot) == TaskPhase.WAITING;
    }

    /** A task is at a worker: what depends on it may follow. */
    void assigned(final int slot, final WorkerState worker) {
        if (tasks.dependents[slot] != EdgePool.NONE && tasks.dependentCount[slot] <= MAX_DEPENDENTS) {
            if (worker.early == null) {
                worker.early = new EarlyRuns();
            }
            worker.early.addProducer(slot);
            due.set(worker.number);
        }
    }

    /** A task waits for one that may be at a worker. */
    void waitsFor(final int input) {
        if (tasks.worker[input] > TaskTable.NONE && isAt(input, tasks.worker[input])) {
            assigned(input, state.workerOf(input));
        }
    }

    /** A worker has less to do. It is given more when half of what it had early is under way, so that much goes in one message. */
    void roomChanged(final WorkerState worker) {
        final EarlyRuns early = worker.early;
        if (early != null && early.hasProducer() && early.count <= MAX_PER_THREAD * worker.threads / 2) {
            due.set(worker.number);
        }
    }

    /** A worker that may be given more, for {@link #next} to say what; null if there is none. */
    @Nullable
    WorkerState takeDue() {
        for (int number = due.nextSetBit(0); number >= 0; number = due.nextSetBit(number + 1)) {
            due.clear(number);
            final WorkerState worker = workers.get(number);
            if (worker != null) {
                return worker;
            }
        }
        return null;
    }

    /** The task that a worker gets next before its inputs are there, or NONE. */
    int next(final WorkerState worker) {
        final EarlyRuns early = worker.early;
        if (early == null || worker.queued > 0 || worker.seceded > 0 || !worker.suspectRuns.isEmpty()) {
            return TaskTable.NONE;
        }
        final boolean isAnyOtherIdle = isAnyOtherIdle(worker.number);
        while (early.hasProducer() && hasRoom(worker, early)) {
            final int producer = early.producer();
            if (isAt(producer, worker.number) && tasks.dependentCount[producer] <= MAX_DEPENDENTS) {
                for (int edge = tasks.dependents[producer]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
                    if (mayFollow(edges.dependent(edge), worker, isAnyOtherIdle)) {
                        return edges.dependent(edge);
                    }
                }
            }
            early.removeProducer();
        }
        return TaskTable.NONE;
    }

    /** A task of {@link #next} has its worker and its run. */
    void add(final int slot, final WorkerState worker, final EarlyRuns early) {
        early.runs.add(tasks, slot);
        early.count++;
        early.workUs += tasks.estimateUs[slot];
        assigned(slot, worker);
    }

    /** An early task is that no longer. */
    void remove(final int slot, final WorkerState worker) {
        final EarlyRuns early = worker.early;
        if (early == null) {
            throw new IllegalStateException("slot=" + slot + " worker=" + worker.name + " has no early runs");
        }
        early.runs.remove(tasks, slot);
        early.count--;
        early.workUs -= tasks.estimateUs[slot];
        roomChanged(worker);
    }

    /** The first of a worker's early tasks that has an input which is not to come at that worker any more, or NONE. */
    int firstAstray(final WorkerState worker) {
        final EarlyRuns early = worker.early;
        int slot = early == null ? TaskTable.NONE : early.runs.first();
        while (slot != TaskTable.NONE && !isAstray(slot, worker.number)) {
            slot = tasks.nextInList[slot];
        }
        return slot;
    }

    /** A worker's early tasks, in the order of their assignment. */
    IntArrayList of(final WorkerState worker) {
        return worker.early == null ? new IntArrayList() : worker.early.runs.slots(tasks);
    }

    /** Whether an input of an early task is neither there nor to come at its worker. */
    boolean isAstray(final int slot, final int worker) {
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            if (tasks.phase(input) != TaskPhase.MEMORY && !isAt(input, worker)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a worker computes a task, or will do so by itself. */
    private boolean isAt(final int slot, final int worker) {
        return tasks.worker[slot] == worker
                && (tasks.phase(slot) == TaskPhase.PROCESSING || tasks.phase(slot) == TaskPhase.WAITING)
                && !tasks.has(slot, TaskTable.SCATTERED | TaskTable.CALL | TaskTable.ACTOR | TaskTable.ONCE);
    }

    private static boolean hasRoom(final WorkerState worker, final EarlyRuns early) {
        return early.count < MAX_PER_THREAD * worker.threads && worker.hasTimeAhead(early.workUs);
    }

    private boolean mayFollow(final int slot, final WorkerState worker, final boolean isAnyOtherIdle) {
        if (tasks.phase(slot) != TaskPhase.WAITING
                || tasks.worker[slot] != TaskTable.NONE
                || tasks.waitingFor[slot] > MAX_MISSING
                || tasks.has(slot, TaskTable.CALL | TaskTable.ACTOR | TaskTable.ONCE)) {
            return false;
        }
        final TaskKind kind = state.kind(slot);
        final int durationUs = tasks.has(slot, TaskTable.EXPECTED) ? tasks.estimateUs[slot] : kind.function.knownUs();
        return durationUs > 0
                && durationUs <= WorkerState.AHEAD_US
                && kind.needs.isEmpty()
                && kind.names(worker)
                && worker.hasTimeFor(state.nowNs, durationUs)
                && !state.isSuspect(slot)
                && areInputsAt(slot, worker.number, isAnyOtherIdle);
    }

    private boolean areInputsAt(final int slot, final int worker, final boolean isAnyOtherIdle) {
        int count = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            final boolean isThere = tasks.phase(input) == TaskPhase.MEMORY;
            if (++count > MAX_INPUTS
                    || !(isThere ? tasks.isHeldBy(input, worker) : isAt(input, worker))
                    || !isThere && isAnyOtherIdle && tasks.dependentCount[input] > 1) {
                return false;
            }
        }
        return true;
    }

    private boolean isAnyOtherIdle(final int worker) {
        final BitSet idle = placement.idle();
        final int first = idle.nextSetBit(0);
        return first >= 0 && (first != worker || idle.nextSetBit(first + 1) >= 0);
    }
}
