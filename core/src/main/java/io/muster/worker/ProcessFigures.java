package io.muster.worker;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process uses, for heartbeats. */
final class ProcessFigures {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
    private long lastCpuNs;
    private long lastNs;

    /** Resident memory in bytes; 0 where the kernel does not say. */
    long residentBytes() {
        try {
            return Long.parseLong(Files.readString(STATM).split(" ")[1]) * PAGE_BYTES;
        } catch (final IOException | RuntimeException e) {
            return 0;
        }
    }

    long heapUsedBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Processor time since the last call, in thousandths of a core. */
    int cpuPerMille(final long nowNs) {
        if (!(system instanceof com.sun.management.OperatingSystemMXBean process)) {
            return 0;
        }
        final long cpuNs = process.getProcessCpuTime();
        final long elapsedNs = nowNs - lastNs;
        final int share = lastNs == 0 || elapsedNs <= 0 ? 0 : (int) ((cpuNs - lastCpuNs) * 1000 / elapsedNs);
        lastCpuNs = cpuNs;
        lastNs = nowNs;
        return share;
    }
}
