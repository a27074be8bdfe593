package io.muster.scheduler;

import io.muster.scheduler.Effects.FailureKind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.IntHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's decisions: a single-threaded state machine without clock, threads, randomness or I/O. Commands come in as method
 * calls, {@link #schedule} ends a batch of them, and {@link Effects} go out while a command is applied.
 */
final class SchedulerCore {
    /*
     * Counts that hold at the end of every command, where "edge" is one input of one task:
     *
     *   waitingFor[t]     = edges of t whose input is not in MEMORY, while t is WAITING; QUEUED and NO_WORKER imply 0
     *   waiters[t]        = edges to t from tasks that are WAITING, NO_WORKER, QUEUED or PROCESSING: they need its result
     *   dependentCount[t] = edges to t from tasks that are not forgotten: they may need it again
     *
     * A wanted result whose value the client has is not computed again when it
     * is lost, unless another task needs it. A result is dropped when its task is not wanted and has no waiters, a task is forgotten when it is not wanted and has no
     * dependents. Scattered data can't be computed again, so it stays while it has dependents. Walks over the graph are loops over a
     * stack, never recursion: a chain may have a million links.
     *
     * A QUEUED task stands in `ready`, or, where worker[t] names a worker, in that worker's queue; entries of other kinds are stale
     * and dropped when they come up. After schedule() a worker with room has nothing in its queue.
     */
    private static final int ALLOWED_UNANSWERED = 10;

    /** User priorities beyond it count as it. */
    private static final int MAX_PRIORITY = 1_000_000;

    private static final int ORDER_BITS = 40;

    /** How many stale entries of a queue are not worth a cleaning. */
    private static final int ALLOWED_STALE = 64;

    private static final int LONGEST_OF = 8;

    private static final FunctionState NO_FUNCTION = new FunctionState(-1, "", "");

    private final Effects effects;
    private final int allowedFailures;
    private final long leaseNs;
    private final TaskTable tasks = new TaskTable();
    private final EdgePool edges = new EdgePool();
    private final ReadyQueue ready = new ReadyQueue();
    private final List<FunctionState> functions = new ArrayList<>();
    private final IntArrayList freeFunctions = new IntArrayList();
    private final Int2ObjectHashMap<ClientState> clients = new Int2ObjectHashMap<>();
    private final List<@Nullable WorkerState> workers = new ArrayList<>();
    private final IntArrayList settling = new IntArrayList();
    private final IntArrayList needing = new IntArrayList();
    private final IntArrayList failing = new IntArrayList();
    private final SlotList withoutWorker = new SlotList();
    private final BitSet freedRoom = new BitSet();
    private final BitSet backlogged = new BitSet();
    private final Int2ObjectHashMap<int[]> unanswered = new Int2ObjectHashMap<>();
    private final Placement placement;
    private long lastOrder;
    private long lastRun;
    private long transitions;
    private int livingWorkers;
    private int openGraphs;
    private int backloggedFrom;

    /**
     * Makes a scheduler that knows nobody.
     *
     * @param effects does what the core decides
     * @param allowedFailures how many worker deaths a running task survives
     * @param leaseNs how long a worker stays without a sign of life, in nanoseconds
     */
    SchedulerCore(final Effects effects, final int allowedFailures, final long leaseNs) {
        this.effects = effects;
        this.allowedFailures = allowedFailures;
        this.leaseNs = leaseNs;
        this.placement = new Placement(tasks, edges, workers);
    }

    TaskTable tasks() {
        return tasks;
    }

    EdgePool edges() {
        return edges;
    }

    /** Workers by number; null where one is gone. */
    List<@Nullable WorkerState> workers() {
        return workers;
    }

    int livingWorkers() {
        return livingWorkers;
    }

    Int2ObjectHashMap<ClientState> clients() {
        return clients;
    }

    FunctionState function(final int slot) {
        return functions.get(tasks.function[slot]);
    }

    long transitions() {
        return transitions;
    }

    /** The identity by which workers know a task. */
    long identity(final int slot) {
        return (long) tasks.client[slot] << 32 | tasks.taskId[slot];
    }

    /** The user's key, or one made of the function's name and the task's numbers. */
    String key(final int slot) {
        final String chosen = tasks.key(slot);
        if (chosen != null) {
            return chosen;
        }
        final String name = tasks.has(slot, TaskTable.SCATTERED) ? "data" : function(slot).name;
        return name + "-" + tasks.client[slot] + "-" + tasks.taskId[slot];
    }

    // ----------------------------------------------------------------------------------------------------------
    // clients

    void addClient(final ClientState client) {
        clients.put(client.number, client);
    }

    /** The client's session is over: what only it wanted is dropped. */
    void removeClient(final int number) {
        final ClientState client = clients.remove(number);
        if (client == null) {
            return;
        }
        if (client.openGraphFrom != ClientState.UNKNOWN) {
            openGraphs--;
        }
        for (final int slot : client.liveSlots()) {
            tasks.set(slot, TaskTable.WANTED, false);
            settling.addInt(slot);
        }
        settleAll(client);
        for (final int index : client.functions()) {
            final FunctionState function = functions.get(index);
            final BitSet knownBy = function.knownBy();
            for (int worker = knownBy.nextSetBit(0); worker >= 0; worker = knownBy.nextSetBit(worker + 1)) {
                final WorkerState state = workers.get(worker);
                if (state != null) {
                    effects.forgetFunction(state, function);
                }
            }
            functions.set(index, NO_FUNCTION);
            freeFunctions.addInt(index);
        }
    }

    void registerFunction(final ClientState client, final int functionId, final Object body, final String name) {
        if (functionId < 0 || client.function(functionId) != ClientState.UNKNOWN) {
            throw new InvalidRequestException("functionId=" + functionId + " must be new and >= 0");
        }
        final FunctionState function = new FunctionState((long) client.number << 32 | functionId, body, name);
        if (freeFunctions.isEmpty()) {
            client.addFunction(functionId, functions.size());
            functions.add(function);
        } else {
            client.addFunction(functionId, freeFunctions.getInt(freeFunctions.size() - 1));
            functions.set(freeFunctions.popInt(), function);
        }
    }

    /** A task; {@code dependencies[0..count)} are numbers of earlier tasks of this client, in argument order. */
    void submit(
            final ClientState client,
            final int taskId,
            final int functionId,
            final int userPriority,
            final int retries,
            final int flags,
            final int[] dependencies,
            final int count,
            final Object payload,
            final @Nullable String key,
            final String @Nullable [] restriction) {
        final int function = client.function(functionId);
        if (function == ClientState.UNKNOWN) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " names functionId=" + functionId + ", which is not known");
        }
        requireNextTaskId(client, taskId);
        for (int i = 0; i < count; i++) {
            if (dependencies[i] < 0 || dependencies[i] >= taskId) {
                throw new InvalidRequestException("taskId=" + taskId + " depends on taskId=" + dependencies[i]
                        + ", which was not submitted before it");
            }
        }
        final boolean wanted = (flags & ClientRequests.WANTED) != 0;
        final boolean moreFollow = (flags & ClientRequests.MORE_OF_GRAPH) != 0;
        if (moreFollow && client.openGraphFrom == ClientState.UNKNOWN) {
            client.openGraphFrom = taskId;
            openGraphs++;
        }
        final int forgotten = firstForgotten(client, dependencies, count);
        if (forgotten != ClientState.UNKNOWN) {
            client.add(taskId, ClientState.UNKNOWN);
            client.forget(taskId);
            if (wanted) {
                effects.cancelled(
                        client, taskId, false, "it depends on task " + forgotten + ", which was cancelled or released");
            }
        } else {
            add(client, taskId, function, userPriority, retries, flags, dependencies, count, payload, key, restriction);
        }
        if (!moreFollow) {
            closeGraph(client);
        }
    }

    private static int firstForgotten(final ClientState client, final int[] dependencies, final int count) {
        for (int i = 0; i < count; i++) {
            if (client.slot(dependencies[i]) == ClientState.UNKNOWN) {
                return dependencies[i];
            }
        }
        return ClientState.UNKNOWN;
    }

    private void add(
            final ClientState client,
            final int taskId,
            final int function,
            final int userPriority,
            final int retries,
            final int flags,
            final int[] dependencies,
            final int count,
            final Object payload,
            final @Nullable String key,
            final String @Nullable [] restriction) {
        final boolean wanted = (flags & ClientRequests.WANTED) != 0;
        final int slot = newTask(client, taskId, function, key, restriction);
        tasks.retriesLeft[slot] = (short) Math.max(0, Math.min(retries, Short.MAX_VALUE));
        final long priority = Math.max(-MAX_PRIORITY, Math.min(userPriority, MAX_PRIORITY));
        tasks.order[slot] = (-priority << ORDER_BITS) + ++lastOrder;
        tasks.payload[slot] = payload;
        tasks.set(slot, TaskTable.WANTED, wanted);
        tasks.set(slot, TaskTable.OTHER_WORKERS, (flags & ClientRequests.ALLOW_OTHER_WORKERS) != 0);
        for (int i = count - 1; i >= 0; i--) {
            addInput(slot, client.slot(dependencies[i]));
        }
        need(slot);
        if (!wanted) {
            settle(slot);
        }
    }

    /** A value that a client has and wants placed on a worker. */
    void scatter(
            final ClientState client,
            final int taskId,
            final long sizeBytes,
            final @Nullable String key,
            final String @Nullable [] restriction) {
        requireNextTaskId(client, taskId);
        final int slot = newTask(client, taskId, ClientState.UNKNOWN, key, restriction);
        tasks.flags[slot] = TaskTable.WANTED | TaskTable.SCATTERED;
        tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
        placeScattered(slot);
    }

    /** The client holds no future on the task any more. */
    void release(final ClientState client, final int taskId) {
        final int slot = client.slot(taskId);
        if (slot != ClientState.UNKNOWN) {
            tasks.set(slot, TaskTable.WANTED, false);
            settle(slot);
        }
    }

    /** Drops tasks that are not done, and what depends on them. */
    void cancel(final ClientState client, final int[] taskIds, final int count) {
        final IntArrayList doomed = new IntArrayList();
        final IntHashSet seen = new IntHashSet();
        for (int i = 0; i < count; i++) {
            final int slot = client.slot(taskIds[i]);
            if (slot != ClientState.UNKNOWN && seen.add(slot)) {
                doomed.addInt(slot);
            }
        }
        final int asked = doomed.size();
        for (int i = 0; i < doomed.size(); i++) {
            final int slot = doomed.getInt(i);
            final TaskPhase phase = tasks.phase(slot);
            if (phase == TaskPhase.MEMORY || phase == TaskPhase.ERRED) {
                continue;
            }
            if (tasks.has(slot, TaskTable.WANTED)) {
                tasks.set(slot, TaskTable.WANTED, false);
                effects.cancelled(
                        client,
                        tasks.taskId[slot],
                        false,
                        i < asked ? "cancelled" : "what it depends on was cancelled");
            }
            for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
                if (seen.add(edges.dependent(edge))) {
                    doomed.addInt(edges.dependent(edge));
                }
            }
        }
        for (int i = doomed.size() - 1; i >= 0; i--) {
            settle(doomed.getInt(i));
        }
    }

    /** A client could not get a result from a worker that holds it. */
    void resultMissing(final ClientState client, final int taskId, final int worker, final boolean gone) {
        final int slot = client.slot(taskId);
        if (slot == ClientState.UNKNOWN || !tasks.has(slot, TaskTable.WANTED)) {
            return;
        }
        if (tasks.phase(slot) == TaskPhase.MEMORY) {
            replicaMissing(slot, worker, gone);
        }
        if (tasks.phase(slot) == TaskPhase.MEMORY) {
            effects.finished(client, taskId, tasks.holder[slot], tasks.sizeBytes[slot], false, null);
        }
    }

    // ----------------------------------------------------------------------------------------------------------
    // workers

    void addWorker(final long nowNs, final WorkerState worker) {
        while (workers.size() <= worker.number) {
            workers.add(null);
        }
        workers.set(worker.number, worker);
        livingWorkers++;
        worker.leaseEndsNs = nowNs + leaseNs;
        placement.joined(worker);
        int slot = withoutWorker.first();
        while (slot != TaskTable.NONE) {
            final int next = tasks.nextInList[slot];
            if (tasks.has(slot, TaskTable.OTHER_WORKERS) || Placement.isAllowed(worker, tasks.restriction(slot))) {
                withoutWorker.remove(tasks, slot);
                if (tasks.has(slot, TaskTable.SCATTERED)) {
                    placeScattered(slot);
                } else {
                    enqueue(slot);
                }
            }
            slot = next;
        }
    }

    /** Renews a worker's lease. */
    void heartbeat(final long nowNs, final WorkerState worker) {
        worker.leaseEndsNs = nowNs + leaseNs;
    }

    /** Removes the workers whose leases ran out. */
    void tick(final long nowNs) {
        for (int number = 0; number < workers.size(); number++) {
            final WorkerState worker = workers.get(number);
            if (worker != null && worker.leaseEndsNs - nowNs < 0) {
                removeWorker(worker, "no sign of life for " + leaseNs / 1_000_000 + " ms", true);
            }
        }
    }

    /** The worker asks to leave: it gets no more tasks. */
    void drain(final WorkerState worker) {
        worker.draining = true;
        placement.left(worker);
        requeueLocal(worker);
    }

    /**
     * A worker's session is over: its runs are void, its results gone.
     *
     * @param expected whether the cause is known, so that no task is to blame
     */
    void removeWorker(final WorkerState worker, final String reason, final boolean expected) {
        if (worker.gone) {
            return;
        }
        worker.gone = true;
        livingWorkers--;
        placement.left(worker);
        effects.workerGone(worker, reason);
        final IntArrayList runs = new IntArrayList();
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            runs.addInt(slot);
        }
        final IntArrayList lost = new IntArrayList();
        final IntArrayList homeless = new IntArrayList();
        for (int slot = 0; slot < tasks.limit(); slot++) {
            final TaskPhase phase = tasks.phase(slot);
            if (phase == TaskPhase.MEMORY && tasks.isHeldBy(slot, worker.number)) {
                tasks.removeHolder(slot, worker.number);
                if (tasks.holder[slot] == TaskTable.NONE) {
                    lost.addInt(slot);
                }
            } else if (phase == TaskPhase.PROCESSING
                    && tasks.has(slot, TaskTable.SCATTERED)
                    && tasks.worker[slot] == worker.number) {
                homeless.addInt(slot);
            }
        }
        requeueLocal(worker);
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            worker.lostRuns.put(tasks.runId[slot], identity(slot));
            unassign(slot);
            tasks.phase(slot, TaskPhase.WAITING);
            tasks.waitingFor[slot] = 0;
        }
        workers.set(worker.number, null);
        for (int i = 0; i < lost.size(); i++) {
            if (tasks.phase(lost.getInt(i)) == TaskPhase.MEMORY) {
                dataLost(lost.getInt(i), worker, reason);
            }
        }
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            final boolean mayHaveStarted = !expected && !worker.hasNanny && i < worker.threads;
            if (tasks.phase(slot) == TaskPhase.WAITING && !(mayHaveStarted && blamed(slot, worker, reason))) {
                resume(slot);
            }
        }
        for (int i = 0; i < homeless.size(); i++) {
            final int slot = homeless.getInt(i);
            if (tasks.phase(slot) == TaskPhase.PROCESSING) {
                placeScattered(slot);
            }
        }
    }

    /** A nanny reports which runs were under way when a worker died for an unknown reason. */
    void blame(final WorkerState dead, final long[] runIds, final String reason) {
        for (final long runId : runIds) {
            final long identity = dead.lostRuns.remove(runId);
            if (identity == dead.lostRuns.missingValue()) {
                continue;
            }
            final int slot = slotOf(identity);
            if (slot != ClientState.UNKNOWN) {
                switch (tasks.phase(slot)) {
                    case WAITING, NO_WORKER, QUEUED, PROCESSING -> blamed(slot, dead, reason);
                    case RELEASED, MEMORY, ERRED, FORGOTTEN -> {}
                }
            }
        }
    }

    void runDone(
            final WorkerState worker,
            final long runId,
            final long identity,
            final long sizeBytes,
            final long durationNs,
            final boolean inline,
            final @Nullable Object value) {
        final int slot = currentRun(worker, runId, identity);
        if (slot == ClientState.UNKNOWN) {
            return;
        }
        function(slot).observe(durationNs);
        unassign(slot);
        tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
        inMemory(slot, worker, inline, value);
    }

    void runFailed(
            final WorkerState worker,
            final long runId,
            final long identity,
            final long durationNs,
            final Object failure) {
        final int slot = currentRun(worker, runId, identity);
        if (slot == ClientState.UNKNOWN) {
            return;
        }
        function(slot).observe(durationNs);
        unassign(slot);
        if (tasks.retriesLeft[slot] > 0) {
            tasks.retriesLeft[slot]--;
            resume(slot);
        } else {
            fail(slot, failure);
        }
    }

    /** A run is over because an input could not be had. */
    void inputMissing(
            final WorkerState worker,
            final long runId,
            final long identity,
            final long input,
            final int[] holders,
            final boolean[] gone) {
        final int slot = currentRun(worker, runId, identity);
        if (slot == ClientState.UNKNOWN) {
            return;
        }
        unassign(slot);
        tasks.phase(slot, TaskPhase.WAITING);
        tasks.waitingFor[slot] = 0;
        final int inputSlot = slotOf(input);
        if (inputSlot != ClientState.UNKNOWN) {
            for (int i = 0; i < holders.length && tasks.phase(inputSlot) == TaskPhase.MEMORY; i++) {
                replicaMissing(inputSlot, holders[i], gone[i]);
            }
        }
        if (tasks.phase(slot) == TaskPhase.WAITING) {
            resume(slot);
        }
    }

    /** The worker holds a result that it did not compute: fetched, scattered, or from an earlier session. */
    void replicaStored(final WorkerState worker, final long identity, final long sizeBytes) {
        final int slot = slotOf(identity);
        if (slot == ClientState.UNKNOWN) {
            effects.free(worker, identity);
            return;
        }
        switch (tasks.phase(slot)) {
            case MEMORY -> {
                if (!tasks.isHeldBy(slot, worker.number)) {
                    tasks.addHolder(slot, worker.number);
                    worker.storedBytes += tasks.sizeBytes[slot];
                }
            }
            case RELEASED, ERRED -> effects.free(worker, identity);
            case WAITING, NO_WORKER, QUEUED -> {
                leaveQueue(slot);
                tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
                inMemory(slot, worker, false, null);
            }
            case PROCESSING -> {
                if (tasks.has(slot, TaskTable.SCATTERED)) {
                    tasks.worker[slot] = TaskTable.NONE;
                } else {
                    final WorkerState running = workerOf(slot);
                    final long runId = tasks.runId[slot];
                    unassign(slot);
                    effects.abandon(running, runId);
                    if (running != worker) {
                        effects.free(running, identity);
                    }
                }
                tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
                inMemory(slot, worker, false, null);
            }
            case FORGOTTEN -> throw new IllegalStateException("slot=" + slot + " is forgotten but has a number");
        }
    }

    // -------------------------------------------------------------------------------------------------------
    // assignment

    /** Ends a batch of commands: hands out what can run. */
    void schedule() {
        fillFreed();
        while (dropStale(ready, TaskTable.NONE)) {
            final int slot = ready.firstSlot();
            if (fitsAnywhere(slot)) {
                final WorkerState worker = placement.withRoom();
                if (worker == null) {
                    return;
                }
                ready.removeFirst();
                assign(slot, worker);
            } else {
                ready.removeFirst();
                place(slot);
            }
        }
        rebalance();
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
            if (dropStale(ready, TaskTable.NONE) && ready.firstOrder() < tasks.order[slot]) {
                final int urgent = ready.firstSlot();
                ready.removeFirst();
                if (fitsAnywhere(urgent)) {
                    assign(urgent, worker);
                } else {
                    place(urgent);
                }
            } else {
                worker.queue.removeFirst();
                leaveWorkerQueue(slot, worker);
                assign(slot, worker);
            }
        }
    }

    /** Finds the worker for a queued task that does not run equally well on all: it goes there, or waits for room there. */
    private void place(final int slot) {
        final String[] restriction = tasks.restriction(slot);
        final WorkerState worker = restriction == null
                ? placement.forInputs(slot)
                : placement.any(restriction, tasks.has(slot, TaskTable.OTHER_WORKERS));
        if (worker == null) {
            withoutWorker(slot);
        } else if (worker.hasRoom() && worker.queued == 0) {
            assign(slot, worker);
        } else {
            tasks.worker[slot] = worker.number;
            tasks.estimateUs[slot] = function(slot).estimateUs();
            worker.queued++;
            worker.queuedUs += tasks.estimateUs[slot];
            worker.occupancyUs += tasks.estimateUs[slot];
            worker.queue.add(tasks.order[slot], slot);
            backlogged.set(worker.number);
        }
    }

    /** Workers with room, for which nothing waits, take over what waits for others, if it starts earlier that way. */
    private void rebalance() {
        while (!backlogged.isEmpty()) {
            final WorkerState busy = longestBacklog();
            final WorkerState other = busy == null ? null : placement.withRoom();
            if (busy == null || other == null || !placement.isEarlierOn(other, busy.queue.firstSlot(), busy)) {
                return;
            }
            final int slot = busy.queue.firstSlot();
            busy.queue.removeFirst();
            leaveWorkerQueue(slot, busy);
            assign(slot, other);
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

    private boolean fitsAnywhere(final int slot) {
        return tasks.inputs[slot] == EdgePool.NONE && tasks.restriction(slot) == null;
    }

    /** Drops entries of tasks that are not queued there any more, up to the first that is; false when there is none. */
    private boolean dropStale(final ReadyQueue queue, final int worker) {
        while (!queue.isEmpty()) {
            final int slot = queue.firstSlot();
            if (tasks.order[slot] == queue.firstOrder()
                    && tasks.phase(slot) == TaskPhase.QUEUED
                    && tasks.worker[slot] == worker) {
                return true;
            }
            queue.removeFirst();
        }
        return false;
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

    private void assign(final int slot, final WorkerState worker) {
        final FunctionState function = function(slot);
        if (function.mustSendTo(worker.number)) {
            effects.registerFunction(worker, function);
        }
        tasks.phase(slot, TaskPhase.PROCESSING);
        transitions++;
        tasks.runId[slot] = ++lastRun;
        tasks.attempt[slot] = (short) Math.min(Short.MAX_VALUE, tasks.attempt[slot] + 1);
        tasks.worker[slot] = worker.number;
        tasks.estimateUs[slot] = function.estimateUs();
        worker.runs.add(tasks, slot);
        worker.assigned++;
        worker.occupancyUs += tasks.estimateUs[slot];
        placement.roomChanged(worker);
        effects.assign(worker, slot);
    }

    /** Takes a PROCESSING task off its worker; the caller gives it its next phase. */
    private void unassign(final int slot) {
        final WorkerState worker = workerOf(slot);
        worker.runs.remove(tasks, slot);
        worker.assigned--;
        worker.occupancyUs -= tasks.estimateUs[slot];
        tasks.worker[slot] = TaskTable.NONE;
        tasks.runId[slot] = 0;
        if (!worker.gone) {
            placement.roomChanged(worker);
            if (worker.queued > 0) {
                freedRoom.set(worker.number);
            }
        }
    }

    // ------------------------------------------------------------------------------------------------------
    // transitions

    private void requireNextTaskId(final ClientState client, final int taskId) {
        if (taskId < 0 || taskId != client.nextTaskId()) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " must be " + client.nextTaskId() + ", the next number");
        }
    }

    /** The last task of a graph is here: what of it nobody needs may go. */
    private void closeGraph(final ClientState client) {
        if (client.openGraphFrom == ClientState.UNKNOWN) {
            return;
        }
        final int first = client.openGraphFrom;
        client.openGraphFrom = ClientState.UNKNOWN;
        openGraphs--;
        for (int taskId = first; taskId < client.nextTaskId(); taskId++) {
            final int slot = client.slot(taskId);
            if (slot != ClientState.UNKNOWN) {
                settle(slot);
            }
        }
    }

    /** Whether the task is part of a graph whose other tasks are still arriving, and may be needed by them. */
    private boolean isOfOpenGraph(final int slot) {
        if (openGraphs == 0) {
            return false;
        }
        final ClientState client = clients.get(tasks.client[slot]);
        return client != null
                && client.openGraphFrom != ClientState.UNKNOWN
                && tasks.taskId[slot] >= client.openGraphFrom;
    }

    private int newTask(
            final ClientState client,
            final int taskId,
            final int function,
            final @Nullable String key,
            final String @Nullable [] restriction) {
        final int slot = tasks.allocate();
        tasks.client[slot] = client.number;
        tasks.taskId[slot] = taskId;
        tasks.function[slot] = function;
        tasks.retriesLeft[slot] = 0;
        client.add(taskId, slot);
        if (key != null) {
            tasks.key(slot, key);
        }
        if (restriction != null && restriction.length > 0) {
            tasks.restriction(slot, restriction);
        }
        return slot;
    }

    private void addInput(final int slot, final int input) {
        final int edge = edges.add(input, slot, tasks.inputs[slot], tasks.dependents[input]);
        tasks.inputs[slot] = edge;
        tasks.dependents[input] = edge;
        tasks.dependentCount[input]++;
    }

    /** A RELEASED task is needed, and with it all released tasks that it is made from. */
    private void need(final int slot) {
        needing.addInt(slot);
        needAll();
    }

    private void needAll() {
        while (!needing.isEmpty()) {
            final int slot = needing.popInt();
            if (tasks.phase(slot) != TaskPhase.RELEASED || !isNeeded(slot)) {
                continue;
            }
            if (tasks.has(slot, TaskTable.SCATTERED)) {
                fail(slot, lost(slot, "", "it was released before it was placed"));
                continue;
            }
            for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
                tasks.waiters[edges.input(edge)]++;
            }
            goOn(slot);
        }
    }

    /** A task whose inputs are accounted for as waiters goes on: queued, waiting, or failed. */
    private void resume(final int slot) {
        goOn(slot);
        needAll();
    }

    private void goOn(final int slot) {
        int waitingFor = 0;
        Object failure = null;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            switch (tasks.phase(input)) {
                case MEMORY -> {}
                case RELEASED -> {
                    waitingFor++;
                    needing.addInt(input);
                }
                case WAITING, NO_WORKER, QUEUED, PROCESSING -> waitingFor++;
                case ERRED -> failure = tasks.failure(input);
                case FORGOTTEN -> throw new IllegalStateException("input of slot=" + slot + " is forgotten");
            }
        }
        tasks.phase(slot, TaskPhase.WAITING);
        tasks.waitingFor[slot] = waitingFor;
        transitions++;
        if (failure != null) {
            fail(slot, failure);
        } else if (waitingFor == 0) {
            enqueue(slot);
        }
    }

    private boolean isNeeded(final int slot) {
        return tasks.waiters[slot] > 0 || tasks.has(slot, TaskTable.WANTED) || isOfOpenGraph(slot);
    }

    private void enqueue(final int slot) {
        tasks.phase(slot, TaskPhase.QUEUED);
        transitions++;
        ready.add(tasks.order[slot], slot);
    }

    private void inMemory(
            final int slot, final WorkerState worker, final boolean inline, final @Nullable Object value) {
        tasks.phase(slot, TaskPhase.MEMORY);
        transitions++;
        tasks.clearHolders(slot);
        tasks.addHolder(slot, worker.number);
        worker.storedBytes += tasks.sizeBytes[slot];
        if (tasks.has(slot, TaskTable.WANTED)) {
            tasks.set(slot, TaskTable.DELIVERED, inline);
            effects.finished(
                    clients.get(tasks.client[slot]),
                    tasks.taskId[slot],
                    worker.number,
                    tasks.sizeBytes[slot],
                    inline,
                    value);
        }
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            if (tasks.phase(dependent) == TaskPhase.WAITING && --tasks.waitingFor[dependent] == 0) {
                enqueue(dependent);
            }
        }
        dropInputs(slot);
        settle(slot);
    }

    /** The task needs its inputs no more. */
    private void dropInputs(final int slot) {
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            if (--tasks.waiters[input] == 0) {
                settling.addInt(input);
            }
        }
    }

    /** Fails a task and all that wait for it. */
    private void fail(final int first, final Object failure) {
        failing.addInt(first);
        while (!failing.isEmpty()) {
            final int slot = failing.popInt();
            switch (tasks.phase(slot)) {
                case PROCESSING -> {
                    if (tasks.worker[slot] != TaskTable.NONE && !tasks.has(slot, TaskTable.SCATTERED)) {
                        stopRun(slot);
                    }
                    dropInputs(slot);
                }
                case WAITING, NO_WORKER, QUEUED -> {
                    leaveQueue(slot);
                    dropInputs(slot);
                }
                case RELEASED -> {}
                case MEMORY, ERRED, FORGOTTEN -> {
                    continue;
                }
            }
            tasks.phase(slot, TaskPhase.ERRED);
            transitions++;
            tasks.failure(slot, failure);
            if (tasks.has(slot, TaskTable.WANTED)) {
                effects.erred(clients.get(tasks.client[slot]), tasks.taskId[slot], failure);
            }
            for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
                if (tasks.phase(edges.dependent(edge)) == TaskPhase.WAITING) {
                    failing.addInt(edges.dependent(edge));
                }
            }
            settling.addInt(slot);
        }
        settleAll(null);
    }

    /** Stops a run; should it have ended meanwhile, its result goes too, for its report will be stale. */
    private void stopRun(final int slot) {
        final WorkerState worker = workerOf(slot);
        final long runId = tasks.runId[slot];
        unassign(slot);
        effects.abandon(worker, runId);
        effects.free(worker, identity(slot));
    }

    /** Takes a WAITING, NO_WORKER or QUEUED task out of where it stands; the caller gives it its next phase. */
    private void leaveQueue(final int slot) {
        switch (tasks.phase(slot)) {
            case NO_WORKER -> withoutWorker.remove(tasks, slot);
            case QUEUED -> {
                if (tasks.worker[slot] == TaskTable.NONE) {
                    if (ready.size() > 2 * tasks.count(TaskPhase.QUEUED) + ALLOWED_STALE) {
                        dropAllStale(ready, TaskTable.NONE);
                    }
                } else {
                    final WorkerState worker = workerOf(slot);
                    leaveWorkerQueue(slot, worker);
                    if (worker.queue.size() > 2 * worker.queued + ALLOWED_STALE) {
                        dropAllStale(worker.queue, worker.number);
                    }
                }
            }
            case WAITING -> {}
            case RELEASED, PROCESSING, MEMORY, ERRED, FORGOTTEN ->
                throw new IllegalStateException("slot=" + slot + " phase=" + tasks.phase(slot) + " is in no queue");
        }
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

    private void requeueLocal(final WorkerState worker) {
        while (dropStale(worker.queue, worker.number)) {
            final int slot = worker.queue.firstSlot();
            worker.queue.removeFirst();
            leaveWorkerQueue(slot, worker);
            enqueue(slot);
        }
    }

    private void settle(final int slot) {
        settling.addInt(slot);
        settleAll(null);
    }

    /** Drops whatever nobody needs, starting from the tasks put on the list. */
    private void settleAll(final @Nullable ClientState leaving) {
        while (!settling.isEmpty()) {
            final int slot = settling.popInt();
            if (isNeeded(slot)) {
                continue;
            }
            switch (tasks.phase(slot)) {
                case FORGOTTEN -> {
                    continue;
                }
                case MEMORY -> {
                    if (tasks.has(slot, TaskTable.SCATTERED) && tasks.dependentCount[slot] > 0) {
                        continue;
                    }
                    freeResult(slot);
                    tasks.phase(slot, TaskPhase.RELEASED);
                }
                case PROCESSING -> {
                    if (tasks.has(slot, TaskTable.SCATTERED)) {
                        tasks.worker[slot] = TaskTable.NONE;
                    } else {
                        stopRun(slot);
                        dropInputs(slot);
                    }
                    tasks.phase(slot, TaskPhase.RELEASED);
                }
                case WAITING, NO_WORKER, QUEUED -> {
                    leaveQueue(slot);
                    dropInputs(slot);
                    tasks.phase(slot, TaskPhase.RELEASED);
                }
                case RELEASED, ERRED -> {}
            }
            if (tasks.dependentCount[slot] == 0) {
                forget(slot, leaving);
            }
        }
    }

    private void freeResult(final int slot) {
        final long identity = identity(slot);
        if (tasks.holder[slot] != TaskTable.NONE) {
            freeOn(tasks.holder[slot], slot, identity);
        }
        for (final int holder : tasks.furtherHolders(slot)) {
            freeOn(holder, slot, identity);
        }
        tasks.clearHolders(slot);
    }

    private void freeOn(final int number, final int slot, final long identity) {
        final WorkerState worker = workers.get(number);
        if (worker != null) {
            worker.storedBytes -= tasks.sizeBytes[slot];
            effects.free(worker, identity);
        }
    }

    private void forget(final int slot, final @Nullable ClientState leaving) {
        int edge = tasks.inputs[slot];
        while (edge != EdgePool.NONE) {
            final int next = edges.nextInput(edge);
            final int input = edges.input(edge);
            tasks.dependents[input] = edges.remove(edge, tasks.dependents[input]);
            if (--tasks.dependentCount[input] == 0) {
                settling.addInt(input);
            }
            edge = next;
        }
        final ClientState client = clients.get(tasks.client[slot]);
        if (client != null) {
            client.forget(tasks.taskId[slot]);
        } else if (leaving != null) {
            leaving.forget(tasks.taskId[slot]);
        }
        forgetUnanswered(slot);
        tasks.release(slot);
        transitions++;
    }

    private void replicaMissing(final int slot, final int number, final boolean gone) {
        if (!tasks.isHeldBy(slot, number) || !gone && !tooOftenUnanswered(slot)) {
            return;
        }
        tasks.removeHolder(slot, number);
        final WorkerState worker = workers.get(number);
        if (worker != null) {
            worker.storedBytes -= tasks.sizeBytes[slot];
            effects.free(worker, identity(slot));
        }
        forgetUnanswered(slot);
        if (tasks.holder[slot] == TaskTable.NONE) {
            dataLost(slot, worker, gone ? "it no longer has it" : "it does not answer");
        }
    }

    private boolean tooOftenUnanswered(final int slot) {
        final int[] count = unanswered.computeIfAbsent(slot, key -> new int[1]);
        return ++count[0] >= ALLOWED_UNANSWERED;
    }

    private void forgetUnanswered(final int slot) {
        if (!unanswered.isEmpty()) {
            unanswered.remove(slot);
        }
    }

    /** The last copy of a result is gone. */
    private void dataLost(final int slot, final @Nullable WorkerState holder, final String reason) {
        tasks.phase(slot, TaskPhase.RELEASED);
        transitions++;
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            switch (tasks.phase(dependent)) {
                case WAITING -> tasks.waitingFor[dependent]++;
                case NO_WORKER, QUEUED -> {
                    leaveQueue(dependent);
                    tasks.phase(dependent, TaskPhase.WAITING);
                    tasks.waitingFor[dependent] = 1;
                }
                case RELEASED, PROCESSING, MEMORY, ERRED, FORGOTTEN -> {}
            }
        }
        if (tasks.has(slot, TaskTable.SCATTERED)) {
            final String where = holder == null ? "a worker" : "worker " + holder.name;
            final String why = "it was held by " + where + " only: " + reason;
            final Object failure = lost(slot, holder == null ? "" : holder.name, why);
            if (tasks.has(slot, TaskTable.WANTED)) {
                tasks.set(slot, TaskTable.WANTED, false);
                effects.cancelled(clients.get(tasks.client[slot]), tasks.taskId[slot], true, lostMessage(slot, why));
            }
            fail(slot, failure);
        } else if (tasks.waiters[slot] > 0
                || tasks.has(slot, TaskTable.WANTED) && !tasks.has(slot, TaskTable.DELIVERED)) {
            need(slot);
        }
    }

    private Object lost(final int slot, final String holder, final String why) {
        return effects.failure(FailureKind.DATA_LOST, key(slot), holder, 0, lostMessage(slot, why));
    }

    private String lostMessage(final int slot, final String why) {
        return "scattered data " + key(slot) + " is lost, " + why + "; scatter it again";
    }

    /** Counts a death against a task that was running; true when it was one too many and the task failed. */
    private boolean blamed(final int slot, final WorkerState dead, final String reason) {
        tasks.deaths[slot] = (byte) Math.min(Byte.MAX_VALUE, tasks.deaths[slot] + 1);
        if (tasks.deaths[slot] <= allowedFailures) {
            return false;
        }
        fail(
                slot,
                effects.failure(
                        FailureKind.KILLED_WORKER,
                        key(slot),
                        dead.name,
                        tasks.attempt[slot],
                        "task " + key(slot) + " was running on " + tasks.deaths[slot]
                                + " workers when they died, allowedFailures=" + allowedFailures + "; the last was "
                                + dead.name + ": " + reason));
        return true;
    }

    private void placeScattered(final int slot) {
        final WorkerState worker = placement.any(tasks.restriction(slot), tasks.has(slot, TaskTable.OTHER_WORKERS));
        placeScatteredOn(slot, worker);
    }

    private void placeScatteredOn(final int slot, final @Nullable WorkerState worker) {
        if (worker == null) {
            withoutWorker(slot);
            return;
        }
        tasks.phase(slot, TaskPhase.PROCESSING);
        tasks.worker[slot] = worker.number;
        effects.scatterTo(clients.get(tasks.client[slot]), tasks.taskId[slot], worker.number);
    }

    private void withoutWorker(final int slot) {
        tasks.phase(slot, TaskPhase.NO_WORKER);
        tasks.worker[slot] = TaskTable.NONE;
        transitions++;
        withoutWorker.add(tasks, slot);
    }

    private WorkerState workerOf(final int slot) {
        final WorkerState worker = workers.get(tasks.worker[slot]);
        if (worker == null) {
            throw new IllegalStateException("slot=" + slot + " phase=" + tasks.phase(slot) + " has no worker");
        }
        return worker;
    }

    /** The slot of a run that is current on this worker, or UNKNOWN: then the report is stale and is dropped. */
    private int currentRun(final WorkerState worker, final long runId, final long identity) {
        final int slot = slotOf(identity);
        if (slot == ClientState.UNKNOWN
                || tasks.phase(slot) != TaskPhase.PROCESSING
                || tasks.has(slot, TaskTable.SCATTERED)
                || tasks.runId[slot] != runId
                || tasks.worker[slot] != worker.number) {
            return ClientState.UNKNOWN;
        }
        return slot;
    }

    private int slotOf(final long identity) {
        final ClientState client = clients.get((int) (identity >>> 32));
        return client == null ? ClientState.UNKNOWN : client.slot((int) identity);
    }
}
