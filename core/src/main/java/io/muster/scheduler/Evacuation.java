package io.muster.scheduler;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Workers that leave: has what only they hold copied to workers that stay, and tells each of them when it may end. */
final class Evacuation {
    /*
     * A result is exposed when it exists and all its holders leave. Each leaving worker has two marks in its list of results: before
     * `safe` none is exposed, before `copied` each exposed one is under way to a worker that stays, or was skipped until the next retry.
     * Whatever exposes a result, or ends a copy without success, sets the marks of its holders back.
     */

    /** How many results of a worker are looked at to find one that is needed. */
    private static final int MAX_LOOKED_AT = 10_000;

    private final TaskTable tasks;
    private final List<@Nullable WorkerState> workers;
    private final Effects effects;
    private final Copies copies;
    private final List<WorkerState> leaving = new ArrayList<>();
    private boolean isChanged;

    Evacuation(final CoreState state, final Effects effects, final Copies copies) {
        this.tasks = state.tasks;
        this.workers = state.workers;
        this.effects = effects;
        this.copies = copies;
    }

    /** A worker begins to leave; nobody else has what was coming to it. */
    void begin(final WorkerState worker) {
        leaving.add(worker);
        worker.copied = 0;
        worker.safe = 0;
        giveUpCopiesTo(worker);
        for (int i = 0; i < worker.held.size(); i++) {
            copies.look(worker.held.getInt(i));
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

    /** A worker came, a leaving one has done something, or a copy is over. */
    void changed() {
        isChanged = true;
    }

    /** A result has one holder less. */
    void lookAgain(final int slot) {
        copies.look(slot);
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
        final boolean isAnybodyLeft = isAnybodyLeft();
        boolean mayCopy = true;
        for (final WorkerState worker : leaving) {
            if (!worker.stopping) {
                mayCopy = mayCopy && copyFrom(worker, nowNs);
                if (worker.assigned == 0
                        && worker.actors == 0
                        && (isSafe(worker) || !isAnybodyLeft && !isWorthWaiting(worker))) {
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

    /** Begins copies; false if none can begin at present, of whatever. */
    private boolean copyFrom(final WorkerState worker, final long nowNs) {
        while (worker.copied < worker.held.size()) {
            final int slot = worker.held.getInt(worker.copied);
            if (isExposed(slot, worker) && copies.underWay(slot) == 0 && !tasks.has(slot, TaskTable.ACTOR)) {
                final WorkerState destination = copies.refuge(slot, nowNs);
                if (destination != null) {
                    copies.begin(slot, destination);
                } else if (copies.isBlocked()) {
                    return false;
                }
            }
            worker.copied++;
        }
        return true;
    }

    private boolean isSafe(final WorkerState worker) {
        while (worker.safe < worker.held.size() && !isExposed(worker.held.getInt(worker.safe), worker)) {
            worker.safe++;
        }
        return worker.safe == worker.held.size();
    }

    private boolean isAnybodyLeft() {
        for (int i = 0; i < workers.size(); i++) {
            if (copies.stays(i)) {
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
        return tasks.phase(slot) == TaskPhase.MEMORY
                && tasks.isHeldBy(slot, worker.number)
                && copies.staying(slot) == 0;
    }

    private void giveUpCopiesTo(final WorkerState worker) {
        for (final int slot : copies.giveUp(worker)) {
            lookAgain(slot);
        }
    }
}
