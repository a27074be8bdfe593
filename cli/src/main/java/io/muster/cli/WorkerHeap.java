package io.muster.cli;

import io.muster.MemorySize;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.Locale;

/** How large the heap of a worker process may become: a part of its memory limit, the rest is for the JVM itself. */
final class WorkerHeap {
    private static final int PERCENT = 85;
    private static final long LEAST_BYTES = 16 << 20;

    private WorkerHeap() {}

    /** The JVM's flag. Without a limit in bytes it is a part of what the JVM finds the host or the cgroup to allow. */
    static String flag(final Settings settings, final int cores) {
        final String limit = settings.get(Options.WORKER_MEMORY_LIMIT);
        if (limit.equals("auto")) {
            final int threads = settings.get(Options.WORKER_THREADS);
            return percentage(threads == 0 ? 1 : Math.min(1, (double) threads / cores));
        }
        final long bytes = MemorySize.parse(limit).bytes();
        return bytes == 0 ? percentage(1) : "-Xmx" + Math.max(LEAST_BYTES, bytes / 100 * PERCENT) / 1024 + "k";
    }

    private static String percentage(final double share) {
        return String.format(Locale.ROOT, "-XX:MaxRAMPercentage=%.1f", PERCENT * share);
    }
}
