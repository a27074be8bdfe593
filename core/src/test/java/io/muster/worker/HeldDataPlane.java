package io.muster.worker;

import io.muster.data.DataPlane;
import io.muster.data.WorkerAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Holds fetches until a test answers them. */
final class HeldDataPlane implements DataPlane {
    final List<Asked> asked = new ArrayList<>();

    @Override
    public void workerUp(final WorkerAddress worker) {}

    @Override
    public void workerDown(final int worker) {}

    @Override
    public synchronized void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
        for (int i = 0; i < tasks.length; i++) {
            asked.add(new Asked(tasks[i], holders[i], listener));
        }
    }

    @Override
    public void store(final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
        listener.stored(task);
    }

    @Override
    public void close() {}

    record Asked(long task, int[] holders, FetchListener listener) {
        void value(final Object value) {
            listener.value(task, value);
        }

        void missing(final boolean gone) {
            final boolean[] all = new boolean[holders.length];
            Arrays.fill(all, gone);
            listener.missing(task, holders, all);
        }
    }
}
