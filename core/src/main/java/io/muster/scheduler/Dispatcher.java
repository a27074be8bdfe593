package io.muster.scheduler;

import java.util.BitSet;
import java.util.List;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** Which task runs where, and when: queues for what can run, and what is assigned. */
final class Dispatcher {
    /*
     * A QUEUED task stands in `ready`, or, where worker[t] names a worker, in that worker's queue, or, where worker[t] is the mark of its
     * kind, in the queue of its kind, or, where worker[t] is APART, in that list; other entries are stale and dropped when they come up.
     * What needs resources always waits by its kind, other tasks do when none of the workers with room has the time for them. After
     * handOut() a worker with room has nothing in its queue, and whatever waits by its kind does so because none of the workers with
     * room can take the first of that kind.
     *
     * Of two tasks of one client that could both have a place the one with the lower order gets it, of tasks of two clients that of the
     * one which has fewer tasks at workers; among those that wait for the same worker order alone counts.
     *
     * A suspect, a task that may have killed a worker, waits apart until there is a worker with room where no other one has a thread: so
     * those that ran together when a worker died are together only once. Where there is one worker they may share it as long as none
     * fails should that die too. Then it stands in `ready` until it is its turn, for that it was
     * suspected makes it no more urgent; if it finds no such worker when its turn has come, it waits apart again.
     */

    /** How many stale entries of a queue are not worth a cleaning. */
    private static final int ALLOWED_STALE = 64;

    private static final int LONGEST_OF = 8;

    /** From which part of a run's time on it pays to fetch its inputs while others run, and to have it wait at its worker for that. */
    private static final double LONG_FETCH = 0.05;

    /** How many suspects are looked at in one go. */
    private static final int MAX_APART = 64;

    /** The kind with number 0 is marked by this, the next ones by what is below. */
    private static final int FIRST_KIND = TaskTable.NONE - 1;

    /** Marks suspects that wait. */
    static final int APART = Integer.MIN_VALUE;

    private final CoreState state;
    private final Effects effects;
    private final TaskTable tasks;
    private final TaskKinds kinds;
    private final List<@Nullable WorkerState> workers;
    private final Placement placement;
    private final MemoryFit memoryFit;
    private final Evacuation evacuation;
    private final Stealing stealing;
    private final NoWorkers noWorkers;
    private final ActorCalls calls;
    private final Ahead ahead;
    private final FairQueue ready = new FairQueue();
    private final SlotList apart = new SlotList();
    private final SlotList withoutWorker = new SlotList();
    private final BitSet freedRoom = new BitSet();
    private final BitSet backlogged = new BitSet();
    private int backloggedFrom;
    private long lastRun;

    /** What no worker fitted may find one now. */
    private boolean mayBeHomed;

    /** What waits by its kind may find a worker now. */
    private boolean mayBeServed;

    /** What waits apart may find a worker now. */
    private boolean mayGoApart;

    Dispatcher(final CoreState state, final Effects effects, final Evacuation evacuation) {
        this.state = state;
        this.effects = effects;
        this.tasks = state.tasks;
        this.kinds = state.kinds;
        this.workers = state.workers;
        this.placement = new Placement(state);
        this.memoryFit = new MemoryFit(state);
        this.evacuation = evacuation;
        this.stealing = new Stealing(state, effects, placement, state.settings.isStealing());
        this.noWorkers = new NoWorkers(state, effects, state.settings.noWorkersTimeoutNs());
        this.calls = new ActorCalls(state, effects);
        this.ahead = new Ahead(state, placement);
    }

    Ahead ahead() {
        return ahead;
    }

    MemoryFit memoryFit() {
        return memoryFit;
    }

    Placement placement() {
        return placement;
    }

    Stealing stealing() {
        return stealing;
    }

    NoWorkers noWorkers() {
        return noWorkers;
    }

    /** Tasks that no worker fits. */
    SlotList withoutWorker() {
        return withoutWorker;
    }

    /** Tasks that run equally well on all. */
    FairQueue ready() {
        return ready;
    }

    /** Suspects that wait. */
    SlotList apart() {
        return apart;
    }

    /** The id of the run that was assigned last. */
    long lastRun() {
        return lastRun;
    }

