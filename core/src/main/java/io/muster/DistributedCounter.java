package io.muster;

import io.muster.protocol.CoordinationOperation;

/** A number of 64 bits for all of a cluster, 0 at first; see {@link Coordinator}. It stays when those who changed it leave. */
public final class DistributedCounter {
    private final Named named;

    DistributedCounter(final Named named) {
        this.named = named;
    }

    /**
     * Adds to it.
     *
     * @param amount may be negative
     * @return the sum
     * @throws MusterException if the sum does not fit into 64 bits
     */
    public long add(final long amount) {
        return named.ask(CoordinationOperation.COUNTER_ADD, 0, amount, Named.NOTHING)
                .amount();
    }

    /**
     * Reads it.
     *
     * @return the number when the scheduler was asked
     */
    public long get() {
        return add(0);
    }

    /**
     * Changes it, if nobody else did meanwhile.
     *
     * @param expected what it has to be now
     * @param next what it is then
     * @return whether it was changed
     */
    public boolean compareAndSet(final long expected, final long next) {
        return named.ask(CoordinationOperation.COUNTER_COMPARE_AND_SET, expected, next, Named.NOTHING)
                        .token()
                == 1;
    }

    @Override
    public String toString() {
        return "DistributedCounter(" + named + ")";
    }
}
