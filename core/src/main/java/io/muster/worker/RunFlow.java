package io.muster.worker;

import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.worker.Run.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a worker does about runs and results at each command and at the end of each fetch: everything but running user code. It has
 * no threads, no clock and no sockets, so that a simulation can drive it as the worker's threads do.
 */
final class RunFlow implements DataPlane.FetchListener {
    private static final Logger LOG = LoggerFactory.getLogger(RunFlow.class);

    private final String workerName;
    private final RunTable table;
    private final Consumer<Run> ready;
    private final WorkerReports reports;
    private final DataPlane dataPlane;
    private final ResultEncoder encoder;
    private final ToLongFunction<@Nullable Object> sizeOf;
    private final BiFunction<Run, Throwable, Object> failureOf;
    private volatile boolean replicaUnflushed;

    /**
     * @param ready gets each run that may start
     * @param sizeOf the size of a value in bytes
     * @param failureOf what a run is reported to have failed with
     */
    RunFlow(
            final String workerName,
            final RunTable table,
            final Consumer<Run> ready,
            final WorkerReports reports,
            final DataPlane dataPlane,
            final ResultEncoder encoder,
            final ToLongFunction<@Nullable Object> sizeOf,
            final BiFunction<Run, Throwable, Object> failureOf) {
        this.workerName = workerName;
        this.table = table;
        this.ready = ready;
        this.reports = reports;
        this.dataPlane = dataPlane;
        this.encoder = encoder;
        this.sizeOf = sizeOf;
        this.failureOf = failureOf;
    }

    /** Takes in a run: it starts at once, after its inputs came, or not at all as its result is here. */
    void assign(final Run run) {
        final List<InputFetch> toFetch = new ArrayList<>(0);
        final State state = table.admit(run, toFetch);
        if (state == State.READY) {
            ready.accept(run);
        } else if (state == State.DONE) {
            reportHeld(run);
        }
        fetch(toFetch);
    }

    void free(final long task) {
        table.free(task);
    }

    /** Makes a run useless; gives it if it is on a thread. */
    @Nullable
    Run abandon(final long runId) {
        return table.abandon(runId);
    }

    /** Gives up those of the runs that have not started, and says which. */
    void takeBack(final long[] runIds) {
        final boolean[] givenUp = new boolean[runIds.length];
        for (int i = 0; i < runIds.length; i++) {
            givenUp[i] = table.giveUp(runIds[i]);
        }
        reports.runsTakenBack(runIds, givenUp);
        reports.flush();
    }

    void replicate(final long task, final int[] holders) {
        final List<InputFetch> toFetch = new ArrayList<>(1);
        if (table.copy(task, holders, toFetch) != null) {
            reports.flush();
        }
        fetch(toFetch);
    }

    void keep(final long task, final @Nullable Object value) {
        final long sizeBytes = sizeOf.applyAsLong(value);
        if (table.keep(task, value, sizeBytes)) {
            reports.replicaStored(task, sizeBytes);
        }
        reports.flush();
    }

    /** Whether something was reported since the last call that nobody has flushed yet. */
    boolean takeUnflushed() {
        final boolean unflushed = replicaUnflushed;
        replicaUnflushed = false;
        return unflushed;
    }

    @Override
    public void value(final long task, final @Nullable Object value) {
        final long sizeBytes = sizeOf.applyAsLong(value);
        final List<Run> startable = new ArrayList<>(1);
        final InputFetch fetch = table.fetch(task);
        if (table.arrived(task, value, sizeBytes, startable)) {
            reports.replicaStored(task, sizeBytes);
            if (isForCopy(fetch)) {
                reports.flush();
            } else {
                replicaUnflushed = true;
            }
        }
        startable.forEach(ready);
    }

    @Override
    public void missing(final long task, final int[] holders, final boolean[] gone) {
        final InputFetch fetch = table.fetch(task);
        final boolean askedSelf = fetch != null && fetch.selfNamed;
        final List<Run> over = new ArrayList<>();
        final InputFetch again = table.missing(task, holders, over);
        final int count = askedSelf ? holders.length + 1 : holders.length;
        final int[] asked = Arrays.copyOf(holders, count);
        final boolean[] saidGone = Arrays.copyOf(gone, count);
        if (askedSelf) {
            asked[count - 1] = table.selfNumber();
            saidGone[count - 1] = true;
        }
        for (final Run run : over) {
            reports.inputMissing(run.runId, run.task, task, asked, saidGone);
        }
        final boolean noCopy = again == null && isForCopy(fetch);
        if (noCopy) {
            reports.replicaFailed(task, asked, saidGone);
        }
        if (noCopy || !over.isEmpty()) {
            reports.flush();
        }
        if (again != null) {
            fetch(List.of(again));
        }
    }

    @Override
    public void failed(final long task, final Throwable reason) {
        final InputFetch fetch = table.fetch(task);
        final List<Run> over = new ArrayList<>();
        table.unusable(task, over);
        if (fetch != null && fetch.copyHolders != null) {
            LOG.warn("worker={} task={}: the result can't be copied: {}", workerName, task, reason.toString());
            reports.replicaFailed(task, fetch.holders, new boolean[fetch.holders.length]);
            reports.flush();
        }
        for (final Run run : over) {
            reports.runFailed(run.runId, run.task, RunTimes.NONE, false, failureOf.apply(run, reason));
        }
        if (!over.isEmpty()) {
            reports.flush();
        }
    }

    private void reportHeld(final Run run) {
        final RunTable.Held held = table.held(run.task);
        if (held == null) {
            return;
        }
        final Object value = held.value();
        final ResultEncoder.Encoded encoded = value == ResultStore.ABSENT
                ? ResultEncoder.Encoded.NONE
                : encoder.encode(value, held.sizeBytes(), run.wantsSmallResult());
        reports.runDone(run.runId, run.task, held.sizeBytes(), RunTimes.NONE, encoded.inline(), encoded.value());
        reports.flush();
    }

    private void fetch(final List<InputFetch> fetches) {
        if (fetches.isEmpty()) {
            return;
        }
        final List<InputFetch> remote = new ArrayList<>(fetches.size());
        for (final InputFetch fetch : fetches) {
            if (fetch.holders.length == 0) {
                missing(fetch.task, fetch.holders, new boolean[0]);
            } else {
                remote.add(fetch);
            }
        }
        if (!remote.isEmpty()) {
            final long[] tasks = remote.stream().mapToLong(fetch -> fetch.task).toArray();
            final int[][] holders = remote.stream().map(fetch -> fetch.holders).toArray(int[][]::new);
            dataPlane.fetch(tasks, holders, this);
        }
    }

    /** Asked once the fetch is over and out of the table, so that nobody joins it any more. */
    private static boolean isForCopy(final @Nullable InputFetch fetch) {
        return fetch != null && fetch.copyHolders != null;
    }
}
