package io.muster.worker;

import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What this process uses, for heartbeats. */
public final class ProcessFigures {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    /** Not the management bean, which fails altogether in some Javas where control groups are mounted in unusual places. */
    private final ProcessHandle process = ProcessHandle.current();

    private long lastCpuNs;
    private long lastNs;

    /** Figures of this process. */
    public ProcessFigures() {}

    /**
     * Resident memory.
     *
     * @return bytes; 0 where the kernel does not say
     */
    public long residentBytes() {
        return residentBytes(STATM);
    }

    /** Resident memory of another process in bytes; 0 where the kernel does not say. */
    static long residentBytes(final long pid) {
        return residentBytes(Path.of("/proc/" + pid + "/statm"));
    }

    private static long residentBytes(final Path statm) {
        try {
            return Long.parseLong(Files.readString(statm).split(" ")[1]) * PAGE_BYTES;
        } catch (final IOException | RuntimeException e) {
            return 0;
        }
    }

    /**
     * What is used of the heap, garbage included.
     *
     * @return bytes
     */
    public long heapUsedBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /**
     * How long garbage was collected since the process began.
     *
     * @return nanoseconds, to the millisecond
     */
    public long gcNs() {
        long millis = 0;
        for (final GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            millis += Math.max(0, collector.getCollectionTime());
        }
        return millis * 1_000_000;
    }

    /**
     * Processor time since the last call.
     *
     * @param nowNs by {@link System#nanoTime()}
     * @return thousandths of a core
     */
    public int cpuPerMille(final long nowNs) {
        final long cpuNs =
                process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
        final long elapsedNs = nowNs - lastNs;
        final int share = lastNs == 0 || elapsedNs <= 0 ? 0 : (int) ((cpuNs - lastCpuNs) * 1000 / elapsedNs);
        lastCpuNs = cpuNs;
        lastNs = nowNs;
        return share;
    }
}
