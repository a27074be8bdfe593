package io.muster.worker;

import io.muster.MusterException;
import io.muster.TaskFuture;
import io.muster.TaskTimeoutException;
import io.muster.UnknownOutcomeException;
import io.muster.config.DurationText;
import io.muster.coordination.CoordinationCalls;
import io.muster.coordination.CoordinationScope;
import io.muster.data.ResultStore;
import io.muster.graph.Call;
import io.muster.serialize.Serializer;
import io.muster.serialize.SizeOf;
import io.muster.serialize.TaskFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One executor thread: takes ready runs, calls user code, keeps results and reports. */
final class TaskExecutor implements Runnable {
    /*
     * The monitor guards what others want of the run in user code: it is entered before and after user code, and by who interrupts, so that
     * an interrupt never reaches another run. `run`, `stop` and `givenUp` are written under it. Once a run is given up, whoever gave it up
     * has reported for it, and the thread finds that nobody wants to know.
     */
    private static final Logger LOG = LoggerFactory.getLogger(TaskExecutor.class);
    private static final long SHORT_NS = 100_000;
    private static final int WORTH_FLUSHING = 16;
    private static final long NONE = 0;
    private static final long NEVER = Long.MAX_VALUE;

    /** The index of one that makes calls of actors: it takes no runs from the queue, and has no slot. */
    static final int OF_ACTOR = Integer.MAX_VALUE;

    private final int index;
    private final WorkerSettings settings;
    private final WorkerMemory memory;
    private final Parts parts;
    private final RunTable table;
    private final ReadyQueue queue;
    private final Functions functions;
    private final WorkerReports reports;
    private final Serializer serializer;
    private final ResultEncoder encoder;
    private final List<Run> following = new ArrayList<>();
    private volatile long unflushedSinceNs = NONE;
    private volatile boolean closed;
    private final CoordinationCalls calls;
    private volatile boolean seceded;
    private boolean announced;

    /** How many reports there have been since then. */
    private int unflushed;

    private boolean isBusy;
    private @Nullable Thread thread;
    private @Nullable Run run;
    private @Nullable RunningTask task;
    private Stop stop = Stop.NO;
    private boolean givenUp;
    private long timeoutNs;
    private long startedNs;
    private long stoppedNs;
    private long secededNs;
    private long awayNs;

    private @Nullable WorkerFunction lastFunction;
    private long lastFunctionId;

    /** When the run in progress, or the last one, was begun, and how much of it went to reading inputs from disk. */
    private long begunNs;

    private long diskNs;

    /** What the executors of a worker share. */
    record Parts(
            WorkerSettings settings,
            WorkerMemory memory,
            ReadyQueue queue,
            Functions functions,
            WorkerReports reports,
            CoordinationCalls calls,
            Serializer serializer,
            Commits commits,
            WorkerClients clients,
            ExecutorPool pool,
            Runnable watchSoon) {}

    /** Why user code is interrupted. */
    private enum Stop {
        NO,
        TIMEOUT,
        CANCEL
    }

    TaskExecutor(final int index, final Parts parts) {
        this.index = index;
        this.parts = parts;
        this.settings = parts.settings();
        this.memory = parts.memory();
        this.table = memory.table();
        this.queue = parts.queue();
        this.functions = parts.functions();
        this.reports = parts.reports();
        this.calls = parts.calls();
        this.serializer = parts.serializer();
        this.encoder = new ResultEncoder(reports.isLocal(), settings.inlineResultBytes(), serializer);
    }

    int index() {
        return index;
    }

    void thread(final Thread runsThis) {
        thread = runsThis;
    }

    Thread thread() {
        return Objects.requireNonNull(thread, "thread");
    }

    String workerName() {
        return settings.name();
    }

    WorkerReports reports() {
        return reports;
    }

    /** Whether its slot is another's; see {@link ExecutorPool}. */
    boolean isSeceded() {
        return seceded;
    }

    void seceded(final boolean without) {
        seceded = without;
    }

