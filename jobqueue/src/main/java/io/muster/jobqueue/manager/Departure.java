package io.muster.jobqueue.manager;

/** How far a job is that was told to go. It is never called back. */
final class Departure {
    final String reason;
    /** When to cancel it, or to cancel it again. */
    long cancelNs;
    /** Whether a cancel is on its way. */
    boolean isCancelling;
    /** When the last cancel was answered. */
    long cancelledNs = Moment.NEVER;

    int cancels;
    String problem = "";

    Departure(final String reason, final long cancelNs) {
        this.reason = reason;
        this.cancelNs = cancelNs;
    }
}
