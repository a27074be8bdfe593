package io.muster.scheduler;

import java.util.Arrays;

/**
 * The edges of the task graph: each joins a task with one of its inputs and stands in two lists, the inputs of the one (in argument
 * order) and the dependents of the other (in no order that matters, but a fixed one). An edge is an index into parallel arrays.
 */
final class EdgePool {
    static final int NONE = -1;

    private int[] input = new int[Growth.INITIAL];
    private int[] dependent = new int[Growth.INITIAL];
    private int[] nextInput = new int[Growth.INITIAL];
    private int[] nextDependent = new int[Growth.INITIAL];
    private int[] previousDependent = new int[Growth.INITIAL];
    private final FreeNumbers free = new FreeNumbers();
    private int used;
    private int count;

    /** Makes an edge at the head of both lists, whose heads so far are given; returns it as the new head of both. */
    int add(final int inputSlot, final int dependentSlot, final int inputsHead, final int dependentsHead) {
        final int edge = allocate();
        input[edge] = inputSlot;
        dependent[edge] = dependentSlot;
        nextInput[edge] = inputsHead;
        nextDependent[edge] = dependentsHead;
        previousDependent[edge] = NONE;
        if (dependentsHead != NONE) {
            previousDependent[dependentsHead] = edge;
        }
        count++;
        return edge;
    }

    /** Takes an edge out of its input's list of dependents and frees it; returns the head of that list afterwards. */
    int remove(final int edge, final int dependentsHead) {
        final int previous = previousDependent[edge];
        final int next = nextDependent[edge];
        if (next != NONE) {
            previousDependent[next] = previous;
        }
        if (previous != NONE) {
            nextDependent[previous] = next;
        }
        free.add(edge);
        count--;
        return previous == NONE ? next : dependentsHead;
    }

    int input(final int edge) {
        return input[edge];
    }

    int dependent(final int edge) {
        return dependent[edge];
    }

    int nextInput(final int edge) {
        return nextInput[edge];
    }

    int nextDependent(final int edge) {
        return nextDependent[edge];
    }

    int count() {
        return count;
    }

    private int allocate() {
        final int edge = free.take(used);
        if (edge != FreeNumbers.NONE) {
            return edge;
        }
        if (used == input.length) {
            final int capacity = Growth.beyond(used);
            input = Arrays.copyOf(input, capacity);
            dependent = Arrays.copyOf(dependent, capacity);
            nextInput = Arrays.copyOf(nextInput, capacity);
            nextDependent = Arrays.copyOf(nextDependent, capacity);
            previousDependent = Arrays.copyOf(previousDependent, capacity);
        }
        return used++;
    }
}
