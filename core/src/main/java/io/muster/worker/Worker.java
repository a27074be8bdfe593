package io.muster.worker;

import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.data.WorkerAddress;
import io.muster.serialize.Serializer;
import io.muster.serialize.SizeOf;
import io.muster.serialize.TaskFailure;
import io.muster.worker.Run.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks: fetches what they need, calls user code, holds the results and reports. The same class serves in the
 * user's JVM and in a process of its own; only the reports, the serializer and the data plane it is given differ.
 *
 * <p>Work is keyed by run, not by task: new, fetching, ready, running, then done, failed or abandoned. Runs start in
 * the order of their assignment. What a run that is not current any more comes to is dropped.
 */
public final class Worker implements WorkerCommands, ResultStore, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final long HOUSEKEEPING_NS = 100_000_000;
    private static final long LEFT_BEHIND_NS = 5_000_000;
    private static final long CLOSE_NS = 2_000_000_000;

    private final WorkerSettings settings;
    private final WorkerReports reports;
    private final DataPlane dataPlane;
    private final Serializer serializer;
    private final RunTable table = new RunTable();
    private final ReadyQueue queue;
    private final Functions functions;
    private final ResultEncoder encoder;
    private final TaskExecutor[] executors;
    private final Thread[] threads;
    private final Thread housekeeper;
    private final FetchedInputs fetchedInputs = new FetchedInputs();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean replicaUnflushed;
    private volatile StopListener stopListener = (restart, reason) -> {};

    private Worker(
            final WorkerSettings settings,
            final WorkerReports reports,
            final Serializer serializer,
            final DataPlane dataPlane) {
        this.settings = settings;
        this.reports = reports;
        this.serializer = serializer;
        this.dataPlane = dataPlane;
        queue = new ReadyQueue(reports);
        functions = new Functions(reports.isLocal(), serializer);
        encoder = new ResultEncoder(reports.isLocal(), settings.inlineResultBytes(), serializer);
        executors = new TaskExecutor[settings.threads()];
        threads = new Thread[settings.threads()];
        for (int i = 0; i < executors.length; i++) {
            executors[i] = new TaskExecutor(i, settings, table, queue, functions, reports, serializer);
            threads[i] = newThread(executors[i], "exec-" + i);
        }
        housekeeper = newThread(this::keepHouse, "housekeeper");
    }

    /**
     * Starts a worker: its threads wait for {@link #assign}.
     *
     * @param settings how it is set up
     * @param reports gets what it has to say; called from the worker's threads, from transfer threads, and from within
     *     {@link #assign}
     * @param serializer for functions, arguments and results where the reports are not local
     * @param dataPlane brings inputs; it is not closed with the worker
     * @return the worker
     */
    public static Worker start(
            final WorkerSettings settings,
            final WorkerReports reports,
            final Serializer serializer,
            final DataPlane dataPlane) {
        final RunRecorder recorder = settings.recorder();
        if (recorder != null && recorder.threads() < settings.threads()) {
            throw new IllegalArgumentException("recorder.threads=" + recorder.threads() + " must be >= threads="
                    + settings.threads() + "; make it with as many");
        }
        final Worker worker = new Worker(settings, reports, serializer, dataPlane);
        Arrays.stream(worker.threads).forEach(Thread::start);
        worker.housekeeper.start();
        return worker;
    }

    /**
     * How the worker is set up.
     *
     * @return the settings
     */
    public WorkerSettings settings() {
        return settings;
    }

    /**
     * Says which number the scheduler gave this worker, so that it never asks itself for an input.
     *
     * @param number the worker's own number
     */
    public void number(final int number) {
        table.selfNumber(number);
    }

    /**
     * Sets who is told when the scheduler ended the worker.
     *
     * @param listener called once the worker is closed, on a thread of its own
     */
    public void onStop(final StopListener listener) {
        stopListener = listener;
    }

    @Override
    public void registerFunction(final long functionId, final Object body, final String name) {
        functions.register(functionId, body, name);
    }

    @Override
    public void forgetFunction(final long functionId) {
        functions.forget(functionId);
    }

    @Override
    public void assign(
            final long runId,
            final long task,
            final long functionId,
            final int attempt,
            final int flags,
            final long[] inputs,
            final int[] holders,
            final Object payload,
            final @Nullable String key) {
        final Run run = new Run(runId, task, functionId, attempt, flags, inputs, holders, payload, key);
        final List<InputFetch> toFetch = new ArrayList<>(0);
        final State state = table.admit(run, toFetch);
        if (state == State.READY) {
            queue.add(run);
        } else if (state == State.DONE) {
            reportHeld(run);
        }
        fetch(toFetch);
    }

    @Override
    public void free(final long task) {
        table.free(task);
    }

    @Override
    public void abandon(final long runId) {
        table.abandon(runId);
    }

    @Override
    public void replicate(final long task, final int[] holders) {
        final List<InputFetch> toFetch = new ArrayList<>(1);
        if (table.copy(task, holders, toFetch) != null) {
            reports.flush();
        }
        fetch(toFetch);
    }

    @Override
    public void workerUp(final WorkerAddress worker) {
        dataPlane.workerUp(worker);
    }

    @Override
    public void workerDown(final int worker) {
        dataPlane.workerDown(worker);
    }

    @Override
    public void stop(final boolean restart, final String reason) {
        LOG.info("worker={} ends: {}", settings.name(), reason);
        newThread(
                        () -> {
                            close();
                            stopListener.stopped(restart, reason);
                        },
                        "stop")
                .start();
    }

    @Override
    public @Nullable Object get(final long task) {
        return table.get(task);
    }

    @Override
    public void keep(final long task, final @Nullable Object value) {
        final long sizeBytes = SizeOf.estimate(value);
        if (table.keep(task, value, sizeBytes)) {
            reports.replicaStored(task, sizeBytes);
        }
        reports.flush();
    }

    /**
     * The runs whose user code runs now.
     *
     * @return run ids, without those that were abandoned
     */
    public long[] runningRuns() {
        return table.runningRuns();
    }

    /**
     * The figures of a heartbeat.
     *
     * @return the figures
     */
    public WorkerCounters counters() {
        return table.counters();
    }

    /** Abandons every run, as a worker whose lease has run out must; the results it holds stay. */
    public void abandonAll() {
        table.abandonAll();
    }

    /**
     * The results that the worker holds.
     *
     * @return pairs of a task and its result's estimated size in bytes
     */
    public long[] inventory() {
        return table.inventory();
    }

    /** Interrupts running tasks and ends the threads; those that don't end within 2 s are left behind, as daemons. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        table.stopStarting();
        table.abandonAll();
        Arrays.stream(executors).forEach(TaskExecutor::close);
        queue.close();
        synchronized (threads) {
            Arrays.stream(threads).forEach(Thread::interrupt);
        }
        LockSupport.unpark(housekeeper);
        join(System.nanoTime() + CLOSE_NS);
    }

    private void join(final long deadlineNs) {
        boolean interrupted = false;
        int left = 0;
        synchronized (threads) {
            for (final Thread thread : threads) {
                final long leftNs = deadlineNs - System.nanoTime();
                if (thread != Thread.currentThread()) {
                    try {
                        thread.join(Math.max(1, leftNs / 1_000_000));
                    } catch (final InterruptedException e) {
                        interrupted = true;
                    }
                    left += thread.isAlive() ? 1 : 0;
                }
            }
        }
        if (left > 0) {
            LOG.warn(
                    "worker={}: tasks={} did not react to being interrupted; they are left behind",
                    settings.name(),
                    left);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private Thread newThread(final Runnable work, final String role) {
        final Thread thread = new Thread(null, work, "muster-" + settings.name() + "-" + role, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(settings.classLoader());
        return thread;
    }

    private void keepHouse() {
        while (!closed.get()) {
            LockSupport.parkNanos(this, HOUSEKEEPING_NS);
            flushWhatIsLeftBehind();
            replaceTheDead();
        }
    }

    private void flushWhatIsLeftBehind() {
        final long beforeNs = System.nanoTime() - LEFT_BEHIND_NS;
        boolean late = replicaUnflushed;
        replicaUnflushed = false;
        for (final TaskExecutor executor : executors) {
            late |= executor.leftReportBehind(beforeNs);
        }
        if (late) {
            try {
                reports.flush();
            } catch (final RuntimeException e) {
                LOG.debug("worker={}: can't flush", settings.name(), e);
            }
        }
    }

    private void replaceTheDead() {
        synchronized (threads) {
            for (int i = 0; i < threads.length; i++) {
                if (!threads[i].isAlive() && !closed.get()) {
                    LOG.warn("worker={}: thread={} died and is replaced", settings.name(), threads[i].getName());
                    threads[i] = newThread(executors[i], "exec-" + i);
                    threads[i].start();
                }
            }
        }
    }

    private void reportHeld(final Run run) {
        final RunTable.Held held = table.held(run.task);
        if (held == null) {
            return;
        }
        final ResultEncoder.Encoded encoded = encoder.encode(held.value(), held.sizeBytes(), run.wantsSmallResult());
        reports.runDone(run.runId, run.task, held.sizeBytes(), 0, encoded.inline(), encoded.value());
        reports.flush();
    }

    private void fetch(final List<InputFetch> fetches) {
        if (fetches.isEmpty()) {
            return;
        }
        final List<InputFetch> remote = new ArrayList<>(fetches.size());
        for (final InputFetch fetch : fetches) {
            if (fetch.holders.length == 0) {
                fetchedInputs.missing(fetch.task, fetch.holders, new boolean[0]);
            } else {
                remote.add(fetch);
            }
        }
        if (!remote.isEmpty()) {
            final long[] tasks = remote.stream().mapToLong(fetch -> fetch.task).toArray();
            final int[][] holders = remote.stream().map(fetch -> fetch.holders).toArray(int[][]::new);
            dataPlane.fetch(tasks, holders, fetchedInputs);
        }
    }

    /** What became of inputs that were fetched. */
    private final class FetchedInputs implements DataPlane.FetchListener {
        @Override
        public void value(final long task, final @Nullable Object value) {
            final long sizeBytes = SizeOf.estimate(value);
            final List<Run> ready = new ArrayList<>(1);
            final InputFetch fetch = table.fetch(task);
            if (table.arrived(task, value, sizeBytes, ready)) {
                reports.replicaStored(task, sizeBytes);
                if (isForCopy(fetch)) {
                    reports.flush();
                } else {
                    replicaUnflushed = true;
                }
            }
            ready.forEach(queue::add);
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
                LOG.warn("worker={} task={}: the result can't be copied: {}", settings.name(), task, reason.toString());
                reports.replicaFailed(task, fetch.holders, new boolean[fetch.holders.length]);
                reports.flush();
            }
            for (final Run run : over) {
                final String key =
                        run.key == null ? functions.get(run.functionId).name() : run.key;
                final TaskFailure failure = TaskFailure.of(reason, key, settings.name(), run.attempt, serializer);
                reports.runFailed(run.runId, run.task, 0, reports.isLocal() ? failure : failure.toBytes());
            }
            if (!over.isEmpty()) {
                reports.flush();
            }
        }

        /** Asked once the fetch is over and out of the table, so that nobody joins it any more. */
        private static boolean isForCopy(final @Nullable InputFetch fetch) {
            return fetch != null && fetch.copyHolders != null;
        }
    }
}
