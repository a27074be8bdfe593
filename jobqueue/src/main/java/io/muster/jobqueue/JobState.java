package io.muster.jobqueue;

/** Where a job stands, the same for every batch system. */
public enum JobState {
    /** In the queue; held, requeued and suspended before its start count too. */
    PENDING,
    /** It has nodes, or a script that runs, but none of its workers has come yet. */
    STARTING,
    /** At least one of its workers is here, or was until it was closed. A batch system says it of every job whose script runs. */
    RUNNING,
    /** It is over. */
    ENDED,
    /** The batch system did not answer, or no longer knows the job; it may well run. */
    UNKNOWN
}
