package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Every task the scheduler knows, as a slot in parallel arrays: about 90 bytes a task, its edges and payload apart. What few tasks
 * have (a key, a failure, more than one holder) is kept in maps by slot.
 */
final class TaskTable {
    static final int NONE = -1;

    /** How many bits of {@link #order} say when a task was submitted; those above are the user's priority. */
    static final int ORDER_BITS = 40;

    private static final long SEQUENCE = (1L << ORDER_BITS) - 1;

    static final int WANTED = 1;
    static final int SCATTERED = 2;

    /** The client that wants the result has its value already. */
    static final int DELIVERED = 4;

    /** Its result is in a dataset: it stays without anybody who holds a future on it. */
    static final int PUBLISHED = 8;

    /** Its run occupies no thread of its worker at the moment. */
    static final int SECEDED = 128;

    /** It may run once only, unless it reports that it failed. */
    static final int ONCE = 16;

    /** A run of it was allowed to begin, and it must not run again. */
    static final int COMMITTED = 32;

    /** Whoever cancelled it asked that it be interrupted. */
    static final int INTERRUPT = 64;

    /** A worker was told to stop a run of it and to drop its result; it may have said shortly before that it has that. */
    static final int STOPPED = 256;

    /** Its result is an actor: it stays where it was made, and is not made again once it is lost. */
    static final int ACTOR = 512;

    /** A call of an actor, which is its only input: it goes there at once, and once only. */
    static final int CALL = 1024;

    /** A call that is not over, and that is made though nobody may hold a future on it. */
    static final int OWED = 2048;

    /** How long it takes was told: that is in {@link #estimateUs}, and it stands in the order that it was given. */
    static final int EXPECTED = 4096;

    /** Its run has inputs to fetch, which takes a good part of its time. */
    static final int FETCHES = 8192;

    /** What a slot holds as payload when it holds nothing. */
    private static final Object NO_PAYLOAD = new Object();

    private static final int[] NO_HOLDERS = {};

    private byte[] phase = new byte[Growth.INITIAL];
    short[] flags = new short[Growth.INITIAL];
    byte[] deaths = new byte[Growth.INITIAL];
    short[] retriesLeft = new short[Growth.INITIAL];
    short[] attempt = new short[Growth.INITIAL];
    int[] client = new int[Growth.INITIAL];
    int[] taskId = new int[Growth.INITIAL];
    int[] kind = new int[Growth.INITIAL];
    int[] inputs = new int[Growth.INITIAL];
    int[] dependents = new int[Growth.INITIAL];
    int[] dependentCount = new int[Growth.INITIAL];
    int[] waitingFor = new int[Growth.INITIAL];
    int[] waiters = new int[Growth.INITIAL];
    int[] worker = new int[Growth.INITIAL];
    int[] nextInList = new int[Growth.INITIAL];
    int[] previousInList = new int[Growth.INITIAL];
    int[] estimateUs = new int[Growth.INITIAL];
    int[] holder = new int[Growth.INITIAL];
    long[] order = new long[Growth.INITIAL];
    long[] runId = new long[Growth.INITIAL];
    long[] sizeBytes = new long[Growth.INITIAL];
    Object[] payload = new Object[Growth.INITIAL];

    private final Int2ObjectHashMap<int[]> moreHolders = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<String> keys = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<List<String>> deathReports = new Int2ObjectHashMap<>();
    private final Int2ObjectHashMap<Object> failures = new Int2ObjectHashMap<>();
    private final long[] phaseCounts = new long[TaskPhase.values().length];
    private final FreeNumbers free = new FreeNumbers();
    private int used;

    TaskTable() {
        Arrays.fill(payload, NO_PAYLOAD);
    }

    /** A new slot in phase RELEASED, with nothing set but the columns that have to be empty. */
    int allocate() {
        int slot = free.take(used);
        if (slot == FreeNumbers.NONE) {
            if (used == phase.length) {
                grow();
            }
            slot = used++;
        }
        phase[slot] = (byte) TaskPhase.RELEASED.ordinal();
        phaseCounts[TaskPhase.RELEASED.ordinal()]++;
        flags[slot] = 0;
        deaths[slot] = 0;
        attempt[slot] = 0;
        inputs[slot] = EdgePool.NONE;
        dependents[slot] = EdgePool.NONE;
        dependentCount[slot] = 0;
        waitingFor[slot] = 0;
        waiters[slot] = 0;
        worker[slot] = NONE;
        holder[slot] = NONE;
        estimateUs[slot] = 0;
        runId[slot] = 0;
        sizeBytes[slot] = 0;
        return slot;
    }

    /** Gives a forgotten slot back. */
    void release(final int slot) {
        phaseCounts[phase[slot]]--;
        phase[slot] = (byte) TaskPhase.FORGOTTEN.ordinal();
        payload[slot] = NO_PAYLOAD;
        forget(moreHolders, slot);
        forget(keys, slot);
        forget(failures, slot);
        forget(deathReports, slot);
        free.add(slot);
    }

    TaskPhase phase(final int slot) {
        return TaskPhase.of(phase[slot]);
    }

    int phaseOrdinal(final int slot) {
        return phase[slot];
    }

    void phase(final int slot, final TaskPhase next) {
        phaseCounts[phase[slot]]--;
        phaseCounts[next.ordinal()]++;
        phase[slot] = (byte) next.ordinal();
    }

    long count(final TaskPhase of) {
        return phaseCounts[of.ordinal()];
    }

    /** One past the highest slot ever used. */
    int limit() {
        return used;
    }

    boolean has(final int slot, final int flag) {
        return (flags[slot] & flag) != 0;
    }

