package io.muster.scheduler;

import java.util.Arrays;

/**
 * Slots by order, lowest first. What arrives in rising order, as submissions do, goes into a ring and costs a few nanoseconds; the rest
 * goes into a heap. An entry may have gone stale: the caller compares its order with the slot's.
 */
final class ReadyQueue {
    private static final int LEAST = 16;

    /** How many children a place in the heap has: four orders are half a cache line, and the heap is half as deep as with two. */
    private static final int ARITY = 4;

    private static final long[] NO_ORDERS = {};
    private static final int[] NO_SLOTS = {};

    private long[] ringOrders = NO_ORDERS;
    private int[] ringSlots = NO_SLOTS;
    private int head;
    private int size;

    private long[] heapOrders = NO_ORDERS;
    private int[] heapSlots = NO_SLOTS;
    private int heapSize;

    boolean isEmpty() {
        return size == 0 && heapSize == 0;
    }

    int size() {
        return size + heapSize;
    }

    void add(final long order, final int slot) {
        if (size == 0 || order >= ringOrders[index(size - 1)]) {
            addToRing(order, slot);
        } else {
            addToHeap(order, slot);
        }
    }

    /** The lowest order in the queue, which must not be empty. */
    long firstOrder() {
        return fromHeap() ? heapOrders[0] : ringOrders[head];
    }

    /** The slot of the lowest order in the queue, which must not be empty. */
    int firstSlot() {
        return fromHeap() ? heapSlots[0] : ringSlots[head];
    }

    void removeFirst() {
        if (fromHeap()) {
            heapSize--;
            siftDown(heapOrders[heapSize], heapSlots[heapSize]);
        } else {
            head = head + 1 & ringSlots.length - 1;
            size--;
        }
    }

    /** Shows all entries, in no order. */
    void forEach(final Visitor visitor) {
        for (int i = 0; i < size; i++) {
            visitor.entry(ringOrders[index(i)], ringSlots[index(i)]);
        }
        for (int i = 0; i < heapSize; i++) {
            visitor.entry(heapOrders[i], heapSlots[i]);
        }
    }

    private boolean fromHeap() {
        return size == 0 || heapSize > 0 && heapOrders[0] < ringOrders[head];
    }

    private int index(final int offset) {
        return head + offset & ringSlots.length - 1;
    }

    private void addToRing(final long order, final int slot) {
        if (size == ringSlots.length) {
            final long[] orders = new long[Math.max(LEAST, size * 2)];
            final int[] slots = new int[Math.max(LEAST, size * 2)];
            for (int i = 0; i < size; i++) {
                orders[i] = ringOrders[index(i)];
                slots[i] = ringSlots[index(i)];
            }
            ringOrders = orders;
            ringSlots = slots;
            head = 0;
        }
        final int at = index(size++);
        ringOrders[at] = order;
        ringSlots[at] = slot;
    }

    private void addToHeap(final long order, final int slot) {
        if (heapSize == heapSlots.length) {
            heapOrders = Arrays.copyOf(heapOrders, Math.max(LEAST, heapSize * 2));
            heapSlots = Arrays.copyOf(heapSlots, Math.max(LEAST, heapSize * 2));
        }
        int at = heapSize++;
        while (at > 0) {
            final int parent = (at - 1) / ARITY;
            if (heapOrders[parent] <= order) {
                break;
            }
            heapOrders[at] = heapOrders[parent];
            heapSlots[at] = heapSlots[parent];
            at = parent;
        }
        heapOrders[at] = order;
        heapSlots[at] = slot;
    }

    private void siftDown(final long order, final int slot) {
        int at = 0;
        for (int first = 1; first < heapSize; first = ARITY * at + 1) {
            int child = first;
            for (int i = first + 1; i < Math.min(first + ARITY, heapSize); i++) {
                if (heapOrders[i] < heapOrders[child]) {
                    child = i;
                }
            }
            if (heapOrders[child] >= order) {
                break;
            }
            heapOrders[at] = heapOrders[child];
            heapSlots[at] = heapSlots[child];
            at = child;
        }
        heapOrders[at] = order;
        heapSlots[at] = slot;
    }

    /** Is shown entries. */
    interface Visitor {
        /** An entry, which may be stale. */
        void entry(long order, int slot);
    }
}