    /** The numbers of the workers for which tasks wait. */
    BitSet backlogged() {
        return backlogged;
    }

    /** A worker takes tasks from now on. */
    void joined(final WorkerState worker) {
        placement.joined(worker);
        workersChanged();
    }

    /** A worker takes no more tasks. */
    void left(final WorkerState worker) {
        placement.left(worker);
        while (worker.early != null && worker.early.count > 0) {
            revoke(worker.early.runs.first());
        }
        workersChanged();
    }

    /** A worker takes no tasks for a while, and gives back what it has not started. */
    void paused(final WorkerState worker) {
        left(worker);
        requeueLocal(worker);
        stealing.recallAll(worker);
    }

    /** Some worker's stored results are more or less than before. */
    void memoryChanged(final WorkerState worker) {
        if (worker.memoryLimitBytes > 0 && !worker.gone) {
            roomChanged(worker);
        }
    }

    /** There may be room on a worker, or less. */
    void roomChanged(final WorkerState worker) {
        mayBeServed = true;
        mayGoApart = true;
        if (!worker.gone) {
            placement.roomChanged(worker);
            if (worker.queued > 0) {
                freedRoom.set(worker.number);
            }
        }
    }

    /** What could run where may be different now, and who should have given back what. */
    void timePassed() {
        if (state.endingWorkers > 0) {
            workersChanged();
        } else {
            mayBeHomed = true;
            mayBeServed = true;
            mayGoApart = true;
        }
        stealing.lookAgain();
    }

    /** A death is explained: tasks held back because of it may go on. */
    void deathExplained() {
        mayBeHomed = true;
    }

    /** Hands out what can run. */
    void dispatch() {
        if (mayBeHomed) {
            leaveHomelessness();
        }
        if (mayBeServed) {
            unblock();
        }
        if (mayGoApart) {
            readyApart();
        }
        fillFreed();
        handOut();
        while (mayGoApart) {
            readyApart();
            handOut();
        }
        rebalance();
        stealing.balance();
        assignAhead();
    }

    /** Which worker fits what may be different now. */
    void workersChanged() {
        placement.beginEra();
        memoryFit.workersChanged();
        mayBeHomed = true;
        mayBeServed = true;
        mayGoApart = true;
    }

    /** A task that could run waits for its turn. */
    void enqueue(final int slot) {
        final TaskKind kind = state.kind(slot);
        if (tasks.has(slot, TaskTable.CALL)) {
            calls.assign(slot, ++lastRun);
        } else if (memoryFit.exceedsAll(slot)) {
            withoutWorker(slot);
            memoryFit.add(slot);
        } else if (state.isSuspect(slot)) {
            waitApart(slot, kind);
            mayGoApart = true;
        } else if (kind.needs.isEmpty() && !tasks.has(slot, TaskTable.ACTOR)) {
            state.enter(slot, TaskPhase.QUEUED);
            ready.add(kind.function.share, tasks.order[slot], slot);
        } else {
            waitByKind(slot, kind);
        }
    }

    /** Takes a WAITING, NO_WORKER or QUEUED task out of where it stands; the caller gives it its next phase. */
    void leaveQueue(final int slot) {
        switch (tasks.phase(slot)) {
            case NO_WORKER -> {
                withoutWorker.remove(tasks, slot);
                noWorkers.left(slot);
                state.kind(slot).homeless--;
            }
            case QUEUED -> {
                if (tasks.worker[slot] == APART) {
                    apart.remove(tasks, slot);
                    tasks.worker[slot] = TaskTable.NONE;
                } else if (tasks.worker[slot] <= FIRST_KIND) {
                    final TaskKind kind = state.kind(slot);
                    leaveKindQueue(slot, kind);
                    if (kind.queue().size() > 2 * kind.queued + ALLOWED_STALE) {
                        dropAllStale(kind.queue(), mark(kind));
                    }
                } else if (tasks.worker[slot] == TaskTable.NONE) {
                    final ClientShare share = state.kind(slot).function.share;
                    if (share.queue.size() > 2 * tasks.count(TaskPhase.QUEUED) + ALLOWED_STALE) {
                        dropAllStale(share.queue, TaskTable.NONE);
                        ready.leaveIfEmpty(share);
                    }
                } else {
                    final WorkerState worker = state.workerOf(slot);
                    leaveWorkerQueue(slot, worker);
                    if (worker.queue.size() > 2 * worker.queued + ALLOWED_STALE) {
                        dropAllStale(worker.queue, worker.number);
                    }
                }
            }
            case WAITING -> {
                if (Ahead.isEarly(tasks, slot)) {
                    revoke(slot);
                }
            }
            case RELEASED, PROCESSING, MEMORY, ERRED, FORGOTTEN ->
                throw new IllegalStateException("slot=" + slot + " phase=" + tasks.phase(slot) + " is in no queue");
        }
    }