    void set(final int slot, final int flag, final boolean on) {
        flags[slot] = (short) (on ? flags[slot] | flag : flags[slot] & ~flag);
    }

    /** Whether a result that exists would have to be computed again if it were lost: somebody waits for it, or may ask for it. */
    boolean isNeeded(final int slot) {
        return waiters[slot] > 0
                || has(slot, SCATTERED | PUBLISHED | ONCE | ACTOR | CALL)
                || has(slot, WANTED) && !has(slot, DELIVERED);
    }

    /** A task whose inputs are there goes before what was submitted after the last of them: stored results are used up first. */
    void goRightAfter(final int slot, final int input) {
        if (!has(slot, EXPECTED)) {
            order[slot] = Math.min(order[slot], order[slot] & ~SEQUENCE | order[input] & SEQUENCE);
        }
    }

    boolean isHeldBy(final int slot, final int workerNumber) {
        if (holder[slot] == workerNumber) {
            return true;
        }
        for (final int more : furtherHolders(slot)) {
            if (more == workerNumber) {
                return true;
            }
        }
        return false;
    }

    /** The holders beyond {@code holder[slot]}. */
    int[] furtherHolders(final int slot) {
        if (moreHolders.isEmpty()) {
            return NO_HOLDERS;
        }
        final int[] more = moreHolders.get(slot);
        return more == null ? NO_HOLDERS : more;
    }

    void addHolder(final int slot, final int workerNumber) {
        if (holder[slot] == NONE) {
            holder[slot] = workerNumber;
        } else if (!isHeldBy(slot, workerNumber)) {
            final int[] more = furtherHolders(slot);
            final int[] grown = Arrays.copyOf(more, more.length + 1);
            grown[more.length] = workerNumber;
            moreHolders.put(slot, grown);
        }
    }

    void removeHolder(final int slot, final int workerNumber) {
        final int[] more = furtherHolders(slot);
        if (holder[slot] == workerNumber) {
            holder[slot] = more.length == 0 ? NONE : more[0];
            dropFurther(slot, more, 0);
        } else {
            for (int i = 0; i < more.length; i++) {
                if (more[i] == workerNumber) {
                    dropFurther(slot, more, i);
                    return;
                }
            }
        }
    }

    void clearHolders(final int slot) {
        holder[slot] = NONE;
        if (!moreHolders.isEmpty()) {
            moreHolders.remove(slot);
        }
    }

    @Nullable
    String key(final int slot) {
        return keys.isEmpty() ? null : keys.get(slot);
    }

    void key(final int slot, final String key) {
        keys.put(slot, key);
    }

    @Nullable
    Object failure(final int slot) {
        return failures.get(slot);
    }

    void failure(final int slot, final Object failure) {
        failures.put(slot, failure);
    }

    /** The task starts as if it had never failed. */
    void forgetFailure(final int slot) {
        forget(failures, slot);
        forget(deathReports, slot);
        deaths[slot] = 0;
    }

    /** How the workers died under which the task was running, in that order. */
    List<String> deathReports(final int slot) {
        final List<String> reports = deathReports.get(slot);
        return reports == null ? List.of() : List.copyOf(reports);
    }

    void addDeath(final int slot, final String report) {
        deaths[slot] = (byte) Math.min(Byte.MAX_VALUE, deaths[slot] + 1);
        final List<String> reports = deathReports.computeIfAbsent(slot, key -> new ArrayList<>(1));
        if (reports.size() < Byte.MAX_VALUE) {
            reports.add(report);
        }
    }

    private static void forget(final Int2ObjectHashMap<?> map, final int slot) {
        if (!map.isEmpty()) {
            map.remove(slot);
        }
    }

    private void dropFurther(final int slot, final int[] more, final int index) {
        if (more.length <= 1) {
            moreHolders.remove(slot);
            return;
        }
        final int[] fewer = new int[more.length - 1];
        System.arraycopy(more, 0, fewer, 0, index);
        System.arraycopy(more, index + 1, fewer, index, fewer.length - index);
        moreHolders.put(slot, fewer);
    }

    private void grow() {
        final int capacity = Growth.beyond(used);
        phase = Arrays.copyOf(phase, capacity);
        flags = Arrays.copyOf(flags, capacity);
        deaths = Arrays.copyOf(deaths, capacity);
        retriesLeft = Arrays.copyOf(retriesLeft, capacity);
        attempt = Arrays.copyOf(attempt, capacity);
        client = Arrays.copyOf(client, capacity);
        taskId = Arrays.copyOf(taskId, capacity);
        kind = Arrays.copyOf(kind, capacity);
        inputs = Arrays.copyOf(inputs, capacity);
        dependents = Arrays.copyOf(dependents, capacity);
        dependentCount = Arrays.copyOf(dependentCount, capacity);
        waitingFor = Arrays.copyOf(waitingFor, capacity);
        waiters = Arrays.copyOf(waiters, capacity);
        worker = Arrays.copyOf(worker, capacity);
        nextInList = Arrays.copyOf(nextInList, capacity);
        previousInList = Arrays.copyOf(previousInList, capacity);
        estimateUs = Arrays.copyOf(estimateUs, capacity);
        holder = Arrays.copyOf(holder, capacity);
        order = Arrays.copyOf(order, capacity);
        runId = Arrays.copyOf(runId, capacity);
        sizeBytes = Arrays.copyOf(sizeBytes, capacity);
        payload = Arrays.copyOf(payload, capacity);
        Arrays.fill(payload, used, capacity, NO_PAYLOAD);
    }
}
