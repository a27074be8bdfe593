package io.muster.scheduler;

/** Where a task stands in the scheduler; names and meaning are dask's. */
enum TaskPhase {
    /** Known, but nothing is done for it: nobody needs its result now. */
    RELEASED,
    /** Needed, but some of its inputs do not exist yet. */
    WAITING,
    /** Could run, but no worker fits. */
    NO_WORKER,
    /** Could run, and will when a worker has room. */
    QUEUED,
    /** On a worker. */
    PROCESSING,
    /** Its result exists on at least one worker. */
    MEMORY,
    /** It failed, or something it depends on did. */
    ERRED,
    /** Gone; its number is never used again. */
    FORGOTTEN;

    private static final TaskPhase[] ALL = values();

    static TaskPhase of(final byte ordinal) {
        return ALL[ordinal];
    }

    /** Whether the task could run now, or does. */
    boolean isRunnable() {
        return switch (this) {
            case NO_WORKER, QUEUED, PROCESSING -> true;
            case RELEASED, WAITING, MEMORY, ERRED, FORGOTTEN -> false;
        };
    }

    /** The name as dask writes it. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
