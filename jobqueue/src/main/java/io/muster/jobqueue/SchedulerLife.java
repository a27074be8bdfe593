package io.muster.jobqueue;

import org.jspecify.annotations.Nullable;

/** A scheduler that was started for a cluster, whether or not it listens yet. */
interface SchedulerLife {
    /** What it is, for messages. */
    String description();

    /** What it waits for, for people; empty if nothing is known. */
    String progress();

    /** Why it will never listen; null while it may. */
    @Nullable
    String deathNotice();

    /** The last lines of what it wrote. */
    String log();

    /** Ends it by force if it still runs. */
    void kill();
}
