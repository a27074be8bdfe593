package io.muster.worker;

import io.muster.coordination.CoordinationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes down what a worker reports. */
final class RecordingReports implements WorkerReports {
    private final boolean local;
    private final List<Done> done = new ArrayList<>();
    private final List<Failed> failed = new ArrayList<>();
    private final List<Missing> missing = new ArrayList<>();
    private final List<Long> replicas = new ArrayList<>();
    private final List<Uncopied> uncopied = new ArrayList<>();
    private final List<CoordinationRequest> requests = new ArrayList<>();
    private final List<Long> givenUp = new ArrayList<>();
    private final List<Long> kept = new ArrayList<>();
    private final List<String> longRunning = new ArrayList<>();
    private final List<Long> commits = new ArrayList<>();
    private final List<Long> unknowns = new ArrayList<>();
    private int unflushed;

    RecordingReports(final boolean local) {
        this.local = local;
    }

    @Override
    public boolean isLocal() {
        return local;
    }

    @Override
    public synchronized void runDone(
            final long runId,
            final long task,
            final long sizeBytes,
            final RunTimes times,
            final boolean inline,
            final @Nullable Object value) {
        done.add(new Done(runId, task, sizeBytes, inline, value));
        unflushed++;
    }

    @Override
    public synchronized void runFailed(
            final long runId, final long task, final RunTimes times, final boolean unknown, final Object failure) {
        if (unknown) {
            unknowns.add(runId);
        }
        failed.add(new Failed(runId, task, failure));
        unflushed++;
    }

    @Override
    public synchronized void longRunning(final long runId, final long task, final boolean seceded) {
        longRunning.add((seceded ? "away " : "back ") + runId);
        unflushed++;
    }

    @Override
    public synchronized void commitRequest(final long runId, final long task) {
        commits.add(runId);
        unflushed++;
    }

    @Override
    public synchronized void inputMissing(
            final long runId, final long task, final long input, final int[] holders, final boolean[] gone) {
        missing.add(new Missing(runId, task, input, holders, gone));
        unflushed++;
    }

    @Override
    public synchronized void runsTakenBack(final long[] runIds, final boolean[] yes) {
        for (int i = 0; i < runIds.length; i++) {
            (yes[i] ? givenUp : kept).add(runIds[i]);
        }
        unflushed++;
    }

    /** Runs that the worker gave up when it was asked for them. */
    synchronized List<Long> givenUp() {
        return List.copyOf(givenUp);
    }

    /** Runs that the worker was asked for and did not give up. */
    synchronized List<Long> kept() {
        return List.copyOf(kept);
    }

    @Override
    public synchronized void replicaFailed(final long task, final int[] holders, final boolean[] gone) {
        uncopied.add(new Uncopied(task, holders, gone));
        unflushed++;
    }

    @Override
    public synchronized void replicaStored(final long task, final long sizeBytes) {
        replicas.add(task);
        unflushed++;
    }

    @Override
    public synchronized void coordinate(final CoordinationRequest request) {
        requests.add(request);
    }

    synchronized List<CoordinationRequest> requests() {
        return List.copyOf(requests);
    }

    @Override
    public synchronized void flush() {
        unflushed = 0;
    }

    synchronized boolean allFlushed() {
        return unflushed == 0;
    }

    synchronized int doneCount() {
        return done.size();
    }

    synchronized List<Done> done() {
        return List.copyOf(done);
    }

    synchronized Optional<Done> doneRun(final long runId) {
        return done.stream().filter(d -> d.runId() == runId).findFirst();
    }

    /** {@code away 3} and {@code back 3}. */
    synchronized List<String> longRunning() {
        return List.copyOf(longRunning);
    }

    /** The runs that asked whether they may begin. */
    synchronized List<Long> commits() {
        return List.copyOf(commits);
    }

    /** The runs of which it is not known what they did. */
    synchronized List<Long> unknown() {
        return List.copyOf(unknowns);
    }

    synchronized List<Failed> failed() {
        return List.copyOf(failed);
    }

    synchronized List<Missing> missing() {
        return List.copyOf(missing);
    }

    synchronized List<Long> replicas() {
        return List.copyOf(replicas);
    }

    synchronized List<Uncopied> uncopied() {
        return List.copyOf(uncopied);
    }

    record Done(
            long runId,
            long task,
            long sizeBytes,
            boolean inline,
            @Nullable Object value) {}

    record Failed(long runId, long task, Object failure) {}

    record Missing(long runId, long task, long input, int[] holders, boolean[] gone) {}

    record Uncopied(long task, int[] holders, boolean[] gone) {}
}
