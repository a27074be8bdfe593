package io.muster.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** What this process uses, for heartbeats. */
final class ProcessFigures {
    private static final Path STATM = Path.of("/proc/self/statm");
    private static final int PAGE_BYTES = 4096;

    /** Not the management bean, which fails altogether in some Javas where control groups are mounted in unusual places. */
    private final ProcessHandle process = ProcessHandle.current();

    private long lastCpuNs;
    private long lastNs;

    /** Resident memory in bytes; 0 where the kernel does not say. */
    long residentBytes() {
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

    long heapUsedBytes() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Processor time since the last call, in thousandths of a core. */
    int cpuPerMille(final long nowNs) {
        final long cpuNs =
                process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
        final long elapsedNs = nowNs - lastNs;
        final int share = lastNs == 0 || elapsedNs <= 0 ? 0 : (int) ((cpuNs - lastCpuNs) * 1000 / elapsedNs);
        lastCpuNs = cpuNs;
        lastNs = nowNs;
        return share;
    }
}
