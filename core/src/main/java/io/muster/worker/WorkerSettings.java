package io.muster.worker;

import io.muster.MusterException;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link Worker} is set up.
 *
 * @param name its name, unique among the living workers of a cluster
 * @param threads how many tasks it runs at once
 * @param memoryLimitBytes what it may use in all; 0: no limit
 * @param inlineResultBytes the largest serialized result that is sent along with its report
 * @param classLoader the context class loader of user code
 * @param recorder where runs are noted for the nanny, or null
 * @param memoryRules what it does as its memory fills, if it has a limit
 */
public record WorkerSettings(
        String name,
        int threads,
        long memoryLimitBytes,
        int inlineResultBytes,
        ClassLoader classLoader,
        @Nullable RunRecorder recorder,
        MemoryRules memoryRules) {
    /** The default of {@link #inlineResultBytes}: {@value}. */
    public static final int DEFAULT_INLINE_RESULT_BYTES = 1024;

    private static final int MAX_THREADS = 65_536;

    /**
     * Checks the settings.
     *
     * @throws MusterException if one of them is out of range
     */
    public WorkerSettings {
        require(!name.isBlank(), "name='" + name + "' must not be blank");
        require(threads >= 1 && threads <= MAX_THREADS, "threads=" + threads + " must be within 1 and " + MAX_THREADS);
        require(memoryLimitBytes >= 0, "memoryLimitBytes=" + memoryLimitBytes + " must be >= 0; 0 means no limit");
        require(inlineResultBytes >= 0, "inlineResultBytes=" + inlineResultBytes + " must be >= 0");
    }

    /**
     * Settings with the defaults: no memory limit and nothing done about memory, no recorder, the class loader of the calling thread.
     *
     * @param name the worker's name
     * @param threads how many tasks it runs at once
     * @return the settings
     */
    public static WorkerSettings of(final String name, final int threads) {
        final ClassLoader context = Thread.currentThread().getContextClassLoader();
        return new WorkerSettings(
                name,
                threads,
                0,
                DEFAULT_INLINE_RESULT_BYTES,
                context == null ? WorkerSettings.class.getClassLoader() : context,
                null,
                MemoryRules.NONE);
    }

    /**
     * The same with another memory limit.
     *
     * @param bytes what the worker may use in all; 0: no limit
     * @return the settings
     */
    public WorkerSettings withMemoryLimitBytes(final long bytes) {
        return new WorkerSettings(name, threads, bytes, inlineResultBytes, classLoader, recorder, memoryRules);
    }

    /**
     * The same with another bound for results that are sent along.
     *
     * @param bytes the largest serialized result that is sent along with its report
     * @return the settings
     */
    public WorkerSettings withInlineResultBytes(final int bytes) {
        return new WorkerSettings(name, threads, memoryLimitBytes, bytes, classLoader, recorder, memoryRules);
    }

    /**
     * The same with another class loader.
     *
     * @param loader the context class loader of user code
     * @return the settings
     */
    public WorkerSettings withClassLoader(final ClassLoader loader) {
        return new WorkerSettings(name, threads, memoryLimitBytes, inlineResultBytes, loader, recorder, memoryRules);
    }

    /**
     * The same with a recorder.
     *
     * @param newRecorder where runs are noted for the nanny
     * @return the settings
     */
    public WorkerSettings withRecorder(final RunRecorder newRecorder) {
        return new WorkerSettings(
                name, threads, memoryLimitBytes, inlineResultBytes, classLoader, newRecorder, memoryRules);
    }

    /**
     * The same with other rules for its memory.
     *
     * @param rules what it does as its memory fills
     * @return the settings
     */
    public WorkerSettings withMemoryRules(final MemoryRules rules) {
        return new WorkerSettings(name, threads, memoryLimitBytes, inlineResultBytes, classLoader, recorder, rules);
    }

    private static void require(final boolean holds, final String message) {
        if (!holds) {
            throw new MusterException(message);
        }
    }
}
