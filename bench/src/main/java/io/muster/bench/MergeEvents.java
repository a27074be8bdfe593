package io.muster.bench;

import io.muster.MusterException;
import io.muster.data.WorkerAddress;
import io.muster.scheduler.ClientEvents;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the scheduler tells a {@link MergeClient}, for it to wait for. */
final class MergeEvents implements ClientEvents {
    private static final long PATIENCE_S = 120;
    private static final int ALL = 1 << 20;

    private final Semaphore workersUp = new Semaphore(0);
    private final Semaphore tasksDone = new Semaphore(0);
    private final Semaphore infoReplies = new Semaphore(0);
    private volatile int lastDone = -1;
    private volatile String lastInfo = "";
    private volatile @Nullable String failure;

    void awaitWorkers(final int count) throws InterruptedException {
        await(workersUp, count, "workers=" + count);
    }

    /** Waits for the next task that the scheduler calls done. */
    int awaitDone() throws InterruptedException {
        await(tasksDone, 1, "the graph's result");
        return lastDone;
    }

    void awaitDone(final int count) throws InterruptedException {
        await(tasksDone, count, "results=" + count);
    }

    String awaitInfo() throws InterruptedException {
        await(infoReplies, 1, "the scheduler's view");
        return lastInfo;
    }

    private void await(final Semaphore semaphore, final int count, final String what) throws InterruptedException {
        final boolean came = semaphore.tryAcquire(count, PATIENCE_S, TimeUnit.SECONDS);
        if (failure != null) {
            throw new MusterException("waiting for " + what + ": " + failure);
        }
        if (!came) {
            throw new MusterException(what + " must come within " + PATIENCE_S + " s");
        }
    }

    private void fail(final String reason) {
        failure = reason;
        workersUp.release(ALL);
        tasksDone.release(ALL);
        infoReplies.release(ALL);
    }

    @Override
    public void finished(
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        lastDone = taskId;
        tasksDone.release();
    }

    @Override
    public void erred(final int taskId, final Object description) {
        fail("taskId=" + taskId + " failed");
    }

    @Override
    public void cancelled(final int taskId, final boolean lost, final String reason) {
        fail("taskId=" + taskId + " was cancelled: " + reason);
    }

    @Override
    public void scatterTo(final int taskId, final int worker) {
        fail("taskId=" + taskId + " was not scattered");
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        workersUp.release();
    }

    @Override
    public void workerDown(final int worker, final String reason) {
        fail("worker=" + worker + " is gone: " + reason);
    }

    @Override
    public void infoReply(final long requestId, final String json) {
        lastInfo = json;
        infoReplies.release();
    }

    @Override
    public void warning(final String text) {
        fail(text);
    }

    @Override
    public void disconnected(final String reason) {
        fail("the session is over: " + reason);
    }
}
