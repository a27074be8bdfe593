package io.muster.jobqueue;

/** Where a cluster's scheduler runs. It is a process of its own in any case, and outlives the program if asked to. */
public enum SchedulerPlacement {
    /** On the host that jobs are submitted from. */
    LOGIN,
    /** In a job of its own: for sites that end long processes on login nodes. Its walltime is the cluster's. */
    JOB
}
