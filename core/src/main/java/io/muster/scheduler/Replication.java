package io.muster.scheduler;

import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Makes the copies of results that are asked for, and drops those that came about by fetching inputs and are of no more use. */
final class Replication {
    /*
     * A copy is dropped only while nothing is in flight that could speak of it: no copy of the result is under way, and no task that is
     * assigned still fetches it. The worker that keeps it is told after the scheduler has stopped counting on it, and tells of
     * each arrival once; so what the scheduler believes of the others does not rest on the one that goes. Where a run of the task was
     * stopped, its worker's word may be older than the command to drop the result: of such a result all copies stay.
     */

    /** How many results are looked at in one go to begin copies. */
    private static final int LOOKED_AT = 64;

    /** How many results are looked at in one go to drop copies. */
    private static final int LOOKED_AT_TO_DROP = 10_000;

    /** Up to how many tasks that wait for a result are told apart by worker; if there are more, no copy is too many. */
    private static final int MANY_WAITERS = 20;

    /**
     * How full of results the memory of a worker is that lets go of copies which tasks wait for. Results beyond
     * worker.memory.target, by default 0.6, go to disk: one that has more can't write.
     */
    private static final double SHORT_OF_MEMORY = 0.7;

    /** How many dependents of a result are looked at to find those that wait. */
    private static final int MANY_DEPENDENTS = 1_000;

    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final List<@Nullable WorkerState> workers;
    private final Copies copies;
    private final TaskLife life;
    private final BitSet inUse = new BitSet();
    private final IntArrayList staying = new IntArrayList();
    private long intervalNs;
    private long reducedNs;
    private int livingCount;

    Replication(final CoreState state, final Copies copies, final TaskLife life) {
        this.state = state;
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.workers = state.workers;
        this.copies = copies;
        this.life = life;
    }

    /** Drops superfluous copies every now and then; 0 for never. */
    void reduceEvery(final long ns) {
        intervalNs = ns;
    }

    /** A client wants so many copies of a result to be there. */
    void ask(final int slot, final int count) {
        copies.ask(slot, count);
        if (tasks.phase(slot) == TaskPhase.MEMORY) {
            reduce(slot);
        }
    }

    /** Time went by: what could not be copied is tried again, what is of no more use is dropped. */
    void tick(final long nowNs) {
        for (int i = copies.later().size(); i > 0; i--) {
            copies.look(copies.later().take());
        }
        if (!copies.few().isEmpty()) {
            copies.changed();
        }
        if (intervalNs > 0 && nowNs - reducedNs >= intervalNs) {
            reducedNs = nowNs;
            reduceAll();
        }
    }

    /** Begins the copies that are possible. */
    void advance(final long nowNs) {
        if (!copies.takeChanged()) {
            return;
        }
        livingCount = 0;
        for (int number = 0; number < workers.size(); number++) {
            livingCount += copies.stays(number) ? 1 : 0;
        }
        final boolean areMoreAsked = copies.lookAtSome(LOOKED_AT);
        final int size = copies.few().size();
        boolean isAnyBegun = false;
        for (int i = Math.min(size, LOOKED_AT); i > 0; i--) {
            isAnyBegun |= copyMore(copies.few().take(), nowNs);
        }
        if (areMoreAsked || isAnyBegun && size > LOOKED_AT) {
            copies.changed();
        }
    }

    /** Begins copies of one result; what can't be begun yet is put back. */
    private boolean copyMore(final int slot, final long nowNs) {
        boolean isAnyBegun = false;
        while (tasks.phase(slot) == TaskPhase.MEMORY && isShort(slot)) {
            if (copies.underWay(slot) >= 2 * (1 + tasks.furtherHolders(slot).length)) {
                return isAnyBegun;
            }
            final WorkerState destination = copies.destination(slot, nowNs);
            if (destination == null) {
                if (copies.isBlocked()) {
                    copies.few().add(slot);
                } else {
                    copies.later().add(slot);
                }
                return isAnyBegun;
            }
            copies.begin(slot, destination);
            isAnyBegun = true;
        }
        return isAnyBegun;
    }

    private boolean isShort(final int slot) {
        return copies.kept(slot) + copies.underWay(slot)
                < Math.min(copies.asked(slot), copies.mayHold(slot, livingCount));
    }

