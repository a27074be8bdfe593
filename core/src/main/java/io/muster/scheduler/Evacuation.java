package io.muster.scheduler;

import java.util.ArrayList;
import java.util.List;
import org.agrona.collections.Int2IntHashMap;
import org.jspecify.annotations.Nullable;

/** Workers that leave: has what only they hold copied to workers that stay, and tells each of them when it may end. */
final class Evacuation {
    /*
     * A result is exposed when it exists and all its holders leave. Each leaving worker has two marks in its list of results: before
     * `safe` none is exposed, before `copied` each exposed one is under way to a worker that stays, or was skipped until the next retry.
     * Whatever exposes a result, or ends a copy without success, sets the marks of its holders back.
     */

    /** How many copies may be on their way to one worker. */
    private static final int MAX_COPIES = 16;

    /** How much may be on its way to one worker, if it is more than one copy. */
    private static final long MAX_COPYING_BYTES = 64L << 20;

    /** Up to which part of its memory a worker takes copies. */
    private static final double MAX_FILLED = 0.8;

    /** How many results of a worker are looked at to find one that is needed. */
    private static final int MAX_LOOKED_AT = 10_000;

    /** What a worker without a limit counts as having. */
    private static final long UNKNOWN_LIMIT_BYTES = 4L << 30;

    private final TaskTable tasks;
    private final List<@Nullable WorkerState> workers;
    private final Effects effects;
    private final List<WorkerState> leaving = new ArrayList<>();
    private final Int2IntHashMap underWay = new Int2IntHashMap(TaskTable.NONE);
    private final Int2IntHashMap failedOn = new Int2IntHashMap(TaskTable.NONE);
    private boolean isChanged;
    private boolean isBlocked;

    Evacuation(final TaskTable tasks, final List<@Nullable WorkerState> workers, final Effects effects) {
        this.tasks = tasks;
        this.workers = workers;
        this.effects = effects;
    }

    /** The number of the worker that each task's result is being copied to. */
    Int2IntHashMap underWay() {
        return underWay;
    }

    /** A worker begins to leave; nobody else has what was coming to it. */
    void begin(final WorkerState worker) {
        leaving.add(worker);
        worker.copied = 0;
        worker.safe = 0;
        giveUpCopiesTo(worker);
        for (int i = 0; i < worker.held.size(); i++) {
            if (tasks.furtherHolders(worker.held.getInt(i)).length > 0) {
                lookAgain(worker.held.getInt(i));
            }
        }
        isChanged = true;
    }

    /** A worker is gone. */
    void remove(final WorkerState worker) {
        leaving.remove(worker);
        giveUpCopiesTo(worker);
        isChanged = true;
    }

    /** A worker came, or a leaving one has done something. */
    void changed() {
        isChanged = true;
    }

    /** A result has one holder less. */
    void lookAgain(final int slot) {
        if (leaving.isEmpty()) {
            return;
        }
        if (tasks.holder[slot] != TaskTable.NONE) {
            setBack(tasks.holder[slot]);
        }
        for (final int holder : tasks.furtherHolders(slot)) {
            setBack(holder);
        }
    }

    private void setBack(final int holder) {
        final WorkerState worker = workers.get(holder);
        if (worker != null && worker.draining) {
            worker.copied = 0;
            worker.safe = 0;
            isChanged = true;
        }
    }

    /** A result is dropped or lost: copies of it do not matter any more. */
    void forget(final int slot) {
        if (!underWay.isEmpty()) {
            endCopy(slot);
        }
        if (!failedOn.isEmpty()) {
            failedOn.remove(slot);
        }
    }

    /** A worker has a result. */
    void stored(final WorkerState worker, final int slot) {
        isChanged = true;
        if (underWay.get(slot) == worker.number) {
            endCopy(slot);
            failedOn.remove(slot);
        }
    }

    /** A worker could not get a result; false if it was not to get it. It is tried again at the next {@link #retry}. */
    boolean failed(final WorkerState worker, final int slot) {
        if (underWay.get(slot) != worker.number) {
            return false;
        }
        endCopy(slot);
        failedOn.put(slot, worker.number);
        return true;
    }

    /** What could not be copied is tried again. */
    void retry() {
        for (final WorkerState worker : leaving) {
            worker.copied = worker.safe;
            isChanged = true;
        }
    }

    /** Begins the copies that are possible, and stops the workers that have nothing to do and nothing exposed. */
    void advance(final long nowNs) {
        if (!isChanged) {
            return;
        }
        isChanged = false;
        isBlocked = false;
        final boolean isAnybodyLeft = isAnybodyLeft();
        for (final WorkerState worker : leaving) {
            if (!worker.stopping) {
                copyFrom(worker, nowNs);
                if (worker.assigned == 0 && (isSafe(worker) || !isAnybodyLeft && !isWorthWaiting(worker))) {
                    stop(worker, nowNs, worker.leaveReason);
                }
            }
        }
    }

    /** Tells a worker to end. */
    void stop(final WorkerState worker, final long nowNs, final String reason) {
        worker.stopping = true;
        worker.stoppingSinceNs = nowNs;
        effects.stop(worker, reason);
    }

