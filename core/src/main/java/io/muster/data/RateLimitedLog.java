package io.muster.data;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Warns at most once in ten seconds and says how many warnings it left out. */
final class RateLimitedLog {
    private static final long INTERVAL_NS = 10_000_000_000L;

    private final Logger log;
    private final AtomicLong nextNs = new AtomicLong(System.nanoTime());
    private final AtomicInteger leftOut = new AtomicInteger();

    RateLimitedLog(final Logger log) {
        this.log = log;
    }

    void warn(final String message) {
        final long nowNs = System.nanoTime();
        final long dueNs = nextNs.get();
        if (nowNs - dueNs >= 0 && nextNs.compareAndSet(dueNs, nowNs + INTERVAL_NS)) {
            final int count = leftOut.getAndSet(0);
            log.warn("{}{}", message, count == 0 ? "" : " (and " + count + " like it since the last such line)");
        } else {
            leftOut.incrementAndGet();
        }
    }
}
