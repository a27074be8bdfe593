package io.muster.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A thread that runs an {@link Agent}'s duty cycle: polls while there is work, spins briefly, then blocks on its sockets. Other threads
 * that have work for the agent run the cycle themselves where nobody else does, which saves a change of threads.
 */
public final class EventLoop implements AutoCloseable {
    /*
     * Whoever holds the lock is the agent's only thread. A thread with new work sets `signalled` and tries the lock: if it gets it, it
     * runs the cycle; if not, the holder sees `signalled` before it lets go of its duty: a stand-in looks after unlocking, the loop's
     * own thread looks after its last cycle and before it blocks. Only the loop's own thread asks the selector which sockets are readable;
     * marks it sets just before it blocks are handled by itself after, so a ring of the bell always wakes it.
     */
    private static final long MAX_PARK_MS = 50;
    private static final Consumer<SelectionKey> MARK_READABLE = key -> ((Session) key.attachment()).markReadable();

    private final Agent agent;
    private final long spinNs;
    private final Consumer<Throwable> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    private final Selector selector;
    private @Nullable Thread thread;
    private volatile boolean signalled;
    private volatile boolean parked;
    private volatile boolean closed;

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
        this.agent = agent;
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
        while (signalled && !closed) {
            if (!lock.tryLock()) {
                return;
            }
            try {
                signalled = false;
                agent.doWork(System.nanoTime());
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

    /** Makes the loop's own thread run a cycle soon. */
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

    /**
     * Whether the caller is the loop's own thread.
     *
     * @return true on the loop's thread
     */
    public boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        final Thread running = thread;
        if (running != null && running != Thread.currentThread()) {
            try {
                running.join(5_000);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        long idleSinceNs = 0;
        boolean idle = false;
        try {
            while (!closed) {
                final int work = cycle();
                if (work > 0) {
                    idle = false;
                    continue;
                }
                final long nowNs = System.nanoTime();
                if (!idle) {
                    idle = true;
                    idleSinceNs = nowNs;
                }
                if (nowNs - idleSinceNs < spinNs) {
                    Thread.onSpinWait();
                } else {
                    park();
                    idle = false;
                }
            }
        } catch (final Throwable e) {
            fail(e);
        } finally {
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

    private void park() throws IOException {
        final boolean ready;
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
                    key.interestOps(session.wantsWrite() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
                }
            }
        } finally {
            lock.unlock();
        }
        if (!signalled && !closed) {
            selector.select(MARK_READABLE, ready ? MAX_PARK_MS : 1);
        }
        parked = false;
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
        closed = true;
        selector.wakeup();
        onFailure.accept(e);
    }
}