    @Override
    public void run() {
        final ReadyQueue.Waiter waiter = queue.new Waiter(Thread.currentThread());
        CoordinationScope.provide(this::scope);
        RunningTask.bind(this);
        busy(true);
        boolean hasSlot = true;
        try {
            while (!closed && hasSlot) {
                try {
                    hasSlot = work(waiter);
                } catch (final Throwable e) {
                    if (!closed) {
                        LOG.warn("worker={} executor={}: {}", settings.name(), index, e.toString(), e);
                    }
                }
            }
            parts.pool().left(this);
        } finally {
            busy(false);
        }
    }

    /** Makes calls of an actor until there is none, in the calling thread. */
    void makeCalls(final Supplier<@Nullable Run> source) {
        CoordinationScope.provide(this::scope);
        RunningTask.bind(this);
        busy(true);
        try {
            for (Run next = source.get(); next != null; next = source.get()) {
                claim(next);
            }
            flush();
        } finally {
            busy(false);
        }
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }

    /**
     * Whether a report waits since before the given time, as its thread runs a task longer than others of its function.
     */
    boolean leftReportBehind(final long beforeNs) {
        final long since = unflushedSinceNs;
        return since != NONE && since - beforeNs < 0;
    }

    private void awaitMemory() {
        if (!memory.gate().isOpen()) {
            flush();
            reports.handBack();
            memory.gate().pass();
        }
    }

    /** The task in user code, for the thread itself. */
    @Nullable
    RunningTask running() {
        if (task == null && run != null) {
            task = new RunningTask(this, run, fullKey(run), parts.clients());
        }
        return run == null ? null : task;
    }

    synchronized @Nullable Duration remaining() {
        return timeoutNs == 0 ? null : Duration.ofNanos(timeoutNs - (System.nanoTime() - startedNs));
    }

    /** The run whose user code is under way, for any thread; null if there is none. */
    synchronized @Nullable Run inUserCode() {
        return run;
    }

    synchronized boolean isStopping() {
        return stop != Stop.NO;
    }

    /** Gives the slot away; false if it has none. By its own thread, as {@link #rejoin}. */
    boolean secede() {
        final Run current = run;
        if (seceded || current == null || index == OF_ACTOR) {
            return false;
        }
        parts.pool().secede(this);
        secededNs = System.nanoTime();
        busy(false);
        unflushedSinceNs = NONE;
        reports.longRunning(current.runId, current.task, true);
        reports.flush();
        reports.handBack();
        return true;
    }

    void rejoin() throws InterruptedException {
        final Run current = run;
        if (!seceded || current == null || isStopping()) {
            return;
        }
        parts.pool().rejoin(this);
        if (!seceded) {
            awayNs += System.nanoTime() - secededNs;
            busy(true);
            reports.longRunning(current.runId, current.task, false);
            reports.flush();
        }
    }

    /** Interrupts user code if it is that run's. */
    synchronized void cancel(final Run which) {
        if (run == which && stop == Stop.NO) {
            interrupt(Stop.CANCEL, System.nanoTime());
        }
    }

    /** Interrupts user code that takes too long, and gives up what does not react; returns when to look again, from now on. */
    long watch(final long nowNs) {
        final Run current;
        final Stop why;
        synchronized (this) {
            if (run == null || givenUp) {
                return NEVER;
            }
            if (stop == Stop.NO) {
                final long leftNs = timeoutNs == 0 ? NEVER : timeoutNs - (nowNs - startedNs);
                if (leftNs > 0) {
                    return leftNs;
                }
                interrupt(Stop.TIMEOUT, nowNs);
            }
            final long patienceNs = settings.interruptPatienceNs() - (nowNs - stoppedNs);
            if (patienceNs > 0) {
                return patienceNs;
            }
            givenUp = true;
            parts.pool().abandon(this);
            current = run;
            why = stop;
        }
        giveUp(current, why, nowNs);
        return NEVER;
    }

    private void interrupt(final Stop why, final long nowNs) {
        stop = why;
        stoppedNs = nowNs;
        thread().interrupt();
    }

