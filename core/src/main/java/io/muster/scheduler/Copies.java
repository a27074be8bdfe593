package io.muster.scheduler;

import java.util.BitSet;
import java.util.List;
import org.agrona.collections.Int2IntHashMap;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Copies of results: those under way, where they may go, how many of a result are asked for, and which results to look at for that. */
final class Copies {
    /** As many copies as there are workers, and on every one that comes later. */
    static final int EVERYWHERE = Integer.MAX_VALUE;

    /** How many copies may be on their way to one worker. */
    private static final int MAX_COPIES = 16;

    /** How much may be on its way to one worker, if it is more than one copy. */
    private static final long MAX_COPYING_BYTES = 64L << 20;

    /** Up to which part of its memory a worker takes copies. */
    private static final double MAX_FILLED = 0.8;

    /** What a worker without a limit counts as having. */
    private static final long UNKNOWN_LIMIT_BYTES = 4L << 30;

    /** How many stale entries of a list are not worth a cleaning. */
    private static final int ALLOWED_STALE = 64;

    private final CoreState state;
    private final TaskTable tasks;
    private final List<@Nullable WorkerState> workers;
    private final Effects effects;
    private final Int2IntHashMap underWay = new Int2IntHashMap(0);
    private final Int2IntHashMap failedOn = new Int2IntHashMap(TaskTable.NONE);
    private final Int2IntHashMap asked = new Int2IntHashMap(1);
    private final SlotQueue few = new SlotQueue();
    private final SlotQueue later = new SlotQueue();
    private final SlotQueue many = new SlotQueue();
    private final BitSet dropped = new BitSet();
    private IntArrayList askedSlots = new IntArrayList();
    private int nextAsked;
    private long ended;
    private boolean isBlocked;
    private boolean isChanged;

    Copies(final CoreState state, final Effects effects) {
        this.state = state;
        this.tasks = state.tasks;
        this.workers = state.workers;
        this.effects = effects;
    }

    // ----------------------------------------------------------------------------------------------------------
    // how many are asked for

    void ask(final int slot, final int count) {
        if (count <= 1) {
            asked.remove(slot);
            return;
        }
        if (!asked.containsKey(slot)) {
            askedSlots.addInt(slot);
            if (askedSlots.size() > 2 * asked.size() + ALLOWED_STALE) {
                dropStaleAsked();
            }
        }
        asked.put(slot, count);
        look(slot);
    }

    int asked(final int slot) {
        return asked.isEmpty() ? 1 : asked.get(slot);
    }

    private void dropStaleAsked() {
        final IntArrayList current = new IntArrayList();
        final SlotQueue seen = new SlotQueue();
        for (int i = 0; i < askedSlots.size(); i++) {
            if (asked.containsKey(askedSlots.getInt(i))) {
                seen.add(askedSlots.getInt(i));
            }
        }
        while (!seen.isEmpty()) {
            current.addInt(seen.take());
        }
        askedSlots = current;
        nextAsked = 0;
    }

    /** Copies of this result may be too few now. */
    void look(final int slot) {
        if (asked(slot) > 1) {
            few.add(slot);
            isChanged = true;
        }
    }

    /** A worker came: what is asked for on as many as there are may be on one more. */
    void workerJoined() {
        nextAsked = 0;
        isChanged = true;
    }

    /** Puts some more of what may be on a new worker among what is looked at; false when that was the last. */
    boolean lookAtSome(final int count) {
        for (int i = count; i > 0 && nextAsked < askedSlots.size(); i--) {
            look(askedSlots.getInt(nextAsked++));
        }
        return nextAsked < askedSlots.size();
    }

    /** There is one more copy of a result. */
    void more(final int slot) {
        many.add(slot);
    }

    /** Results of which there may be too few copies. */
    SlotQueue few() {
        return few;
    }

    /** Results that had more than one copy. */
    SlotQueue many() {
        return many;
    }

    /** Results that can't be copied before some time has passed. */
    SlotQueue later() {
        return later;
    }

    /** Whether copies could begin now that could not before; asked once. */
    boolean takeChanged() {
        final boolean was = isChanged;
        isChanged = false;
        return was;
    }

    void changed() {
        isChanged = true;
    }