    /** What has waited for too long for a worker that could run it. */
    IntArrayList overdue() {
        final IntArrayList overdue = new IntArrayList();
        int slot = withoutWorker.first();
        while (slot != TaskTable.NONE && noWorkers.isOverdue(slot)) {
            final TaskKind kind = state.kind(slot);
            if (!placement.isServable(kind) && !isHeldBack(slot) && !isForPaused(kind)) {
                overdue.addInt(slot);
            }
            slot = tasks.nextInList[slot];
        }
        if (noWorkers.isNobodyThere(isAnyReady())) {
            for (final ClientShare share : ready.shares()) {
                while (dropStale(share.queue, TaskTable.NONE)) {
                    overdue.addInt(share.queue.firstSlot());
                    share.queue.removeFirst();
                }
                ready.leaveIfEmpty(share);
            }
        }
        return overdue;
    }

    /** Whether a worker that only pauses could run tasks of a kind. */
    private boolean isForPaused(final TaskKind kind) {
        for (int i = 0; i < workers.size(); i++) {
            final WorkerState worker = workers.get(i);
            if (worker != null && worker.paused && Placement.mayRun(kind, worker)) {
                return true;
            }
        }
        return false;
    }

    void requeueLocal(final WorkerState worker) {
        while (dropStale(worker.queue, worker.number)) {
            final int slot = worker.queue.firstSlot();
            worker.queue.removeFirst();
            leaveWorkerQueue(slot, worker);
            enqueue(slot);
        }
    }

    /** The inputs of a WAITING task are there: it is under way if its worker has it already, else it waits for its turn. */
    void inputsAreThere(final int slot) {
        if (Ahead.isEarly(tasks, slot) && !memoryFit.exceedsAll(slot)) {
            begin(slot);
        } else {
            leaveQueue(slot);
            enqueue(slot);
        }
    }

    /** An early task is under way on its worker, or is said to be. */
    void begin(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        ahead.remove(slot, worker);
        state.enter(slot, TaskPhase.PROCESSING);
        occupy(slot, state.kind(slot), worker);
    }

    /** An early task waits as any other; the caller may give it another phase. */
    void revoke(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        final long runId = tasks.runId[slot];
        ahead.remove(slot, worker);
        tasks.worker[slot] = TaskTable.NONE;
        tasks.runId[slot] = 0;
        tasks.attempt[slot]--;
        if (!worker.gone) {
            abandon(slot, worker, runId);
        }
        revokeAstray(worker);
    }

    /** What waits at a worker for inputs that will not come there waits as any other. */
    void revokeAstray(final WorkerState worker) {
        for (int slot = ahead.firstAstray(worker); slot != TaskTable.NONE; slot = ahead.firstAstray(worker)) {
            revoke(slot);
        }
    }

    /** Takes a PROCESSING task with a result off the worker whose thread has done with it; the caller gives it its next phase. */
    void ended(final int slot) {
        quietNoMore(slot);
        takeOff(slot);
    }

    /** Takes a PROCESSING task without a result off the worker whose thread has done with it; the caller gives it its next phase. */
    void failed(final int slot) {
        quietNoMore(slot);
        unassign(slot);
    }

    private void quietNoMore(final int slot) {
        if (!tasks.has(slot, TaskTable.CALL)) {
            state.workerOf(slot).quietSinceNs = state.nowNs;
        }
    }

