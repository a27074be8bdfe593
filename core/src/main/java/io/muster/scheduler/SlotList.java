package io.muster.scheduler;

import org.agrona.collections.IntArrayList;

/** Tasks in the order in which they were added, linked through the table. A task is in one such list at most. */
sealed class SlotList permits HeldSlots {
    private int first = TaskTable.NONE;
    private int last = TaskTable.NONE;

    /** The task added first, or {@link TaskTable#NONE}; the next ones are in {@code nextInList}. */
    int first() {
        return first;
    }

    /** The task added last, or {@link TaskTable#NONE}; those before it are in {@code previousInList}. */
    int last() {
        return last;
    }

    /** A copy, in order. */
    IntArrayList slots(final TaskTable tasks) {
        final IntArrayList slots = new IntArrayList();
        for (int slot = first; slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            slots.addInt(slot);
        }
        return slots;
    }

    void add(final TaskTable tasks, final int slot) {
        tasks.nextInList[slot] = TaskTable.NONE;
        tasks.previousInList[slot] = last;
        if (last == TaskTable.NONE) {
            first = slot;
        } else {
            tasks.nextInList[last] = slot;
        }
        last = slot;
    }

    void remove(final TaskTable tasks, final int slot) {
        final int next = tasks.nextInList[slot];
        final int previous = tasks.previousInList[slot];
        if (next == TaskTable.NONE) {
            last = previous;
        } else {
            tasks.previousInList[next] = previous;
        }
        if (previous == TaskTable.NONE) {
            first = next;
        } else {
            tasks.nextInList[previous] = next;
        }
    }
}
