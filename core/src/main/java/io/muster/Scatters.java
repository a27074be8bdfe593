package io.muster;

import io.muster.data.DataPlane;
import io.muster.serialize.SerializationException;
import io.muster.serialize.UnserializableException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Values on their way to a worker: kept, with their futures, until the scheduler says that they are there. */
final class Scatters {
    private static final int MAX_TRIES = 3;

    private final Session session;
    private final Map<Integer, Scatter> pending = new ConcurrentHashMap<>();

    Scatters(final Session session) {
        this.session = session;
    }

    void add(final TaskFuture<?> future, final @Nullable Object value) {
        pending.put(future.taskId(), new Scatter(future, value));
    }

    /** Puts the value where the scheduler says. */
    void place(final int taskId, final int worker) {
        final Scatter scatter = pending.get(taskId);
        if (scatter != null) {
            scatter.tries.set(0);
            session.request(() -> store(scatter, worker));
        }
    }

    /** The value is there, or no longer wanted. */
    void end(final int taskId) {
        final Scatter scatter = pending.isEmpty() ? null : pending.remove(taskId);
        if (scatter != null && scatter.released) {
            session.request(() -> session.release(scatter.future.ref()));
        }
    }

    /** Whether a release has to wait until the value is there, since tasks may be waiting for it. */
    boolean deferRelease(final int taskId) {
        final Scatter scatter = pending.get(taskId);
        if (scatter == null) {
            return false;
        }
        scatter.released = true;
        return pending.containsKey(taskId);
    }

    void clear() {
        pending.clear();
    }

    private void store(final Scatter scatter, final int worker) {
        try {
            session.dataPlane()
                    .store(worker, session.identity(scatter.future.taskId()), scatter.value, scatter.at(worker));
        } catch (final RuntimeException e) {
            failed(scatter, worker, e);
        }
    }

    private void failed(final Scatter scatter, final int worker, final Throwable reason) {
        final boolean hopeless = reason instanceof UnserializableException || reason instanceof SerializationException;
        if (!hopeless && !session.workers().isUp(worker)) {
            return;
        }
        if (!hopeless && scatter.tries.incrementAndGet() < MAX_TRIES) {
            session.request(() -> store(scatter, worker));
            return;
        }
        final TaskFuture<?> future = scatter.future;
        final String where = "can't store at worker " + session.workers().name(worker) + ": key=" + future.key();
        final Throwable cause = hopeless
                ? reason
                : new MusterException(where + " tries=" + MAX_TRIES + ": " + reason.getMessage(), reason);
        pending.remove(future.taskId());
        future.settle(new Outcome.Failed(TaskState.ERROR, cause));
        session.request(() -> session.cancelTasks(new int[] {future.taskId()}, true, false));
    }

    private final class Scatter {
        private final TaskFuture<?> future;
        private final @Nullable Object value;
        private final AtomicInteger tries = new AtomicInteger();
        private volatile boolean released;

        Scatter(final TaskFuture<?> future, final @Nullable Object value) {
            this.future = future;
            this.value = value;
        }

        DataPlane.StoreListener at(final int worker) {
            return new DataPlane.StoreListener() {
                @Override
                public void stored(final long task) {
                    tries.set(0);
                }

                @Override
                public void failed(final long task, final Throwable reason) {
                    Scatters.this.failed(Scatter.this, worker, reason);
                }
            };
        }
    }
}
