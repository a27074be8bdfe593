package io.muster.scheduler;

/** Where a task stands in the scheduler; names and meaning are dask's. */
enum TaskPhase {
    /** Known, but nothing is done for it: nobody needs its result now. */
    RELEASED(false),
    /** Needed, but some of its inputs do not exist yet. */
    WAITING(false),
    /** Could run, but no worker fits. */
    NO_WORKER(true),
    /** Could run, and will when a worker has room. */
    QUEUED(true),
    /** On a worker. */
    PROCESSING(true),
    /** Its result exists on at least one worker. */
    MEMORY(false),
    /** It failed, or something it depends on did. */
    ERRED(false),
    /** Gone; its number is never used again. */
    FORGOTTEN(false);

    private static final TaskPhase[] ALL = values();

    private final boolean isRunnable;

    TaskPhase(final boolean isRunnable) {
        this.isRunnable = isRunnable;
    }

    static TaskPhase of(final byte ordinal) {
        return ALL[ordinal];
    }

    /** Whether the task could run now, or does. */
    boolean isRunnable() {
        return isRunnable;
    }

    /** The name as dask writes it. */
    String label() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
