package io.muster.scheduler;

/**
 * Results that a worker was told to drop though it was not believed to have them, and has perhaps not heard so: what it says of having them
 * may be over by then, so nobody relies on it.
 */
final class Retractions {
    /*
     * A worker says that it holds a result when it gets one, and at the start of a session of all it holds. That can cross the command to
     * drop the result, which goes out with the command to stop a run: believed, the result would be taken for safe where it is about to
     * vanish. What a worker says is in order, so that it has heard all commands before a run when it says something about that run.
     */
    private final RunSet tasks = new RunSet();
    private long lastRun;

    /** The worker is told to drop a result; {@code lastRun} is the last run that was assigned to anybody before. */
    void add(final long identity, final long lastRunBefore) {
        tasks.add(identity);
        lastRun = lastRunBefore;
    }

    boolean isEmpty() {
        return tasks.isEmpty();
    }

    boolean contains(final long identity) {
        return tasks.contains(identity);
    }

    /** The worker is to get the result again. */
    void remove(final long identity) {
        tasks.remove(identity);
    }

    /** The worker says something about a run. */
    void heard(final long runId) {
        if (runId > lastRun) {
            tasks.clear();
        }
    }
}