    private void giveUp(final Run current, final Stop why, final long nowNs) {
        final String patience = DurationText.format(Duration.ofNanos(settings.interruptPatienceNs()));
        LOG.warn(
                "worker={} task={}: it did not end within {} of being interrupted, as {}; its thread={} is left behind"
                        + " and another takes its place",
                settings.name(),
                fullKey(current),
                patience,
                why == Stop.TIMEOUT ? "its time is over" : "it was cancelled",
                thread().getName());
        if (table.fail(current)) {
            final RuntimeException reason = current.isOnce()
                    ? new UnknownOutcomeException(
                            "it runs once only, and did not end within " + patience
                                    + " of being interrupted, as its time is over; it may still be at work",
                            fullKey(current),
                            settings.name(),
                            current.attempt)
                    : timeout(current, "it did not end within " + patience + " of that, and is left behind", null);
            report(current, times(current, nowNs, nowNs - startedNs), current.isOnce(), reason);
            reports.flush();
        }
    }

    /** Returns whether it may go on to take runs. */
    private boolean work(final ReadyQueue.Waiter waiter) {
        while (!closed) {
            if (parts.pool().hasNoSlot(this)) {
                flush();
                withdraw();
                return false;
            }
            Run next = queue.poll(announced);
            if (next == null && table.isAnyToFollow()) {
                next = awaitFollower();
            }
            if (next == null) {
                flush();
                next = queue.take(waiter, announced);
            }
            announced = false;
            if (next != null) {
                awaitMemory();
                claim(next);
            }
        }
        return true;
    }

    /**
     * Takes what other threads are about to bring forth. The scheduler hears of what was done once there is more; if it is in this JVM,
     * this thread is the scheduler meanwhile, but not for a few reports, as all that the scheduler knows comes from the cache of the core
     * that was it before.
     */
    private @Nullable Run awaitFollower() {
        if (reports.isLocal() && unflushed >= WORTH_FLUSHING) {
            flush();
        }
        return queue.pollSoon(announced);
    }

    private void claim(final Run next) {
        final long nowNs = System.nanoTime();
        if (table.claim(next, nowNs)) {
            memory.vigil().begun();
            execute(next, nowNs);
        }
    }

    private void execute(final Run current, final long startNs) {
        final RunRecorder recorder = recorder();
        if (recorder != null) {
            recorder.started(index, current.runId);
        }
        awayNs = 0;
        diskNs = 0;
        begunNs = startNs;
        try {
            compute(current, startNs);
        } catch (final Throwable e) {
            fail(current, e, System.nanoTime());
        } finally {
            Thread.interrupted();
            if (recorder != null) {
                recorder.ended(index);
            }
        }
    }

    /** Where its runs are noted, if it is one of those that are. */
    private @Nullable RunRecorder recorder() {
        final RunRecorder recorder = settings.recorder();
        return recorder != null && index < recorder.threads() ? recorder : null;
    }

    /** What the task of this thread does on its own behalf belongs to its run. */
    private @Nullable CoordinationScope scope() {
        final Run current = run;
        return current == null
                ? null
                : new CoordinationScope(
                        calls,
                        serializer,
                        current.runId,
                        current.task,
                        () -> table.isRunning(current) ? null : runOver());
    }

    /** Why what a task holds is not its own any more. */
    static MusterException runOver() {
        return new MusterException("the run of this task is over: it ended, or was cancelled, or its worker lost the"
                + " scheduler; others may hold what it held");
    }

