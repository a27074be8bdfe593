package io.muster.scheduler;

import org.agrona.collections.IntArrayList;
import org.agrona.collections.IntArrayQueue;

/** A worker's session in the scheduler: what it can do, what it has to do, and the tasks that wait for it in particular. */
final class WorkerState extends WorkerLoad {
    /** How much expected work is handed to a thread ahead of time, so that it finds the next task without asking. */
    static final long AHEAD_US = 2_000;

    /** From which expected time on tasks are not handed out ahead, but for those that have inputs to fetch. */
    private static final long LONG_US = 5_000_000;

    private static final int MAX_AHEAD_PER_THREAD = 1024;

    private static final long[] NOTHING = {};

    /** Up to which part of what memory is left the results of assigned tasks may fill, for more to be assigned than there are threads. */
    private static final double AHEAD_MEMORY = 0.5;

    /** What part of its memory counts as left in any case, as a full worker writes results to its disk. */
    private static final double SPARE_MEMORY = 0.05;

    final String name;
    final String host;
    final boolean hasNanny;

    /** Tasks that should run here and find no room yet. */
    final ReadyQueue queue = new ReadyQueue();

    /** What was assigned when the worker died, task by run, until its nanny says which runs had started. */
    final RunMap lostRuns = new RunMap();

    /** The tasks among them whose part in its death is unknown, and up to when that is waited for. */
    long[] suspects = NOTHING;

    long suspectedUntilNs;

    /** Calls of its actors that are assigned, in that order: they are not among its runs, and count for nothing but themselves. */
    final SlotList calls = new SlotList();

    /** Runs that were asked back, and that the worker has not answered for: task by run. */
    final RunMap recalled = new RunMap();

    /** Runs that it did not give back. */
    final RunSet started = new RunSet();

    /** Runs of tasks that may have killed other workers. */
    final RunSet suspectRuns = new RunSet();

    /** What it was told to drop without being believed to have it. */
    final Retractions retractions = new Retractions();

    /** Data that a client was told to place here, and that has not come yet. */
    final SlotList awaited = new SlotList();

    /** Results that this worker was asked to copy from others. */
    final IntArrayList copying = new IntArrayList();

    /** The batch job it runs in, as the batch system writes it; empty if in none. */
    String job = "";

    /** What the submitter marked the job with; empty if with nothing. */
    String jobToken = "";

    final WorkerMemoryState memory = new WorkerMemoryState();

    /** Which runs it says it has. */
    final KnownRuns known = new KnownRuns();

    /** What it can't exceed without dying; 0: nothing is. */
    long hardLimitBytes;

    /** Results that are to come here when nothing else does. */
    final IntArrayQueue toCome = new IntArrayQueue(TaskTable.NONE);

    /** Size of what it was asked to copy. */
    long copyingBytes;

    long joinedAtNs;
    long leaseEndsNs;

    /** When it should begin to leave. */
    long leaveAtNs = NEVER;

    /** Up to when it may finish what it has, while it leaves. */
    long stopAtNs = NEVER;

    /** Up to when it may keep actors, while it leaves. */
    long loseActorsAtNs = NEVER;

    /** Why it leaves. */
    String leaveReason = "";

    /** Whether it waits, while it leaves, for a worker that could take what only it holds. */
    boolean mayWait;

    /** Whether its nanny may start another. */
    boolean restarts;

    /** When it was told to. */
    long stoppingSinceNs;

    private Resources resources = Resources.NONE;
    private long[] free = NOTHING;

    /**
     * Makes a worker without tasks.
     *
     * @param number never used again
     * @param name unique among the living
     * @param host where it runs
     * @param threads how many tasks it runs at once
     * @param memoryLimitBytes what it may use
     * @param hasNanny whether a nanny will report how it died
     * @param peer what effects for this worker are addressed to; the core only passes it on
     */
    WorkerState(
            final int number,
            final String name,
            final String host,
            final int threads,
            final long memoryLimitBytes,
            final boolean hasNanny,
            final Object peer) {
        super(number, threads, memoryLimitBytes, peer);
        this.name = name;
        this.host = host;
        this.hasNanny = hasNanny;
    }

    /** Says what it has besides threads; before it is added. */
    void offer(final Resources offered) {
        resources = offered;
        free = offered.amounts();
    }

    Resources resources() {
        return resources;
    }

    /** How much of the resource at this place is not taken. */
    long free(final int index) {
        return free[index];
    }

