package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Which worker a task goes to. */
final class Placement {
    /** Up to how long a task may take for the next one to begin with the same worker, whose threads are awake. */
    private static final long SHORT_US = 100;

    /** What part of a transfer's time counts where it delays nothing. */
    private static final double TRANSFER_WEIGHT = 0.2;

    private static final int OF_NO_WEIGHT = 100;

    /** How many workers are compared where comparing all would cost too much. */
    private static final int SAMPLE = 8;

    /** After how many holders of inputs only those are looked at that could be better than the best one, not as good. */
    private static final int MAX_ALIKE = 1_000;

    /** Up to how many tasks may need a result for it to be made beside another that they need... */
    private static final int MAX_JOINS = 2;

    /** ...and how many of those others are looked at. */
    private static final int MAX_SIBLINGS = 8;

    /** Up to how many inputs a task may have that goes to another worker than the one it was placed on. */
    private static final int MAX_INPUTS_MOVED = 32;

    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final TaskKinds kinds;
    private final List<@Nullable WorkerState> workers;
    private final Links links;
    private final Waits waits;
    private final BitSet idle = new BitSet();
    private final BitSet room = new BitSet();
    private final BitSet crowded = new BitSet();
    private final List<WorkerState> accepting = new ArrayList<>();
    private final IntArrayList candidates = new IntArrayList();
    private long[] bytesAt = new long[16];
    /** How much of a task's inputs is under way to each worker. */
    private long[] comingTo = new long[16];
    /** Of a task's inputs the sender that has most to send, how long that takes, and the same of the next one. */
    private int slowest = TaskTable.NONE;

    private long slowestUs;
    private long secondUs;
    private long era;
    private int turn;
    private int sampled;

    /** From which worker on, and up to which, those that can take a task were read ahead. */
    private int readFrom;

    private int readUpTo;
    private boolean isAnyNewlyIdle;

    Placement(final CoreState state) {
        this.state = state;
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.kinds = state.kinds;
        this.workers = state.workers;
        this.links = state.links;
        this.waits = state.waits;
    }

    /** The numbers of the workers that have a free thread. */
    BitSet idle() {
        return idle;
    }

    /** The numbers of the workers that can be given a task. */
    BitSet room() {
        return room;
    }

    /** The workers that take tasks. */
    List<WorkerState> accepting() {
        return accepting;
    }

    /** Whose turn is next: all that is remembered beside what workers and tasks say. */
    long turns() {
        return (long) turn << 32 | sampled;
    }

    /** Workers came or went, or time went by: what tasks have no worker for may have changed. */
    void beginEra() {
        era++;
    }

    /** A worker takes tasks from now on. */
    void joined(final WorkerState worker) {
        accepting.add(worker);
        links.joined(worker.number);
        roomChanged(worker);
    }

    /** A worker takes no more tasks. */
    void left(final WorkerState worker) {
        accepting.remove(worker);
        roomChanged(worker);
    }

    void roomChanged(final WorkerState worker) {
        if (worker.isIdle() != worker.isListedIdle) {
            worker.isListedIdle = !worker.isListedIdle;
            idle.set(worker.number, worker.isListedIdle);
            isAnyNewlyIdle |= worker.isListedIdle;
        }
        if (worker.hasRoom() != worker.isListedWithRoom) {
            worker.isListedWithRoom = !worker.isListedWithRoom;
            room.set(worker.number, worker.isListedWithRoom);
        }
        if (worker.isCrowded() != worker.isListedCrowded) {
            worker.isListedCrowded = !worker.isListedCrowded;
            crowded.set(worker.number, worker.isListedCrowded);
        }
    }

    /** Whether a worker has become idle since the last call, and one is. */
    boolean takeNewlyIdle() {
        final boolean is = isAnyNewlyIdle && !idle.isEmpty();
        isAnyNewlyIdle = false;
        return is;
    }

    /** The numbers of workers that have more tasks than threads. */
    BitSet crowded() {
        return crowded;
    }

    boolean hasRoom() {
        return !room.isEmpty();
    }

    /** A worker that can take a task of this duration now, those with a free thread first, in turn, but short ones as the last one; or null. */
    @Nullable
    WorkerState withRoom(final long durationUs) {
        int number = withTime(idle, durationUs);
        final boolean stays = number >= 0 && durationUs > 0 && durationUs <= SHORT_US;
        if (number < 0) {
            number = withTime(room, durationUs);
        }
        if (number < 0) {
            return null;
        }
        turn = stays ? number : number + 1;
        if (state.readAhead.isDue() && (number < readFrom || number >= readUpTo)) {
            readAhead(number, idle.get(number) ? idle : room);
        }
        return workers.get(number);
    }