    /** Takes a PROCESSING task without a result off its worker; the caller gives it its next phase. */
    void unassign(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        takeOff(slot);
        revokeAstray(worker);
    }

    private void takeOff(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        if (tasks.has(slot, TaskTable.CALL)) {
            calls.unassign(slot);
            if (worker.draining) {
                evacuation.changed();
            }
            return;
        }
        if (worker.party != null) {
            state.coordination.runEnded(worker.party, tasks.runId[slot]);
        }
        worker.runs.remove(tasks, slot);
        worker.assigned--;
        state.waits.ended(slot);
        state.links.end(slot);
        if (tasks.has(slot, TaskTable.FETCHES)) {
            tasks.set(slot, TaskTable.FETCHES, false);
            worker.fetching--;
        }
        worker.occupancyUs -= tasks.estimateUs[slot];
        if (worker.memoryLimitBytes > 0) {
            worker.producingBytes -= tasks.sizeBytes[slot];
        }
        final TaskKind kind = state.kind(slot);
        worker.giveBack(kind.needs);
        worker.actors -= tasks.has(slot, TaskTable.ACTOR) ? 1 : 0;
        ready.unassigned(kind.function.share);
        stealing.forget(worker, tasks.runId[slot]);
        if (state.mayHaveSuspects) {
            worker.suspectRuns.remove(tasks.runId[slot]);
        }
        if (tasks.has(slot, TaskTable.SECEDED)) {
            tasks.set(slot, TaskTable.SECEDED, false);
            worker.seceded--;
        }
        tasks.worker[slot] = TaskTable.NONE;
        tasks.runId[slot] = 0;
        roomChanged(worker);
        ahead.roomChanged(worker);
        if (worker.draining) {
            evacuation.changed();
        }
    }

    /** A PROCESSING task gives its thread up, or has one again; what it needs besides it keeps. */
    void occupies(final int slot, final boolean aThread) {
        if (tasks.has(slot, TaskTable.SECEDED) != aThread || tasks.has(slot, TaskTable.CALL)) {
            return;
        }
        final WorkerState worker = state.workerOf(slot);
        tasks.set(slot, TaskTable.SECEDED, !aThread);
        worker.seceded += aThread ? -1 : 1;
        worker.occupancyUs -= tasks.estimateUs[slot];
        tasks.estimateUs[slot] = 0;
        tasks.set(slot, TaskTable.EXPECTED, false);
        if (state.isSuspect(slot) && aThread) {
            worker.suspectRuns.add(tasks.runId[slot]);
        } else {
            worker.suspectRuns.remove(tasks.runId[slot]);
        }
        roomChanged(worker);
    }

    /** Stops a run; should it have ended meanwhile, its result goes too, for its report will be stale. */
    void stopRun(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        final long runId = tasks.runId[slot];
        unassign(slot);
        abandon(slot, worker, runId);
    }

    private void abandon(final int slot, final WorkerState worker, final long runId) {
        tasks.set(slot, TaskTable.STOPPED, true);
        effects.abandon(worker, runId, tasks.has(slot, TaskTable.INTERRUPT));
        retract(worker, state.identity(slot));
    }

    /** Has a worker drop a result that it is not believed to have, and may say to have before it hears of it. */
    void retract(final WorkerState worker, final long identity) {
        worker.retractions.add(identity, lastRun);
        worker.mayRetract = true;
        effects.free(worker, identity);
    }

    void placeScattered(final int slot) {
        final WorkerState worker = placement.any(state.kind(slot));
        if (worker == null) {
            withoutWorker(slot);
            return;
        }
        state.enter(slot, TaskPhase.PROCESSING);
        tasks.worker[slot] = worker.number;
        worker.awaited.add(tasks, slot);
        effects.scatterTo(state.clients.get(tasks.client[slot]), tasks.taskId[slot], worker.number);
    }

    /** Data that is not there yet will not come from where it was to be placed. */
    void stopAwaiting(final int slot) {
        if (tasks.worker[slot] != TaskTable.NONE) {
            state.workerOf(slot).awaited.remove(tasks, slot);
            tasks.worker[slot] = TaskTable.NONE;
        }
    }

