package io.muster.transport;

import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** Logs who was refused, up to a hundred in ten seconds, and how many more there were. Used by one thread. */
final class RefusalLog {
    static final int MOST = 100;
    static final long WINDOW_NS = 10_000_000_000L;

    private final Logger log;
    private final LongSupplier clockNs;
    private long windowNs;
    private int refused;

    /**
     * Makes one.
     *
     * @param clockNs tells the time as {@link System#nanoTime()} does
     */
    RefusalLog(final Logger log, final LongSupplier clockNs) {
        this.log = log;
        this.clockNs = clockNs;
        this.windowNs = clockNs.getAsLong();
    }

    void refused(final String peer, final String reason) {
        tick();
        refused++;
        if (refused <= MOST) {
            log.warn("refused {}: {}", peer, reason);
        }
    }

    /** Tells what was left out, once the ten seconds are over. */
    void tick() {
        final long nowNs = clockNs.getAsLong();
        if (nowNs - windowNs >= WINDOW_NS) {
            if (refused > MOST) {
                log.warn("refused {} more within {} s", refused - MOST, WINDOW_NS / 1_000_000_000);
            }
            windowNs = nowNs;
            refused = 0;
        }
    }
}
