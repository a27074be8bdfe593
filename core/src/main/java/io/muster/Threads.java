package io.muster;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client's own threads: daemons that are made when needed and end when idle. */
final class Threads {
    private static final int CALLBACK_THREADS = 4;
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor callbacks = pool("muster-client-callback-", CALLBACK_THREADS);
    private final ThreadPoolExecutor requests = pool("muster-client-requests-", 1);
    private final ThreadPoolExecutor offers = pool("muster-client-classes-", 1);

    /** Runs user code that waits for a future. */
    void callback(final Runnable action) {
        execute(callbacks, action);
    }

    /** Runs, in order, what may wait for the session's stream to drain. */
    void request(final Runnable action) {
        execute(requests, action);
    }

    /** Reads what workers ask for, and waits for nothing but the session's stream. */
    void offer(final Runnable action) {
        execute(offers, action);
    }

    /** Ends the threads once they have done what they were given; later actions run in the caller's thread. */
    void close() {
        callbacks.shutdown();
        requests.shutdown();
        offers.shutdown();
    }

    private static void execute(final ThreadPoolExecutor pool, final Runnable action) {
        try {
            pool.execute(action);
        } catch (final RejectedExecutionException e) {
            action.run();
        }
    }

    private static ThreadPoolExecutor pool(final String prefix, final int threads) {
        final AtomicInteger count = new AtomicInteger();
        final ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), action -> {
                    final Thread thread = new Thread(action, prefix + count.getAndIncrement());
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
