package io.muster.bench;

import io.muster.Client;
import io.muster.MusterException;
import io.muster.config.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What can be seen of a cluster's processes from outside. */
final class Processes {
    private static final String PEAK = "VmHWM:";
    private static final String TOTAL = "Total";

    private Processes() {}

    /** The processor time that a process has used, in nanoseconds; the kernel counts in steps of 10 ms. */
    static long cpuNs(final long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .map(Duration::toNanos)
                .orElseThrow(() -> new MusterException("pid=" + pid + " must be a running process of this user"));
    }

    /**
     * The processor time that those threads of a process have used that are running and whose names begin so, in nanoseconds; 0 where the
     * kernel does not say. It knows the first 15 characters of a name.
     */
    static long threadsCpuNs(final long pid, final String... names) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.mapToLong(thread -> threadCpuNs(thread, names)).sum();
        } catch (final IOException e) {
            return 0;
        }
    }

    private static long threadCpuNs(final Path thread, final String... names) {
        try {
            final String name = Files.readString(thread.resolve("comm"));
            return Stream.of(names).anyMatch(name::startsWith)
                    ? Long.parseLong(
                            Files.readString(thread.resolve("schedstat")).split(" ")[0])
                    : 0;
        } catch (final IOException e) {
            return 0;
        }
    }

    /** The processor time that a JVM's compilers have used, in nanoseconds; 0 where the kernel does not say. */
    static long compilerNs(final long pid) {
        return threadsCpuNs(pid, "C1 Compiler", "C2 Compiler");
    }

    /** The most memory that a process ever had resident, in bytes. */
    static long peakRssBytes(final long pid) {
        final Path status = Path.of("/proc", Long.toString(pid), "status");
        try {
            for (final String line : Files.readAllLines(status)) {
                if (line.startsWith(PEAK)) {
                    return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (final IOException e) {
            throw new MusterException("can't read " + status + ": " + e.getMessage(), e);
        }
        throw new MusterException(status + " must have a line " + PEAK + "; is this Linux?");
    }

    /** What the live objects in a JVM take, in bytes; has it do a full collection. Needs a JDK. */
    static long liveHeapBytes(final long pid) throws IOException {
        final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(jcmd)) {
            throw new MusterException(jcmd + " must exist to measure a heap: run on a JDK, not on a JRE");
        }
        final Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            return lines.lines()
                    .filter(line -> line.startsWith(TOTAL))
                    .mapToLong(line -> Long.parseLong(line.split("\\s+")[2]))
                    .findFirst()
                    .orElseThrow(() -> new MusterException("jcmd " + pid + " GC.class_histogram must print a total"));
        }
    }

    /** The process ids of a cluster's workers, by their names. */
    static Map<String, Long> workers(final Client client) {
        final Map<String, Long> pids = new LinkedHashMap<>();
        if (Json.parse(client.info()) instanceof Map<?, ?> info && info.get("workers") instanceof List<?> workers) {
            for (final Object entry : workers) {
                if (entry instanceof Map<?, ?> worker
                        && worker.get("name") instanceof String name
                        && worker.get("pid") instanceof Long pid) {
                    pids.put(name, pid);
                }
            }
        }
        return pids;
    }
}
