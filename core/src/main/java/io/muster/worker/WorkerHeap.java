package io.muster.worker;

import io.muster.MemorySize;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.Locale;

/**
 * How a worker process's memory limit is shared out: the heap gets 85 %, but less of a small one, as the JVM takes some
 * {@value #JVM_MIB} MiB for itself whatever the limit.
 */
public final class WorkerHeap {
    static final int JVM_MIB = 160;

    private static final long JVM_BYTES = (long) JVM_MIB << 20;
    private static final int PERCENT = 85;
    private static final int LEAST_PERCENT = 50;
    private static final int ALL_PERCENT = 95;
    private static final long LEAST_BYTES = 16 << 20;

    private WorkerHeap() {}

    /**
     * The JVM's flag for the size of the heap. Without a limit in bytes it is a part of what the JVM finds the host or the cgroup to allow.
     *
     * @param settings the worker's
     * @param cores of the host
     * @return a flag
     */
    public static String flag(final Settings settings, final int cores) {
        final String limit = settings.get(Options.WORKER_MEMORY_LIMIT);
        if (limit.equals("auto")) {
            return percentage(share(settings, cores));
        }
        final long bytes = MemorySize.parse(limit).bytes();
        return bytes == 0 ? percentage(1) : "-Xmx" + heapBytes(bytes) / 1024 + "k";
    }

    /**
     * The size of the process beyond which its nanny ends it.
     *
     * @param settings the worker's
     * @param cores of the host
     * @return what {@code worker.memory.terminate} says of the limit, but not less than heap and JVM may take together
     */
    public static TerminateRule terminateRule(final Settings settings, final int cores) {
        final double share = settings.get(Options.WORKER_MEMORY_TERMINATE);
        final String limit = settings.get(Options.WORKER_MEMORY_LIMIT);
        final long given = limit.equals("auto") ? 0 : MemorySize.parse(limit).bytes();
        final long host = HostMemory.bytes();
        if (share == 0 || given == 0 && (host == 0 || !limit.equals("auto"))) {
            return TerminateRule.OFF;
        }
        final long bytes = given > 0 ? given : (long) (host * share(settings, cores));
        return new TerminateRule(share, bytes, Math.max((long) (share * bytes), heapBytes(bytes) + JVM_BYTES));
    }

    /** The limit of a process whose heap may have this size. */
    static long processBytes(final long heapBytes) {
        return Math.max(heapBytes / PERCENT * 100, heapBytes + JVM_BYTES);
    }

    static long heapBytes(final long limitBytes) {
        final long most = limitBytes / 100 * PERCENT;
        final long besideJvm = limitBytes / 100 * ALL_PERCENT - JVM_BYTES;
        return Math.max(LEAST_BYTES, Math.max(limitBytes / 100 * LEAST_PERCENT, Math.min(most, besideJvm)));
    }

    private static double share(final Settings settings, final int cores) {
        final int threads = settings.get(Options.WORKER_THREADS);
        return threads == 0 ? 1 : Math.min(1, (double) threads / cores);
    }

    private static String percentage(final double share) {
        return String.format(Locale.ROOT, "-XX:MaxRAMPercentage=%.1f", PERCENT * share);
    }
}