    private void reduceAll() {
        for (int i = Math.min(copies.many().size(), LOOKED_AT_TO_DROP); i > 0; i--) {
            final int slot = copies.many().take();
            if (tasks.phase(slot) == TaskPhase.MEMORY) {
                reduce(slot);
                if (tasks.furtherHolders(slot).length > 0) {
                    copies.many().add(slot);
                }
            }
        }
    }

    private void reduce(final int slot) {
        final int further = tasks.furtherHolders(slot).length;
        if (further == 0 || further < copies.wanted(slot) || !isCertain(slot)) {
            return;
        }
        final int useful = useful(slot);
        listStaying(slot);
        while (staying.size() > useful) {
            final WorkerState fullest = fullest(slot);
            if (fullest == null) {
                return;
            }
            staying.removeInt(fullest.number);
            life.dropCopy(slot, fullest);
        }
        if (useful < Integer.MAX_VALUE) {
            relieve(slot);
        }
    }

    /** Takes copies off workers that are short of memory, where others have the result: who waits for it fetches it again. */
    private void relieve(final int slot) {
        while (staying.size() > Math.max(1, copies.wanted(slot))) {
            final WorkerState fullest = fullest(slot);
            if (fullest == null || !isShortOfMemory(fullest)) {
                return;
            }
            staying.removeInt(fullest.number);
            life.dropCopy(slot, fullest);
        }
    }

    private static boolean isShortOfMemory(final WorkerState worker) {
        return worker.paused || Copies.filled(worker) > SHORT_OF_MEMORY;
    }

    /** Whether a copy can be dropped on a worker without harm. */
    boolean mayDrop(final int slot, final WorkerState worker) {
        if (!isCertain(slot) || worker.draining || useful(slot) == Integer.MAX_VALUE) {
            return false;
        }
        return !inUse.get(worker.number) && copies.staying(slot) > 1;
    }

    /** Whether the workers that are believed to hold a result do so, and nothing is in flight that says more. */
    private boolean isCertain(final int slot) {
        return copies.underWay(slot) == 0 && !tasks.has(slot, TaskTable.STOPPED);
    }

    /** How many copies are of use; notes the workers that use theirs. As many as can be if that can't be told. */
    private int useful(final int slot) {
        inUse.clear();
        if (tasks.waiters[slot] == 0) {
            return copies.wanted(slot);
        }
        if (tasks.waiters[slot] >= MANY_WAITERS || tasks.dependentCount[slot] > MANY_DEPENDENTS) {
            return Integer.MAX_VALUE;
        }
        int elsewhere = 0;
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            switch (tasks.phase(dependent)) {
                case PROCESSING -> {
                    if (!tasks.isHeldBy(slot, tasks.worker[dependent])) {
                        return Integer.MAX_VALUE;
                    }
                    inUse.set(tasks.worker[dependent]);
                }
                case QUEUED -> {
                    if (tasks.worker[dependent] > TaskTable.NONE) {
                        inUse.set(tasks.worker[dependent]);
                    } else {
                        elsewhere++;
                    }
                }
                case WAITING, NO_WORKER -> elsewhere++;
                case RELEASED, MEMORY, ERRED, FORGOTTEN -> {}
            }
        }
        return Math.max(copies.wanted(slot), inUse.cardinality() + elsewhere);
    }

    private void listStaying(final int slot) {
        staying.clear();
        if (copies.stays(tasks.holder[slot])) {
            staying.addInt(tasks.holder[slot]);
        }
        for (final int further : tasks.furtherHolders(slot)) {
            if (copies.stays(further)) {
                staying.addInt(further);
            }
        }
    }

    /**
     * Of the workers with a copy that none of their tasks uses the fullest, of equal ones the one that got it last; before all others one
     * that should not keep it.
     */
    private @Nullable WorkerState fullest(final int slot) {
        WorkerState fullest = null;
        for (int i = 0; i < staying.size(); i++) {
            final WorkerState worker = workers.get(staying.getInt(i));
            if (worker != null
                    && !inUse.get(worker.number)
                    && (fullest == null || isRatherDropped(slot, worker, fullest))) {
                fullest = worker;
            }
        }
        return fullest;
    }

    private boolean isRatherDropped(final int slot, final WorkerState worker, final WorkerState other) {
        final boolean mayHold = copies.mayHold(slot, worker);
        return mayHold == copies.mayHold(slot, other) ? Copies.filled(worker) >= Copies.filled(other) : !mayHold;
    }
}
