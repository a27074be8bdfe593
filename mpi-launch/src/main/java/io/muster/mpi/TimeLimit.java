package io.muster.mpi;

import io.muster.config.DurationText;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A thread that makes calls which may block for ever, and somebody who gives up on them. */
final class TimeLimit implements AutoCloseable {
    private final ExecutorService executor;
    private final Duration timeout;

    TimeLimit(final String threadName, final Duration timeout) {
        this.timeout = timeout;
        executor = Executors.newSingleThreadExecutor(task -> {
            final Thread thread = new Thread(task, threadName);
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Makes a call.
     *
     * @param what what it waits for, for the message
     * @param call the call
     * @return what it returns
     * @throws MpiLaunchException if it throws, takes too long, or this thread is interrupted
     */
    <T> T call(final String what, final Callable<T> call) {
        final Future<T> future = executor.submit(call);
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw expired(what, timeout, e);
        } catch (final InterruptedException e) {
            throw interrupted(what, e);
        } catch (final ExecutionException e) {
            if (e.getCause() instanceof MpiLaunchException known) {
                throw known;
            }
            throw new MpiLaunchException(what + " failed: " + e.getCause(), e.getCause());
        }
    }

    /** Makes a call that returns nothing. */
    void run(final String what, final Runnable action) {
        call(what, Executors.callable(action));
    }

    static MpiLaunchException expired(final String what, final Duration timeout, final @Nullable Throwable cause) {
        return new MpiLaunchException(
                what + " took longer than timeout=" + DurationText.format(timeout)
                        + ". Some ranks have not come, or have ended: look at their output. If they need more time: -D"
                        + LaunchOptions.TIMEOUT + "=10m",
                cause);
    }

    static MpiLaunchException interrupted(final String what, final InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new MpiLaunchException(what + " was interrupted", cause);
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
