package io.muster.worker;

import io.muster.MemorySize;

/**
 * When a nanny ends a worker process for its memory.
 *
 * @param share what {@code worker.memory.terminate} says
 * @param limitBytes the process's memory limit
 * @param boundBytes the size of the process beyond which it is ended; 0: never
 */
public record TerminateRule(double share, long limitBytes, long boundBytes) {
    /** Never. */
    public static final TerminateRule OFF = new TerminateRule(0, 0, 0);

    String reason(final long residentBytes) {
        return "memory=" + MemoryMonitor.mib(residentBytes) + " exceeds worker.memory.terminate=" + share + " of limit="
                + new MemorySize(limitBytes);
    }
}