    /** Queues what no worker fitted so far, where one does now. */
    private void leaveHomelessness() {
        mayBeHomed = false;
        boolean isAnyServable = false;
        for (int index = 0; index < kinds.limit() && !isAnyServable; index++) {
            final TaskKind kind = kinds.orNull(index);
            isAnyServable = kind != null && kind.homeless > 0 && (placement.isServable(kind) || noWorkers.isNews(kind));
        }
        int slot = isAnyServable ? withoutWorker.first() : TaskTable.NONE;
        while (slot != TaskTable.NONE) {
            final int next = tasks.nextInList[slot];
            if (!placement.isServable(state.kind(slot))) {
                noWorkers.tell(slot);
            } else if (!isHeldBack(slot)) {
                leaveQueue(slot);
                if (tasks.has(slot, TaskTable.SCATTERED)) {
                    placeScattered(slot);
                } else {
                    enqueue(slot);
                }
            }
            slot = next;
        }
    }

    /** Looks for workers anew for what waits by its kind; what none will ever fit waits for another one to come. */
    private void unblock() {
        mayBeServed = false;
        for (int i = kinds.waiting().size() - 1; i >= 0; i--) {
            final TaskKind kind = kinds.waiting().get(i);
            kind.isBlocked = false;
            while (!placement.isServable(kind) && dropStale(kind.queue(), mark(kind))) {
                final int slot = kind.queue().firstSlot();
                kind.queue().removeFirst();
                leaveKindQueue(slot, kind);
                withoutWorker(slot);
            }
        }
    }

    private void handOut() {
        while (true) {
            final TaskKind kind = firstKind(null, TaskTable.NONE);
            final boolean isAnyReady = isAnyReady();
            if (kind != null && (!isAnyReady || isBefore(kind.queue().firstSlot(), ready.firstSlot()))) {
                final WorkerState worker = placement.forKind(kind, kind.queue().firstSlot(), false);
                if (worker == null) {
                    kind.isBlocked = true;
                    placement.reserve(kind);
                } else {
                    assignFirst(kind, worker);
                }
            } else if (!isAnyReady || !handOutFirst(ready.firstSlot())) {
                return;
            }
        }
    }

    private boolean handOutFirst(final int slot) {
        final TaskKind kind = state.kind(slot);
        if (mayBeSuspect(slot, kind)) {
            if (!placement.hasRoom()) {
                return false;
            }
            ready.removeFirst();
            placeApart(slot, kind);
            return true;
        }
        if (!fitsAnywhere(slot, kind)) {
            ready.removeFirst();
            place(slot, kind);
            return true;
        }
        final int durationUs = kind.function.knownUs();
        final WorkerState beside = placement.besideSibling(slot, durationUs);
        final WorkerState worker = beside == null ? placement.withRoom(durationUs) : beside;
        if (worker != null) {
            ready.removeFirst();
            assign(slot, kind, worker);
        } else if (placement.hasRoom()) {
            ready.removeFirst();
            waitByKind(slot, kind);
        } else {
            return false;
        }
        return true;
    }

    /** Suspects that could be on a worker now wait for their turn; those that no worker will ever fit for another one to come. */
    private void readyApart() {
        mayGoApart = false;
        int slot = apart.first();
        for (int i = 0; i < MAX_APART && slot != TaskTable.NONE; i++) {
            final int next = tasks.nextInList[slot];
            final TaskKind kind = state.kind(slot);
            if (!placement.isServable(kind)) {
                leaveQueue(slot);
                withoutWorker(slot);
            } else if (placement.forKind(kind, slot, true) != null) {
                leaveQueue(slot);
                ready.add(kind.function.share, tasks.order[slot], slot);
            }
            slot = next;
        }
    }

    /** Whether a task whose turn it is may be a suspect: only those stand in `ready` though they need resources. */
    private boolean mayBeSuspect(final int slot, final TaskKind kind) {
        return !kind.needs.isEmpty() || state.isSuspect(slot);
    }

    /** A suspect whose turn it is goes where none runs; one that is none any more waits like others that need resources. */
    private void placeApart(final int slot, final TaskKind kind) {
        if (!state.isSuspect(slot)) {
            waitByKind(slot, kind);
            return;
        }
        final WorkerState worker = placement.forKind(kind, slot, true);
        if (worker == null) {
            waitApart(slot, kind);
        } else {
            assign(slot, kind, worker);
        }
    }

