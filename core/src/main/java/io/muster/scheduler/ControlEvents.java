package io.muster.scheduler;

import io.muster.data.WorkerAddress;
import org.jspecify.annotations.Nullable;

/** What a client hears that only asks: answers and the session's end, but nothing of tasks and workers. */
public interface ControlEvents extends ClientEvents {
    @Override
    default void finished(
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {}

    @Override
    default void erred(final int taskId, final Object failure) {}

    @Override
    default void cancelled(final int taskId, final boolean lost, final String reason) {}

    @Override
    default void scatterTo(final int taskId, final int worker) {}

    @Override
    default void workerUp(final WorkerAddress worker) {}

    @Override
    default void workerDown(final int worker, final String reason) {}

    @Override
    default void warning(final String text) {}
}