    /** Whether it has that much of each, taken or not. */
    boolean offers(final Resources needs) {
        for (int i = 0; i < needs.count(); i++) {
            final int at = resources.indexOf(needs.name(i));
            if (at < 0 || resources.amount(at) < needs.amount(i)) {
                return false;
            }
        }
        return true;
    }

    /** How much it lacks at the moment, as a share of what it has; it {@link #offers} the needs. */
    double lacks(final Resources needs) {
        double lack = 0;
        for (int i = 0; i < needs.count(); i++) {
            final int at = resources.indexOf(needs.name(i));
            lack += Math.max(0, needs.amount(i) - free[at]) / (double) resources.amount(at);
        }
        return lack;
    }

    void take(final Resources needs) {
        for (int i = 0; i < needs.count(); i++) {
            free[resources.indexOf(needs.name(i))] -= needs.amount(i);
        }
    }

    void giveBack(final Resources needs) {
        for (int i = 0; i < needs.count(); i++) {
            free[resources.indexOf(needs.name(i))] += needs.amount(i);
        }
    }

    /** How many of those that are assigned occupy a thread, or will. */
    int occupied() {
        return assigned - seceded;
    }

    /** Whether it may get tasks and data. */
    boolean isOpen() {
        return !gone && !draining && !paused;
    }

    boolean isIdle() {
        return isOpen() && occupied() < threads;
    }

    /** Whether some of what is assigned has to wait for other tasks. */
    boolean isCrowded() {
        return !gone && occupied() > threads;
    }

    /**
     * As dask's saturation of 1.1, and beyond it while what is assigned takes next to no time; but no more than there are threads while
     * the results of that would fill what memory is left. What has inputs to fetch does so while others run: up to as many of those as
     * there are threads come on top. Not beyond it while runs wait for tasks that they submitted: those come before
     * what was assigned ahead, and the fewer others begin, the fewer wait at once.
     */
    boolean hasRoom() {
        return isOpen()
                && (occupied() < threads
                        || hasMemoryAhead()
                                && (occupied() < assignable()
                                        || seceded == 0
                                                && assignedUs() < AHEAD_US * threads
                                                && occupied() < MAX_AHEAD_PER_THREAD * threads));
    }

    /** Whether it may get tasks whose inputs are not there, beside such as take so long. */
    boolean hasTimeAhead(final long earlyUs) {
        return isOpen() && hasMemoryAhead() && assignedUs() + earlyUs < AHEAD_US * threads;
    }

    /** How many tasks may be assigned in any case: what is long pays for a round trip, and is better kept for whoever is free first. */
    private int assignable() {
        return (assignedUs() > LONG_US * occupied() ? threads : minimumAssigned) + Math.min(fetching, threads);
    }

    private boolean hasMemoryAhead() {
        return memoryLimitBytes <= 0
                || producingBytes
                        <= AHEAD_MEMORY * Math.max(SPARE_MEMORY * memoryLimitBytes, memoryLimitBytes - storedBytes);
    }

    /** Expected work of what is assigned. */
    long assignedUs() {
        return occupancyUs - queuedUs;
    }

    /** For how long all its threads have been busy and none of them came to an end; 0 while one is free. */
    long quietUs(final long nowNs) {
        return assigned < threads ? 0 : (nowNs - quietSinceNs) / 1_000;
    }

    /** How long something waits here behind so much work; what runs for longer than was expected is expected to take as long again. */
    long waitUs(final long workUs, final long nowNs) {
        return Math.max(workUs / threads, quietUs(nowNs));
    }

    /** How long until its job is over; {@link #NEVER} if it has no end. */
    long remainingNs(final long nowNs) {
        return endAtNs == NEVER ? NEVER : endAtNs - nowNs;
    }

    /** Whether something that takes that long could be done here before the job is over, were it begun now. */
    boolean couldDo(final long nowNs, final long durationUs) {
        return endAtNs == NEVER || durationUs == 0 || durationUs * 1_000 <= endAtNs - nowNs;
    }

    /** Whether something that takes that long would be done here before the job is over, after what is assigned. */
    boolean hasTimeFor(final long nowNs, final long durationUs) {
        return endAtNs == NEVER
                || durationUs == 0
                || (durationUs + (occupied() < threads ? 0 : assignedUs() / threads)) * 1_000 <= endAtNs - nowNs;
    }

    /** Whether the time to leave has come. */
    boolean isDue(final long nowNs) {
        return leaveAtNs != NEVER && nowNs - leaveAtNs >= 0;
    }

    boolean answersTo(final String nameOrHost) {
        return name.equals(nameOrHost) || host.equals(nameOrHost);
    }
}