    // ----------------------------------------------------------------------------------------------------------
    // what is under way

    int underWay(final int slot) {
        return underWay.get(slot);
    }

    /** How many copies of each result are. */
    Int2IntHashMap underWay() {
        return underWay;
    }

    static boolean isUnderWay(final int slot, final WorkerState to) {
        return to.copying.containsInt(slot);
    }

    void begin(final int slot, final WorkerState to) {
        to.retractions.remove(state.identity(slot));
        underWay.put(slot, underWay.get(slot) + 1);
        to.copying.addInt(slot);
        to.copyingBytes += tasks.sizeBytes[slot];
        effects.replicate(to, slot);
    }

    /** A worker has a result. */
    void stored(final WorkerState worker, final int slot) {
        if (end(worker, slot)) {
            failedOn.remove(slot);
            look(slot);
        }
    }

    /** A worker could not get a result; false if it was not to get it. */
    boolean failed(final WorkerState worker, final int slot) {
        if (!end(worker, slot)) {
            return false;
        }
        failedOn.put(slot, worker.number);
        later.add(slot);
        return true;
    }

    /** Nothing comes to a worker any more; returns what was to. */
    int[] giveUp(final WorkerState worker) {
        final int[] slots = worker.copying.toIntArray();
        for (final int slot : slots) {
            end(worker, slot);
            look(slot);
        }
        return slots;
    }

    /** A result is dropped or lost: copies of it do not matter any more; true if one was under way. */
    boolean forget(final int slot) {
        final boolean isAny = !underWay.isEmpty() && underWay.containsKey(slot);
        for (int i = 0; isAny && i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            if (worker != null) {
                end(worker, slot);
            }
        }
        if (!failedOn.isEmpty()) {
            failedOn.remove(slot);
        }
        return isAny;
    }

    /** A task is forgotten, and what was asked for with it. */
    void forgetTask(final int slot) {
        if (!asked.isEmpty()) {
            asked.remove(slot);
        }
        dropped.clear(slot);
    }

    /** A copy of a result was dropped though the result is there. */
    void dropped(final int slot) {
        dropped.set(slot);
    }

    /** Whether one was, so that somebody may say of a worker that it has none, and it has another one since. */
    boolean wasDropped(final int slot) {
        return dropped.get(slot);
    }

    private boolean end(final WorkerState worker, final int slot) {
        if (!worker.copying.removeInt(slot)) {
            return false;
        }
        worker.copyingBytes -= tasks.sizeBytes[slot];
        final int left = underWay.get(slot) - 1;
        if (left == 0) {
            underWay.remove(slot);
        } else {
            underWay.put(slot, left);
        }
        ended++;
        isChanged = true;
        return true;
    }

    /** A number that changes when a copy is over. */
    long ended() {
        return ended;
    }

    // ----------------------------------------------------------------------------------------------------------
    // where they may go

    /** Whether a worker does not leave. */
    boolean stays(final int number) {
        final WorkerState worker = workers.get(number);
        return worker != null && !worker.draining;
    }

    /** How many workers hold a result and do not leave. */
    int staying(final int slot) {
        if (tasks.holder[slot] == TaskTable.NONE) {
            return 0;
        }
        int count = stays(tasks.holder[slot]) ? 1 : 0;
        for (final int further : tasks.furtherHolders(slot)) {
            count += stays(further) ? 1 : 0;
        }
        return count;
    }

    /** Whether a copy may be kept on a worker: what some workers only may compute, or hold, is copied among these. */
    boolean mayHold(final int slot, final WorkerState worker) {
        final TaskKind kind = state.kind(slot);
        return kind.orOthers || kind.names(worker);
    }

    /** How many workers stay that a copy may be kept on; {@code living} is how many stay. */
    int mayHold(final int slot, final int living) {
        if (isForAll(slot)) {
            return living;
        }
        int count = 0;
        for (int i = 0; i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            count += worker != null && stays(i) && mayHold(slot, worker) ? 1 : 0;
        }
        return count;
    }

    /** How many copies of a result there shall be, as far as there are workers that may keep it. */
    int wanted(final int slot) {
        return isForAll(slot) ? asked(slot) : Math.max(1, Math.min(asked(slot), mayHold(slot, 0)));
    }

