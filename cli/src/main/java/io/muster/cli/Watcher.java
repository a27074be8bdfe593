package io.muster.cli;

import io.muster.Client;
import io.muster.TaskFuture;
import io.muster.TaskState;
import io.muster.progress.Bar;
import io.muster.progress.Progress;
import io.muster.progress.ProgressBars;
import io.muster.progress.Terminal;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
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
        final AtomicLong done = new AtomicLong();
        final Progress progress = Progress.start(
                new ProgressBars(out, terminal, nanoClock),
                () -> List.of(new Bar(label, done.get(), 0, futures.size())));
        try {
            for (final TaskFuture<R> future : client.asCompleted(futures)) {
                if (future.state() != TaskState.FINISHED) {
                    future.join();
                }
                done.incrementAndGet();
            }
        } finally {
            progress.close();
        }
    }
}