    /** Of the kinds that tasks wait by, the one whose first comes first, if that is before a task and could be on a worker now. */
    private @Nullable TaskKind firstKind(final @Nullable WorkerState on, final int before) {
        TaskKind first = null;
        int earliest = before;
        for (int i = 0; i < kinds.waiting().size(); i++) {
            final TaskKind kind = kinds.waiting().get(i);
            if (!kind.isBlocked
                    && dropStale(kind.queue(), mark(kind))
                    && (earliest == TaskTable.NONE || isBefore(kind.queue().firstSlot(), earliest))
                    && (on == null
                            || placement.canTakeNow(kind, on, kind.queue().firstOrder()))) {
                first = kind;
                earliest = kind.queue().firstSlot();
            }
        }
        return first;
    }

    private void assignFirst(final TaskKind kind, final WorkerState worker) {
        final int slot = kind.queue().firstSlot();
        kind.queue().removeFirst();
        final boolean isReserved = kind.reserved != TaskTable.NONE;
        leaveKindQueue(slot, kind);
        if (isReserved) {
            kind.reserved = TaskTable.NONE;
            kinds.waiting().forEach(other -> other.isBlocked = false);
            mayGoApart = true;
        }
        assign(slot, kind, worker);
    }

    private void fillFreed() {
        for (int number = freedRoom.nextSetBit(0); number >= 0; number = freedRoom.nextSetBit(0)) {
            freedRoom.clear(number);
            final WorkerState worker = workers.get(number);
            if (worker != null) {
                fill(worker);
            }
        }
    }

    /** Gives a worker the tasks that wait for it, as far as it has room and none that comes first could run there too. */
    private void fill(final WorkerState worker) {
        while (worker.hasRoom() && dropStale(worker.queue, worker.number)) {
            final int slot = worker.queue.firstSlot();
            final boolean isOtherFirst = isAnyReady() && isBefore(ready.firstSlot(), slot);
            final TaskKind kind = firstKind(worker, isOtherFirst ? ready.firstSlot() : slot);
            if (kind != null) {
                assignFirst(kind, worker);
            } else if (isOtherFirst) {
                final int urgent = ready.firstSlot();
                ready.removeFirst();
                if (mayBeSuspect(urgent, state.kind(urgent))) {
                    placeApart(urgent, state.kind(urgent));
                } else if (fitsAnywhere(urgent, state.kind(urgent))) {
                    assignOrWait(urgent, worker);
                } else {
                    place(urgent, state.kind(urgent));
                }
            } else {
                worker.queue.removeFirst();
                leaveWorkerQueue(slot, worker);
                assignOrWait(slot, worker);
            }
        }
    }

    /** Finds the worker for a queued task that does not run equally well on all: it goes there, or waits for room there. */
    private void place(final int slot, final TaskKind kind) {
        final WorkerState worker = placement.forInputs(slot);
        if (worker == null) {
            waitByKind(slot, kind);
        } else if (worker.hasRoom() && worker.queued == 0) {
            assignOrWait(slot, worker);
        } else {
            tasks.worker[slot] = worker.number;
            tasks.estimateUs[slot] = state.estimateUs(slot);
            placement.book(slot, worker);
            worker.queued++;
            worker.queuedUs += tasks.estimateUs[slot];
            worker.occupancyUs += tasks.estimateUs[slot];
            worker.queue.add(tasks.order[slot], slot);
            backlogged.set(worker.number);
        }
    }

    /** A worker with room gets a queued task if it has the time for it. */
    private void assignOrWait(final int slot, final WorkerState worker) {
        final TaskKind kind = state.kind(slot);
        if (worker.hasTimeFor(state.nowNs, kind.function.knownUs())) {
            assign(slot, kind, worker);
        } else {
            waitByKind(slot, kind);
        }
    }

