package io.muster.worker;

import io.muster.transport.PoliteSpin;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The runs that may start, in the order of their assignment, and the executor threads that wait for them. */
final class ReadyQueue {
    private static final PoliteSpin SPIN = new PoliteSpin();
    private static final long SPIN_NS = 50_000;
    private static final int LOOKS_PER_YIELD = 32;
    private static final int CORES = Runtime.getRuntime().availableProcessors();
    private static final AtomicInteger BUSY_IN_JVM = new AtomicInteger();
    private static final AtomicBoolean SPINNER_IN_JVM = new AtomicBoolean();

    /*
     * At most one thread of a queue searches: it is about to look, was idle first, or has been unparked and not yet
     * looked. While one searches, add() wakes nobody: a burst costs one wake-up, and a thread that reports a result
     * gets the task that this result brings forth without another being woken for it. Who stops searching first gives
     * the role up and then looks at the queue once more: with a run in hand it wakes the next thread if more is there,
     * without one it registers as parked and polls before it parks. add() enqueues before it reads the role, so either
     * it sees the role free and wakes a thread, or the one that gave it up sees the run.
     *
     * Where runs come over a session, the searching thread takes commands in itself, if the session's own thread lets it,
     * and so has the run in hand without being woken. Runs that others add meanwhile end that.
     *
     * Whoever idles in a local worker may spin before it parks, searching or not, as a thread that is being unparked takes longer to look
     * than one that spins. While one spins add() wakes nobody either: else a thread is woken for each run, finds nothing, and nobody
     * gets out of that. Who stops spinning looks once more, as who stops searching does. Spinning is rationed over the whole JVM, where
     * several in-process workers, the scheduler and the client share the cores: one thread at a time, and only while the threads that
     * compute leave it a core.
     */
    private static final long HELP_NS = 10_000_000_000L;

    private final WorkerReports reports;
    private final BooleanSupplier hasRun = this::hasRun;
    private volatile @Nullable Thread helper;
    private final ConcurrentLinkedQueue<Run> runs = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedDeque<Waiter> parked = new ConcurrentLinkedDeque<>();
    private final AtomicBoolean searching = new AtomicBoolean();
    private volatile boolean spins;
    private volatile boolean closed;

    ReadyQueue(final WorkerReports reports) {
        this.reports = reports;
    }

    void add(final Run run) {
        runs.add(run);
        wakeOne();
        final Thread helping = helper;
        if (helping != null && helping != Thread.currentThread()) {
            reports.endHelp();
        }
    }

    /**
     * Says that the calling thread is about to look for a run, so that no other is woken for one that comes in now.
     *
     * @return whether it must tell {@link #poll} or {@link #take} so
     */
    boolean announce() {
        return runs.isEmpty() && searching.compareAndSet(false, true);
    }

    /** Takes back what {@link #announce} said, and has another thread look if need be. */
    void withdraw() {
        searching.set(false);
        if (!runs.isEmpty()) {
            wakeOne();
        }
    }

    @Nullable
    Run poll(final boolean announced) {
        final Run run = runs.poll();
        if (run != null && announced) {
            searching.set(false);
            if (!runs.isEmpty()) {
                wakeOne();
            }
        }
        return run;
    }

    /**
     * Looks for a while for a run that another thread is about to add; as {@link #poll} if none comes. There is no restraint, as there is
     * when nobody knows whether anything comes: who is woken instead comes too late for a task that is as short as that.
     */
    @Nullable
    Run pollSoon(final boolean announced) {
        BUSY_IN_JVM.decrementAndGet();
        try {
            final long untilNs = System.nanoTime() + SPIN_NS;
            while (runs.isEmpty() && !closed && coreToSpare() && System.nanoTime() - untilNs < 0) {
                for (int i = 0; i < LOOKS_PER_YIELD && runs.isEmpty(); i++) {
                    Thread.onSpinWait();
                }
                if (runs.isEmpty()) {
                    Thread.yield();
                }
            }
            return poll(announced);
        } finally {
            BUSY_IN_JVM.incrementAndGet();
        }
    }

    /** Waits for a run; null once closed. The calling thread counts as computing before and after. */
    @Nullable
    Run take(final Waiter waiter, final boolean announced) {
        BUSY_IN_JVM.decrementAndGet();
        try {
            boolean searcher = announced || searching.compareAndSet(false, true);
            while (!closed) {
                Run run = reports.isLocal() ? spin() : runs.poll();
                if (run == null && searcher && !reports.isLocal()) {
                    run = help();
                }
                if (searcher) {
                    searching.set(false);
                }
                searcher = false;
                if (run == null) {
                    waiter.woken = false;
                    parked.addFirst(waiter);
                    run = runs.poll();
                    if (run == null) {
                        waiter.park();
                        searcher = true;
                        continue;
                    }
                    if (!parked.remove(waiter)) {
                        waiter.awaitWoken();
                        searching.set(false);
                    }
                }
                if (!runs.isEmpty()) {
                    wakeOne();
                }
                return run;
            }
            return null;
        } finally {
            BUSY_IN_JVM.incrementAndGet();
        }
    }

    void threadStarted() {
        BUSY_IN_JVM.incrementAndGet();
    }

    void threadEnded() {
        BUSY_IN_JVM.decrementAndGet();
    }

    /** Ends all waiting; runs that are still queued never start. */
    void close() {
        closed = true;
        reports.endHelp();
        runs.clear();
        for (final Waiter waiter : parked) {
            LockSupport.unpark(waiter.thread);
        }
    }

    private @Nullable Run spin() {
        Run run = runs.poll();
        if (run != null || !coreToSpare() || !SPINNER_IN_JVM.compareAndSet(false, true)) {
            return run;
        }
        spins = true;
        try {
            SPIN.until(() -> closed || !runs.isEmpty() || !coreToSpare(), SPIN_NS);
            return runs.poll();
        } finally {
            spins = false;
            SPINNER_IN_JVM.set(false);
        }
    }

    /** As the searching thread, takes in commands until one brings a run, if nobody else does that. */
    private @Nullable Run help() {
        helper = Thread.currentThread();
        try {
            boolean helped = true;
            while (helped && !hasRun.getAsBoolean()) {
                helped = reports.helpUntil(hasRun, System.nanoTime() + HELP_NS);
                Thread.interrupted();
            }
            return runs.poll();
        } finally {
            helper = null;
        }
    }

    private boolean hasRun() {
        return closed || !runs.isEmpty();
    }

    private static boolean coreToSpare() {
        return BUSY_IN_JVM.get() < CORES;
    }

    private void wakeOne() {
        while (!spins && !parked.isEmpty() && searching.compareAndSet(false, true)) {
            final Waiter waiter = parked.pollFirst();
            if (waiter != null) {
                waiter.woken = true;
                LockSupport.unpark(waiter.thread);
                return;
            }
            searching.set(false);
            if (runs.isEmpty()) {
                return;
            }
        }
    }

    /** An executor thread's place in the queue of those that wait. */
    final class Waiter {
        private final Thread thread;
        private volatile boolean woken;

        Waiter(final Thread thread) {
            this.thread = thread;
        }

        private void park() {
            while (!woken && !closed) {
                LockSupport.park(ReadyQueue.this);
                Thread.interrupted();
            }
        }

        private void awaitWoken() {
            while (!woken) {
                Thread.yield();
            }
        }
    }
}