    private void copyFrom(final WorkerState worker, final long nowNs) {
        while (!isBlocked && worker.copied < worker.held.size()) {
            final int slot = worker.held.getInt(worker.copied);
            if (isExposed(slot, worker) && !underWay.containsKey(slot)) {
                final WorkerState destination = destination(slot, nowNs);
                if (destination != null) {
                    underWay.put(slot, destination.number);
                    destination.copying.addInt(slot);
                    destination.copyingBytes += tasks.sizeBytes[slot];
                    effects.replicate(destination, slot);
                } else if (isBlocked) {
                    return;
                }
            }
            worker.copied++;
        }
    }

    private boolean isSafe(final WorkerState worker) {
        while (worker.safe < worker.held.size() && !isExposed(worker.held.getInt(worker.safe), worker)) {
            worker.safe++;
        }
        return worker.safe == worker.held.size();
    }

    private boolean isAnybodyLeft() {
        for (int i = 0; i < workers.size(); i++) {
            if (stays(i)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a worker that has nobody to copy to should wait for somebody, as what it holds would have to be computed again. */
    private boolean isWorthWaiting(final WorkerState worker) {
        if (worker.mayWait) {
            for (int i = worker.safe; i < worker.held.size(); i++) {
                final int slot = worker.held.getInt(i);
                if (tasks.isNeeded(slot) && isExposed(slot, worker)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether a worker alone holds a result that is needed; where it holds very many, they are taken for needed unseen. */
    boolean holdsNeeded(final WorkerState worker) {
        final int count = Math.min(worker.held.size(), MAX_LOOKED_AT);
        for (int i = 0; i < count; i++) {
            final int slot = worker.held.getInt(i);
            if (tasks.phase(slot) == TaskPhase.MEMORY
                    && tasks.holder[slot] == worker.number
                    && tasks.furtherHolders(slot).length == 0
                    && tasks.isNeeded(slot)) {
                return true;
            }
        }
        return worker.held.size() > count;
    }

    private boolean isExposed(final int slot, final WorkerState worker) {
        if (tasks.phase(slot) != TaskPhase.MEMORY
                || !tasks.isHeldBy(slot, worker.number)
                || stays(tasks.holder[slot])) {
            return false;
        }
        for (final int holder : tasks.furtherHolders(slot)) {
            if (stays(holder)) {
                return false;
            }
        }
        return true;
    }

    private boolean stays(final int number) {
        final WorkerState worker = workers.get(number);
        return worker != null && !worker.draining;
    }

    /** Of the workers that stay the least filled one that has the memory, and another one than failed if there is one. */
    private @Nullable WorkerState destination(final int slot, final long nowNs) {
        final long sizeBytes = tasks.sizeBytes[slot];
        final int failed = failedOn.get(slot);
        WorkerState best = null;
        boolean anyStays = false;
        boolean anyBusy = false;
        for (int i = 0; i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            if (worker == null || !worker.isOpen() || endsSoon(worker, nowNs)) {
                continue;
            }
            anyStays = true;
            if (!hasMemory(worker, sizeBytes)) {
                continue;
            }
            if (isBusy(worker, sizeBytes)) {
                anyBusy = true;
            } else if (best == null
                    || best.number == failed
                    || worker.number != failed && filled(worker) < filled(best)) {
                best = worker;
            }
        }
        isBlocked = best == null && (anyBusy || !anyStays);
        return best;
    }

    /** Whether a worker itself leaves before long: in less time than it has for leaving. */
    private static boolean endsSoon(final WorkerState worker, final long nowNs) {
        return worker.leaveAtNs != WorkerState.NEVER
                && (worker.isDue(nowNs)
                        || worker.endAtNs != WorkerState.NEVER
                                && worker.leaveAtNs - nowNs < worker.endAtNs - worker.leaveAtNs);
    }

    private static boolean hasMemory(final WorkerState worker, final long sizeBytes) {
        return worker.memoryLimitBytes <= 0
                || inMemoryBytes(worker) + worker.copyingBytes + sizeBytes <= MAX_FILLED * worker.memoryLimitBytes;
    }

    private static boolean isBusy(final WorkerState worker, final long sizeBytes) {
        return worker.copying.size() >= MAX_COPIES
                || !worker.copying.isEmpty() && worker.copyingBytes + sizeBytes > MAX_COPYING_BYTES;
    }

    private static double filled(final WorkerState worker) {
        final long limitBytes = worker.memoryLimitBytes > 0 ? worker.memoryLimitBytes : UNKNOWN_LIMIT_BYTES;
        return (inMemoryBytes(worker) + worker.copyingBytes) / (double) limitBytes;
    }

    /** What is on disk takes no memory. */
    private static long inMemoryBytes(final WorkerState worker) {
        return Math.max(0, worker.storedBytes - worker.memory.spilledBytes);
    }

    private void giveUpCopiesTo(final WorkerState worker) {
        final int[] slots = worker.copying.toIntArray();
        worker.copying.clear();
        worker.copyingBytes = 0;
        for (final int slot : slots) {
            underWay.remove(slot);
            lookAgain(slot);
        }
    }

    private void endCopy(final int slot) {
        final int number = underWay.remove(slot);
        final WorkerState worker = number == TaskTable.NONE ? null : workers.get(number);
        if (worker != null) {
            worker.copying.removeInt(slot);
            worker.copyingBytes -= tasks.sizeBytes[slot];
            isChanged = true;
        }
    }
}