    private void compute(final Run current, final long admittedNs) throws Throwable {
        final WorkerFunction function = functionOf(current);
        long startNs = admittedNs;
        if (!isShort(function)) {
            if (unflushedSinceNs != NONE) {
                flush();
            }
            reports.handBack();
            table.takesLong(current);
            startNs = System.nanoTime();
            begunNs = startNs;
        }
        Thread.currentThread().setContextClassLoader(function.loader());
        if (!bringArguments(current)) {
            return;
        }
        final Call call = current.payload instanceof Call live
                ? live
                : Call.decode((byte[]) current.payload, function.model(), serializer);
        if (current.isOnce() && !parts.commits().await(current)) {
            table.fail(current);
            return;
        }
        final Object value = invoke(current, call, function);
        final long endNs = System.nanoTime();
        final long workedNs = worked(startNs, endNs);
        function.took(workedNs);
        final long sizeBytes = SizeOf.estimate(value);
        if (current.isOfActor()) {
            finishActor(current, value, sizeBytes, workedNs, endNs);
            return;
        }
        final boolean isKept = reports.isLocal() && memory.mayGo(value, sizeBytes);
        final ResultEncoder.Encoded encoded = encoder.encode(value, sizeBytes, current.wantsSmallResult() && !isKept);
        following.clear();
        if (table.finish(current, endNs, value, sizeBytes, following)) {
            announced = index != OF_ACTOR && queue.announce();
            reports.runDone(
                    current.runId,
                    current.task,
                    sizeBytes,
                    times(current, endNs, workedNs),
                    encoded.inline(),
                    encoded.value());
            follow(endNs);
            reported(endNs);
            if (memory.isOverTarget()) {
                flush();
                memory.makeRoom();
            }
        }
    }

    /** What the run calls; most often what the last one called. */
    private WorkerFunction functionOf(final Run current) {
        WorkerFunction function = lastFunction;
        if (function == null || lastFunctionId != current.functionId) {
            function = functions.find(current.functionId);
            lastFunction = function;
            lastFunctionId = current.functionId;
        }
        return function == null ? functions.get(current.functionId) : function;
    }

    /** Others may be woken again for what comes in. */
    private void withdraw() {
        if (announced) {
            announced = false;
            queue.withdraw();
        }
    }

    /** What waited for the result that was just reported may start. */
    private void follow(final long nowNs) {
        for (int i = 0; i < following.size(); i++) {
            final Run next = following.get(i);
            next.readyNs = next.hasFetched ? nowNs : 0;
            queue.add(next);
        }
        if (following.size() > 1) {
            withdraw();
        }
    }

    /** An actor stays as it is: it is not encoded, and never sent. */
    private void finishActor(
            final Run current,
            final @Nullable Object value,
            final long sizeBytes,
            final long workedNs,
            final long endNs) {
        if (value == null) {
            throw new MusterException("the constructor of actor " + fullKey(current) + " returned null");
        }
        following.clear();
        if (table.finish(current, endNs, value, sizeBytes, following)) {
            announced = queue.announce();
            reports.runDone(current.runId, current.task, sizeBytes, times(current, endNs, workedNs), false, null);
            reported(endNs);
        }
    }

    /** Reads back what is on disk of a run's arguments; false if one is gone: then the scheduler is told, and the run is over. */
    private boolean bringArguments(final Run run) throws InterruptedException {
        for (int i = 0; i < run.arguments.length; i++) {
            if (run.arguments[i] instanceof Spillable held) {
                final boolean isOnDisk = table.isOnDisk(run.inputs[i]);
                final Object value = table.value(run.inputs[i], held);
                diskNs = isOnDisk ? System.nanoTime() - begunNs : diskNs;
                if (value == ResultStore.ABSENT) {
                    if (table.fail(run)) {
                        reports.inputMissing(run.runId, run.task, run.inputs[i], self(), new boolean[] {true});
                        reported(System.nanoTime());
                    }
                    return false;
                }
                run.arguments[i] = value;
            }
        }
        return true;
    }

    private int[] self() {
        return new int[] {table.selfNumber()};
    }

    private @Nullable Object invoke(final Run current, final Call call, final WorkerFunction function)
            throws Throwable {
        begin(current, call.timeoutNs());
        final Object value;
        try {
            value = call.invoke(function.target(), current.arguments);
        } catch (final Throwable e) {
            throw end() == Stop.TIMEOUT ? timeout(current, "it was interrupted", e) : e;
        }
        if (end() == Stop.TIMEOUT && !current.isOnce()) {
            throw timeout(current, "it returned only after it was interrupted", null);
        }
        if (value instanceof TaskFuture<?> future) {
            throw new MusterException("the task returned a TaskFuture, key=" + future.key()
                    + "; a future is of use only to the client that made it: return its value, future.join()");
        }
        return value;
    }

