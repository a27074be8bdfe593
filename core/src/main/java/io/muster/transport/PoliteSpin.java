package io.muster.transport;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Spinning that gives way: each turn yields the processor, as the one that is waited for may need this very core. When a yield takes
 * long, others compute on all cores; then spinning is left alone for a while, as the kernel wakes a blocked thread ahead of them. Where
 * many yields in a row let another thread run for a moment, it is likely the one that is waited for, on the same core: kernels are slow to
 * part two threads that never sleep, but put one that wakes where nobody runs. So a short sleep parts them, if there is a core.
 *
 * <p>Safe for use by several threads, which then share what they learn.
 */
public final class PoliteSpin {
    private static final long LONG_YIELD_NS = 100_000;

    /** How many times as long as a yield took spinning is left alone, so that at most a sixth of the time is lost by it. */
    private static final long LEAST_RESTRAINT = 5;

    private static final long MOST_RESTRAINT = 320;
    private static final long AT_ONCE_NS = 50_000;

    /** A yield takes half a microsecond, in which nobody looks: as long is spent looking. */
    private static final int LOOKS_PER_YIELD = 16;

    /** A yield to nobody takes less. */
    private static final long SHARED_YIELD_NS = 1500;

    private static final int MANY_SHARED = 100;
    private static final long SLEEP_NS = 1000;

    /** How long after a sleep the next one comes at the earliest; there may be no other core. */
    private static final long BETWEEN_SLEEPS_NS = 20_000_000;

    private int shared;
    private volatile long sleptNs;
    private volatile long restrainedUntilNs;
    private volatile long triedSinceNs;
    private volatile long restraint = LEAST_RESTRAINT;

    /** Makes one that has no reason for restraint. */
    public PoliteSpin() {
        this(System.nanoTime());
    }

    PoliteSpin(final long nowNs) {
        restrainedUntilNs = nowNs;
        triedSinceNs = nowNs;
        sleptNs = nowNs;
    }

    /**
     * Whether spinning makes sense now.
     *
     * @param nowNs the time, by {@link System#nanoTime()}
     * @return false while others compute on all cores
     */
    public boolean isWorthwhile(final long nowNs) {
        return nowNs - restrainedUntilNs >= 0;
    }

    /**
     * Yields once.
     *
     * @param nowNs the time
     * @return the time after
     */
    public long pause(final long nowNs) {
        Thread.yield();
        final long afterNs = System.nanoTime();
        yielded(nowNs, afterNs);
        return afterNs;
    }

    /** Learns from a yield. While others compute on all cores each try fails at once; then the next one comes twice as late. */
    void yielded(final long fromNs, final long untilNs) {
        if (triedSinceNs - restrainedUntilNs < 0) {
            triedSinceNs = fromNs;
        }
        final long tookNs = untilNs - fromNs;
        shared = tookNs > SHARED_YIELD_NS && tookNs <= LONG_YIELD_NS ? shared + 1 : 0;
        if (tookNs > LONG_YIELD_NS) {
            final long times =
                    fromNs - triedSinceNs < AT_ONCE_NS ? Math.min(2 * restraint, MOST_RESTRAINT) : LEAST_RESTRAINT;
            restraint = times;
            restrainedUntilNs = untilNs + times * (untilNs - fromNs);
        }
    }

    /** Whether another thread has run at each of many yields, and a sleep is due that may bring one of the two elsewhere. */
    boolean sharesCore(final long nowNs) {
        if (shared < MANY_SHARED || nowNs - sleptNs < BETWEEN_SLEEPS_NS) {
            return false;
        }
        shared = 0;
        sleptNs = nowNs;
        return true;
    }

    /**
     * Spins until something holds or it is not worthwhile any more.
     *
     * @param done what is waited for
     * @param maxNs for how long at most
     * @return whether it holds
     */
    public boolean until(final BooleanSupplier done, final long maxNs) {
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (!done.getAsBoolean()) {
            if (nowNs - startNs >= maxNs || !isWorthwhile(nowNs)) {
                return false;
            }
            for (int i = 0; i < LOOKS_PER_YIELD; i++) {
                Thread.onSpinWait();
                if (done.getAsBoolean()) {
                    return true;
                }
            }
            nowNs = pause(nowNs);
            if (sharesCore(nowNs)) {
                LockSupport.parkNanos(this, SLEEP_NS);
                nowNs = System.nanoTime();
            }
        }
        return true;
    }
}
