package io.muster.data;

import io.muster.MusterException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The data plane of workers in one JVM: results are handed over as live references, at once, in the caller's thread.
 */
public final class LocalDataPlane implements DataPlane {
    private final Map<Integer, ResultStore> stores = new ConcurrentHashMap<>();

    /** Makes a data plane without workers. */
    public LocalDataPlane() {}

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
            fetch(tasks[i], holders[i], listener);
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
