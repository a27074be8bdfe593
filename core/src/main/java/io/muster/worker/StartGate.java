package io.muster.worker;

/** Lets runs start, none, or one now and then; threads that come with a run wait here. */
final class StartGate {
    private volatile boolean open = true;
    private boolean closed;
    private boolean letsOne;

    /** Whether {@link #pass} returns at once. */
    boolean isOpen() {
        return open;
    }

    /** Waits until a run may start. */
    synchronized void pass() {
        boolean interrupted = false;
        while (!open && !closed && !letsOne) {
            try {
                wait();
            } catch (final InterruptedException e) {
                interrupted = true;
            }
        }
        letsOne = false;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** All may start. */
    synchronized void open() {
        open = true;
        notifyAll();
    }

    /** None may start. */
    synchronized void shut() {
        open = false;
        letsOne = false;
    }

    /** One may start, the one that waits or comes first. */
    synchronized void letOne() {
        letsOne = !open;
        notifyAll();
    }

    /** Nobody waits any more. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
