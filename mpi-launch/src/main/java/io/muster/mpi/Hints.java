package io.muster.mpi;

import io.muster.MemorySize;
import io.muster.config.Options;
import io.muster.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a user should know of a launch: one rank says it for all. */
final class Hints {
    /** A part of a rank's share; a JVM rounds the quarter of the memory that its heap has by default. */
    private static final int TOLERANCE = 20;

    private final Settings settings;
    private final Map<String, String> environment;

    Hints(final Settings settings, final Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    /**
     * The hints.
     *
     * @param cores that this rank may use
     * @param heapBytes how large this JVM's heap may become
     * @param memoryBytes of the node
     * @param localSize the ranks on the node
     * @return a line each
     */
    List<String> lines(final int cores, final long heapBytes, final long memoryBytes, final int localSize) {
        final List<String> lines = new ArrayList<>();
        final String fallback = RankSettings.fallback(settings);
        if (fallback != null) {
            lines.add(fallback);
        }
        final int threads = settings.get(Options.WORKER_THREADS);
        if (threads > cores && environment.containsKey("OMPI_COMM_WORLD_RANK")) {
            lines.add("Open MPI bound this rank to cores=" + cores + ", fewer than threads=" + threads
                    + ": start with mpirun --bind-to none, or --map-by slot:PE=" + threads);
        }
        final long shareBytes = RankSettings.shareBytes(memoryBytes, localSize);
        if (localSize > 1 && heapBytes > shareBytes + shareBytes / TOLERANCE) {
            lines.add("the heap of each rank may grow to " + new MemorySize(heapBytes) + ", but the node has "
                    + new MemorySize(memoryBytes) + " for ranks=" + localSize + ": start java with -Xmx"
                    + Math.max(1, shareBytes / 100 * 85 >> 20) + "m or less");
        }
        return lines;
    }
}
