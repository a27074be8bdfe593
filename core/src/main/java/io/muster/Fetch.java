package io.muster;

import io.muster.data.DataPlane;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** One request for values that are at workers; it keeps their futures alive until each value is here. */
final class Fetch implements DataPlane.FetchListener {
    private final Session session;
    private final Long2ObjectHashMap<TaskFuture<?>> waiting = new Long2ObjectHashMap<>();

    private Fetch(final Session session) {
        this.session = session;
    }

    static void start(final Session session, final Collection<? extends TaskFuture<?>> futures) {
        final Fetch fetch = new Fetch(session);
        final List<int[]> holders = new ArrayList<>(futures.size());
        final long[] tasks = new long[futures.size()];
        int count = 0;
        for (final TaskFuture<?> future : futures) {
            if (future.outcome() instanceof Outcome.Remote remote) {
                tasks[count] = session.identity(future.taskId());
                fetch.waiting.put(tasks[count++], future);
                holders.add(new int[] {remote.worker()});
            }
        }
        if (count == 0) {
            return;
        }
        try {
            session.dataPlane().fetch(Arrays.copyOf(tasks, count), holders.toArray(int[][]::new), fetch);
        } catch (final RuntimeException e) {
            for (int i = 0; i < count; i++) {
                fetch.failed(tasks[i], e);
            }
        }
    }

    @Override
    public void value(final long task, final @Nullable Object value) {
        settle(task, new Outcome.Value(value));
    }

    @Override
    public void missing(final long task, final int[] holders, final boolean[] gone) {
        if (take(task) != null) {
            session.request(() -> session.resultMissing((int) task, holders, gone));
        }
    }

    @Override
    public void failed(final long task, final Throwable reason) {
        settle(task, new Outcome.Failed(TaskState.ERROR, reason));
    }

    private void settle(final long task, final Outcome outcome) {
        final TaskFuture<?> future = take(task);
        if (future != null) {
            future.settle(outcome);
        }
    }

    private synchronized @Nullable TaskFuture<?> take(final long task) {
        return waiting.remove(task);
    }
}
