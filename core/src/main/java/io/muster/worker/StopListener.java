package io.muster.worker;

/** Told when the scheduler ended a worker. */
@FunctionalInterface
public interface StopListener {
    /**
     * The worker is closed.
     *
     * @param restart whether its nanny may start another process
     * @param reason why
     */
    void stopped(boolean restart, String reason);
}
