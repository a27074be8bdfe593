package io.muster.worker;

import io.muster.MusterException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads that run tasks: as many as the worker has slots, and besides them those whose tasks wait for others. */
final class ExecutorPool {
    /*
     * A slot is the right to take runs. An executor has one until it secedes: then its slot goes to one that wants to rejoin, or to a new
     * thread. An executor that wants to rejoin waits for a slot: whoever has one looks between two runs whether somebody waits, hands it
     * over and ends; a run that never starts is put in the queue to have an idle one look. Who is seceded when its run ends, ends too.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ExecutorPool.class);
    private static final Run NUDGE = new Run(-1, -1, -1, 0, 0, new long[0], new int[0], "", null);
    private static final long MAX_PAUSE_NS = 100_000_000;

    private final WorkerSettings settings;
    private final ReadyQueue queue;
    private final IntFunction<TaskExecutor> maker;
    private final List<TaskExecutor> executors = new ArrayList<>();
    private final BitSet indexes = new BitSet();
    private final ArrayDeque<TaskExecutor> returning = new ArrayDeque<>();
    private volatile boolean isAnyReturning;
    private int seceded;
    private volatile boolean closed;

    /**
     * Makes a pool without threads.
     *
     * @param maker makes the executor of an index
     */
    ExecutorPool(final WorkerSettings settings, final ReadyQueue queue, final IntFunction<TaskExecutor> maker) {
        this.settings = settings;
        this.queue = queue;
        this.maker = maker;
    }

    synchronized void start() {
        for (int i = 0; i < settings.threads(); i++) {
            startOne();
        }
    }

    /** Takes an executor's slot away from it; called by its own thread. */
    synchronized void secede(final TaskExecutor executor) {
        if (seceded >= settings.maxBlockedThreads()) {
            throw new MusterException("blocked threads=" + seceded + " must be < worker.max-blocked-threads="
                    + settings.maxBlockedThreads() + " on worker " + settings.name()
                    + ": too many tasks wait for others at once; raise the option, or submit what follows with then"
                    + " or combine instead of waiting for it in a task");
        }
        handOn(executor);
    }

    /** Waits for a slot; called by the executor's own thread. Without one it was interrupted, or the worker closes. */
    void rejoin(final TaskExecutor executor) throws InterruptedException {
        synchronized (this) {
            returning.add(executor);
            isAnyReturning = true;
        }
        queue.add(NUDGE);
        while (executor.isSeceded() && !closed) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                if (giveUpReturning(executor)) {
                    throw new InterruptedException("interrupted while waiting for a thread's slot");
                }
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Whether an executor between two runs has to end: its slot is another's. */
    boolean hasNoSlot(final TaskExecutor executor) {
        if (executor.isSeceded()) {
            return true;
        }
        if (!isAnyReturning) {
            return false;
        }
        synchronized (this) {
            final TaskExecutor next = pollReturning();
            if (next != null) {
                grant(next);
            }
            return next != null;
        }
    }

    /** An executor's user code does not react to being interrupted: another one gets its slot. */
    synchronized void abandon(final TaskExecutor executor) {
        if (executor.isSeceded() || closed) {
            return;
        }
        if (seceded < settings.maxBlockedThreads()) {
            handOn(executor);
        } else {
            LOG.warn(
                    "worker={}: thread={} is not replaced, as worker.max-blocked-threads={} are beside the others",
                    settings.name(),
                    executor.thread().getName(),
                    seceded);
        }
    }

    /** An executor's thread is about to end. */
    synchronized void left(final TaskExecutor executor) {
        executors.remove(executor);
        indexes.clear(executor.index());
        if (executor.isSeceded()) {
            seceded--;
        }
    }

    /** Interrupts the user code of a run if that is under way. */
    void interrupt(final Run run) {
        for (final TaskExecutor executor : all()) {
            executor.cancel(run);
        }
    }

    /** Does what is due with those that take too long; gives how long until it should be called again, in nanoseconds. */
    long watch(final long nowNs) {
        long pauseNs = MAX_PAUSE_NS;
        for (final TaskExecutor executor : all()) {
            pauseNs = Math.min(pauseNs, executor.watch(nowNs));
        }
        return pauseNs;
    }

    /** Whether a report waits since before the given time. */
    boolean leftReportBehind(final long beforeNs) {
        boolean late = false;
        for (final TaskExecutor executor : all()) {
            late |= executor.leftReportBehind(beforeNs);
        }
        return late;
    }

    synchronized void replaceTheDead() {
        for (final TaskExecutor executor : List.copyOf(executors)) {
            final Thread dead = executor.thread();
            if (!dead.isAlive() && !closed) {
                LOG.warn("worker={}: thread={} died and is replaced", settings.name(), dead.getName());
                left(executor);
                if (!executor.isSeceded()) {
                    startOne();
                }
            }
        }
    }

    /** Interrupts all; none is started any more. Gives their threads. */
    synchronized List<Thread> close() {
        closed = true;
        executors.forEach(TaskExecutor::close);
        final List<Thread> threads =
                executors.stream().map(TaskExecutor::thread).toList();
        threads.forEach(Thread::interrupt);
        return threads;
    }

    /** All threads, as they are now. */
    synchronized List<TaskExecutor> all() {
        return List.copyOf(executors);
    }

    private void handOn(final TaskExecutor executor) {
        executor.seceded(true);
        seceded++;
        final TaskExecutor next = pollReturning();
        if (next != null) {
            grant(next);
        } else if (!closed) {
            startOne();
        }
    }

    private void grant(final TaskExecutor executor) {
        executor.seceded(false);
        seceded--;
        LockSupport.unpark(executor.thread());
    }

    private @Nullable TaskExecutor pollReturning() {
        final TaskExecutor next = returning.poll();
        isAnyReturning = !returning.isEmpty();
        return next;
    }

    private synchronized boolean giveUpReturning(final TaskExecutor executor) {
        final boolean waited = returning.remove(executor);
        isAnyReturning = !returning.isEmpty();
        return waited;
    }

    private void startOne() {
        final int index = indexes.nextClearBit(0);
        indexes.set(index);
        final TaskExecutor executor = maker.apply(index);
        final Thread thread = new Thread(null, executor, "muster-" + settings.name() + "-exec-" + index, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(settings.classLoader());
        executor.thread(thread);
        executors.add(executor);
        thread.start();
    }
}
