package io.muster.mpi;

/**
 * Which rank is what: scheduler, client, worker, or several of these.
 *
 * @param scheduler the rank of the scheduler, {@link #NONE} if it runs elsewhere
 * @param client the rank of the client, {@link #NONE} if it runs elsewhere
 * @param exclusive whether those two ranks are no workers
 */
record Roles(int scheduler, int client, boolean exclusive) {
    /** No rank: {@value}. */
    static final int NONE = -1;

    Roles {
        if (scheduler < NONE || client < NONE) {
            throw new MpiLaunchException(
                    "schedulerRank=" + scheduler + " and clientRank=" + client + " must be >= 0", null);
        }
    }

    boolean isScheduler(final int rank) {
        return rank == scheduler;
    }

    boolean isClient(final int rank) {
        return rank == client;
    }

    boolean isWorker(final int rank) {
        return !exclusive || !isScheduler(rank) && !isClient(rank);
    }

    /** How many ranks there have to be: those that are named, and one worker. */
    int least() {
        final int named = 1 + Math.max(0, Math.max(scheduler, client));
        return exclusive ? Math.max(named, exclusives() + 1) : named;
    }

    /** How many of the ranks are workers. */
    int workers(final int size) {
        return exclusive ? size - exclusives() : size;
    }

    /**
     * Checks that the world is large enough.
     *
     * @param size how many ranks there are
     * @throws MpiLaunchException if not, with the numbers
     */
    void check(final int size) {
        if (size < least()) {
            throw new MpiLaunchException(
                    "ranks=" + size + " must be >= " + least() + ": " + named()
                            + "at least one worker. Start more, as with mpirun -np " + least()
                            + (exclusive && exclusives() > 0
                                    ? ", or have the other ranks work too with exclusiveWorkers(false)"
                                    : ""),
                    null);
        }
    }

    private int exclusives() {
        return (scheduler == NONE ? 0 : 1) + (client == NONE || client == scheduler ? 0 : 1);
    }

    private String named() {
        return (scheduler == NONE ? "" : "the scheduler is rank " + scheduler + ", ")
                + (client == NONE ? "" : "the client is rank " + client + ", ")
                + (exclusive && exclusives() > 0 ? "and besides them there is " : "and there is ");
    }
}
