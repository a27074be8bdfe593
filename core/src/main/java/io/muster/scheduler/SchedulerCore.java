package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.CoordinationStatus;
import io.muster.scheduler.Effects.FailureKind;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
     * A QUEUED task stands in `ready`, or, where worker[t] names a worker, in that worker's queue, or, where worker[t] is the mark of its
     * kind, in the queue of its kind; other entries are stale and dropped when they come up. What needs resources always waits by its
     * kind, other tasks do when none of the workers with room has the time for them. After schedule() a worker with room has nothing in
     * its queue, and whatever waits by its kind does so because none of the workers with room can take the first of that kind.
     */
    private static final int ALLOWED_UNANSWERED = 10;

    /** User priorities beyond it count as it. */
    private static final int MAX_PRIORITY = 1_000_000;

    private static final int ORDER_BITS = 40;

    /** How many stale entries of a queue are not worth a cleaning. */
    private static final int ALLOWED_STALE = 64;

    private static final int LONGEST_OF = 8;

    /** The kind with number 0 is marked by this, the next ones by what is below. */
    private static final int FIRST_KIND = TaskTable.NONE - 1;

    private final Effects effects;
    private final int allowedFailures;
    private final long leaseNs;
    private final TaskTable tasks = new TaskTable();
    private final EdgePool edges = new EdgePool();
    private final ReadyQueue ready = new ReadyQueue();
    private final TaskKinds kinds = new TaskKinds();
    private final Int2ObjectHashMap<ClientState> clients = new Int2ObjectHashMap<>();
    private final List<@Nullable WorkerState> workers = new ArrayList<>();
    private final IntArrayList settling = new IntArrayList();
    private final IntArrayList needing = new IntArrayList();
    private final IntArrayList failing = new IntArrayList();
    private final SlotList withoutWorker = new SlotList();
    private final BitSet freedRoom = new BitSet();
    private final BitSet seen = new BitSet();
    private final BitSet backlogged = new BitSet();
    private final Int2ObjectHashMap<int[]> unanswered = new Int2ObjectHashMap<>();
    private final Suspicions suspicions = new Suspicions();
    private final Coordination coordination = new Coordination();
    private final Datasets datasets = new Datasets();
    private final Int2ObjectHashMap<ClientState> departed = new Int2ObjectHashMap<>();
    private final Placement placement;
    private final Evacuation evacuation;
    private long lastOrder;
    private long lastRun;
    private long transitions;
    private int livingWorkers;
    private int openGraphs;
    private int backloggedFrom;
    private long nowNs;

    /** What no worker fitted may find one now. */
    private boolean mayBeHomed;

    /** What waits by its kind may find a worker now. */
    private boolean mayBeServed;

    /**
     * Makes a scheduler that knows nobody.
     *
     * @param effects does what the core decides
     * @param allowedFailures how many worker deaths a running task survives
     * @param leaseNs how long a worker stays without a sign of life, a nanny may take to explain a death, and a worker to stop when it is
     *     told to, in nanoseconds
     */
    SchedulerCore(final Effects effects, final int allowedFailures, final long leaseNs) {
        this.effects = effects;
        this.allowedFailures = allowedFailures;
        this.leaseNs = leaseNs;
        this.placement = new Placement(tasks, edges, kinds, workers);
        this.evacuation = new Evacuation(tasks, workers, effects);
    }

    Coordination coordination() {
        return coordination;
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

    Datasets datasets() {
        return datasets;
    }

    /** Clients that left, some of whose tasks others need. */
    Int2ObjectHashMap<ClientState> departed() {
        return departed;
    }

    FunctionState function(final int slot) {
        return kind(slot).function;
    }

    TaskKind kind(final int slot) {
        return kinds.get(tasks.kind[slot]);
    }

    TaskKinds kinds() {
        return kinds;
    }

    /** The latest time that a command told. */
    long nowNs() {
        return nowNs;
    }

    long transitions() {
        return transitions;
    }

    /** How much there is to do. */
    Load load() {
        final Map<Resources, long[]> classes = new LinkedHashMap<>();
        for (int index = 0; index < kinds.limit(); index++) {
            final TaskKind kind = kinds.orNull(index);
            if (kind != null && kind.runnable > 0 && !kind.isData()) {
                final long[] sums = classes.computeIfAbsent(kind.needs, needs -> new long[2]);
                sums[0] += kind.runnable;
                sums[1] += (long) kind.runnable * kind.function.estimateUs();
            }
        }
        final List<Load.Need> needs = new ArrayList<>();
        classes.forEach((resources, sums) -> needs.add(new Load.Need(resources.asMap(), sums[0], sums[1])));
        final List<Load.Busy> busy = new ArrayList<>();
        for (final WorkerState worker : workers) {
            if (worker != null) {
                final long assigned = (long) worker.assigned + worker.queued;
                busy.add(new Load.Busy(
                        worker.number, assigned, worker.storedBytes, worker.draining, evacuation.holdsNeeded(worker)));
            }
        }
        return new Load(needs, tasks.count(TaskPhase.WAITING), busy);
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
        if (client.party != null) {
            coordination.leave(client.party);
        }
        if (client.openGraphFrom != ClientState.UNKNOWN) {
            client.openGraphFrom = ClientState.UNKNOWN;
            openGraphs--;
        }
        for (final int slot : client.liveSlots()) {
            tasks.set(slot, TaskTable.WANTED, false);
            settling.addInt(slot);
        }
        settleAll(client);
        if (client.live() > 0) {
            departed.put(number, client);
        } else {
            forgetFunctions(client);
        }
    }

    private void forgetFunctions(final ClientState client) {
        for (final int index : client.functions()) {
            final FunctionState function = kinds.get(index).function;
            final BitSet knownBy = function.knownBy();
            for (int worker = knownBy.nextSetBit(0); worker >= 0; worker = knownBy.nextSetBit(worker + 1)) {
                final WorkerState state = workers.get(worker);
                if (state != null) {
                    effects.forgetFunction(state, function);
                }
            }
            kinds.remove(index);
        }
    }

    void registerFunction(final ClientState client, final int functionId, final Object body, final String name) {
        if (functionId < 0 || client.function(functionId) != ClientState.UNKNOWN) {
            throw new InvalidRequestException("functionId=" + functionId + " must be new and >= 0");
        }
        final FunctionState function = new FunctionState((long) client.number << 32 | functionId, body, name);
        client.addFunction(functionId, kinds.add(function));
    }

    /**
     * A task; {@code dependencies[0..count)} are numbers of earlier tasks of this client, in argument order, {@code resources} what it
     * needs besides a thread while it runs.
     */
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
            final String @Nullable [] restriction,
            final Map<String, Double> resources) {
        final int function = client.function(functionId);
        if (function == ClientState.UNKNOWN) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " names functionId=" + functionId + ", which is not known");
        }
        requireNextTaskId(client, taskId);
        final Resources needs = Resources.of(resources);
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
            final boolean orOthers = restriction != null && (flags & ClientRequests.ALLOW_OTHER_WORKERS) != 0;
            final int kind = kinds.of(function, needs, restriction, orOthers);
            add(client, taskId, kind, userPriority, retries, flags, dependencies, count, payload, key);
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
            final int kind,
            final int userPriority,
            final int retries,
            final int flags,
            final int[] dependencies,
            final int count,
            final Object payload,
            final @Nullable String key) {
        final boolean wanted = (flags & ClientRequests.WANTED) != 0;
        final int slot = newTask(client, taskId, kind, key);
        tasks.retriesLeft[slot] = (short) Math.max(0, Math.min(retries, Short.MAX_VALUE));
        final long priority = Math.max(-MAX_PRIORITY, Math.min(userPriority, MAX_PRIORITY));
        tasks.order[slot] = (-priority << ORDER_BITS) + ++lastOrder;
        tasks.payload[slot] = payload;
        tasks.set(slot, TaskTable.WANTED, wanted);
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
        final int kind = kinds.of(TaskKinds.DATA, Resources.NONE, restriction, false);
        final int slot = newTask(client, taskId, kind, key);
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

    /** A task of one input, which is a result that some client published. */
    void submitPublished(
            final ClientState client,
            final int taskId,
            final int functionId,
            final Object payload,
            final String dataset,
            final int index) {
        final int function = client.function(functionId);
        if (function == ClientState.UNKNOWN) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " names functionId=" + functionId + ", which is not known");
        }
        requireNextTaskId(client, taskId);
        final int input = datasets.slot(dataset, index);
        if (input == ClientState.UNKNOWN) {
            client.add(taskId, ClientState.UNKNOWN);
            client.forget(taskId);
            effects.cancelled(client, taskId, false, "dataset=" + dataset + " has no result " + index + " any more");
            return;
        }
        final int slot = newTask(client, taskId, kinds.of(function, Resources.NONE, null, false), null);
        tasks.order[slot] = ++lastOrder;
        tasks.payload[slot] = payload;
        tasks.set(slot, TaskTable.WANTED, true);
        addInput(slot, input);
        need(slot);
    }

    /** A client asks about locks, queues and their like, or about datasets. */
    void coordinate(final ClientState client, final CoordinationRequest request) {
        Party party = client.party;
        if (party == null) {
            party = new Party(answer -> effects.answer(client, answer));
            client.party = party;
        }
        switch (request.operation()) {
            case DATASET_PUBLISH -> party.tell(publish(client, request));
            case DATASET_REMOVE -> party.tell(unpublish(request));
            case DATASET_SIZE -> party.tell(datasets.size(request));
            case DATASET_NAMES -> party.tell(datasets.names(request));
            default -> coordination.request(party, request);
        }
    }

    /** A run asks about locks, queues and their like. */
    void coordinate(final WorkerState worker, final CoordinationRequest request) {
        Party party = worker.party;
        if (party == null) {
            party = new Party(answer -> effects.answer(worker, answer));
            worker.party = party;
        }
        if (currentRun(worker, request.runId(), request.task()) == ClientState.UNKNOWN) {
            coordination.requestOfEndedRun(party, request);
        } else {
            coordination.request(party, request);
        }
    }

    private CoordinationAnswer publish(final ClientState client, final CoordinationRequest request) {
        final String refusal = datasets.refusal(request);
        if (refusal != null) {
            return CoordinationAnswer.refusal(request.requestId(), refusal);
        }
        final int[] slots = Datasets.taskIds(request);
        for (int i = 0; i < slots.length; i++) {
            final int slot = client.slot(slots[i]);
            if (slot == ClientState.UNKNOWN || tasks.phase(slot) != TaskPhase.MEMORY) {
                return CoordinationAnswer.refusal(
                        request.requestId(),
                        "result " + i
                                + " must exist to be published, but it was released, failed or has just been lost:"
                                + " dataset=" + request.name());
            }
            slots[i] = slot;
        }
        datasets.add(request.name(), slots);
        for (final int slot : slots) {
            tasks.set(slot, TaskTable.PUBLISHED, true);
        }
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, slots.length);
    }

    private CoordinationAnswer unpublish(final CoordinationRequest request) {
        final boolean isThere = datasets.contains(request.name());
        for (final int slot : datasets.remove(request.name())) {
            if (!datasets.isPublished(slot)) {
                tasks.set(slot, TaskTable.PUBLISHED, false);
                settling.addInt(slot);
            }
        }
        settleAll(null);
        return CoordinationAnswer.of(request.requestId(), CoordinationStatus.DONE, 0, isThere ? 1 : 0);
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
                final boolean isOurs = tasks.client[edges.dependent(edge)] == client.number;
                if (isOurs && seen.add(edges.dependent(edge))) {
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

    void addWorker(final long timeNs, final WorkerState worker) {
        now(timeNs);
        while (workers.size() <= worker.number) {
            workers.add(null);
        }
        workers.set(worker.number, worker);
        livingWorkers++;
        worker.joinedAtNs = timeNs;
        worker.leaseEndsNs = timeNs + leaseNs;
        placement.joined(worker);
        evacuation.changed();
        workersChanged();
    }

    /** Renews a worker's lease. */
    void heartbeat(final long timeNs, final WorkerState worker) {
        now(timeNs);
        worker.leaseEndsNs = timeNs + leaseNs;
    }

    /** Does what is due: workers whose leases ran out are removed, those whose jobs end soon retire. Ends a batch of commands. */
    void tick(final long timeNs) {
        now(timeNs);
        suspicions.expire(timeNs);
        for (int number = 0; number < workers.size(); number++) {
            final WorkerState worker = workers.get(number);
            if (worker == null) {
                continue;
            }
            if (worker.leaseEndsNs - timeNs < 0) {
                removeWorker(worker, "no sign of life for " + leaseNs / 1_000_000 + " ms", true);
            } else if (worker.stopping) {
                if (timeNs - worker.stoppingSinceNs > leaseNs) {
                    removeWorker(worker, "told to stop, it did not within " + leaseNs / 1_000_000 + " ms", true);
                }
            } else if (worker.draining) {
                if (worker.stopAtNs != WorkerState.NEVER && timeNs - worker.stopAtNs >= 0) {
                    endPatience(worker);
                }
            } else if (worker.isDue(timeNs)) {
                retire(timeNs, worker, worker.remainingNs(timeNs), true, "its job ends");
            }
        }
        evacuation.retry();
        workersChanged();
        schedule();
    }

    private void now(final long timeNs) {
        nowNs = timeNs;
        placement.now(timeNs);
    }

    /** Which worker fits what may be different now. */
    private void workersChanged() {
        placement.beginEra();
        mayBeHomed = true;
        mayBeServed = true;
    }

    /** The worker asks to leave; {@code patienceNs} is how long it can wait, 0 stands for as long as its job lasts. */
    void drain(final long timeNs, final WorkerState worker, final long patienceNs, final String reason) {
        retire(timeNs, worker, patienceNs > 0 ? patienceNs : worker.remainingNs(timeNs), true, reason);
    }

    /**
     * Lets a worker leave: it gets no more tasks, what runs there may end, what only it holds is copied to others, then it is stopped.
     * Nothing changes for one that leaves already, but that it may have to be quicker.
     *
     * @param patienceNs after which it is stopped all the same, and what runs there begins anew elsewhere, without blame
     * @param mayWait whether, where no worker stays, it waits for one that takes what only it holds
     */
    void retire(
            final long timeNs,
            final WorkerState worker,
            final long patienceNs,
            final boolean mayWait,
            final String reason) {
        now(timeNs);
        if (worker.gone || worker.stopping) {
            return;
        }
        final long leftNs = Math.min(Math.max(0, patienceNs), worker.remainingNs(timeNs));
        if (leftNs != WorkerState.NEVER
                && (worker.stopAtNs == WorkerState.NEVER || leftNs < worker.stopAtNs - timeNs)) {
            worker.stopAtNs = timeNs + leftNs;
        }
        if (worker.draining) {
            worker.mayWait &= mayWait;
            evacuation.changed();
            return;
        }
        worker.draining = true;
        worker.mayWait = mayWait;
        worker.leaveReason = reason;
        placement.left(worker);
        workersChanged();
        requeueLocal(worker);
        final IntArrayList homeless = slots(worker.awaited);
        for (int i = 0; i < homeless.size(); i++) {
            stopAwaiting(homeless.getInt(i));
            placeScattered(homeless.getInt(i));
        }
        evacuation.begin(worker);
    }

    /** A leaving worker's time is over: what still runs there has to run elsewhere. */
    private void endPatience(final WorkerState worker) {
        final IntArrayList runs = slots(worker.runs);
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            stopRun(slot);
            enter(slot, TaskPhase.WAITING);
            tasks.waitingFor[slot] = 0;
        }
        evacuation.stop(worker, nowNs, worker.leaveReason + "; its time to leave is over");
        for (int i = 0; i < runs.size(); i++) {
            if (tasks.phase(runs.getInt(i)) == TaskPhase.WAITING) {
                resume(runs.getInt(i));
            }
        }
    }

    /**
     * A worker's session is over: its runs are void, its results gone.
     *
     * @param expected whether the cause is known, so that no task is to blame; a worker that was leaving counts as expected
     */
    void removeWorker(final WorkerState worker, final String reason, final boolean expected) {
        if (worker.gone) {
            return;
        }
        final boolean isBlameless = expected || worker.draining || worker.isDue(nowNs);
        worker.gone = true;
        livingWorkers--;
        placement.left(worker);
        effects.workerGone(worker, reason);
        if (worker.party != null) {
            coordination.leave(worker.party);
        }
        requeueLocal(worker);
        final IntArrayList lost = takeResults(worker);
        final IntArrayList homeless = slots(worker.awaited);
        for (int i = 0; i < homeless.size(); i++) {
            stopAwaiting(homeless.getInt(i));
        }
        final IntArrayList runs = slots(worker.runs);
        final long[] suspects = new long[runs.size()];
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            suspects[i] = identity(slot);
            if (!isBlameless && worker.hasNanny) {
                worker.lostRuns.put(tasks.runId[slot], suspects[i]);
            }
            unassign(slot);
            enter(slot, TaskPhase.WAITING);
            tasks.waitingFor[slot] = 0;
        }
        if (!isBlameless && worker.hasNanny) {
            suspicions.begin(worker, suspects, nowNs + leaseNs);
        }
        evacuation.remove(worker);
        workers.set(worker.number, null);
        workersChanged();
        for (int i = 0; i < lost.size(); i++) {
            if (tasks.phase(lost.getInt(i)) == TaskPhase.MEMORY) {
                dataLost(lost.getInt(i), worker, reason);
            }
        }
        for (int i = 0; i < runs.size(); i++) {
            final int slot = runs.getInt(i);
            final boolean mayHaveStarted = !isBlameless && !worker.hasNanny && i < worker.threads;
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

    /** Takes what a worker holds off it; returns what is held by nobody else. */
    private IntArrayList takeResults(final WorkerState worker) {
        final IntArrayList lost = new IntArrayList();
        for (int i = 0; i < worker.held.size(); i++) {
            final int slot = worker.held.getInt(i);
            if (holds(worker, slot)) {
                tasks.removeHolder(slot, worker.number);
                if (tasks.holder[slot] == TaskTable.NONE) {
                    lost.addInt(slot);
                } else {
                    evacuation.lookAgain(slot);
                }
            }
        }
        worker.held.clear();
        worker.held.trimToSize();
        worker.heldCount = 0;
        return lost;
    }

    private boolean holds(final WorkerState worker, final int slot) {
        return tasks.phase(slot) == TaskPhase.MEMORY && tasks.isHeldBy(slot, worker.number);
    }

    private IntArrayList slots(final SlotList list) {
        final IntArrayList slots = new IntArrayList();
        for (int slot = list.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            slots.addInt(slot);
        }
        return slots;
    }

    /** A nanny reports which runs were under way when a worker died for an unknown reason; none if the reason turns out to be known. */
    void blame(final WorkerState dead, final long[] runIds, final String reason) {
        suspicions.end(dead);
        mayBeHomed = true;
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
        enter(slot, TaskPhase.WAITING);
        tasks.waitingFor[slot] = 0;
        final int inputSlot = slotOf(input);
        if (inputSlot != ClientState.UNKNOWN) {
            replicasMissing(inputSlot, holders, gone);
        }
        if (tasks.phase(slot) == TaskPhase.WAITING) {
            resume(slot);
        }
    }

    /** The copy that a worker was asked to make could not be had. */
    void replicaFailed(final WorkerState worker, final long identity, final int[] holders, final boolean[] gone) {
        final int slot = slotOf(identity);
        if (slot != ClientState.UNKNOWN && evacuation.failed(worker, slot)) {
            replicasMissing(slot, holders, gone);
        }
    }

    /** The worker holds a result that it did not compute: fetched, copied, scattered, or from an earlier session. */
    void replicaStored(final WorkerState worker, final long identity, final long sizeBytes) {
        final int slot = slotOf(identity);
        if (slot == ClientState.UNKNOWN || worker.stopping) {
            effects.free(worker, identity);
            return;
        }
        switch (tasks.phase(slot)) {
            case MEMORY -> {
                if (!tasks.isHeldBy(slot, worker.number)) {
                    addHolder(slot, worker);
                }
                evacuation.stored(worker, slot);
            }
            case RELEASED, ERRED -> effects.free(worker, identity);
            case WAITING, NO_WORKER, QUEUED -> {
                leaveQueue(slot);
                tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
                inMemory(slot, worker, false, null);
            }
            case PROCESSING -> {
                if (tasks.has(slot, TaskTable.SCATTERED)) {
                    stopAwaiting(slot);
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
        if (mayBeHomed) {
            leaveHomelessness();
        }
        if (mayBeServed) {
            unblock();
        }
        fillFreed();
        handOut();
        rebalance();
        evacuation.advance(nowNs);
    }

    /** Queues what no worker fitted so far, where one does now. */
    private void leaveHomelessness() {
        mayBeHomed = false;
        boolean isAnyServable = false;
        for (int index = 0; index < kinds.limit() && !isAnyServable; index++) {
            final TaskKind kind = kinds.orNull(index);
            isAnyServable = kind != null && kind.homeless > 0 && placement.isServable(kind);
        }
        int slot = isAnyServable ? withoutWorker.first() : TaskTable.NONE;
        while (slot != TaskTable.NONE) {
            final int next = tasks.nextInList[slot];
            if (placement.isServable(kind(slot)) && !isHeldBack(slot)) {
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
            final TaskKind kind = firstKind(null, Long.MAX_VALUE);
            final boolean isAnyReady = dropStale(ready, TaskTable.NONE);
            if (kind != null && (!isAnyReady || kind.queue().firstOrder() < ready.firstOrder())) {
                final WorkerState worker = placement.forKind(kind, kind.queue().firstSlot());
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
        final TaskKind kind = kind(slot);
        if (!fitsAnywhere(slot, kind)) {
            ready.removeFirst();
            place(slot, kind);
            return true;
        }
        final WorkerState worker = placement.withRoom(kind.function.knownUs());
        if (worker != null) {
            ready.removeFirst();
            assign(slot, worker);
        } else if (placement.hasRoom()) {
            ready.removeFirst();
            waitByKind(slot, kind);
        } else {
            return false;
        }
        return true;
    }

    /** Of the kinds that tasks wait by, the one whose first comes first, if that is before an order and could be on a worker now. */
    private @Nullable TaskKind firstKind(final @Nullable WorkerState on, final long before) {
        TaskKind first = null;
        long lowest = before;
        for (int i = 0; i < kinds.waiting().size(); i++) {
            final TaskKind kind = kinds.waiting().get(i);
            if (!kind.isBlocked
                    && dropStale(kind.queue(), mark(kind))
                    && kind.queue().firstOrder() < lowest
                    && (on == null || placement.canTakeNow(kind, on))) {
                first = kind;
                lowest = kind.queue().firstOrder();
            }
        }
        return first;
    }

    private void assignFirst(final TaskKind kind, final WorkerState worker) {
        final int slot = kind.queue().firstSlot();
        kind.queue().removeFirst();
        leaveKindQueue(slot, kind);
        kind.reserved = TaskTable.NONE;
        assign(slot, worker);
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
            final boolean isOtherFirst = dropStale(ready, TaskTable.NONE) && ready.firstOrder() < tasks.order[slot];
            final TaskKind kind = firstKind(worker, isOtherFirst ? ready.firstOrder() : tasks.order[slot]);
            if (kind != null) {
                assignFirst(kind, worker);
            } else if (isOtherFirst) {
                final int urgent = ready.firstSlot();
                ready.removeFirst();
                if (fitsAnywhere(urgent, kind(urgent))) {
                    assignOrWait(urgent, worker);
                } else {
                    place(urgent, kind(urgent));
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
        final WorkerState worker = kind.restriction == null ? placement.forInputs(slot) : placement.any(kind);
        if (worker == null) {
            waitByKind(slot, kind);
        } else if (worker.hasRoom() && worker.queued == 0) {
            assignOrWait(slot, worker);
        } else {
            tasks.worker[slot] = worker.number;
            tasks.estimateUs[slot] = kind.function.estimateUs();
            worker.queued++;
            worker.queuedUs += tasks.estimateUs[slot];
            worker.occupancyUs += tasks.estimateUs[slot];
            worker.queue.add(tasks.order[slot], slot);
            backlogged.set(worker.number);
        }
    }

    /** A worker with room gets a queued task if it has the time for it. */
    private void assignOrWait(final int slot, final WorkerState worker) {
        final TaskKind kind = kind(slot);
        if (worker.hasTimeFor(nowNs, kind.function.knownUs())) {
            assign(slot, worker);
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
        enter(slot, TaskPhase.QUEUED);
        tasks.worker[slot] = mark(kind);
        kind.queue().add(tasks.order[slot], slot);
        if (kind.queued++ == 0) {
            kind.isBlocked = false;
            kinds.waiting().add(kind);
        }
    }

    private static int mark(final TaskKind kind) {
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

    private boolean fitsAnywhere(final int slot, final TaskKind kind) {
        return tasks.inputs[slot] == EdgePool.NONE && kind.restriction == null;
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
        final TaskKind kind = kind(slot);
        final FunctionState function = kind.function;
        if (function.mustSendTo(worker.number)) {
            effects.registerFunction(worker, function);
        }
        enter(slot, TaskPhase.PROCESSING);
        tasks.runId[slot] = ++lastRun;
        tasks.attempt[slot] = (short) Math.min(Short.MAX_VALUE, tasks.attempt[slot] + 1);
        tasks.worker[slot] = worker.number;
        tasks.estimateUs[slot] = function.estimateUs();
        worker.runs.add(tasks, slot);
        worker.assigned++;
        worker.occupancyUs += tasks.estimateUs[slot];
        worker.take(kind.needs);
        placement.roomChanged(worker);
        effects.assign(worker, slot);
    }

    /** Takes a PROCESSING task off its worker; the caller gives it its next phase. */
    private void unassign(final int slot) {
        final WorkerState worker = workerOf(slot);
        if (worker.party != null) {
            coordination.runEnded(worker.party, tasks.runId[slot]);
        }
        worker.runs.remove(tasks, slot);
        worker.assigned--;
        worker.occupancyUs -= tasks.estimateUs[slot];
        worker.giveBack(kind(slot).needs);
        tasks.worker[slot] = TaskTable.NONE;
        tasks.runId[slot] = 0;
        mayBeServed = true;
        if (!worker.gone) {
            placement.roomChanged(worker);
            if (worker.queued > 0) {
                freedRoom.set(worker.number);
            }
        }
        if (worker.draining) {
            evacuation.changed();
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

    private int newTask(final ClientState client, final int taskId, final int kind, final @Nullable String key) {
        final int slot = tasks.allocate();
        tasks.client[slot] = client.number;
        tasks.taskId[slot] = taskId;
        tasks.kind[slot] = kind;
        tasks.retriesLeft[slot] = 0;
        kinds.get(kind).tasks++;
        client.add(taskId, slot);
        if (key != null) {
            tasks.key(slot, key);
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
        enter(slot, TaskPhase.WAITING);
        tasks.waitingFor[slot] = waitingFor;
        if (failure != null) {
            fail(slot, failure);
        } else if (waitingFor == 0) {
            enqueue(slot);
        }
    }

    private boolean isNeeded(final int slot) {
        return tasks.waiters[slot] > 0
                || tasks.has(slot, TaskTable.WANTED | TaskTable.PUBLISHED)
                || isOfOpenGraph(slot);
    }

    /** A task that could run waits for its turn. */
    private void enqueue(final int slot) {
        final TaskKind kind = kind(slot);
        if (isHeldBack(slot)) {
            withoutWorker(slot);
        } else if (kind.needs.isEmpty()) {
            enter(slot, TaskPhase.QUEUED);
            ready.add(tasks.order[slot], slot);
        } else {
            waitByKind(slot, kind);
        }
    }

    /** Whether a task may turn out to have killed too many workers already. */
    private boolean isHeldBack(final int slot) {
        final long unexplained = suspicions.of(identity(slot));
        return unexplained > 0 && tasks.deaths[slot] + unexplained > allowedFailures;
    }

    private void enter(final int slot, final TaskPhase next) {
        final boolean isRunnable = next.isRunnable();
        if (tasks.phase(slot).isRunnable() != isRunnable) {
            kind(slot).runnable += isRunnable ? 1 : -1;
        }
        tasks.phase(slot, next);
        transitions++;
    }

    private void addHolder(final int slot, final WorkerState worker) {
        tasks.addHolder(slot, worker.number);
        worker.storedBytes += tasks.sizeBytes[slot];
        worker.heldCount++;
        worker.held.addInt(slot);
        if (worker.held.size() > 2 * worker.heldCount + ALLOWED_STALE) {
            dropStaleHeld(worker);
        }
        if (worker.draining) {
            evacuation.changed();
        }
    }

    private void noLongerHolds(final WorkerState worker, final int slot) {
        worker.storedBytes -= tasks.sizeBytes[slot];
        worker.heldCount--;
        if (worker.draining) {
            evacuation.changed();
        }
    }

    private void dropStaleHeld(final WorkerState worker) {
        for (int i = worker.held.size() - 1; i >= 0; i--) {
            final int slot = worker.held.getInt(i);
            if (holds(worker, slot) && !seen.get(slot)) {
                seen.set(slot);
            } else {
                worker.held.fastUnorderedRemove(i);
            }
        }
        for (int i = 0; i < worker.held.size(); i++) {
            seen.clear(worker.held.getInt(i));
        }
        worker.copied = 0;
        worker.safe = 0;
    }

    private void inMemory(
            final int slot, final WorkerState worker, final boolean inline, final @Nullable Object value) {
        enter(slot, TaskPhase.MEMORY);
        tasks.clearHolders(slot);
        addHolder(slot, worker);
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
            enter(slot, TaskPhase.ERRED);
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
            case NO_WORKER -> {
                withoutWorker.remove(tasks, slot);
                kind(slot).homeless--;
            }
            case QUEUED -> {
                if (tasks.worker[slot] <= FIRST_KIND) {
                    final TaskKind kind = kind(slot);
                    leaveKindQueue(slot, kind);
                    if (kind.queue().size() > 2 * kind.queued + ALLOWED_STALE) {
                        dropAllStale(kind.queue(), mark(kind));
                    }
                } else if (tasks.worker[slot] == TaskTable.NONE) {
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

    private void leaveKindQueue(final int slot, final TaskKind kind) {
        tasks.worker[slot] = TaskTable.NONE;
        if (--kind.queued == 0) {
            kinds.waiting().remove(kind);
            kind.reserved = TaskTable.NONE;
            mayBeServed = true;
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
                    enter(slot, TaskPhase.RELEASED);
                }
                case PROCESSING -> {
                    if (tasks.has(slot, TaskTable.SCATTERED)) {
                        stopAwaiting(slot);
                    } else {
                        stopRun(slot);
                        dropInputs(slot);
                    }
                    enter(slot, TaskPhase.RELEASED);
                }
                case WAITING, NO_WORKER, QUEUED -> {
                    leaveQueue(slot);
                    dropInputs(slot);
                    enter(slot, TaskPhase.RELEASED);
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
        evacuation.forget(slot);
    }

    private void freeOn(final int number, final int slot, final long identity) {
        final WorkerState worker = workers.get(number);
        if (worker != null) {
            noLongerHolds(worker, slot);
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
        final ClientState client = owner(tasks.client[slot]);
        if (client != null) {
            client.forget(tasks.taskId[slot]);
        } else if (leaving != null) {
            leaving.forget(tasks.taskId[slot]);
        }
        forgetUnanswered(slot);
        kinds.forgetTask(tasks.kind[slot]);
        tasks.release(slot);
        transitions++;
        if (client != null && client.live() == 0 && departed.remove(client.number) != null) {
            forgetFunctions(client);
        }
    }

    private void replicasMissing(final int slot, final int[] holders, final boolean[] gone) {
        for (int i = 0; i < holders.length && tasks.phase(slot) == TaskPhase.MEMORY; i++) {
            replicaMissing(slot, holders[i], gone[i]);
        }
    }

    private void replicaMissing(final int slot, final int number, final boolean gone) {
        if (!tasks.isHeldBy(slot, number) || !gone && !tooOftenUnanswered(slot)) {
            return;
        }
        tasks.removeHolder(slot, number);
        final WorkerState worker = workers.get(number);
        if (worker != null) {
            noLongerHolds(worker, slot);
            effects.free(worker, identity(slot));
        }
        forgetUnanswered(slot);
        if (tasks.holder[slot] == TaskTable.NONE) {
            dataLost(slot, worker, gone ? "it no longer has it" : "it does not answer");
        } else {
            evacuation.lookAgain(slot);
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
        enter(slot, TaskPhase.RELEASED);
        evacuation.forget(slot);
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            switch (tasks.phase(dependent)) {
                case WAITING -> tasks.waitingFor[dependent]++;
                case NO_WORKER, QUEUED -> {
                    leaveQueue(dependent);
                    enter(dependent, TaskPhase.WAITING);
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
                || tasks.has(slot, TaskTable.PUBLISHED)
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
        final WorkerState worker = placement.any(kind(slot));
        if (worker == null) {
            withoutWorker(slot);
            return;
        }
        enter(slot, TaskPhase.PROCESSING);
        tasks.worker[slot] = worker.number;
        worker.awaited.add(tasks, slot);
        effects.scatterTo(clients.get(tasks.client[slot]), tasks.taskId[slot], worker.number);
    }

    /** Data that is not there yet will not come from where it was to be placed. */
    private void stopAwaiting(final int slot) {
        if (tasks.worker[slot] != TaskTable.NONE) {
            workerOf(slot).awaited.remove(tasks, slot);
            tasks.worker[slot] = TaskTable.NONE;
        }
    }

    private void withoutWorker(final int slot) {
        enter(slot, TaskPhase.NO_WORKER);
        tasks.worker[slot] = TaskTable.NONE;
        kind(slot).homeless++;
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

    /** A client by number, also one that left, as long as others need a task of it. */
    private @Nullable ClientState owner(final int number) {
        final ClientState client = clients.get(number);
        return client == null && !departed.isEmpty() ? departed.get(number) : client;
    }

    private int slotOf(final long identity) {
        final ClientState client = owner((int) (identity >>> 32));
        return client == null ? ClientState.UNKNOWN : client.slot((int) identity);
    }
}
