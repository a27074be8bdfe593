package io.muster.scheduler;

import java.util.List;
import org.agrona.collections.Int2IntHashMap;
import org.jspecify.annotations.Nullable;

/** Brings results to where a task will need them that still waits for others, as long as the link there is free. */
final class Gathering {
    /*
     * A waiting task gets a home when the first of its large inputs is there, and keeps it: so all of them come to one place. Copies to a
     * home go one after another, as what is asked of it besides comes first: what can't come yet is looked at again when a copy has come.
     * All of this is a guess, which costs a copy where it was wrong: the task itself is placed like any other.
     */

    /** Up to how many dependents a result may have: what many need is needed in many places. */
    private static final int MAX_DEPENDENTS = 2;

    /** How many inputs of a task are looked at to tell where it will run. */
    private static final int LOOKED_AT = 8;

    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final List<@Nullable WorkerState> workers;
    private final Copies copies;
    private final Int2IntHashMap homes = new Int2IntHashMap(TaskTable.NONE);

    Gathering(final CoreState state, final Copies copies) {
        this.state = state;
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.workers = state.workers;
        this.copies = copies;
    }

    /** A task has ended; its result may be there. */
    void stored(final int slot) {
        if (tasks.sizeBytes[slot] < Links.LEAST_BOOKED_BYTES
                || tasks.dependentCount[slot] > MAX_DEPENDENTS
                || tasks.phase(slot) != TaskPhase.MEMORY) {
            return;
        }
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            if (tasks.phase(dependent) != TaskPhase.WAITING) {
                forget(dependent);
            } else if (!tasks.has(dependent, TaskTable.CALL)) {
                bring(slot, home(dependent));
            }
        }
    }

    /** A copy has come to a worker, or will not. */
    void copied(final WorkerState worker) {
        for (int i = worker.toCome.size(); i > 0 && worker.copying.isEmpty(); i--) {
            stored(worker.toCome.pollInt());
        }
    }

    /** A task does not wait, or is no more. */
    void forget(final int slot) {
        if (!homes.isEmpty()) {
            homes.remove(slot);
        }
    }

    private void bring(final int slot, final @Nullable WorkerState home) {
        if (home == null
                || tasks.isHeldBy(slot, home.number)
                || state.links.isUnderWay(slot, home.number)
                || Copies.isUnderWay(slot, home)) {
            return;
        }
        if (copies.mayTake(home, slot, state.nowNs)) {
            state.links.book(slot, tasks.holder[slot], home.number, tasks.sizeBytes[slot]);
            copies.begin(slot, home);
        } else if (!home.copying.isEmpty()) {
            home.toCome.addInt(slot);
        }
    }

    private @Nullable WorkerState home(final int slot) {
        final int known = homes.get(slot);
        final WorkerState home = known == TaskTable.NONE ? null : workers.get(known);
        if (home != null && home.isOpen()) {
            return home;
        }
        final WorkerState chosen = choose(slot);
        if (chosen != null) {
            homes.put(slot, chosen.number);
        }
        return chosen;
    }

    /** Where an input of a task is being made, else where one is; of the first few. */
    private @Nullable WorkerState choose(final int slot) {
        int number = TaskTable.NONE;
        int looked = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE && looked < LOOKED_AT; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            looked++;
            if (tasks.phase(input) == TaskPhase.PROCESSING && tasks.worker[input] != TaskTable.NONE) {
                return workers.get(tasks.worker[input]);
            }
            if (number == TaskTable.NONE && tasks.phase(input) == TaskPhase.MEMORY) {
                number = tasks.holder[input];
            }
        }
        return number == TaskTable.NONE ? null : workers.get(number);
    }
}
