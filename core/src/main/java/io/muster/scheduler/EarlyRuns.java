package io.muster.scheduler;

/** What a worker was given before its inputs are there, and the tasks whose dependents may follow. */
final class EarlyRuns {
    /** How many tasks are remembered whose dependents were not looked at, a power of two; the oldest are forgotten first. */
    private static final int MAX_PRODUCERS = 64;

    /** Tasks that are WAITING and assigned, in that order. */
    final SlotList runs = new SlotList();

    int count;

    /** Expected work of those. */
    long workUs;

    private final int[] producers = new int[MAX_PRODUCERS];
    private int first;
    private int size;

    void addProducer(final int slot) {
        if (size > 0 && producers[(first + size - 1) & MAX_PRODUCERS - 1] == slot) {
            return;
        }
        if (size == MAX_PRODUCERS) {
            removeProducer();
        }
        producers[(first + size++) & MAX_PRODUCERS - 1] = slot;
    }

    boolean hasProducer() {
        return size > 0;
    }

    /** The one that was added first of those that are there. */
    int producer() {
        return producers[first];
    }

    void removeProducer() {
        first = (first + 1) & MAX_PRODUCERS - 1;
        size--;
    }

    /** How many producers there are. */
    int producers() {
        return size;
    }

    /** The producer that was added as the given one, from 0. */
    int producer(final int index) {
        return producers[(first + index) & MAX_PRODUCERS - 1];
    }
}
