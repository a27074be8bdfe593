package io.muster;

import java.time.Duration;
import java.util.Optional;

/**
 * A lock for all of a cluster, given out first come, first served; see {@link Coordinator}. It is not re-entrant: one who holds it and
 * acquires it again waits for itself.
 *
 * <pre>{@code
 * try (Lease lease = client.lock("results.nc").acquire()) {
 *     append(lease.fencingToken());
 * }
 * }</pre>
 */
public final class DistributedLock {
    private final Named named;
    private final DistributedSemaphore semaphore;

    DistributedLock(final Named named) {
        this.named = named;
        this.semaphore = new DistributedSemaphore(named, 1);
    }

    /**
     * Waits for the lock.
     *
     * @return holds the lock until it is closed
     * @throws MusterException if the session or the run ends, or if the thread is interrupted
     */
    public Lease acquire() {
        return semaphore.acquire();
    }

    /**
     * Waits for the lock for a time.
     *
     * @param timeout how long; zero for only if it is free now
     * @return holds the lock until it is closed; empty if it could not be had in time
     * @throws MusterException as {@link #acquire()}
     */
    public Optional<Lease> tryAcquire(final Duration timeout) {
        return semaphore.tryAcquire(timeout);
    }

    @Override
    public String toString() {
        return "DistributedLock(" + named + ")";
    }
}
