package io.muster.scheduler;

import io.muster.coordination.CoordinationRequest;
import io.muster.worker.WorkerReports;

/** What a worker reports whose tasks neither share anything, nor wait for others, nor run once only; its values are live objects. */
interface PlainReports extends WorkerReports {
    @Override
    default boolean isLocal() {
        return true;
    }

    @Override
    default void coordinate(final CoordinationRequest request) {
        throw new AssertionError("no simulated task shares anything: " + request);
    }

    @Override
    default void commitRequest(final long runId, final long task) {
        throw new AssertionError("no simulated task runs once only: " + task);
    }

    @Override
    default void longRunning(final long runId, final long task, final boolean seceded) {
        throw new AssertionError("no simulated task waits for others: " + task);
    }
}