    /** A task that is in no queue waits until a worker can take it, or until one comes that could. */
    private void waitByKind(final int slot, final TaskKind kind) {
        if (!placement.isServable(kind)) {
            withoutWorker(slot);
            return;
        }
        state.enter(slot, TaskPhase.QUEUED);
        tasks.worker[slot] = mark(kind);
        kind.queue().add(tasks.order[slot], slot);
        if (kind.queued++ == 0) {
            kind.isBlocked = false;
            kinds.waiting().add(kind);
        }
    }

    static int mark(final TaskKind kind) {
        return FIRST_KIND - kind.index;
    }

    /** Workers with room, for which nothing waits, take over what waits for others, if it starts earlier that way. */
    private void rebalance() {
        while (!backlogged.isEmpty()) {
            final WorkerState busy = longestBacklog();
            final WorkerState other = busy == null ? null : placement.withRoom(0);
            if (busy == null || other == null || !placement.isEarlierOn(other, busy.queue.firstSlot(), busy)) {
                return;
            }
            final int slot = busy.queue.firstSlot();
            busy.queue.removeFirst();
            leaveWorkerQueue(slot, busy);
            assign(slot, state.kind(slot), other);
        }
    }

    /** Of some workers with a backlog, the one that has most to do; others are looked at next time. */
    private @Nullable WorkerState longestBacklog() {
        WorkerState longest = null;
        for (int i = Math.min(LONGEST_OF, backlogged.cardinality()); i > 0; i--) {
            final int after = backlogged.nextSetBit(backloggedFrom);
            final int number = after >= 0 ? after : backlogged.nextSetBit(0);
            backloggedFrom = number + 1;
            final WorkerState worker = workers.get(number);
            if (worker != null
                    && dropStale(worker.queue, number)
                    && (longest == null || worker.queuedUs / worker.threads > longest.queuedUs / longest.threads)) {
                longest = worker;
            }
        }
        return longest;
    }

    /** Whether a task's turn is before that of another one. */
    private boolean isBefore(final int slot, final int other) {
        final ClientShare share = state.kind(slot).function.share;
        final ClientShare others = state.kind(other).function.share;
        return share == others ? tasks.order[slot] < tasks.order[other] : share.isBefore(others);
    }

    private void waitApart(final int slot, final TaskKind kind) {
        if (isHeldBack(slot) || !placement.isServable(kind)) {
            withoutWorker(slot);
            return;
        }
        state.enter(slot, TaskPhase.QUEUED);
        tasks.worker[slot] = APART;
        apart.add(tasks, slot);
    }

    private boolean fitsAnywhere(final int slot, final TaskKind kind) {
        return tasks.inputs[slot] == EdgePool.NONE && kind.restriction == null;
    }

    /** Drops entries of tasks that are not queued there any more, up to the first that is; false when there is none. */
    boolean dropStale(final ReadyQueue queue, final int worker) {
        while (!queue.isEmpty()) {
            if (isQueued(queue.firstSlot(), queue.firstOrder(), worker)) {
                return true;
            }
            queue.removeFirst();
        }
        return false;
    }

    private boolean isAnyReady() {
        while (!ready.isEmpty()) {
            if (isQueued(ready.firstSlot(), ready.firstOrder(), TaskTable.NONE)) {
                return true;
            }
            ready.removeFirst();
        }
        return false;
    }

    private boolean isQueued(final int slot, final long order, final int worker) {
        return tasks.order[slot] == order && tasks.phase(slot) == TaskPhase.QUEUED && tasks.worker[slot] == worker;
    }

    private void dropAllStale(final ReadyQueue queue, final int worker) {
        final IntArrayList queued = new IntArrayList();
        while (dropStale(queue, worker)) {
            if (queued.isEmpty() || queued.getInt(queued.size() - 1) != queue.firstSlot()) {
                queued.addInt(queue.firstSlot());
            }
            queue.removeFirst();
        }
        for (int i = 0; i < queued.size(); i++) {
            queue.add(tasks.order[queued.getInt(i)], queued.getInt(i));
        }
    }

