package io.muster.worker;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What this process uses, for heartbeats. */
public final class ProcessFigures {
    private static final int RESIDENT_PAGES = 1;
    private static final int PAGE_BYTES = 4096;

    /** The kernel tells times in ticks of this length on every architecture that Java runs on. */
    private static final long TICK_NS = 10_000_000;

    /** Where the ticks in user code stand after the name of the command; those in the kernel follow. */
    private static final int USER_TICKS = 11;

    private final KernelFile statm = new KernelFile("/proc/self/statm");
    private final KernelFile stat = new KernelFile("/proc/self/stat");

    /** Not the management bean, which fails altogether in some Javas where control groups are mounted in unusual places. */
    private final ProcessHandle process = ProcessHandle.current();

    private @Nullable List<GarbageCollectorMXBean> collectors;

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
        return residentBytes(statm);
    }

    /** Resident memory in bytes, by a process's {@code statm}; 0 where the kernel does not say. */
    static long residentBytes(final KernelFile statm) {
        return statm.read() ? Math.max(0, statm.number(RESIDENT_PAGES)) * PAGE_BYTES : 0;
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
        if (collectors == null) {
            collectors = ManagementFactory.getGarbageCollectorMXBeans();
        }
        long millis = 0;
        for (final GarbageCollectorMXBean collector : collectors) {
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
        final long cpuNs = cpuNs();
        final long elapsedNs = nowNs - lastNs;
        final int share = lastNs == 0 || elapsedNs <= 0 ? 0 : (int) ((cpuNs - lastCpuNs) * 1000 / elapsedNs);
        lastCpuNs = cpuNs;
        lastNs = nowNs;
        return share;
    }

    /** From the kernel, as Java would look up much else about the process besides. */
    private long cpuNs() {
        if (stat.read() && stat.number(USER_TICKS) >= 0) {
            return (stat.number(USER_TICKS) + stat.number(USER_TICKS + 1)) * TICK_NS;
        }
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }
}
