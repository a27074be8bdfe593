package io.muster.mpi;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What ranks of one node owe each other when Open MPI ends them by a signal: it kills the others as soon as the first has ended, and
 * what they have not deleted by then stays in the node's memory. So who is done stays a moment.
 */
final class CommonEnd {
    /** Open MPI 4 waits a second before it kills ranks of which none has ended. */
    private static final Duration MOMENT = Duration.ofMillis(600);

    /** As HotSpot calls the thread on which a signal ends the JVM; where it is called otherwise, nobody waits. */
    private static final Pattern SIGNAL_THREAD = Pattern.compile("SIG[A-Z]+ handler");

    private CommonEnd() {}

    /**
     * Waits for other ranks, if this JVM ends by a signal and Open MPI started it.
     *
     * @param environment of this process
     * @param startNs when this rank began to end, as {@link System#nanoTime} tells it
     */
    static void await(final Map<String, String> environment, final long startNs) {
        if (!environment.containsKey("OMPI_COMM_WORLD_RANK") || !isBySignal()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(MOMENT.toNanos() - (System.nanoTime() - startNs));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isBySignal() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> SIGNAL_THREAD.matcher(thread.getName()).matches());
    }
}
