package io.muster.worker;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationCalls;
import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.data.WorkerAddress;
import io.muster.diagnosis.LogRing;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.ClientLink;
import io.muster.scheduler.RecordText;
import io.muster.serialize.Serializer;
import io.muster.serialize.SizeOf;
import io.muster.serialize.TaskFailure;
import io.muster.serialize.ValueBytes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
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
    private static final long MIN_PAUSE_NS = 1_000_000;
    private static final long IDLE_PAUSE_NS = 250_000_000;
    private static final long LEFT_BEHIND_NS = 5_000_000;
    private static final long CLOSE_NS = 2_000_000_000;
    private static final int MAX_DESCRIBED = 1_000;

    private final WorkerSettings settings;
    private final WorkerReports reports;
    private final DataPlane dataPlane;
    private final Serializer serializer;
    private final WorkerMemory memory;
    private final RunTable table;
    private final ReadyQueue queue;
    private final Functions functions;
    private final RunFlow flow;
    private final ExecutorPool pool;
    private final ActorThreads actors;
    private final Commits commits;
    private final WorkerClients clients = new WorkerClients();
    private final Thread housekeeper;
    private final CoordinationCalls calls;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable ProfileSampler sampler;
    private volatile StopListener stopListener = (restart, reason) -> {};

    private Worker(
            final WorkerSettings settings,
            final WorkerReports reports,
            final Serializer serializer,
            final DataPlane dataPlane) {
        this.settings = settings;
        this.reports = reports;
        this.serializer = serializer;
        calls = new CoordinationCalls(reports);
        memory = new WorkerMemory(settings, reports, serializer, dataPlane);
        table = memory.table();
        this.dataPlane = memory.fetches();
        queue = new ReadyQueue(reports);
        functions = new Functions(reports.isLocal(), serializer, settings.classLoader());
        flow = new RunFlow(
                settings.name(),
                table,
                this::startable,
                reports,
                memory.fetches(),
                new ResultEncoder(reports.isLocal(), settings.inlineResultBytes(), serializer),
                SizeOf::estimate,
                this::failureOf);
        commits = new Commits(table, reports);
        pool = new ExecutorPool(settings, queue, this::newExecutor);
        actors = new ActorThreads(settings, () -> newExecutor(TaskExecutor.OF_ACTOR));
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
        worker.pool.start();
        worker.housekeeper.start();
        worker.memory.start();
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
     * Says how the clients of this worker's tasks get to the scheduler; before the first task runs.
     *
     * @param links makes a link when the first task of a client asks for its own, and when the one before is over
     */
    public void clientsOver(final Supplier<? extends ClientLink> links) {
        clients.links(links);
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
        clients.forget((int) (functionId >>> Integer.SIZE));
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
        run.assignedNs = inputs.length == 0 ? 0 : System.nanoTime();
        flow.assign(run);
    }

    private void startable(final Run run) {
        run.readyNs = run.hasFetched ? System.nanoTime() : 0;
        if (run.isCall()) {
            actors.add(run);
        } else {
            queue.add(run);
        }
    }

    @Override
    public void free(final long task) {
        flow.free(task);
    }

    @Override
    public void abandon(final long runId, final boolean interrupt) {
        final Run running = flow.abandon(runId);
        commits.answer(runId, false);
        if (interrupt && running != null) {
            pool.interrupt(running);
            actors.interrupt(running);
        }
    }

    @Override
    public void commit(final long runId, final boolean granted) {
        commits.answer(runId, granted);
    }

    @Override
    public void takeBack(final long[] runIds) {
        flow.takeBack(runIds);
    }

    @Override
    public void replicate(final long task, final int[] holders) {
        flow.replicate(task, holders);
    }

    @Override
    public void askRecords(final long requestId, final RecordKind kind, final long since, final int limit) {
        reports.records(
                requestId,
                kind == RecordKind.STORY
                        ? Json.write(table.history(since))
                        : Json.write(RecordText.logs(LogRing.ofProcess().last(limit))));
    }

    /**
     * Begins to look at what its threads are doing while they run tasks; once.
     *
     * @param interval how often; 0: never
     */
    public void profileEvery(final Duration interval) {
        if (!interval.isZero() && !closed.get()) {
            final ProfileSampler begun =
                    new ProfileSampler(interval.toNanos(), pool, functions, reports, memory.vigil());
            sampler = begun;
            newThread(begun, "profile").start();
        }
    }

    @Override
    public void coordinated(final CoordinationAnswer answer) {
        calls.answer(answer);
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
        try {
            return table.get(task);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while a result was read from disk", e);
        }
    }

    @Override
    public boolean isOnDisk(final long task) {
        return table.isOnDisk(task);
    }

    @Override
    public @Nullable ValueBytes open(final long task) {
        return table.open(task);
    }

    @Override
    public void keep(final long task, final @Nullable Object value) {
        flow.keep(task, value);
        if (reports.isLocal()) {
            memory.wake();
        } else {
            memory.makeRoom();
        }
    }

    /**
     * What is to be known of its memory.
     *
     * @return the figures of now
     */
    public WorkerStatus status() {
        return memory.status();
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

    /**
     * The runs that have not ended.
     *
     * @return those with the lowest ids, at most {@link RunList#MAX_TOLD}
     */
    public RunList oldestRuns() {
        return table.oldest(RunList.MAX_TOLD);
    }

    /**
     * What the worker does, for a dump: its runs, what it fetches, and figures; neither values nor arguments. Looks for as long as the
     * worker is in its own way.
     *
     * @return members as for JSON
     */
    public Map<String, Object> describe() {
        final Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", settings.name());
        members.put("threads", settings.threads());
        members.put("memory_limit_bytes", settings.memoryLimitBytes());
        table.describe(members, MAX_DESCRIBED, functions::nameOf);
        return members;
    }

    /** Abandons every run, as a worker whose lease has run out must; the results it holds stay. */
    public void abandonAll() {
        table.abandonAll();
        calls.fail(TaskExecutor.runOver());
        commits.denyAll();
    }

    /**
     * The results that the worker holds.
     *
     * @return pairs of a task and its result's estimated size in bytes
     */
    public long[] inventory() {
        return table.inventory();
    }

    /** Deletes what it has on disk, for a process that ends at once; results that are there are lost. */
    void deleteFiles() {
        memory.close();
    }

    /** Interrupts running tasks and ends the threads; those that don't end within 2 s are left behind, as daemons. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        final ProfileSampler sampling = sampler;
        if (sampling != null) {
            sampling.close();
        }
        table.stopStarting();
        abandonAll();
        final List<Thread> threads = pool.close();
        actors.close();
        memory.close();
        queue.close();
        LockSupport.unpark(housekeeper);
        join(threads, System.nanoTime() + CLOSE_NS);
        clients.close();
    }

    private void join(final List<Thread> threads, final long deadlineNs) {
        boolean interrupted = false;
        int left = 0;
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

    private TaskExecutor newExecutor(final int index) {
        return new TaskExecutor(
                index,
                new TaskExecutor.Parts(
                        settings,
                        memory,
                        queue,
                        functions,
                        reports,
                        calls,
                        serializer,
                        commits,
                        clients,
                        pool,
                        this::watchSoon));
    }

    private void watchSoon() {
        LockSupport.unpark(housekeeper);
    }

    private Thread newThread(final Runnable work, final String role) {
        final Thread thread = new Thread(null, work, "muster-" + settings.name() + "-" + role, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(settings.classLoader());
        return thread;
    }

    private void keepHouse() {
        while (!closed.get()) {
            final long pauseNs = pool.watch(System.nanoTime());
            memory.vigil()
                    .pause(Math.max(MIN_PAUSE_NS, table.isAnyRunning() ? pauseNs : Math.max(pauseNs, IDLE_PAUSE_NS)));
            flushWhatIsLeftBehind();
            pool.replaceTheDead();
        }
    }

    private void flushWhatIsLeftBehind() {
        final long beforeNs = System.nanoTime() - LEFT_BEHIND_NS;
        final boolean late = flow.takeUnflushed() | pool.leftReportBehind(beforeNs) | actors.leftReportBehind(beforeNs);
        if (late) {
            try {
                reports.flush();
            } catch (final RuntimeException e) {
                LOG.debug("worker={}: can't flush", settings.name(), e);
            }
        }
    }

    private Object failureOf(final Run run, final Throwable reason) {
        final TaskFailure failure =
                TaskFailure.of(reason, functions.nameOf(run), settings.name(), run.attempt, serializer);
        return reports.isLocal() ? failure : failure.toBytes();
    }
}
