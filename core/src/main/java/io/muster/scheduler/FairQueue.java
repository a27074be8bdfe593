package io.muster.scheduler;

import java.util.Arrays;

/**
 * The tasks that any worker may run: by order within a client, and of the clients the one next whose tasks have the fewest threads. A
 * binary heap of the clients that have something waiting, which costs nothing to speak of where there is one.
 */
final class FairQueue {
    private ClientShare[] heap = new ClientShare[4];
    private int count;
    private long turn;

    boolean isEmpty() {
        return count == 0;
    }

    /** The clients that have something here, which may be stale. */
    ClientShare[] shares() {
        return Arrays.copyOf(heap, count);
    }

    void add(final ClientShare share, final long order, final int slot) {
        share.queue.add(order, slot);
        if (share.place == TaskTable.NONE) {
            if (count == heap.length) {
                heap = Arrays.copyOf(heap, 2 * count);
            }
            put(share, count++);
            siftUp(share);
        }
    }

    /** The order of the task whose turn it is; the queue must not be empty. */
    long firstOrder() {
        return heap[0].queue.firstOrder();
    }

    /** The task whose turn it is; the queue must not be empty. */
    int firstSlot() {
        return heap[0].queue.firstSlot();
    }

    void removeFirst() {
        final ClientShare share = heap[0];
        share.queue.removeFirst();
        leaveIfEmpty(share);
    }

    /** A client's queue may have become empty in another way than by {@link #removeFirst}. */
    void leaveIfEmpty(final ClientShare share) {
        if (share.queue.isEmpty() && share.place != TaskTable.NONE) {
            final int place = share.place;
            share.place = TaskTable.NONE;
            final ClientShare last = heap[--count];
            if (last != share) {
                put(last, place);
                siftUp(last);
                siftDown(last);
            }
        }
    }

    /** A worker got one of the client's tasks, from wherever it waited. */
    void assigned(final ClientShare share) {
        share.assigned++;
        share.servedAt = ++turn;
        if (count > 1 && share.place != TaskTable.NONE) {
            siftDown(share);
        }
    }

    /** A worker has one less of the client's tasks. */
    void unassigned(final ClientShare share) {
        share.assigned--;
        if (count > 1 && share.place != TaskTable.NONE) {
            siftUp(share);
        }
    }

    private void put(final ClientShare share, final int place) {
        heap[place] = share;
        share.place = place;
    }

    private void siftUp(final ClientShare share) {
        int at = share.place;
        while (at > 0 && share.isBefore(heap[at - 1 >>> 1])) {
            put(heap[at - 1 >>> 1], at);
            at = at - 1 >>> 1;
        }
        put(share, at);
    }

    private void siftDown(final ClientShare share) {
        int at = share.place;
        for (int child = 2 * at + 1; child < count; child = 2 * at + 1) {
            if (child + 1 < count && heap[child + 1].isBefore(heap[child])) {
                child++;
            }
            if (!heap[child].isBefore(share)) {
                break;
            }
            put(heap[child], at);
            at = child;
        }
        put(share, at);
    }
}
