package io.muster.scheduler;

import io.muster.data.WorkerAddress;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Hears the answer to one request, and nothing else. */
record AnswerEvents(CompletableFuture<String> answer) implements ClientEvents {
    @Override
    public void infoReply(final long requestId, final String json) {
        answer.complete(json);
    }

    @Override
    public void finished(
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {}

    @Override
    public void erred(final int taskId, final Object failure) {}

    @Override
    public void cancelled(final int taskId, final boolean lost, final String reason) {}

    @Override
    public void scatterTo(final int taskId, final int worker) {}

    @Override
    public void workerUp(final WorkerAddress worker) {}

    @Override
    public void workerDown(final int worker, final String reason) {}

    @Override
    public void disconnected(final String reason) {}
}
