package io.muster.worker;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a process that has become too large, and remembers why. A thread of its own watches it for as long as it lives. */
final class MemoryWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);
    private static final long POLL_MS = 100;

    private final Process process;
    private final TerminateRule rule;
    private volatile @Nullable String reason;

    private MemoryWatch(final Process process, final TerminateRule rule) {
        this.process = process;
        this.rule = rule;
    }

    static MemoryWatch start(final Process process, final TerminateRule rule) {
        final MemoryWatch watch = new MemoryWatch(process, rule);
        if (rule.boundBytes() > 0) {
            final Thread thread = new Thread(null, watch::watch, "muster-nanny-memory", 0, false);
            thread.setDaemon(true);
            thread.start();
        }
        return watch;
    }

    /** Why the process was ended; empty if it was not. */
    String reason() {
        final String said = reason;
        return said == null ? "" : said;
    }

    private void watch() {
        try {
            while (!process.waitFor(POLL_MS, TimeUnit.MILLISECONDS)) {
                final long residentBytes = ProcessFigures.residentBytes(process.pid());
                if (residentBytes > rule.boundBytes() && process.isAlive()) {
                    reason = rule.reason(residentBytes);
                    LOG.warn("worker pid={} is killed: {}", process.pid(), reason);
                    process.destroyForcibly();
                    return;
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