    private void readAhead(final int from, final BitSet among) {
        readFrom = from;
        readUpTo = from;
        for (int i = 0; i < ReadAhead.COUNT && readUpTo >= 0; i++) {
            state.readAhead.worker(workers.get(readUpTo));
            readUpTo = among.nextSetBit(readUpTo + 1);
        }
        readUpTo = readUpTo < 0 ? workers.size() : readUpTo;
    }

    /**
     * A worker with a free thread that holds or makes another input of a task which needs this one's result; or null. Not asked for
     * what takes next to no time, nor for results that many need.
     */
    @Nullable
    WorkerState besideSibling(final int slot, final long durationUs) {
        if (durationUs > 0 && durationUs < Waits.LONG_US || tasks.dependentCount[slot] > MAX_JOINS) {
            return null;
        }
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            int left = MAX_SIBLINGS;
            for (int at = tasks.inputs[edges.dependent(edge)];
                    at != EdgePool.NONE && left-- > 0;
                    at = edges.nextInput(at)) {
                final int number = place(edges.input(at));
                if (number >= 0 && idle.get(number) && require(number).hasTimeFor(state.nowNs, durationUs)) {
                    return workers.get(number);
                }
            }
        }
        return null;
    }

    /** The worker that holds a result or makes it, or NONE. */
    private int place(final int slot) {
        return switch (tasks.phase(slot)) {
            case MEMORY -> tasks.holder[slot];
            case PROCESSING -> tasks.worker[slot];
            case RELEASED, WAITING, NO_WORKER, QUEUED, ERRED, FORGOTTEN -> TaskTable.NONE;
        };
    }

    private int withTime(final BitSet among, final long durationUs) {
        final int first = next(among);
        int number = first;
        while (number >= 0 && !require(number).hasTimeFor(state.nowNs, durationUs)) {
            number = after(number, among);
            if (number == first) {
                return -1;
            }
        }
        return number;
    }

    /** Whether there is a worker that may run tasks of a kind, now or when it has done others. */
    boolean isServable(final TaskKind kind) {
        if (kind.era != era || kind.isHopeless && kind.hopelessUs != kind.function.knownUs()) {
            kind.era = era;
            kind.isForAll = kind.restriction == null;
            judge(kind);
            if (!kind.isServable && kind.orOthers && !kind.isForAll) {
                kind.isForAll = true;
                judge(kind);
            }
        }
        return kind.isServable;
    }

    private void judge(final TaskKind kind) {
        final int durationUs = kind.function.knownUs();
        long longestNs = -1;
        boolean isOpen = false;
        kind.isServable = false;
        kind.isPossible = false;
        kind.isHopeless = false;
        for (int i = 0; i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            if (worker == null || !mayRun(kind, worker)) {
                continue;
            }
            kind.isPossible = true;
            longestNs = Math.max(longestNs, worker.remainingNs(worker.joinedAtNs));
            if (worker.isOpen()) {
                kind.isServable |= worker.couldDo(state.nowNs, durationUs);
                if (!isOpen || endsLast(kind, worker)) {
                    kind.latestEndNs = worker.endAtNs;
                }
                isOpen = true;
            }
        }
        if (isOpen && !kind.isServable && durationUs * 1_000L > longestNs) {
            kind.isServable = true;
            kind.isHopeless = true;
            kind.hopelessUs = durationUs;
        }
    }

    /** Whether a worker has what tasks of a kind ask for. */
    static boolean mayRun(final TaskKind kind, final WorkerState worker) {
        return (kind.isForAll || kind.names(worker)) && worker.offers(kind.needs);
    }

    /**
     * The worker on which a task that waits by its kind, or apart, would be done first, of those that can take it now; or null.
     *
     * @param isApart whether it is a suspect
     */
    @Nullable
    WorkerState forKind(final TaskKind kind, final int slot, final boolean isApart) {
        final boolean isLocal = tasks.inputs[slot] != EdgePool.NONE;
        final long total = isLocal ? weighInputs(slot) : 0;
        final boolean isActor = tasks.has(slot, TaskTable.ACTOR);
        WorkerState best = null;
        long bestCost = Long.MAX_VALUE;
        final int first = next(room);
        int number = first;
        while (number >= 0) {
            final WorkerState worker = require(number);
            if (canTakeNow(kind, worker, tasks.order[slot]) && (!isApart || mayJoinSuspects(slot, worker))) {
                final long cost = isLocal ? costUs(worker, total) : busyUs(worker);
                final boolean isWithFewer = isActor && best != null && worker.actors < best.actors;
                final boolean isWithMore = isActor && best != null && worker.actors > best.actors;
                if (isWithFewer || cost < bestCost && !isWithMore) {
                    best = worker;
                    bestCost = cost;
                }
                if (!isLocal && !isActor && worker.isIdle()) {
                    turn = number + 1;
                    break;
                }
            }
            number = after(number, room);
            if (number == first) {
                break;
            }
        }
        forgetInputs();
        return best;
    }

    /**
     * Whether a suspect may be where other suspects run: only on the one worker there is, and only if none of them fails should that die
     * too.
     */
    boolean mayJoinSuspects(final int suspect, final WorkerState worker) {
        if (worker.suspectRuns.isEmpty()) {
            return true;
        }
        if (accepting.size() > 1 || state.isOnLastTry(suspect)) {
            return false;
        }
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            if (worker.suspectRuns.contains(tasks.runId[slot]) && state.isOnLastTry(slot)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a worker can take a task of a kind, one that others of its kind do not go before. */
    boolean canTakeNow(final TaskKind kind, final WorkerState worker, final long order) {
        return worker.hasRoom()
                && isServable(kind)
                && mayRun(kind, worker)
                && (kind.isHopeless ? endsLast(kind, worker) : worker.hasTimeFor(state.nowNs, kind.function.knownUs()))
                && worker.lacks(kind.needs) == 0
                && !isReservedAgainst(kind, worker, order);
    }

    /**
     * Keeps a worker for the first task that waits by its kind: what it needs and is not there is not taken by later ones until it has it.
     * Of those that could run it the one that lacks least; the same one as long as that one could.
     */
    void reserve(final TaskKind kind) {
        if (kind.needs.isEmpty()) {
            return;
        }
        WorkerState best = null;
        for (final WorkerState worker : accepting) {
            if (mayRun(kind, worker)
                    && (kind.isHopeless
                            ? endsLast(kind, worker)
                            : worker.couldDo(state.nowNs, kind.function.knownUs()))) {
                if (worker.number == kind.reserved) {
                    return;
                }
                if (best == null || worker.lacks(kind.needs) < best.lacks(kind.needs)) {
                    best = worker;
                }
            }
        }
        kind.reserved = best == null ? TaskTable.NONE : best.number;
    }

    private boolean isReservedAgainst(final TaskKind kind, final WorkerState worker, final long order) {
        if (kind.needs.isEmpty()) {
            return false;
        }
        for (int i = 0; i < kinds.waiting().size(); i++) {
            final TaskKind other = kinds.waiting().get(i);
            if (other != kind
                    && other.reserved == worker.number
                    && other.queue().firstOrder() < order
                    && other.needs.overlaps(kind.needs)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsLast(final TaskKind kind, final WorkerState worker) {
        return worker.endAtNs - kind.latestEndNs >= 0;
    }

    /**
     * As dask decides: among the holders of inputs and the least busy worker, the one where the task would be done first, counting
     * the work before it and the bytes to bring; then the one that holds less. Where the task names workers and one of them has the time
     * for it, only those. Null when none of them has.
     */
    @Nullable
    WorkerState forInputs(final int slot) {
        final TaskKind kind = kinds.get(tasks.kind[slot]);
        final long durationUs = kind.function.knownUs();
        final long total = weighInputs(slot);
        final WorkerState relaxed = kind.restriction == null ? null : any(kind);
        final boolean isForNamed = kind.restriction != null && (relaxed == null || kind.names(relaxed));
        WorkerState best = null;
        long bestCost = Long.MAX_VALUE;
        if (relaxed != null) {
            addBytes(relaxed.number, 0);
        }
        for (int i = 0; i < candidates.size(); i++) {
            final int number = candidates.getInt(i);
            if (i >= MAX_ALIKE && startUs(0, total - bytesOn(number), 0) >= bestCost) {
                continue;
            }
            final WorkerState worker = workers.get(number);
            if (worker != null
                    && worker.isOpen()
                    && worker.couldDo(state.nowNs, durationUs)
                    && (!isForNamed || kind.names(worker))) {
                final long cost = costUs(worker, total);
                if (cost < bestCost || cost == bestCost && best != null && worker.storedBytes < best.storedBytes) {
                    best = worker;
                    bestCost = cost;
                }
            }
        }
        if (kind.restriction == null && bestCost >= startUs(0, total, 0)) {
            best = lessCost(best, bestCost, leastBusy(durationUs), total);
        }
        forgetInputs();
        return best;
    }

    /** Of the best holder of inputs and the least busy worker, which need not be asked for if it could not fetch them as early, the better. */
    private @Nullable WorkerState lessCost(
            final @Nullable WorkerState best,
            final long bestCost,
            final @Nullable WorkerState other,
            final long total) {
        if (other == null || best == null) {
            return other == null ? best : other;
        }
        final long cost = costUs(other, total);
        return cost < bestCost || cost == bestCost && other.storedBytes < best.storedBytes ? other : best;
    }

    /** Notes how much of a task's inputs each worker holds; returns how much they are. */
    private long weighInputs(final int slot) {
        long total = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            final long size = Math.max(1, tasks.sizeBytes[input]);
            total += size;
            addBytes(tasks.holder[input], size);
            for (final int holder : tasks.furtherHolders(input)) {
                addBytes(holder, size);
            }
            if (size >= Links.LEAST_BOOKED_BYTES) {
                for (final int to : links.underWay(input)) {
                    addBytes(to, size);
                    comingTo[to] += size;
                }
                lookAtSender(tasks.holder[input]);
            }
        }
        return total;
    }

    private long bytesOn(final int number) {
        return number < bytesAt.length ? bytesAt[number] : 0;
    }

    private void forgetInputs() {
        for (int i = 0; i < candidates.size(); i++) {
            bytesAt[candidates.getInt(i)] = 0;
            comingTo[candidates.getInt(i)] = 0;
        }
        candidates.clear();
        slowest = TaskTable.NONE;
        slowestUs = 0;
        secondUs = 0;
    }

    /** Notes the two senders that have most to send. */
    private void lookAtSender(final int number) {
        final long sendingUs = links.sendingUs(number);
        if (number == slowest || sendingUs <= secondUs) {
            return;
        }
        if (sendingUs > slowestUs) {
            secondUs = slowestUs;
            slowestUs = sendingUs;
            slowest = number;
        } else {
            secondUs = sendingUs;
        }
    }

    private long costUs(final WorkerState worker, final long totalBytes) {
        final int number = worker.number;
        final long missing = totalBytes - bytesOn(number);
        final boolean waits = missing > 0 || number < comingTo.length && comingTo[number] > 0;
        final long sendersUs = number == slowest ? secondUs : slowestUs;
        return startUs(busyUs(worker), missing, waits ? Math.max(links.receivingUs(number), sendersUs) : 0);
    }

    /** How long until a task could start whose inputs come while others run; transfers cost something though nobody waits for them. */
    private long startUs(final long busyUs, final long missingBytes, final long backlogUs) {
        final long transferUs = links.transferUs(missingBytes);
        return Math.max(busyUs, backlogUs + transferUs) + (long) (TRANSFER_WEIGHT * transferUs);
    }

    /** Notes that a task's inputs come to a worker; gives the size of those that are not there. */
    long book(final int slot, final WorkerState worker) {
        long missing = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            if (tasks.sizeBytes[input] >= Links.LEAST_BOOKED_BYTES && !tasks.isHeldBy(input, worker.number)) {
                links.book(input, tasks.holder[input], worker.number, tasks.sizeBytes[input]);
                missing += tasks.sizeBytes[input];
            }
        }
        return missing;
    }

    /**
     * Whether a task that waits for one worker would be started earlier by another one, that has room, though it had to bring the
     * inputs. Not asked for a task with many inputs, which is where most of them are.
     */
    boolean isEarlierOn(final WorkerState other, final int slot, final WorkerState waitsFor) {
        final TaskKind kind = kinds.get(tasks.kind[slot]);
        return kind.names(other)
                && other.hasTimeFor(state.nowNs, kind.function.knownUs())
                && gainUs(slot, waitsFor, other, waits.untilFreeUs(waitsFor), 1) > 0;
    }

    /**
     * Whether a thief would start a task so much earlier than the worker that has it that it pays, if half of what that worker would
     * spend on it counts; not asked for a task with many inputs either.
     *
     * @param waitUs how long the task waits at the victim, less what moving it costs beside the bytes
     */
    boolean isWorthMoving(final int slot, final WorkerState victim, final WorkerState thief, final long waitUs) {
        return gainUs(slot, victim, thief, waitUs, -0.5) >= 0;
    }

    /** What a task gains by going to another worker than the one where it waits so long, where the bytes missing count by a factor. */
    private double gainUs(
            final int slot,
            final WorkerState waitsFor,
            final WorkerState other,
            final long waitUs,
            final double missingFactor) {
        long missingOnOther = 0;
        long missing = 0;
        long backlog = 0;
        int count = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            final long size = Math.max(1, tasks.sizeBytes[input]);
            if (!tasks.isHeldBy(input, other.number)) {
                if (links.isUnderWay(input, other.number)) {
                    backlog = Math.max(backlog, links.receivingUs(other.number));
                } else {
                    missingOnOther += size;
                    backlog = Math.max(
                            backlog, Math.max(links.receivingUs(other.number), links.sendingUs(tasks.holder[input])));
                }
            }
            missing += tasks.isHeldBy(input, waitsFor.number) ? 0 : size;
            if (++count > MAX_INPUTS_MOVED) {
                return -1;
            }
        }
        return waitUs + missingFactor * links.transferUs(missing) - startUs(busyUs(other), missingOnOther, backlog);
    }

    /** The least busy worker that tasks of a kind name and that has the time for them, or any if allowed; null when there is none. */
    @Nullable
    WorkerState any(final TaskKind kind) {
        final long durationUs = kind.function.knownUs();
        WorkerState best = null;
        WorkerState other = null;
        for (int i = 0; i < accepting.size(); i++) {
            final WorkerState worker = inTurn();
            if (!worker.couldDo(state.nowNs, durationUs)) {
                continue;
            }
            if (kind.names(worker)) {
                best = lessBusy(best, worker);
            } else if (kind.orOthers) {
                other = lessBusy(other, worker);
            }
        }
        if (!accepting.isEmpty()) {
            inTurn();
        }
        return best == null ? other : best;
    }

    private @Nullable WorkerState leastBusy(final long durationUs) {
        final int number = withTime(idle, durationUs);
        if (number >= 0) {
            return workers.get(number);
        }
        WorkerState best = null;
        long bestUs = Long.MAX_VALUE;
        for (int i = 0; i < Math.min(SAMPLE, accepting.size()); i++) {
            final WorkerState worker = inTurn();
            if (worker.couldDo(state.nowNs, durationUs)) {
                final long us = busyUs(worker);
                if (us < bestUs) {
                    best = worker;
                    bestUs = us;
                }
            }
        }
        return best;
    }

    private WorkerState inTurn() {
        sampled = sampled + 1 < accepting.size() ? sampled + 1 : 0;
        return accepting.get(sampled);
    }

    private WorkerState require(final int number) {
        final WorkerState worker = workers.get(number);
        if (worker == null) {
            throw new IllegalStateException("worker number=" + number + " is gone and was not taken out");
        }
        return worker;
    }

    /**
     * How long a task would wait for a thread; where one is free what the others do only tells alike workers apart. Where others wait
     * already, all that is assigned counts as if it had just begun: so what is ready is spread.
     */
    private long busyUs(final WorkerState worker) {
        if (worker.occupied() + worker.queued < worker.threads) {
            return worker.occupancyUs / worker.threads / OF_NO_WEIGHT;
        }
        return worker.queued == 0 ? waits.untilFreeUs(worker) : worker.waitUs(worker.occupancyUs, state.nowNs);
    }

    private WorkerState lessBusy(final @Nullable WorkerState one, final WorkerState other) {
        return one == null || busyUs(other) < busyUs(one) ? other : one;
    }

    private int next(final BitSet set) {
        final int number = set.nextSetBit(turn);
        return number >= 0 ? number : set.nextSetBit(0);
    }

    private static int after(final int number, final BitSet set) {
        final int next = set.nextSetBit(number + 1);
        return next >= 0 ? next : set.nextSetBit(0);
    }

    private void addBytes(final int number, final long size) {
        if (number == TaskTable.NONE) {
            return;
        }
        if (number >= bytesAt.length) {
            bytesAt = Arrays.copyOf(bytesAt, number * 2);
            comingTo = Arrays.copyOf(comingTo, number * 2);
        }
        if (bytesAt[number] == 0) {
            candidates.addInt(number);
        }
        bytesAt[number] += size;
    }
}
