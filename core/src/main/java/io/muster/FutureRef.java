package io.muster;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * A client's weak hold on a future, which outlives it to tell the scheduler. It is also the future's lock: nobody
 * outside can take it.
 */
final class FutureRef extends WeakReference<TaskFuture<?>> {
    private final int taskId;
    private final @Nullable String key;
    private volatile @Nullable TaskFuture<?> pinned;

    FutureRef(
            final TaskFuture<?> future,
            final ReferenceQueue<TaskFuture<?>> queue,
            final int taskId,
            final @Nullable String key) {
        super(future, queue);
        this.taskId = taskId;
        this.key = key;
    }

    int taskId() {
        return taskId;
    }

    @Nullable
    String key() {
        return key;
    }

    void pin(final TaskFuture<?> future) {
        pinned = future;
    }

    void unpin() {
        pinned = null;
    }

    boolean isPinned() {
        return pinned != null;
    }
}
