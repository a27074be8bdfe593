package io.muster.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory the processes of this host, or of this cgroup, may use together. */
final class HostMemory {
    private static final Path MEMINFO = Path.of("/proc/meminfo");
    private static final String TOTAL = "MemTotal:";

    private HostMemory() {}

    /** In bytes; 0 where the kernel does not say. */
    static long bytes() {
        return bytes(MEMINFO, Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
    }

    static long bytes(final Path meminfo, final Path membership, final Path root) {
        long least = Long.MAX_VALUE;
        try {
            for (final String line : Files.readAllLines(meminfo)) {
                if (line.startsWith(TOTAL)) {
                    least = Long.parseLong(line.substring(TOTAL.length())
                                    .replace("kB", "")
                                    .trim())
                            * 1024;
                }
            }
        } catch (final IOException | NumberFormatException e) {
            return 0;
        }
        for (final Path file : CgroupKills.files(membership, root, "memory.max", "memory.limit_in_bytes")) {
            try {
                final long limit = Long.parseLong(Files.readString(file).trim());
                least = limit > 0 ? Math.min(least, limit) : least;
            } catch (final IOException | NumberFormatException e) {
                continue;
            }
        }
        return least == Long.MAX_VALUE ? 0 : least;
    }
}