    /** Gives workers tasks whose inputs they are about to compute, unless others wait. */
    private void assignAhead() {
        if (isAnyReady() || !kinds.waiting().isEmpty()) {
            return;
        }
        for (WorkerState worker = ahead.takeDue(); worker != null; worker = ahead.takeDue()) {
            final EarlyRuns early = worker.early;
            for (int slot = ahead.next(worker); slot != TaskTable.NONE && early != null; slot = ahead.next(worker)) {
                state.note(slot, Cause.ASSIGNED, worker.number, lastRun + 1);
                newRun(slot, state.function(slot), worker);
                ahead.add(slot, worker, early);
                effects.assign(worker, slot);
            }
        }
    }

    private void assign(final int slot, final TaskKind kind, final WorkerState worker) {
        state.because(Cause.ASSIGNED, worker.number, lastRun + 1);
        state.enter(slot, TaskPhase.PROCESSING);
        newRun(slot, kind.function, worker);
        book(slot, worker);
        occupy(slot, kind, worker);
        ahead.assigned(slot, worker);
        effects.assign(worker, slot);
    }

    private void newRun(final int slot, final FunctionState function, final WorkerState worker) {
        if (function.mustSendTo(worker.number)) {
            effects.registerFunction(worker, function);
        }
        tasks.runId[slot] = ++lastRun;
        tasks.attempt[slot] = (short) Math.min(Short.MAX_VALUE, tasks.attempt[slot] + 1);
        tasks.worker[slot] = worker.number;
        tasks.estimateUs[slot] = state.estimateUs(slot);
    }

    /** What a run has to fetch is on its way from now on. */
    private void book(final int slot, final WorkerState worker) {
        final long missingBytes = placement.book(slot, worker);
        if (missingBytes > 0) {
            state.links.begin(slot, missingBytes);
            if (state.links.transferUs(missingBytes) > LONG_FETCH * tasks.estimateUs[slot]) {
                tasks.set(slot, TaskTable.FETCHES, true);
                worker.fetching++;
            }
        }
    }

    /** A run counts among those of its worker. */
    private void occupy(final int slot, final TaskKind kind, final WorkerState worker) {
        final FunctionState function = kind.function;
        worker.runs.add(tasks, slot);
        state.waits.assigned(slot, tasks.has(slot, TaskTable.FETCHES) ? state.links.receivingUs(worker.number) : 0);
        if (worker.assigned < worker.threads) {
            worker.quietSinceNs = state.nowNs;
        }
        if (state.isSuspect(slot)) {
            worker.suspectRuns.add(tasks.runId[slot]);
        }
        if (worker.memoryLimitBytes > 0) {
            tasks.sizeBytes[slot] = function.expectedBytes();
            worker.producingBytes += tasks.sizeBytes[slot];
        }
        ready.assigned(function.share);
        worker.assigned++;
        worker.occupancyUs += tasks.estimateUs[slot];
        worker.take(kind.needs);
        worker.actors += tasks.has(slot, TaskTable.ACTOR) ? 1 : 0;
        placement.roomChanged(worker);
    }

    /** Whether a task may turn out to have killed too many workers already. */
    boolean isHeldBack(final int slot) {
        return state.suspicions.of(state.identity(slot)) > 0 && state.deaths(slot) > state.settings.allowedFailures();
    }

    private void leaveWorkerQueue(final int slot, final WorkerState worker) {
        worker.queued--;
        worker.queuedUs -= tasks.estimateUs[slot];
        worker.occupancyUs -= tasks.estimateUs[slot];
        tasks.worker[slot] = TaskTable.NONE;
        if (worker.queued == 0) {
            backlogged.clear(worker.number);
        }
    }

    private void leaveKindQueue(final int slot, final TaskKind kind) {
        tasks.worker[slot] = TaskTable.NONE;
        if (kind.reserved != TaskTable.NONE) {
            mayBeServed = true;
            mayGoApart = true;
        }
        if (--kind.queued == 0) {
            kinds.waiting().remove(kind);
            kind.reserved = TaskTable.NONE;
            mayBeServed = true;
        }
    }

    private void withoutWorker(final int slot) {
        state.enter(slot, TaskPhase.NO_WORKER);
        tasks.worker[slot] = TaskTable.NONE;
        state.kind(slot).homeless++;
        withoutWorker.add(tasks, slot);
        placement.isServable(state.kind(slot));
        noWorkers.entered(slot);
    }
}
