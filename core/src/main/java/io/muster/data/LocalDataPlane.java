package io.muster.data;

import io.muster.MusterException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The data plane of workers in one JVM: results are handed over as live references, at once, in the caller's thread; those that are on
 * disk are read on a thread of their own.
 */
public final class LocalDataPlane implements DataPlane {
    private static final int READERS = 2;

    private final ThreadPoolExecutor readers = new ThreadPoolExecutor(
            READERS, READERS, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), LocalDataPlane::reader);
    private final Map<Integer, ResultStore> stores = new ConcurrentHashMap<>();

    /** Makes a data plane without workers. */
    public LocalDataPlane() {
        readers.allowCoreThreadTimeOut(true);
    }

    /**
     * Adds a worker.
     *
     * @param worker its number
     * @param store what it holds
     */
    public void register(final int worker, final ResultStore store) {
        stores.put(worker, store);
    }

    /**
     * Removes a worker.
     *
     * @param worker its number
     */
    public void unregister(final int worker) {
        stores.remove(worker);
    }

    /** Does nothing: {@link #register} says where a worker is. */
    @Override
    public void workerUp(final WorkerAddress worker) {}

    @Override
    public void workerDown(final int worker) {
        unregister(worker);
    }

    @Override
    public void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
        for (int i = 0; i < tasks.length; i++) {
            if (isOnDisk(tasks[i], holders[i])) {
                final long task = tasks[i];
                final int[] at = holders[i];
                readers.execute(() -> fetch(task, at, listener));
            } else {
                fetch(tasks[i], holders[i], listener);
            }
        }
    }

    @Override
    public void store(final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
        final ResultStore store = stores.get(worker);
        if (store == null) {
            listener.failed(task, new MusterException("worker=" + worker + " is not there; it can't take a value"));
        } else {
            store.keep(task, value);
            listener.stored(task);
        }
    }

    @Override
    public void close() {
        stores.clear();
    }

    private static Thread reader(final Runnable work) {
        final Thread thread = new Thread(null, work, "muster-local-reader", 0, false);
        thread.setDaemon(true);
        return thread;
    }

    private boolean isOnDisk(final long task, final int[] holders) {
        for (final int holder : holders) {
            final ResultStore store = stores.get(holder);
            if (store != null && store.isOnDisk(task)) {
                return true;
            }
        }
        return false;
    }

    private void fetch(final long task, final int[] holders, final FetchListener listener) {
        final boolean[] gone = new boolean[holders.length];
        for (int i = 0; i < holders.length; i++) {
            final ResultStore store = stores.get(holders[i]);
            final Object value = store == null ? ResultStore.ABSENT : store.get(task);
            if (value != ResultStore.ABSENT) {
                listener.value(task, value);
                return;
            }
            gone[i] = store != null;
        }
        listener.missing(task, holders.clone(), gone);
    }
}
