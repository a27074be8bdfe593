package io.muster.scheduler;

import java.util.BitSet;
import org.agrona.collections.IntArrayQueue;

/** Tasks to look at, each once, in the order in which they were added. */
final class SlotQueue {
    private final IntArrayQueue slots = new IntArrayQueue(TaskTable.NONE);
    private final BitSet present = new BitSet();

    void add(final int slot) {
        if (!present.get(slot)) {
            present.set(slot);
            slots.addInt(slot);
        }
    }

    /** Takes out the one that was added first; there has to be one. */
    int take() {
        final int slot = slots.pollInt();
        present.clear(slot);
        return slot;
    }

    int size() {
        return slots.size();
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }
}
