package io.muster;

import io.muster.coordination.CoordinationScope;
import io.muster.protocol.CoordinationOperation;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock, or a permit of a semaphore, while it is held. It is held until it is closed, or the session of the client or the run of the task
 * that acquired it ends.
 *
 * <p>A process that stood still for long may not know yet that its lease is over. Where that must not do harm, send the
 * {@link #fencingToken()} along to what the lock protects, and have it refuse tokens lower than the highest that it has seen.
 */
public final class Lease implements AutoCloseable {
    private final Named of;
    private final CoordinationScope scope;
    private final long token;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(final Named of, final long token) {
        this.of = of;
        this.scope = of.scope();
        this.token = token;
    }

    /**
     * A number that is larger than those of all leases of this cluster before it, also across restarts of the scheduler.
     *
     * @return the token
     */
    public long fencingToken() {
        return token;
    }

    /**
     * Whether it is held, as far as this process knows.
     *
     * @return false once it is closed, or the session or the run that acquired it is known to be over
     */
    public boolean isHeld() {
        return !closed.get() && scope.ended() == null;
    }

    /** Gives it back; does not wait. What this client or task does next comes after it. Further calls do nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            scope.calls().tell(scope, CoordinationOperation.RELEASE, of.name(), token);
        }
    }

    @Override
    public String toString() {
        return "Lease(" + of + ", fencingToken=" + token + ", held=" + isHeld() + ")";
    }
}
