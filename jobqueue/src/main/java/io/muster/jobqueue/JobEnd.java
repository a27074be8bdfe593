package io.muster.jobqueue;

/** Why a job is over. */
public enum JobEnd {
    /** Its script ended with exit code 0. */
    COMPLETED("it completed"),
    /** Its script ended with another exit code, or by a signal. */
    FAILED("it failed"),
    /** It ran as long as it may. */
    WALLTIME("its walltime was over"),
    /** It used more memory than it may. */
    OUT_OF_MEMORY("it used more memory than it may"),
    /** A node died under it. */
    NODE_FAILURE("its node failed"),
    /** A more important job took its place. */
    PREEMPTED("it was preempted"),
    /** Somebody cancelled it; that may have been this cluster. */
    CANCELLED("it was cancelled"),
    /** The batch system could not start its script. */
    NOT_STARTED("it could not be started"),
    /** It is gone and nobody knows why. */
    UNKNOWN("it is gone, and the batch system does not say why");

    private final String text;

    JobEnd(final String text) {
        this.text = text;
    }

    /**
     * A clause for people.
     *
     * @return such as {@code its walltime was over}
     */
    public String text() {
        return text;
    }
}
