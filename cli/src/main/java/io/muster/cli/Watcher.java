package io.muster.cli;

import io.muster.Client;
import io.muster.TaskFuture;
import io.muster.TaskState;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.function.LongSupplier;

/** Shows the progress of tasks until all are done. */
final class Watcher {
    private final PrintWriter out;
    private final Terminal terminal;
    private final LongSupplier nanoClock;

    Watcher(final PrintWriter out, final Terminal terminal, final LongSupplier nanoClock) {
        this.out = out;
        this.terminal = terminal;
        this.nanoClock = nanoClock;
    }

    long nanoTime() {
        return nanoClock.getAsLong();
    }

    /** Returns when all are done, or the first one has failed. */
    <R> void watch(final String label, final Client client, final Collection<TaskFuture<R>> futures) {
        try (Progress progress = new Progress(out, terminal, nanoClock, label, futures.size())) {
            for (final TaskFuture<R> future : client.asCompleted(futures)) {
                if (future.state() != TaskState.FINISHED) {
                    future.join();
                }
                progress.step();
            }
        }
    }
}
