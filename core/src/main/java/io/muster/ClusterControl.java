package io.muster;

import io.muster.scheduler.RemoteClientLink;
import io.muster.security.SchedulerFile;
import io.muster.transport.Dialer;
import io.muster.transport.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to what gets workers for a cluster, such as out of a batch queue, in the scheduler's process; for those who write cluster
 * kinds, not for users. A session that is lost is begun anew as long as the scheduler lives. Safe for use by several threads.
 */
public final class ClusterControl implements AutoCloseable {
    /*
     * One session at a time, kept by the keeper thread: it waits until the session is over, dials, says what was introduced, and only then
     * publishes the new session under the lock. A request that finds its session over before its answer waits for the next one and is said
     * again, as all requests may be repeated. When the scheduler said goodbye there is no next one: `endReason` tells why.
     */
    private static final Logger LOG = LoggerFactory.getLogger(ClusterControl.class);
    private static final Duration DIAL = Duration.ofSeconds(15);
    private static final Duration INTRODUCTION = Duration.ofSeconds(30);
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LAST_PAUSE_MS = 5_000;

    private final SchedulerFile file;
    private final Route route;
    private final Dialer dialer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread keeper;
    private @Nullable ControlSession session;
    private @Nullable String endReason;
    private @Nullable String introduction;
    private String lastFailure = "";
    private int sessions;

    private ClusterControl(final SchedulerFile file, final Route route, final Dialer dialer) {
        this.file = file;
        this.route = route;
        this.dialer = dialer;
        this.keeper = new Thread(this::keepSession, "muster-control-" + file.clusterId());
        keeper.setDaemon(true);
    }

    /**
     * Connects to the scheduler that wrote a scheduler file.
     *
     * @param schedulerFile the file
     * @param route how the scheduler is reached from here
     * @param timeout how long to wait for the file and the scheduler
     * @return the connection
     * @throws MusterException if there is no way to that scheduler
     */
    public static ClusterControl connect(final Path schedulerFile, final Route route, final Duration timeout) {
        final long deadlineNs = System.nanoTime() + Waiting.nanos(timeout);
        final SchedulerFile file = SchedulerFile.await(schedulerFile, timeout);
        final ClusterControl control = new ClusterControl(file, route, Dialer.of(file, route));
        control.begin(Duration.ofNanos(Math.max(1_000_000, deadlineNs - System.nanoTime())));
        control.keeper.start();
        return control;
    }

    /**
     * Asks, and waits for the answer. The request may arrive more than once, if a session was lost meanwhile.
     *
     * @param json the request, an object
     * @param timeout how long to wait, for a new session too if need be
     * @return the answer, JSON as well; of a request that failed an object with {@code "error"}
     * @throws SchedulerLostException if the scheduler has ended, or this is closed
     * @throws WaitTimeoutException if there is no answer by then
     */
    public String ask(final String json, final Duration timeout) {
        final long deadlineNs = System.nanoTime() + Waiting.nanos(timeout);
        String answer = null;
        while (answer == null) {
            answer = awaitSession(deadlineNs, timeout).ask(json, deadlineNs, timeout);
        }
        return answer;
    }

    /**
     * Asks, and asks the same again at the beginning of every later session before anything else, such as to say whose the cluster is.
     *
     * @param json the request; takes the place of one that was introduced before
     * @param timeout how long to wait for the answer now
     * @return the answer, as of {@link #ask}
     * @throws SchedulerLostException if the scheduler has ended, or this is closed
     * @throws WaitTimeoutException if there is no answer by then
     */
    public String introduce(final String json, final Duration timeout) {
        lock.lock();
        try {
            introduction = json;
        } finally {
            lock.unlock();
        }
        return ask(json, timeout);
    }

    /**
     * The number that the scheduler knows this connection's session by; a new session has a new one.
     *
     * @return the number of the latest session
     */
    public int clientNumber() {
        lock.lock();
        try {
            return session == null ? -1 : session.clientNumber();
        } finally {
            lock.unlock();
        }
    }

    /**
     * How often a session was begun.
     *
     * @return 1 if it was never lost
     */
    public int sessions() {
        lock.lock();
        try {
            return sessions;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the session; the cluster goes on. Threads that wait for an answer get a {@link SchedulerLostException}. Idempotent. */
    @Override
    public void close() {
        end("this connection was closed");
        keeper.interrupt();
        final ControlSession last;
        lock.lock();
        try {
            last = session;
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.close();
        }
    }

    private ControlSession awaitSession(final long deadlineNs, final Duration timeout) {
        lock.lock();
        try {
            while (true) {
                if (endReason != null) {
                    throw new SchedulerLostException(endReason);
                }
                final ControlSession current = session;
                if (current != null && !current.isOver()) {
                    return current;
                }
                final long leftNs = deadlineNs - System.nanoTime();
                if (leftNs <= 0) {
                    throw new WaitTimeoutException(
                            "the session with the scheduler was lost, and there was no new one within "
                                    + Waiting.text(timeout) + ": " + lastFailure);
                }
                changed.await(leftNs, TimeUnit.NANOSECONDS);
            }
        } catch (final InterruptedException e) {
            throw Waiting.interrupted("the scheduler");
        } finally {
            lock.unlock();
        }
    }

    private void keepSession() {
        long pauseMs = FIRST_PAUSE_MS;
        try {
            while (true) {
                final ControlSession current = current();
                if (current == null) {
                    return;
                }
                final String reason = current.awaitEnd();
                final boolean dismissed = current.isDismissed();
                current.close();
                if (dismissed) {
                    end(reason);
                    return;
                }
                LOG.info("the session with the scheduler was lost ({}); beginning a new one", reason);
                lastFailure(reason);
                while (!begun()) {
                    Thread.sleep(pauseMs);
                    pauseMs = Math.min(2 * pauseMs, LAST_PAUSE_MS);
                }
                pauseMs = FIRST_PAUSE_MS;
            }
        } catch (final InterruptedException e) {
            LOG.debug("closed", e);
        }
    }

    /** Tries to begin a session; true also when there is to be none any more. */
    private boolean begun() {
        try {
            begin(DIAL);
            return true;
        } catch (final MusterException e) {
            LOG.debug("no new session yet", e);
            lastFailure(String.valueOf(e.getMessage()));
            return current() == null;
        }
    }

    private void begin(final Duration timeout) {
        final ControlSession begun = new ControlSession(RemoteClientLink.connect(file, dialer, timeout, route));
        try {
            final String first = introduction();
            if (first != null && begun.ask(first, System.nanoTime() + INTRODUCTION.toNanos(), INTRODUCTION) == null) {
                throw new MusterException("the new session was lost at once");
            }
        } catch (final MusterException e) {
            begun.close();
            throw e;
        }
        final boolean tooLate;
        lock.lock();
        try {
            tooLate = endReason != null;
            if (!tooLate) {
                session = begun;
                sessions++;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (tooLate) {
            begun.close();
        }
    }

    /** The latest session; null once there is to be none any more. */
    private @Nullable ControlSession current() {
        lock.lock();
        try {
            return endReason == null ? session : null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable String introduction() {
        lock.lock();
        try {
            return introduction;
        } finally {
            lock.unlock();
        }
    }

    private void lastFailure(final String text) {
        lock.lock();
        try {
            lastFailure = text;
        } finally {
            lock.unlock();
        }
    }

    private void end(final String reason) {
        lock.lock();
        try {
            if (endReason == null) {
                endReason = reason;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
