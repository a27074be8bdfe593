package io.muster.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs an {@link Agent}'s duty cycle: polls while there is work, spins briefly, then blocks on its sockets. It has a thread of its own;
 * but a thread that has work for the agent runs the cycle itself where nobody else does ({@link #invoke}), and one that waits for what
 * the agent will hear can do the waiting ({@link #helpUntil}). Each saves a change of threads, which costs more than most messages.
 */
public final class EventLoop implements AutoCloseable {
    /*
     * Two roles, each held by one thread at a time. The *duty* (a lock) makes its holder the agent's only thread. A
     * thread with new work sets `signalled` and tries the lock: if it gets it, it runs the cycle; if not, the holder
     * sees `signalled` before it lets go: one who invoked cycles until there is no work (so it polls after it has
     * sent, as the doorbell needs) and looks after unlocking, the leader looks after its last cycle before it blocks.
     *
     * The *lead* (a flag) makes its holder the one who spins and blocks in the selector, without the duty while
     * blocked. The own thread leads by default. A helper that finds the lead taken asks for it and waits by its own
     * means; the own thread gives it up when it next wakes, so that the next helper finds it free. Then it looks after
     * 50 us, and as long as helpers come and go every millisecond, whether it has to take the lead again; while one
     * helper keeps the lead it sleeps longer, and that helper wakes it. One who invokes every so often is a helper too,
     * and leads for a moment every half of one, so that sockets are read: between those nobody blocks, and what comes in
     * is found in the next cycle. Who lets the lead go does what was signalled meanwhile. Only the leader asks the
     * selector which sockets are readable; marks that it sets are handled by itself after, so a ring of the bell always
     * wakes the one who blocks.
     */
    private static final long PARK_NS = 200_000_000;
    private static final long STANDBY_NS = 1_000_000;
    private static final long MAX_STANDBY_NS = 10_000_000_000L;
    private static final long LONG_LEAD_NS = 500_000;
    private static final long HAND_OVER_NS = 50_000;
    private static final long LOOK_NS = 500_000;
    private static final int MAX_CYCLES = 8;
    private static final Consumer<SelectionKey> MARK_READABLE = key -> ((Session) key.attachment()).markReadable();

    private final Agent agent;
    private final long spinNs;
    private final long leastParkMs;
    private final Consumer<Throwable> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean led = new AtomicBoolean();
    private final Selector selector;
    private @Nullable Thread thread;
    private volatile boolean signalled;
    private volatile boolean parked;
    private volatile boolean helpOffered;
    private volatile boolean mustLead;
    private volatile long lookedNs = System.nanoTime();
    private final AtomicLong helps = new AtomicLong();
    private volatile boolean closed;
    private final PoliteSpin spin = new PoliteSpin();

    /** What a loop runs. */
    public interface Agent {
        /**
         * The name of the loop's thread.
         *
         * @return a name
         */
        String roleName();

        /**
         * Does what is due.
         *
         * @param nowNs the time, from {@link System#nanoTime()}
         * @return how much was done; 0 when idle
         */
        int doWork(long nowNs);

        /**
         * Gets ready to block, after which one more cycle runs.
         *
         * @return false when blocking for long would lose something
         */
        boolean prepareToPark();

        /**
         * For how long it may block when nothing arrives; asked after {@link #prepareToPark} and the cycle that follows.
         *
         * @param nowNs the time, from {@link System#nanoTime()}
         * @return nanoseconds; a fifth of a second unless said otherwise
         */
        default long maxParkNs(final long nowNs) {
            return PARK_NS;
        }

        /** Called on the loop's thread when it ends. */
        void onClose();
    }

    /**
     * Makes a loop; {@link #start} runs it.
     *
     * @param agent what it runs
     * @param spinNs how long it polls without finding work before it blocks, in nanoseconds
     * @param onFailure told of what the agent throws, which ends the loop
     */
    public EventLoop(final Agent agent, final long spinNs, final Consumer<Throwable> onFailure) {
        this(agent, spinNs, 0, onFailure);
    }

    /** A loop that blocks for longer than its agent allows, so that a wake-up that is lost shows. */
    EventLoop(final Agent agent, final long spinNs, final long leastParkMs, final Consumer<Throwable> onFailure) {
        this.agent = agent;
        this.leastParkMs = leastParkMs;
        this.spinNs = spinNs;
        this.onFailure = onFailure;
        try {
            this.selector = Selector.open();
        } catch (final IOException e) {
            throw new UncheckedIOException("can't open a selector", e);
        }
    }

    /** Starts the loop's thread, a daemon. */
    public void start() {
        final Thread started = new Thread(this::run, agent.roleName());
        started.setDaemon(true);
        thread = started;
        started.start();
    }

    /**
     * Watches a session's socket. Call with the agent's duty in hand.
     *
     * @param session the session
     */
    public void register(final Session session) {
        final SocketChannel socket = session.socket();
        try {
            socket.register(selector, SelectionKey.OP_READ, session);
        } catch (final ClosedChannelException e) {
            session.end("the connection ended at once");
        }
    }

    /** Runs the agent's cycle here and now if nobody does, else makes sure that whoever does runs it once more. */
    public void invoke() {
        signalled = true;
        if (lock.isHeldByCurrentThread()) {
            return;
        }
        while (signalled && !closed) {
            if (!lock.tryLock()) {
                return;
            }
            try {
                signalled = false;
                for (int i = 0; i < MAX_CYCLES && agent.doWork(System.nanoTime()) > 0; i++) {
                    Thread.onSpinWait();
                }
                if (parked && needsOwnThread()) {
                    selector.wakeup();
                }
            } catch (final Throwable e) {
                fail(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /**
     * As {@link #invoke}, by a thread that does so again within a millisecond, or helps, or hands back. As long as that goes on the loop's
     * own thread sleeps, and peers need not ring.
     */
    public void invokeAgainAndAgain() {
        helps.incrementAndGet();
        helpOffered = true;
        final long nowNs = System.nanoTime();
        if (!closed && nowNs - lookedNs > LOOK_NS && led.compareAndSet(false, true)) {
            lookedNs = nowNs;
            lock.lock();
            try {
                selector.selectNow(MARK_READABLE);
            } catch (final Throwable e) {
                fail(e);
            } finally {
                lock.unlock();
                led.set(false);
            }
        }
        invoke();
    }

    /** Ends the blocking of a helper whose waiting is over by other means than the agent's; nothing for the agent's own thread. */
    public void endHelp() {
        if (!lock.isHeldByCurrentThread() && led.get()) {
            selector.wakeup();
        }
    }

    /** Makes whoever leads run a cycle soon. */
    public void wakeup() {
        signalled = true;
        selector.wakeup();
    }

    /**
     * Runs something as the agent's thread, after the cycle in progress.
     *
     * @param action what to run
     */
    public void runExclusively(final Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
        wakeup();
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        final Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            LockSupport.unpark(running);
            try {
                running.join(5_000);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits for something that the agent will bring about, running the cycle and blocking on the sockets in the loop's stead if nobody
     * else does.
     *
     * @param done whether it has come about
     * @param deadlineNs when to give up, by {@link System#nanoTime()}
     * @return false if others do it already, so that the caller has to wait by its own means; true when done or the time is up
     */
    public boolean helpUntil(final BooleanSupplier done, final long deadlineNs) {
        if (closed || lock.isHeldByCurrentThread()) {
            return false;
        }
        if (!led.compareAndSet(false, true)) {
            helpOffered = true;
            return false;
        }
        helps.incrementAndGet();
        final long startNs = System.nanoTime();
        try {
            if (!done.getAsBoolean()) {
                lead(() -> done.getAsBoolean()
                        || deadlineNs - System.nanoTime() <= 0
                        || Thread.currentThread().isInterrupted());
            }
        } catch (final Throwable e) {
            fail(e);
        } finally {
            stopLeading();
            if (thread != null && System.nanoTime() - startNs > LONG_LEAD_NS) {
                LockSupport.unpark(thread);
            }
        }
        return true;
    }

    /** Has the loop's own thread take the lead now if nobody has it, as the one who helped is off for long. */
    public void handBack() {
        final Thread own = thread;
        if (own != null && !led.get()) {
            mustLead = true;
            LockSupport.unpark(own);
        }
    }

    /** Lets the lead go, and does what was signalled to the leader meanwhile. */
    private void stopLeading() {
        led.set(false);
        if (signalled) {
            invoke();
        }
    }

    private void run() {
        long seenHelps = 0;
        long standbyNs = STANDBY_NS;
        try {
            while (!closed) {
                final boolean helped = helps.get() != seenHelps;
                seenHelps = helps.get();
                if (helped && !mustLead || !led.compareAndSet(false, true)) {
                    standbyNs = helped ? STANDBY_NS : Math.min(2 * standbyNs, MAX_STANDBY_NS);
                    LockSupport.parkNanos(this, standbyNs);
                    continue;
                }
                try {
                    mustLead = false;
                    helpOffered = false;
                    lead(() -> helpOffered);
                } finally {
                    stopLeading();
                }
                if (!closed) {
                    LockSupport.parkNanos(this, HAND_OVER_NS);
                }
            }
        } catch (final Throwable e) {
            fail(e);
        } finally {
            closed = true;
            while (!led.compareAndSet(false, true)) {
                selector.wakeup();
                LockSupport.parkNanos(this, STANDBY_NS);
            }
            lock.lock();
            try {
                agent.onClose();
                selector.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Leads until told to stop: cycles while there is work, else spins and blocks. What a wake-up was for is handled before it stops. */
    private void lead(final BooleanSupplier stop) throws IOException {
        long idleSinceNs = 0;
        boolean idle = false;
        boolean worked = true;
        while (!closed) {
            final int work = cycle();
            if (stop.getAsBoolean()) {
                return;
            }
            if (work > 0) {
                idle = false;
                worked = true;
                continue;
            }
            final long nowNs = System.nanoTime();
            if (!idle) {
                idle = true;
                idleSinceNs = nowNs;
            }
            if (!worked || nowNs - idleSinceNs >= spinNs || !spin.isWorthwhile(nowNs)) {
                park(stop);
                idle = false;
                worked = false;
                continue;
            }
            spin.pause(nowNs);
        }
    }

    private int cycle() throws IOException {
        lock.lock();
        try {
            signalled = false;
            selector.selectNow(MARK_READABLE);
            return agent.doWork(System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void park(final BooleanSupplier stop) throws IOException {
        final boolean ready;
        final long parkMs;
        lock.lock();
        try {
            signalled = false;
            ready = agent.prepareToPark();
            parked = true;
            if (agent.doWork(System.nanoTime()) > 0) {
                parked = false;
                return;
            }
            for (final SelectionKey key : selector.keys()) {
                if (key.isValid()) {
                    final Session session = (Session) key.attachment();
                    key.interestOps(
                            session.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                }
            }
            parkMs = ready ? Math.max(leastParkMs, millis(agent.maxParkNs(System.nanoTime()))) : 1;
        } finally {
            lock.unlock();
        }
        if (!signalled && !closed && !stop.getAsBoolean()) {
            selector.select(MARK_READABLE, parkMs);
        }
        parked = false;
    }

    /** Rounded up, and never 0, which would be for ever. */
    private static long millis(final long ns) {
        return Math.max(1, (ns + 999_999) / 1_000_000);
    }

    private boolean needsOwnThread() {
        for (final SelectionKey key : selector.keys()) {
            if (key.isValid() && ((Session) key.attachment()).wantsWrite()) {
                return true;
            }
        }
        return false;
    }

    private void fail(final Throwable e) {
        if (closed && e instanceof ClosedSelectorException) {
            return;
        }
        closed = true;
        selector.wakeup();
        LockSupport.unpark(thread);
        onFailure.accept(e);
    }
}
