package io.muster.transport;

import java.util.function.BooleanSupplier;

/**
 * Spinning that gives way: each turn yields the processor, as the one that is waited for may need this very core. When a yield takes
 * long, others compute on all cores; then spinning is left alone for a while, 20 ms to 1.28 s, as the kernel wakes a blocked thread
 * ahead of them.
 *
 * <p>Safe for use by several threads, which then share what they learn.
 */
public final class PoliteSpin {
    private static final long LONG_YIELD_NS = 100_000;
    private static final long LEAST_RESTRAINT_NS = 20_000_000;
    private static final long MOST_RESTRAINT_NS = 1_280_000_000;

    /** A yield takes half a microsecond, in which nobody looks: as long is spent looking. */
    private static final int LOOKS_PER_YIELD = 16;

    private volatile long restrainedUntilNs;
    private volatile long restraintNs = LEAST_RESTRAINT_NS;

    /** Makes one that has no reason for restraint. */
    public PoliteSpin() {
        this(System.nanoTime());
    }

    PoliteSpin(final long nowNs) {
        restrainedUntilNs = nowNs - LEAST_RESTRAINT_NS;
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

    /**
     * Learns from a yield. Each try among others that compute costs as much as they are given in one go, so the next try comes twice as
     * late when this one failed as soon as it was due.
     */
    void yielded(final long fromNs, final long untilNs) {
        if (untilNs - fromNs > LONG_YIELD_NS) {
            final long before = restraintNs;
            final boolean isAgain = fromNs - restrainedUntilNs < before;
            final long now = isAgain ? Math.min(2 * before, MOST_RESTRAINT_NS) : LEAST_RESTRAINT_NS;
            restraintNs = now;
            restrainedUntilNs = untilNs + now;
        }
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
        }
        return true;
    }
}
