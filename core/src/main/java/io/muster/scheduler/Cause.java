package io.muster.scheduler;

/** Why something happened to a task; texts name the task, run and worker that were the cause by %t, %r and %w. */
enum Cause {
    /** Nothing is known. */
    UNKNOWN(""),
    /** A client submitted it, or what needs it. */
    SUBMITTED("a client submitted it, or what needs it"),
    /** A client gives data. */
    SCATTERED("a client scatters it"),
    /** A client holds no future on it any more. */
    LET_GO("a client let go of it, or of what needs it"),
    /** A client's session ended. */
    CLIENT_GONE("its client is gone"),
    /** A client cancelled. */
    CANCELLED("a client cancelled it, or what it depends on"),
    /** A client wants it again. */
    RETRIED("a client asked for another try"),
    /** A client began anew. */
    RESTARTED("a client restarted the cluster"),
    /** A client could not get a result. */
    RESULT_MISSING("a client could not get the result from %w"),
    /** The scheduler looked for workers. */
    LOOKED_FOR_WORKER("the scheduler looked for a worker"),
    /** A run was assigned. */
    ASSIGNED("given to %w as run %r"),
    /** A run ended with a result. */
    RUN_DONE("run %r of %t on %w ended with a result"),
    /** A run failed. */
    RUN_FAILED("run %r of %t on %w failed"),
    /** An input of a run could not be had. */
    INPUT_MISSING("run %r of %t on %w did not get an input"),
    /** A run was asked back. */
    ASKED_BACK("run %r was asked back from %w, as others would start it earlier or %w pauses"),
    /** A run was given back unstarted. */
    GIVEN_BACK("%w gave run %r back unstarted"),
    /** A run was not given back. */
    NOT_GIVEN_BACK("%w did not give run %r back: it had started"),
    /** A run waits for other tasks. */
    SECEDED("run %r on %w waits for others and occupies no thread"),
    /** A run goes on. */
    REJOINED("run %r on %w occupies a thread again"),
    /** A copy of a result is there. */
    COPY_STORED("%w holds a copy"),
    /** A copy could not be had. */
    COPY_FAILED("%w could not make a copy"),
    /** A worker pauses. */
    WORKER_PAUSED("%w pauses, or goes on"),
    /** A worker leaves. */
    WORKER_LEAVES("%w leaves"),
    /** A worker is gone. */
    WORKER_GONE("%w is gone"),
    /** A death was explained. */
    BLAMED("it was running on %w when that died"),
    /** Time passed. */
    TIME_PASSED("time has passed");

    private static final Cause[] ALL = values();

    private final String text;

    Cause(final String text) {
        this.text = text;
    }

    static Cause of(final int ordinal) {
        return ALL[ordinal];
    }

    String text(final String task, final long run, final String worker) {
        return text.replace("%t", task).replace("%r", Long.toString(run)).replace("%w", worker);
    }
}