    private void begin(final Run current, final long limitNs) {
        synchronized (this) {
            run = current;
            stop = Stop.NO;
            givenUp = false;
            timeoutNs = limitNs;
            startedNs = limitNs > 0 ? System.nanoTime() : begunNs;
        }
        if (limitNs > 0) {
            parts.watchSoon().run();
        }
    }

    private Stop end() {
        final Stop why;
        synchronized (this) {
            run = null;
            task = null;
            why = stop;
        }
        Thread.interrupted();
        return why;
    }

    private RuntimeException timeout(final Run current, final String what, final @Nullable Throwable cause) {
        return new TaskTimeoutException(
                "it ran longer than timeout=" + DurationText.format(Duration.ofNanos(timeoutNs)) + ": " + what,
                fullKey(current),
                settings.name(),
                current.attempt,
                cause);
    }

    private void fail(final Run current, final Throwable reason, final long nowNs) {
        final long durationNs = worked(begunNs, nowNs);
        functionOf(current).took(durationNs);
        if (!table.fail(current)) {
            return;
        }
        announced = index != OF_ACTOR && (announced || queue.announce());
        if (current.isCall() && !current.wantsSmallResult()) {
            LOG.warn("worker={} actor call={}: {}", settings.name(), fullKey(current), reason.toString(), reason);
        }
        report(current, times(current, nowNs, durationNs), false, reason);
        reported(System.nanoTime());
    }

    private void report(final Run current, final RunTimes times, final boolean unknown, final Throwable reason) {
        final TaskFailure failure = failureOf(current, reason instanceof OutOfMemoryError ? explained(reason) : reason);
        reports.runFailed(current.runId, current.task, times, unknown, reports.isLocal() ? failure : failure.toBytes());
    }

    private TaskFailure failureOf(final Run current, final Throwable reason) {
        final String key = functions.nameOf(current);
        try {
            return TaskFailure.of(reason, key, settings.name(), current.attempt, serializer);
        } catch (final RuntimeException | Error e) {
            return TaskFailure.of(
                    new MusterException(
                            "the task failed with " + reason.getClass().getName() + ", which can't be described: "
                                    + e.getClass().getName()),
                    key,
                    settings.name(),
                    current.attempt,
                    serializer);
        }
    }

    private OutOfMemoryError explained(final Throwable reason) {
        final OutOfMemoryError explained = new OutOfMemoryError(reason.getMessage() + "; " + memory.describe());
        explained.setStackTrace(reason.getStackTrace());
        return explained;
    }

    /** The key that the task's future has. */
    private String fullKey(final Run of) {
        return of.key == null
                ? functions.get(of.functionId).name() + "-" + (of.task >>> 32) + "-" + (int) of.task
                : of.key;
    }

    /** How long a run took without the time that it waited for others. */
    private long worked(final long startNs, final long endNs) {
        return Math.max(0, endNs - startNs - awayNs - (seceded && secededNs - startNs > 0 ? endNs - secededNs : 0));
    }

    private RunTimes times(final Run of, final long stopNs, final long workedNs) {
        final int thread = index == OF_ACTOR ? settings.threads() : index;
        return new RunTimes(thread, begunNs, stopNs, workedNs, of.hasFetched ? of.assignedNs : 0, of.readyNs, diskNs);
    }

    private void busy(final boolean now) {
        if (now != isBusy) {
            isBusy = now;
            if (now) {
                queue.threadStarted();
            } else {
                queue.threadEnded();
            }
        }
    }

    private static boolean isShort(final WorkerFunction function) {
        final long typicalNs = function.typicalNs();
        return typicalNs >= 0 && typicalNs <= SHORT_NS;
    }

    private void reported(final long nowNs) {
        final long since = unflushedSinceNs;
        unflushed = since == NONE ? 1 : unflushed + 1;
        if (since == NONE) {
            unflushedSinceNs = nowNs == NONE ? 1 : nowNs;
        } else if (nowNs - since > SHORT_NS) {
            if (!following.isEmpty()) {
                withdraw();
            }
            unflushedSinceNs = NONE;
            reports.flushBetween();
        }
    }

    private void flush() {
        if (unflushedSinceNs != NONE) {
            unflushedSinceNs = NONE;
            reports.flush();
        }
    }
}
