package io.muster.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Counts what the kernel killed in the cgroup of this process for its memory, where either cgroup version tells. */
final class CgroupKills {
    private static final String COUNTER = "oom_kill ";

    private final List<Path> files;

    private CgroupKills(final List<Path> files) {
        this.files = files;
    }

    static CgroupKills ofThisProcess() {
        return of(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
    }

    static CgroupKills of(final Path membership, final Path root) {
        return new CgroupKills(files(membership, root, "memory.events", "memory.oom_control"));
    }

    /** The files of these names, for either cgroup version, that speak of the memory of a process. */
    static List<Path> files(final Path membership, final Path root, final String name2, final String name1) {
        final List<Path> files = new ArrayList<>();
        try {
            for (final String line : Files.readAllLines(membership)) {
                final String[] parts = line.split(":", 3);
                if (parts.length == 3 && parts[1].isEmpty()) {
                    add(files, root, parts[2], name2);
                } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
                    add(files, root.resolve("memory"), parts[2], name1);
                }
            }
        } catch (final IOException e) {
            return List.of();
        }
        return files;
    }

    /** The sum of all counters that can be read; it never falls while the same cgroups exist. */
    long count() {
        long sum = 0;
        for (final Path file : files) {
            try {
                sum += Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith(COUNTER))
                        .mapToLong(line ->
                                Long.parseLong(line.substring(COUNTER.length()).trim()))
                        .sum();
            } catch (final IOException | NumberFormatException e) {
                continue;
            }
        }
        return sum;
    }

    private static void add(final List<Path> files, final Path root, final String group, final String name) {
        Path directory = root.resolve(group.replaceFirst("^/+", "")).normalize();
        if (!directory.startsWith(root) || !Files.isDirectory(directory)) {
            directory = root;
        }
        final Path file = directory.resolve(name);
        if (Files.isReadable(file)) {
            files.add(file);
        }
    }
}
