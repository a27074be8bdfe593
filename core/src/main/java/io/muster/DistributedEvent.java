package io.muster;

import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.time.Duration;

/** A flag for all of a cluster, which stays set until somebody clears it; see {@link Coordinator}. */
public final class DistributedEvent {
    private final Named named;

    DistributedEvent(final Named named) {
        this.named = named;
    }

    /** Sets it: all who wait go on. */
    public void set() {
        named.ask(CoordinationOperation.EVENT_SET, 0, 0, Named.NOTHING);
    }

    /** Clears it: who comes from now on waits. */
    public void clear() {
        named.ask(CoordinationOperation.EVENT_CLEAR, 0, 0, Named.NOTHING);
    }

    /**
     * Whether it is set.
     *
     * @return whether it was when the scheduler was asked
     */
    public boolean isSet() {
        return await(Duration.ZERO);
    }

    /** Waits until it is set. */
    public void await() {
        await(Long.MAX_VALUE);
    }

    /**
     * Waits until it is set, for a time.
     *
     * @param timeout how long
     * @return whether it was set
     */
    public boolean await(final Duration timeout) {
        return await(Waiting.nanos(timeout));
    }

    @Override
    public String toString() {
        return "DistributedEvent(" + named + ")";
    }

    private boolean await(final long timeoutNs) {
        return named.ask(CoordinationOperation.EVENT_AWAIT, 0, 0, Named.NOTHING, timeoutNs)
                        .status()
                == CoordinationStatus.DONE;
    }
}
