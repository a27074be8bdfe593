package io.muster.scheduler;

/** What can be in the plan of a simulated cluster. */
enum Fault {
    /** Most messages take up to 20 µs, some up to 900 µs. */
    LATE_MESSAGES(true, "messages are late"),
    /** Some transfers between workers take up to 2 ms. */
    SLOW_TRANSFERS(true, "transfers between workers are slow"),
    /** Reports on runs come twice, the second time later. */
    DUPLICATES(true, "reports come twice"),
    /** What workers say after they were asked to give runs back is late, or lost with the session. */
    LATE_ANSWERS(true, "answers to take-backs are late, or lost with the session"),
    /** Jobs end at a time that is known, and are killed then. */
    WALLTIMES(true, "jobs have a walltime, and are killed at its end"),
    /** Jobs start late, and some are refused at first. */
    BUSY_QUEUE(true, "the batch system refuses jobs, or starts them late"),
    /** A process dies; the end of its session is noticed. */
    CRASH(false, "a worker's process dies"),
    /** A host is lost for ever; only its silence is noticed. */
    HOST_LOST(false, "a worker's host is lost"),
    /** A frame is lost, which ends the session; the process goes on and comes back with what it holds. */
    SESSION_LOST(false, "a worker loses its session"),
    /** What the scheduler says to a worker is held up. */
    CUT_TO_WORKER(false, "the way to a worker is cut"),
    /** What a worker says is held up. */
    CUT_FROM_WORKER(false, "the way from a worker is cut"),
    /** A worker's reports are not taken for a short while. */
    BACK_PRESSURE(false, "a worker's reports are not taken"),
    /** A process stands still. */
    PAUSE(false, "a worker stands still"),
    /** A worker has no memory for more: it starts and fetches nothing, and says so, until it goes on. */
    NO_MEMORY(false, "a worker has no memory for more for a while"),
    /** A process takes twenty times as long for everything. */
    SLOW(false, "a worker is slow"),
    /** A worker asks to leave. */
    DRAIN(false, "a worker asks to leave"),
    /** A client asks that a worker leaves. */
    RETIRE(false, "a worker is asked to leave"),
    /** The batch system takes a job back: the worker is told, and killed soon after. */
    PREEMPT(false, "a job is preempted"),
    /** A worker loses a result without noticing. */
    MISLAY(false, "a worker mislays a result"),
    /** A report of an earlier session of the same process comes in through its new one. */
    ESCAPE(false, "a report comes again through a later session"),
    /** One more worker. */
    NEWCOMER(false, "a worker comes"),
    /**
     * A client submits, scatters, looks at results, asks for copies of them, releases, cancels, asks that what failed runs again, has the
     * cluster restarted, or leaves; it is no fault, but may be left out too.
     */
    CLIENT(false, "a client does something");

    final boolean isLasting;
    final String text;

    Fault(final boolean isLasting, final String text) {
        this.isLasting = isLasting;
        this.text = text;
    }
}
