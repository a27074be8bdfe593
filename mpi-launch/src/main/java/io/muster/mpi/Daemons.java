package io.muster.mpi;

import io.muster.MusterException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Threads that do not keep the JVM alive when the program's main method is over. */
final class Daemons {
    private Daemons() {}

    /** Work of a thread of its own. */
    @FunctionalInterface
    interface Work {
        void run() throws InterruptedException;
    }

    static void start(final String name, final Work work) {
        final Thread thread = new Thread(
                null,
                () -> {
                    try {
                        work.run();
                    } catch (final InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Calls something on a daemon thread, so that the threads which it starts are daemons too; waits for it. */
    static <T> T call(final String name, final Callable<T> work) {
        final FutureTask<T> task = new FutureTask<>(work);
        start(name, task::run);
        try {
            return task.get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while a rank starts", e);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new MusterException("a rank does not start: " + e.getCause(), e.getCause());
        }
    }
}
