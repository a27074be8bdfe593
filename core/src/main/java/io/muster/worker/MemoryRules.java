package io.muster.worker;

import io.muster.MemorySize;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a worker does as its memory fills; each share is one of its memory limit, and 0 where nothing shall be done.
 *
 * @param target what results may take in memory before the least recently used go to disk
 * @param spill how much may be in use, by whatever, before results go to disk
 * @param pause how much may be in use before nothing more is started
 * @param maxSpillBytes how much may be on disk; {@link Long#MAX_VALUE}: no limit
 * @param directory the folder below which results go to disk; null: they don't
 * @param hardLimitBytes what the worker can't exceed without dying, so that a task with more inputs is hopeless; 0: nothing is
 */
public record MemoryRules(
        double target,
        double spill,
        double pause,
        long maxSpillBytes,
        @Nullable Path directory,
        long hardLimitBytes) {
    /** Nothing is done. */
    public static final MemoryRules NONE = new MemoryRules(0, 0, 0, Long.MAX_VALUE, null, 0);

    /**
     * The rules for a worker that has a process for itself.
     *
     * @param settings the worker's
     * @param hardLimitBytes what it can't exceed without dying
     * @return the rules
     */
    static MemoryRules of(final Settings settings, final long hardLimitBytes) {
        return new MemoryRules(
                settings.get(Options.WORKER_MEMORY_TARGET),
                settings.get(Options.WORKER_MEMORY_SPILL),
                settings.get(Options.WORKER_MEMORY_PAUSE),
                maxSpillBytes(settings),
                spillFolder(settings),
                hardLimitBytes);
    }

    /**
     * The rules for a worker in a JVM that does other things too, so that only what its results take is known.
     *
     * @param settings the worker's
     * @return the rules
     */
    public static MemoryRules inProcess(final Settings settings) {
        return new MemoryRules(
                settings.get(Options.WORKER_MEMORY_TARGET), 0, 0, maxSpillBytes(settings), spillFolder(settings), 0);
    }

    /**
     * The memory limit that the settings name.
     *
     * @param settings the worker's
     * @return in bytes; 0: none, or what host and cgroup allow
     */
    public static long limitBytes(final Settings settings) {
        final String limit = settings.get(Options.WORKER_MEMORY_LIMIT);
        return limit.equals("auto") ? 0 : MemorySize.parse(limit).bytes();
    }

    /**
     * The folder below which a worker puts results on disk.
     *
     * @param settings the worker's
     * @return what {@code worker.local-directory} says, else the temporary folder
     */
    public static Path spillFolder(final Settings settings) {
        final String chosen = settings.get(Options.PROCESS_SPILL_DIRECTORY).isEmpty()
                ? settings.get(Options.WORKER_LOCAL_DIRECTORY)
                : settings.get(Options.PROCESS_SPILL_DIRECTORY);
        return Path.of(chosen.isEmpty() ? System.getProperty("java.io.tmpdir") : chosen);
    }

    boolean spills() {
        return directory != null && (target > 0 || spill > 0);
    }

    private static long maxSpillBytes(final Settings settings) {
        final String text = settings.get(Options.WORKER_MAX_SPILL);
        return text.equals("off") ? Long.MAX_VALUE : MemorySize.parse(text).bytes();
    }
}
