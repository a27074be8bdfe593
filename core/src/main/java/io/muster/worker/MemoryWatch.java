package io.muster.worker;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends a process that has become too large, and remembers why. A thread of its own watches it for as long as it lives. */
final class MemoryWatch {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryWatch.class);
    private static final long LEAST_POLL_MS = 100;
    private static final long MOST_POLL_MS = 1_000;

    /** Hardly any process grows by more in a millisecond. */
    private static final long FASTEST_BYTES_PER_MS = 4_000_000;

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
        final KernelFile statm = new KernelFile("/proc/" + process.pid() + "/statm");
        try {
            long residentBytes = rule.boundBytes();
            while (!process.waitFor(pauseMs(rule.boundBytes() - residentBytes), TimeUnit.MILLISECONDS)) {
                residentBytes = ProcessFigures.residentBytes(statm);
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

    /** How long a process can't have become too large that may grow by so much. */
    static long pauseMs(final long leftBytes) {
        return Math.max(LEAST_POLL_MS, Math.min(MOST_POLL_MS, leftBytes / FASTEST_BYTES_PER_MS));
    }
}