    /** How many workers hold a result, do not leave, and may keep it. */
    int kept(final int slot) {
        if (isForAll(slot)) {
            return staying(slot);
        }
        int count = 0;
        for (int i = 0; i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            count += worker != null && stays(i) && tasks.isHeldBy(slot, i) && mayHold(slot, worker) ? 1 : 0;
        }
        return count;
    }

    private boolean isForAll(final int slot) {
        final TaskKind kind = state.kind(slot);
        return kind.restriction == null || kind.orOthers;
    }

    /** As {@link #destination}, but where no worker is there that may keep a result, another one: better than to lose it. */
    @Nullable
    WorkerState refuge(final int slot, final long nowNs) {
        return destination(slot, nowNs, mayHold(slot, 1) == 0);
    }

    /**
     * Of the workers that stay, may keep the result and do not have it, the least filled one that has the memory, and another one than
     * failed if there is one.
     */
    @Nullable
    WorkerState destination(final int slot, final long nowNs) {
        return destination(slot, nowNs, false);
    }

    private @Nullable WorkerState destination(final int slot, final long nowNs, final boolean isAnywhere) {
        final long sizeBytes = tasks.sizeBytes[slot];
        final int failed = failedOn.get(slot);
        WorkerState best = null;
        boolean anyStays = false;
        boolean anyBusy = false;
        for (int i = 0; i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            if (worker == null || !worker.isOpen() || endsSoon(worker, nowNs)) {
                continue;
            }
            anyStays = true;
            if (tasks.isHeldBy(slot, worker.number)
                    || isUnderWay(slot, worker)
                    || !hasMemory(worker, sizeBytes)
                    || !isAnywhere && !mayHold(slot, worker)) {
                continue;
            }
            if (isBusy(worker, sizeBytes)) {
                anyBusy = true;
            } else if (best == null
                    || best.number == failed
                    || worker.number != failed && filled(worker) < filled(best)) {
                best = worker;
            }
        }
        isBlocked = best == null && (anyBusy || !anyStays);
        return best;
    }

    /** Whether the last {@link #destination} was none only because of what is under way, or because nobody stays. */
    boolean isBlocked() {
        return isBlocked;
    }

    /** Whether a copy could go to a worker now. */
    boolean mayTake(final WorkerState worker, final int slot, final long nowNs) {
        return worker.isOpen()
                && mayHold(slot, worker)
                && !endsSoon(worker, nowNs)
                && hasMemory(worker, tasks.sizeBytes[slot])
                && !isBusy(worker, tasks.sizeBytes[slot]);
    }

    /** How much memory a worker has, as far as that is known. */
    static long limitBytes(final WorkerState worker) {
        return worker.memoryLimitBytes > 0 ? worker.memoryLimitBytes : UNKNOWN_LIMIT_BYTES;
    }

    static double filled(final WorkerState worker) {
        return (inMemoryBytes(worker) + worker.copyingBytes) / (double) limitBytes(worker);
    }

    /** Whether a worker itself leaves before long: in less time than it has for leaving. */
    private static boolean endsSoon(final WorkerState worker, final long nowNs) {
        return worker.leaveAtNs != WorkerState.NEVER
                && (worker.isDue(nowNs)
                        || worker.endAtNs != WorkerState.NEVER
                                && worker.leaveAtNs - nowNs < worker.endAtNs - worker.leaveAtNs);
    }

    private static boolean hasMemory(final WorkerState worker, final long sizeBytes) {
        return worker.memoryLimitBytes <= 0
                || inMemoryBytes(worker) + worker.copyingBytes + sizeBytes <= MAX_FILLED * worker.memoryLimitBytes;
    }

    /** What is on disk takes no memory. */
    private static long inMemoryBytes(final WorkerState worker) {
        return Math.max(0, worker.storedBytes - worker.memory.spilledBytes);
    }

    private static boolean isBusy(final WorkerState worker, final long sizeBytes) {
        return worker.copying.size() >= MAX_COPIES
                || !worker.copying.isEmpty() && worker.copyingBytes + sizeBytes > MAX_COPYING_BYTES;
    }
}
