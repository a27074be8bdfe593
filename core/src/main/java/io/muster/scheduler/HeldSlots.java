package io.muster.scheduler;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Tasks whose results a worker holds, in the order in which they came. The first one lies in the object itself: there is often no other.
 * With the other list of a worker, that of what is assigned, it lies in the worker's own object.
 */
sealed class HeldSlots extends SlotList permits WorkerLoad {
    private static final int[] NOTHING = {};
    private static final int LEAST = 7;

    private int first;
    private int size;
    private int[] more = NOTHING;

    int size() {
        return size;
    }

    int getInt(final int index) {
        return index == 0 ? first : more[index - 1];
    }

    void addInt(final int slot) {
        if (size == 0) {
            first = slot;
        } else {
            if (size > more.length) {
                more = Arrays.copyOf(more, Math.max(LEAST, 2 * size));
            }
            more[size - 1] = slot;
        }
        size++;
    }

    /** Puts the last one in the place of another. */
    void fastUnorderedRemove(final int index) {
        final int last = getInt(--size);
        if (index == 0) {
            first = last;
        } else {
            more[index - 1] = last;
        }
    }

    boolean containsInt(final int slot) {
        return stream().anyMatch(each -> each == slot);
    }

    IntStream stream() {
        return IntStream.range(0, size).map(this::getInt);
    }

    void clear() {
        size = 0;
    }

    /** Gives back what memory is not needed any more. */
    void trimToSize() {
        more = size > 1 ? Arrays.copyOf(more, size - 1) : NOTHING;
    }
}
