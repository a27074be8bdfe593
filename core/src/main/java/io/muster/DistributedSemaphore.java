package io.muster;

import io.muster.coordination.CoordinationAnswer;
import io.muster.protocol.CoordinationOperation;
import io.muster.protocol.CoordinationStatus;
import java.time.Duration;
import java.util.Optional;

/** A number of permits for all of a cluster, given out first come, first served; see {@link Coordinator}. */
public final class DistributedSemaphore {
    private final Named named;
    private final int permits;

    DistributedSemaphore(final Named named, final int permits) {
        this.named = named;
        this.permits = permits;
    }

    /**
     * Waits for a permit. One who holds one already may get another, or wait for it for ever.
     *
     * @return the permit
     * @throws MusterException if the semaphore is in use with another number of permits, if the session or the run ends, or if the
     *     thread is interrupted
     */
    public Lease acquire() {
        return acquire(Long.MAX_VALUE).orElseThrow();
    }

    /**
     * Waits for a permit for a time.
     *
     * @param timeout how long; zero for only if one is free now
     * @return the permit; empty if there is none in time
     * @throws MusterException as {@link #acquire()}
     */
    public Optional<Lease> tryAcquire(final Duration timeout) {
        return acquire(Waiting.nanos(timeout));
    }

    @Override
    public String toString() {
        return "DistributedSemaphore(" + named + ", permits=" + permits + ")";
    }

    private Optional<Lease> acquire(final long timeoutNs) {
        final CoordinationAnswer answer =
                named.ask(CoordinationOperation.ACQUIRE, 0, permits, Named.NOTHING, timeoutNs);
        return answer.status() == CoordinationStatus.DONE
                ? Optional.of(new Lease(named, answer.token()))
                : Optional.empty();
    }
}
