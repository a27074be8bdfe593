package io.muster;

import io.muster.transport.PoliteSpin;
import io.muster.worker.RunningTask;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The future of a task's result. {@link #then} goes on with it on a worker; {@code thenApply} and its kin go on with it
 * here, in the client's callback threads.
 *
 * <p>The cluster keeps a result while someone holds its future: {@link #release()}, or letting the garbage collector
 * have the future, lets go of it. The value comes here when first asked for.
 *
 * <p>A failed task makes {@link #get()} throw {@link ExecutionException} and {@link #join()}
 * {@link CompletionException}, each caused by a {@link RemoteTaskException}, which is caused by what the task threw.
 *
 * @param <R> the result
 */
public final class TaskFuture<R> extends Stages<R> implements Future<R> {
    /*
     * Events arrive on the session's thread and must not block, so an outcome is one volatile field changed by
     * compare-and-set. Those who wait announce themselves (waiters, listeners, stages) before they look at the outcome
     * again, and the one who sets the outcome looks for them afterwards; with volatile accesses on both sides one of
     * the two sees the other. The monitor of `ref` guards only sleeping, the list of listeners and the making of the
     * stages. A value that is at a worker is fetched by whoever first claims the Remote outcome: a getter, or a
     * callback thread for the stages; never by the session's thread.
     */
    private static final PoliteSpin SPIN = new PoliteSpin();
    private static final long SPIN_NS = Runtime.getRuntime().availableProcessors() > 1 ? 50_000 : 0;
    private static final VarHandle OUTCOME;
    private static final VarHandle WAITERS;

    static {
        try {
            final MethodHandles.Lookup lookup = MethodHandles.lookup();
            OUTCOME = lookup.findVarHandle(TaskFuture.class, "outcome", Outcome.class);
            WAITERS = lookup.findVarHandle(TaskFuture.class, "waiters", int.class);
        } catch (final ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Session session;
    private final FutureRef ref;
    private final String functionName;
    private volatile Outcome outcome = Outcome.PENDING;
    private volatile int waiters;
    private volatile @Nullable List<Runnable> listeners;
    private volatile @Nullable CompletableFuture<R> stages;

    TaskFuture(final Session session, final int taskId, final @Nullable String key, final String functionName) {
        this.session = session;
        this.functionName = functionName;
        ref = new FutureRef(this, session.collected(), taskId, key);
    }

    /**
     * The task's name: the one given with {@link TaskOptions#key(String)}, else made from the function's name.
     *
     * @return the key
     */
    public String key() {
        final String given = ref.key();
        return given == null ? functionName + "-" + session.clientNumber() + "-" + ref.taskId() : given;
    }

    /** The name of the function that it is computed by. */
    String functionName() {
        return functionName;
    }

    /**
     * Where the task stands.
     *
     * @return the state
     */
    public TaskState state() {
        return outcome.state();
    }

    /**
     * Applies a function to the result on a worker; {@code thenApply} does it here.
     *
     * @param function the function
     * @param <S> the function's result
     * @return a future of the function's result
     */
    public <S> TaskFuture<S> then(final Fn<? super R, ? extends S> function) {
        return session.submissions().then(this, function);
    }

    /** {@inheritDoc} True also when the result exists at a worker and was not fetched yet. */
    @Override
    public boolean isDone() {
        return outcome != Outcome.PENDING;
    }

    @Override
    public boolean isCancelled() {
        return outcome instanceof Outcome.Cancelled;
    }

    @Override
    public R get() throws InterruptedException, ExecutionException {
        return valueOf(awaitFinal(Long.MAX_VALUE));
    }

    @Override
    public R get(final long timeout, final TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        final Outcome end = awaitFinal(Math.max(0, unit.toNanos(timeout)));
        if (!end.isFinal()) {
            throw new TimeoutException("no result yet: key=" + key() + " state=" + state() + " timeout=" + timeout + " "
                    + unit.name().toLowerCase(Locale.ROOT));
        }
        return valueOf(end);
    }

    /**
     * Waits for the result; not interruptible, as {@link CompletableFuture#join()}, but in a task that was cancelled or took too long.
     *
     * @return the result
     * @throws CompletionException if the task failed
     * @throws CancellationException if it was cancelled
     */
    public R join() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return get();
                } catch (final InterruptedException e) {
                    interrupted = true;
                    if (isInStoppedTask()) {
                        throw new CompletionException(e);
                    }
                } catch (final ExecutionException e) {
                    throw new CompletionException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Asks that the task not be computed, and no task that depends on it; this future ends as cancelled at once. What becomes of the
     * task:
     *
     * <ul>
     *   <li>one that has not begun never does;
     *   <li>one that runs is interrupted if asked: it should end, and what comes of it is dropped; code that does not react within
     *       {@code worker.interrupt-patience} is left behind on its thread, and another thread takes its place;
     *   <li>one that runs goes on to its end if not asked, and its result is dropped.
     * </ul>
     *
     * @param mayInterruptIfRunning whether a function that runs is interrupted
     * @return false if this future was done already
     */
    @Override
    public boolean cancel(final boolean mayInterruptIfRunning) {
        return session.cancel(List.of(this), false, mayInterruptIfRunning) == 1;
    }

    /**
     * Lets go of the result: the cluster may forget it, unless other tasks still need it. A value that is already here
     * stays; without one this future ends as cancelled. Further calls do nothing.
     */
    public void release() {
        settle(new Outcome.Cancelled("the future was released: key=" + key()));
        session.release(ref);
    }

    @Override
    public String toString() {
        return "TaskFuture(key=" + key() + ", state=" + state() + ")";
    }

    @Override
    CompletableFuture<R> stages() {
        CompletableFuture<R> inner = stages;
        if (inner == null) {
            synchronized (ref) {
                inner = stages;
                if (inner == null) {
                    inner = new CompletableFuture<>();
                    ref.pin(this);
                    stages = inner;
                }
            }
            completeStages(inner);
        }
        return inner;
    }

    Session session() {
        return session;
    }

    FutureRef ref() {
        return ref;
    }

    int taskId() {
        return ref.taskId();
    }

    /** What is known; not decoded. */
    Outcome outcome() {
        return outcome;
    }

    /** Moves on to an outcome, unless this future's is final; wakes all who wait. */
    boolean settle(final Outcome next) {
        Outcome now;
        do {
            now = outcome;
            if (now.isFinal()) {
                return false;
            }
        } while (!OUTCOME.compareAndSet(this, now, next));
        if (waiters != 0) {
            synchronized (ref) {
                ref.notifyAll();
            }
        }
        session.endHelp();
        if (listeners != null) {
            tellListeners();
        }
        final CompletableFuture<R> inner = stages;
        if (inner != null) {
            session.callback(() -> completeStages(inner));
        }
        return true;
    }

    /** The scheduler says how the task ended, which may have failed before and been run again. */
    void settleAgain(final Outcome next) {
        if (!settle(next) && outcome instanceof Outcome.Failed failed && failed.state() == TaskState.ERROR) {
            revive(failed, next);
        }
    }

    /** The task runs again, if it failed; stages that were made before keep the failure. */
    boolean retrying() {
        return outcome instanceof Outcome.Failed failed
                && failed.state() == TaskState.ERROR
                && revive(failed, Outcome.PENDING);
    }

    private boolean revive(final Outcome.Failed failed, final Outcome next) {
        if (!OUTCOME.compareAndSet(this, failed, next)) {
            return false;
        }
        synchronized (ref) {
            stages = null;
        }
        return true;
    }

    /** Calls the listener once this future is done: now, or in the thread that settles it. It must be quick. */
    void whenDone(final Runnable listener) {
        if (!isDone()) {
            synchronized (ref) {
                final List<Runnable> all = listeners == null ? new ArrayList<>(1) : listeners;
                all.add(listener);
                listeners = all;
            }
            if (isDone()) {
                tellListeners();
            }
        } else {
            listener.run();
        }
    }

    /** Waits until done, without fetching. Returns whether it is. */
    boolean awaitDone(final long timeoutNs) throws InterruptedException {
        return await(false, timeoutNs).state() != TaskState.PENDING;
    }

    private void tellListeners() {
        final List<Runnable> all;
        synchronized (ref) {
            all = listeners;
            listeners = null;
        }
        if (all != null) {
            all.forEach(Runnable::run);
        }
    }

    private void completeStages(final CompletableFuture<R> inner) {
        final Outcome now = decoded();
        if (now instanceof Outcome.Remote remote) {
            fetchUnlessClaimed(remote);
        } else if (now.isFinal()) {
            if (now instanceof Outcome.Value value) {
                inner.complete(Unchecked.cast(value.value()));
            } else {
                inner.completeExceptionally(problem(now));
            }
            ref.unpin();
        }
    }

    private Outcome decoded() {
        final Outcome now = outcome;
        if (!(now instanceof Outcome.Encoded encoded)) {
            return now;
        }
        final Outcome decoded = encoded.decode(session.serializer());
        OUTCOME.compareAndSet(this, now, decoded);
        return decoded;
    }

    private R valueOf(final Outcome end) throws ExecutionException {
        if (end instanceof Outcome.Value value) {
            return Unchecked.cast(value.value());
        }
        final Throwable problem = problem(end);
        if (problem instanceof CancellationException cancelled) {
            throw cancelled;
        }
        throw new ExecutionException(problem);
    }

    private static boolean isInStoppedTask() {
        final RunningTask running = RunningTask.current();
        return running != null && running.isStopping();
    }

    private Throwable problem(final Outcome end) {
        if (end instanceof Outcome.Failed failed) {
            return failed.cause(session.serializer());
        }
        return new CancellationException(
                end instanceof Outcome.Cancelled cancelled ? cancelled.reason() : end.toString());
    }

    private Outcome awaitFinal(final long timeoutNs) throws InterruptedException {
        await(true, timeoutNs);
        return decoded();
    }

    private Outcome await(final boolean value, final long timeoutNs) throws InterruptedException {
        final long startNs = System.nanoTime();
        final Outcome now = session.isLocal() ? spin(timeoutNs) : outcome;
        if (now != Outcome.PENDING || timeoutNs <= 0) {
            return await(now, value, startNs, timeoutNs);
        }
        final Away away = Away.begin();
        try {
            return await(now, value, startNs, timeoutNs);
        } finally {
            away.end();
        }
    }

    private Outcome await(final Outcome first, final boolean value, final long startNs, final long timeoutNs)
            throws InterruptedException {
        Outcome now = first;
        while (value ? !now.isFinal() : now == Outcome.PENDING) {
            if (now instanceof Outcome.Remote remote) {
                fetchUnlessClaimed(remote);
            }
            final long leftNs = timeoutNs == Long.MAX_VALUE ? timeoutNs : timeoutNs - (System.nanoTime() - startNs);
            if (leftNs <= 0) {
                return outcome;
            }
            final Outcome seen = now;
            if (seen instanceof Outcome.Remote || !session.helpUntil(() -> outcome != seen, leftNs)) {
                sleepWhile(now, leftNs);
            } else if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            now = outcome;
        }
        return now;
    }

    private Outcome spin(final long timeoutNs) {
        if (outcome == Outcome.PENDING) {
            SPIN.until(() -> outcome != Outcome.PENDING, Math.min(SPIN_NS, timeoutNs));
        }
        return outcome;
    }

    private void sleepWhile(final Outcome now, final long timeoutNs) throws InterruptedException {
        synchronized (ref) {
            WAITERS.getAndAdd(this, 1);
            try {
                if (outcome == now) {
                    if (timeoutNs == Long.MAX_VALUE) {
                        ref.wait();
                    } else {
                        TimeUnit.NANOSECONDS.timedWait(ref, Math.max(1_000_000, timeoutNs));
                    }
                } else if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            } finally {
                WAITERS.getAndAdd(this, -1);
            }
        }
    }

    private void fetchUnlessClaimed(final Outcome.Remote remote) {
        if (remote.claim()) {
            session.fetch(List.of(this));
        }
    }
}
