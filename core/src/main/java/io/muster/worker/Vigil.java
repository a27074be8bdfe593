package io.muster.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Lets the threads that look after a worker every so often rest while no task runs, until one begins. */
final class Vigil {
    /*
     * Who is about to rest enters itself, says so in a volatile, and then looks whether a run is under way. A run that begins is counted
     * as running first, and then looks at that volatile. So either the one sees the run, or the run sees that somebody rests.
     */
    static final long QUIET_NS = 1_000_000_000L;

    private final BooleanSupplier isAnyRunning;
    private final LongSupplier nanoTime;
    private final long restNs;
    private final List<Thread> resting = new ArrayList<>();
    private volatile boolean isAnyResting;
    private volatile long lastBusyNs;

    /**
     * @param isAnyRunning whether a task runs
     * @param restNs how long a rest lasts at most
     */
    Vigil(final BooleanSupplier isAnyRunning, final LongSupplier nanoTime, final long restNs) {
        this.isAnyRunning = isAnyRunning;
        this.nanoTime = nanoTime;
        this.restNs = restNs;
        lastBusyNs = nanoTime.getAsLong();
    }

    /** A run has begun, and counts as running. */
    void begun() {
        if (isAnyResting) {
            wake();
        }
    }

    /** Has the calling thread pause for as long as it says, or, if no task has run for a while, until one does; or somebody unparks it. */
    void pause(final long pauseNs) {
        if (isAnyRunning.getAsBoolean()) {
            lastBusyNs = nanoTime.getAsLong();
        }
        if (nanoTime.getAsLong() - lastBusyNs > QUIET_NS) {
            rest();
        } else {
            LockSupport.parkNanos(this, pauseNs);
        }
    }

    private void rest() {
        enter();
        try {
            if (!isAnyRunning.getAsBoolean()) {
                LockSupport.parkNanos(this, restNs);
            }
        } finally {
            leave();
        }
    }

    private synchronized void enter() {
        resting.add(Thread.currentThread());
        isAnyResting = true;
    }

    private synchronized void leave() {
        resting.remove(Thread.currentThread());
        isAnyResting = !resting.isEmpty();
    }

    private synchronized void wake() {
        lastBusyNs = nanoTime.getAsLong();
        isAnyResting = false;
        resting.forEach(LockSupport::unpark);
        resting.clear();
    }
}
