package io.muster.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Brings results to where a task will need them that still waits for others, as long as the link there is free. */
final class Gathering {
    /** Up to how many dependents a result may have: what many need is needed in many places. */
    private static final int MAX_DEPENDENTS = 2;

    /** How many inputs of a task are looked at to tell where it will run. */
    private static final int LOOKED_AT = 8;

    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final List<@Nullable WorkerState> workers;
    private final Copies copies;

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
            if (tasks.phase(dependent) == TaskPhase.WAITING && !tasks.has(dependent, TaskTable.CALL)) {
                final WorkerState home = home(dependent);
                if (home != null && mayCome(slot, home)) {
                    state.links.book(slot, tasks.holder[slot], home.number, tasks.sizeBytes[slot]);
                    copies.begin(slot, home);
                }
            }
        }
    }

    private boolean mayCome(final int slot, final WorkerState home) {
        return !tasks.isHeldBy(slot, home.number)
                && !state.links.isUnderWay(slot, home.number)
                && !Copies.isUnderWay(slot, home)
                && copies.mayTake(home, slot, state.nowNs);
    }

    /** Where an input of a task is being made, else where one is; of the first few. */
    private @Nullable WorkerState home(final int slot) {
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
