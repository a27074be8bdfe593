package io.muster.scheduler;

import io.muster.scheduler.Effects.FailureKind;
import io.muster.worker.RunList;
import io.muster.worker.WorkerStatus;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntArrayList;
import org.agrona.collections.IntHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's decisions: a single-threaded state machine without clock, threads, randomness or I/O. Commands come in as method
 * calls, {@link #schedule} ends a batch of them, and {@link Effects} go out while a command is applied. What clients and workers say is
 * taken in here; {@link TaskLife} knows what it means for tasks, {@link Dispatcher} what runs where, {@link Membership} who is there.
 */
final class SchedulerCore {
    /** User priorities beyond it count as it. */
    private static final int MAX_PRIORITY = 1_000_000;

    private final CoreState state;
    private final Effects effects;
    private final Copies copies;
    private final Evacuation evacuation;
    private final Replication replication;
    private final Rebalance rebalance;
    private final Dispatcher dispatcher;
    private final TaskLife life;
    private final Membership membership;
    private final Sharing sharing;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final TaskKinds kinds;
    private final Int2ObjectHashMap<ClientState> clients;
    private final List<@Nullable WorkerState> workers;
    private long lastOrder;

    /**
     * Makes a scheduler that knows nobody.
     *
     * @param effects does what the core decides
     * @param settings what decisions depend on
     */
    SchedulerCore(final Effects effects, final CoreSettings settings) {
        this.state = new CoreState(settings);
        this.effects = effects;
        this.copies = new Copies(state, effects);
        this.evacuation = new Evacuation(state, effects, copies);
        this.dispatcher = new Dispatcher(state, effects, evacuation);
        this.life = new TaskLife(state, effects, dispatcher, evacuation, copies);
        this.replication = new Replication(state, copies, life);
        this.rebalance = new Rebalance(state, effects, copies, replication, life);
        this.membership = new Membership(state, effects, dispatcher, life, evacuation, settings.leaseNs());
        this.sharing = new Sharing(state, effects, life);
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.kinds = state.kinds;
        this.clients = state.clients;
        this.workers = state.workers;
    }

    CoreState state() {
        return state;
    }

    Dispatcher dispatcher() {
        return dispatcher;
    }

    TaskLife life() {
        return life;
    }

    Copies copies() {
        return copies;
    }

    Evacuation evacuation() {
        return evacuation;
    }

    /** What is known of transfers. */
    Links links() {
        return state.links;
    }

    /** What clients and runs share. */
    Sharing sharing() {
        return sharing;
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
        return state.livingWorkers;
    }

    Int2ObjectHashMap<ClientState> clients() {
        return clients;
    }

    FunctionState function(final int slot) {
        return state.function(slot);
    }

    TaskKind kind(final int slot) {
        return state.kind(slot);
    }

    TaskKinds kinds() {
        return kinds;
    }

    /** The latest time that a command told. */
    long nowNs() {
        return state.nowNs;
    }

    long transitions() {
        return state.transitions;
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
                final long assigned = (long) worker.assigned + worker.queued + worker.callCount;
                busy.add(new Load.Busy(
                        worker.number, assigned, worker.storedBytes, worker.draining, evacuation.holdsNeeded(worker)));
            }
        }
        return new Load(needs, tasks.count(TaskPhase.WAITING), busy);
    }

    /** The identity by which workers know a task. */
    long identity(final int slot) {
        return state.identity(slot);
    }

    /** The user's key, or one made of the function's name and the task's numbers. */
    String key(final int slot) {
        return state.key(slot);
    }

    /** The time of what is told next, for stories only: by any clock, always the same. */
    void storyTime(final long nowNs) {
        state.story.time(nowNs);
    }

    /** Ends a batch of commands: hands out what can run. */
    void schedule() {
        state.because(Cause.LOOKED_FOR_WORKER);
        dispatcher.dispatch();
        failHopeless();
        replication.advance(state.nowNs);
        rebalance.advance(state.nowNs);
        evacuation.advance(state.nowNs);
    }

    private void failHopeless() {
        final MemoryFit fit = dispatcher.memoryFit();
        for (int slot = fit.next(); slot != TaskTable.NONE; slot = fit.next()) {
            life.fail(slot, effects.failure(FailureKind.TOO_LARGE, key(slot), "", 0, fit.message(slot), List.of()));
        }
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
        state.clientLeft();
        state.because(Cause.CLIENT_GONE);
        if (client.party != null) {
            state.coordination.leave(client.party);
        }
        life.clientGone(client);
        if (client.live() > 0) {
            state.departed.put(number, client);
        } else {
            life.forgetFunctions(client);
        }
    }

    void registerFunction(final ClientState client, final int functionId, final Object body, final String name) {
        if (functionId < 0 || client.function(functionId) != ClientState.UNKNOWN) {
            throw new InvalidRequestException("functionId=" + functionId + " must be new and >= 0");
        }
        final FunctionState function =
                new FunctionState((long) client.number << 32 | functionId, body, name, client.share);
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
            final int flags,
            final int[] dependencies,
            final int count,
            final Object payload,
            final @Nullable String key,
            final TaskTerms terms) {
        final int function = client.function(functionId);
        if (function == ClientState.UNKNOWN) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " names functionId=" + functionId + ", which is not known");
        }
        requireNextTaskId(client, taskId);
        state.because(Cause.SUBMITTED);
        final Resources needs = Resources.of(terms.resources());
        for (int i = 0; i < count; i++) {
            if (dependencies[i] < 0 || dependencies[i] >= taskId) {
                throw new InvalidRequestException("taskId=" + taskId + " depends on taskId=" + dependencies[i]
                        + ", which was not submitted before it");
            }
        }
        final boolean wanted = (flags & ClientRequests.WANTED) != 0;
        final boolean moreFollow = (flags & ClientRequests.MORE_OF_GRAPH) != 0;
        if (moreFollow) {
            life.openGraph(client, taskId);
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
            final boolean orOthers = !terms.workers().isEmpty() && (flags & ClientRequests.ALLOW_OTHER_WORKERS) != 0;
            final int kind = kinds.of(function, needs, terms.workers(), orOthers);
            add(client, taskId, kind, flags, dependencies, count, payload, key, terms);
        }
        if (!moreFollow) {
            life.closeGraph(client);
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
            final int flags,
            final int[] dependencies,
            final int count,
            final Object payload,
            final @Nullable String key,
            final TaskTerms terms) {
        final boolean wanted = (flags & ClientRequests.WANTED) != 0;
        final int slot = life.newTask(client, taskId, kind, key);
        tasks.retriesLeft[slot] = (short) Math.max(0, Math.min(terms.retries(), Short.MAX_VALUE));
        final long priority = Math.max(-MAX_PRIORITY, Math.min(terms.priority(), MAX_PRIORITY));
        tasks.order[slot] = (-priority << TaskTable.ORDER_BITS) + ++lastOrder;
        final int parent = terms.parent() == TaskTerms.NO_PARENT ? ClientState.UNKNOWN : state.slotOf(terms.parent());
        if (parent != ClientState.UNKNOWN) {
            tasks.order[slot] = Math.min(tasks.order[slot], tasks.order[parent] - 1);
        }
        if (terms.expectedUs() > 0) {
            tasks.estimateUs[slot] = (int) Math.min(terms.expectedUs(), FunctionState.MAX_ESTIMATE_US);
            tasks.set(slot, TaskTable.EXPECTED, true);
        }
        tasks.payload[slot] = payload;
        tasks.set(slot, TaskTable.WANTED, wanted);
        tasks.set(slot, TaskTable.ONCE, (flags & ClientRequests.ONCE) != 0);
        tasks.set(slot, TaskTable.ACTOR, (flags & ClientRequests.ACTOR) != 0);
        for (int i = count - 1; i >= 0; i--) {
            life.addInput(slot, client.slot(dependencies[i]));
        }
        life.need(slot);
        if (!wanted && (flags & ClientRequests.MORE_OF_GRAPH) == 0) {
            life.settle(slot);
        }
    }

    /** A value that a client has and wants placed on a worker. */
    void scatter(
            final ClientState client,
            final int taskId,
            final long sizeBytes,
            final @Nullable String key,
            final List<String> workers) {
        requireNextTaskId(client, taskId);
        state.because(Cause.SCATTERED);
        final int kind = kinds.of(TaskKinds.DATA, Resources.NONE, workers, false);
        final int slot = life.newTask(client, taskId, kind, key);
        tasks.flags[slot] = TaskTable.WANTED | TaskTable.SCATTERED;
        tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
        dispatcher.placeScattered(slot);
    }

    /** The client holds no future on the task any more. */
    void release(final ClientState client, final int taskId) {
        final int slot = client.slot(taskId);
        if (slot != ClientState.UNKNOWN) {
            state.because(Cause.LET_GO);
            tasks.set(slot, TaskTable.WANTED, false);
            life.settle(slot);
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
        state.because(Cause.SUBMITTED);
        final int input = state.datasets.slot(dataset, index);
        if (input == ClientState.UNKNOWN) {
            client.add(taskId, ClientState.UNKNOWN);
            client.forget(taskId);
            effects.cancelled(client, taskId, false, "dataset=" + dataset + " has no result " + index + " any more");
            return;
        }
        final int slot = life.newTask(client, taskId, kinds.of(function, Resources.NONE, List.of(), false), null);
        tasks.order[slot] = ++lastOrder;
        tasks.payload[slot] = payload;
        tasks.set(slot, TaskTable.WANTED, true);
        life.addInput(slot, input);
        life.need(slot);
    }

    /** A call of an actor of some client, see {@link ClientRequests#callActor}. */
    void callActor(
            final ClientState client,
            final int taskId,
            final int functionId,
            final long actor,
            final int flags,
            final Object payload) {
        state.because(Cause.SUBMITTED);
        final int function = client.function(functionId);
        if (function == ClientState.UNKNOWN) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " names functionId=" + functionId + ", which is not known");
        }
        requireNextTaskId(client, taskId);
        final int called = state.slotOf(actor);
        if (called != ClientState.UNKNOWN && !tasks.has(called, TaskTable.ACTOR)) {
            throw new InvalidRequestException("taskId=" + taskId + " calls the result of a task that is no actor");
        }
        final int slot = life.newTask(client, taskId, kinds.of(function, Resources.NONE, List.of(), false), null);
        tasks.order[slot] = ++lastOrder;
        tasks.payload[slot] = payload;
        tasks.flags[slot] = TaskTable.CALL | TaskTable.OWED;
        tasks.set(slot, TaskTable.WANTED, (flags & ClientRequests.WANTED) != 0);
        if (called == ClientState.UNKNOWN || !tasks.has(called, TaskTable.WANTED)) {
            life.fail(slot, life.noSuchActor(actor));
        } else {
            life.addInput(slot, called);
            life.need(slot);
        }
    }

    /** Drops tasks that are not done, and what depends on them; those that run may be interrupted. */
    void cancel(final ClientState client, final int[] taskIds, final int count, final boolean interrupt) {
        state.because(Cause.CANCELLED);
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
            tasks.set(slot, TaskTable.INTERRUPT, interrupt);
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
            life.settle(doomed.getInt(i));
        }
    }

    /** Tasks that failed run again, and those that failed of what they are made from. */
    void retry(final ClientState client, final int[] taskIds, final int count) {
        state.because(Cause.RETRIED);
        final IntArrayList failed = new IntArrayList();
        for (int i = 0; i < count; i++) {
            final int slot = client.slot(taskIds[i]);
            if (slot == ClientState.UNKNOWN) {
                effects.cancelled(client, taskIds[i], false, "it is not known any more");
            } else if (tasks.has(slot, TaskTable.WANTED)) {
                retry(client, slot, failed);
            }
        }
        life.retry(failed);
    }

    /** What did not fail here did so at the client, which waits to be told again. */
    private void retry(final ClientState client, final int slot, final IntArrayList failed) {
        switch (tasks.phase(slot)) {
            case ERRED -> {
                if (tasks.has(slot, TaskTable.SCATTERED | TaskTable.CALL)) {
                    effects.erred(client, tasks.taskId[slot], Objects.requireNonNull(tasks.failure(slot)));
                } else {
                    failed.addInt(slot);
                }
            }
            case MEMORY ->
                effects.finished(client, tasks.taskId[slot], tasks.holder[slot], tasks.sizeBytes[slot], false, null);
            case RELEASED -> {
                tasks.set(slot, TaskTable.DELIVERED, false);
                life.need(slot);
            }
            case WAITING, NO_WORKER, QUEUED, PROCESSING -> {}
            case FORGOTTEN -> throw new IllegalStateException("slot=" + slot + " is forgotten but has a number");
        }
    }

    /** Drops all tasks of all clients, and has the workers that can be replaced replaced; gives the numbers of those. */
    int[] restart(final long timeNs, final String reason) {
        state.nowNs = timeNs;
        state.because(Cause.RESTARTED);
        clients.values().stream()
                .sorted(Comparator.comparingInt(client -> client.number))
                .forEach(client -> life.dropAll(client, reason));
        final IntArrayList restarted = new IntArrayList();
        for (final WorkerState worker : workers) {
            if (worker != null && worker.hasNanny && !worker.draining) {
                membership.restart(worker, reason);
                restarted.addInt(worker.number);
            }
        }
        return restarted.toIntArray();
    }

    /** A client could not get a result from a worker that holds it. */
    void resultMissing(final ClientState client, final int taskId, final int worker, final boolean gone) {
        final int slot = client.slot(taskId);
        if (slot == ClientState.UNKNOWN || !tasks.has(slot, TaskTable.WANTED)) {
            return;
        }
        state.because(Cause.RESULT_MISSING, worker, 0);
        if (tasks.phase(slot) == TaskPhase.MEMORY) {
            life.replicaMissing(slot, worker, gone && !copies.wasDropped(slot));
        }
        if (tasks.phase(slot) == TaskPhase.MEMORY) {
            effects.finished(client, taskId, tasks.holder[slot], tasks.sizeBytes[slot], false, null);
        }
    }

    /** Wants so many copies of results to be there for as long as the results are; {@link Copies#EVERYWHERE} for one on each worker. */
    void replicate(final ClientState client, final int[] taskIds, final int count, final int wanted) {
        if (wanted < 1) {
            throw new InvalidRequestException("copies=" + wanted + " must be >= 1");
        }
        for (int i = 0; i < count; i++) {
            final int slot = client.slot(taskIds[i]);
            if (slot != ClientState.UNKNOWN && !tasks.has(slot, TaskTable.ACTOR)) {
                replication.ask(slot, wanted);
            }
        }
    }

    /** Moves results to workers that hold less, these or, if there are none, any; answered when that is done. */
    void rebalance(final ClientState client, final long requestId, final int[] taskIds, final int count) {
        BitSet slots = null;
        if (count > 0) {
            slots = new BitSet();
            for (int i = 0; i < count; i++) {
                if (client.slot(taskIds[i]) != ClientState.UNKNOWN) {
                    slots.set(client.slot(taskIds[i]));
                }
            }
        }
        rebalance.request(client.number, requestId, slots);
    }

    /** Which workers hold these tasks' results or, if there are none, what each worker holds; JSON. */
    String whereabouts(final ClientState client, final int[] taskIds, final int count) {
        return count == 0 ? Whereabouts.hasWhat(state) : Whereabouts.whoHas(state, client, taskIds, count);
    }

    /** Drops copies that nobody needs and nobody asked for every so often; 0 for never, which is the default. */
    void reduceReplicasEvery(final long intervalNs) {
        replication.reduceEvery(intervalNs);
    }

    // ----------------------------------------------------------------------------------------------------------
    // workers

    void addWorker(final long timeNs, final WorkerState worker) {
        membership.addWorker(timeNs, worker);
        copies.workerJoined();
    }

    /** A worker's name, made unique among the living. */
    String uniqueName(final String wished) {
        String name = wished;
        int suffix = 1;
        while (state.workerNames.contains(name)) {
            name = wished + "~" + ++suffix;
        }
        return name;
    }

    /** Renews a worker's lease. */
    void heartbeat(final long timeNs, final WorkerState worker) {
        membership.heartbeat(timeNs, worker);
    }

    /** A worker told which runs it has. */
    void knownRuns(final WorkerState worker, final RunList list) {
        worker.known.told(tasks, worker, list, dispatcher.lastRun());
    }

    /** A worker told of its memory. */
    void memory(final WorkerState worker, final WorkerStatus status) {
        worker.memory.told(status);
        if (worker.hardLimitBytes != status.hardLimitBytes()) {
            worker.hardLimitBytes = status.hardLimitBytes();
            dispatcher.memoryFit().workersChanged();
        }
    }

    /** Does what is due: workers whose leases ran out are removed, those whose jobs end soon retire. Ends a batch of commands. */
    void tick(final long timeNs) {
        state.because(Cause.TIME_PASSED);
        membership.tick(timeNs);
        replication.tick(timeNs);
        schedule();
    }

    /** The worker asks to leave; {@code patienceNs} is how long it can wait, 0 stands for as long as its job lasts. */
    void drain(final long timeNs, final WorkerState worker, final long patienceNs, final String reason) {
        membership.drain(timeNs, worker, patienceNs, reason);
    }

    /** Lets a worker leave, see {@link Membership#retire}. */
    void retire(
            final long timeNs,
            final WorkerState worker,
            final long patienceNs,
            final boolean mayWait,
            final String reason) {
        membership.retire(timeNs, worker, patienceNs, mayWait, reason);
    }

    /** A worker pauses or goes on, see {@link Membership#pause}. */
    void pause(final long timeNs, final WorkerState worker, final boolean paused) {
        membership.pause(timeNs, worker, paused);
    }

    /** A worker answers for a run that it was asked back: it gave it up unstarted, or it did not. */
    void runTakenBack(final WorkerState worker, final long runId, final boolean isGivenUp) {
        final long identity = worker.recalled.get(runId);
        if (identity == RunMap.NONE) {
            return;
        }
        final int slot = state.slotOf(identity);
        if (!isGivenUp) {
            dispatcher.stealing().refused(worker, runId);
            state.note(slot, Cause.NOT_GIVEN_BACK, worker.number, runId);
            return;
        }
        state.because(Cause.GIVEN_BACK, worker.number, runId);
        dispatcher.unassign(slot);
        tasks.attempt[slot]--;
        state.enter(slot, TaskPhase.WAITING);
        life.resume(slot);
    }

    /** Lets workers leave, given by their numbers, without waiting for others that take what only they hold. */
    void retire(final long timeNs, final Set<Integer> numbers, final long patienceNs, final String reason) {
        for (final WorkerState worker : workers) {
            if (worker != null && numbers.contains(worker.number)) {
                membership.retire(timeNs, worker, patienceNs, false, reason);
            }
        }
    }

    /** A worker's session is over, see {@link Membership#removeWorker}. */
    void removeWorker(final WorkerState worker, final String reason, final boolean expected) {
        membership.removeWorker(worker, reason, expected);
    }

    /** A nanny reports which runs were under way when a worker died for an unknown reason; none if the reason turns out to be known. */
    void blame(final WorkerState dead, final long[] runIds, final String reason) {
        membership.blame(dead, runIds, reason);
    }

    /** A run, which is about to say that it is done, tells how long it took to fetch its inputs. */
    void fetched(final WorkerState worker, final long runId, final long identity, final long durationNs) {
        final int slot = state.currentRun(worker, runId, identity);
        if (slot != ClientState.UNKNOWN) {
            state.links.fetched(slot, durationNs);
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
        state.because(Cause.RUN_DONE, worker.number, runId);
        final FunctionState function = state.function(slot);
        function.observe(durationNs);
        function.observeSize(Math.max(0, sizeBytes));
        dispatcher.ended(slot);
        tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
        life.inMemory(slot, worker, inline, value);
    }

    /** A run ended without a result; {@code unknown}: what it did is not known, so that it must not be repeated. */
    void runFailed(
            final WorkerState worker,
            final long runId,
            final long identity,
            final long durationNs,
            final boolean unknown,
            final Object failure) {
        final int slot = currentRun(worker, runId, identity);
        if (slot == ClientState.UNKNOWN) {
            return;
        }
        state.because(Cause.RUN_FAILED, worker.number, runId);
        state.function(slot).observe(durationNs);
        dispatcher.failed(slot);
        tasks.set(slot, TaskTable.COMMITTED, unknown);
        if (tasks.retriesLeft[slot] > 0 && !unknown) {
            tasks.retriesLeft[slot]--;
            life.resume(slot);
        } else {
            life.fail(slot, failure);
        }
    }

    /** A run waits for other tasks, and occupies no thread meanwhile, or does again. */
    void longRunning(final WorkerState worker, final long runId, final long identity, final boolean seceded) {
        final int slot = currentRun(worker, runId, identity);
        if (slot != ClientState.UNKNOWN) {
            state.note(slot, seceded ? Cause.SECEDED : Cause.REJOINED, worker.number, runId);
            dispatcher.occupies(slot, !seceded);
        }
    }

    /** A run that may be the only one of its task asks whether it may begin. */
    void commitRequested(final WorkerState worker, final long runId, final long identity) {
        life.commitments().requested(worker, runId, state.currentRun(worker, runId, identity));
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
        state.because(Cause.INPUT_MISSING, worker.number, runId);
        dispatcher.unassign(slot);
        state.enter(slot, TaskPhase.WAITING);
        tasks.waitingFor[slot] = 0;
        final int inputSlot = state.slotOf(input);
        if (inputSlot != ClientState.UNKNOWN) {
            life.replicasMissing(inputSlot, holders, gone);
        }
        if (tasks.phase(slot) == TaskPhase.WAITING) {
            life.resume(slot);
        }
    }

    /** The copy that a worker was asked to make could not be had. */
    void replicaFailed(final WorkerState worker, final long identity, final int[] holders, final boolean[] gone) {
        final int slot = state.slotOf(identity);
        if (slot != ClientState.UNKNOWN && copies.failed(worker, slot)) {
            state.note(slot, Cause.COPY_FAILED, worker.number, 0);
            evacuation.changed();
            life.replicasMissing(slot, holders, gone);
            life.copied(worker);
        }
    }

    /** The worker holds a result that it did not compute: fetched, copied, scattered, or from an earlier session. */
    void replicaStored(final WorkerState worker, final long identity, final long sizeBytes) {
        final int slot = state.slotOf(identity);
        if (slot == ClientState.UNKNOWN || worker.stopping) {
            effects.free(worker, identity);
            return;
        }
        if (tasks.has(slot, TaskTable.ACTOR)) {
            dropStrayActor(worker, slot);
            return;
        }
        if (worker.retractions.contains(identity) && !tasks.isHeldBy(slot, worker.number)) {
            final boolean isProcessed = tasks.phase(slot) == TaskPhase.PROCESSING;
            if (!(isProcessed && tasks.worker[slot] == worker.number) && !isEarlyAt(worker, slot)) {
                dispatcher.retract(worker, identity);
            }
            return;
        }
        state.because(Cause.COPY_STORED, worker.number, 0);
        if (Ahead.isEarly(tasks, slot)) {
            dispatcher.begin(slot);
        }
        switch (tasks.phase(slot)) {
            case MEMORY -> {
                if (!tasks.isHeldBy(slot, worker.number)) {
                    life.addHolder(slot, worker);
                }
                state.note(slot, Cause.COPY_STORED, worker.number, 0);
                copies.stored(worker, slot);
                life.copied(worker);
                evacuation.changed();
            }
            case RELEASED, ERRED -> effects.free(worker, identity);
            case WAITING, NO_WORKER, QUEUED -> {
                dispatcher.leaveQueue(slot);
                tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
                life.inMemory(slot, worker, false, null);
            }
            case PROCESSING -> {
                if (tasks.has(slot, TaskTable.SCATTERED)) {
                    dispatcher.stopAwaiting(slot);
                } else {
                    final WorkerState running = state.workerOf(slot);
                    final long runId = tasks.runId[slot];
                    dispatcher.unassign(slot);
                    effects.abandon(running, runId, false);
                    if (running != worker) {
                        tasks.set(slot, TaskTable.STOPPED, true);
                        dispatcher.retract(running, identity);
                    }
                }
                tasks.sizeBytes[slot] = Math.max(0, sizeBytes);
                life.inMemory(slot, worker, false, null);
            }
            case FORGOTTEN -> throw new IllegalStateException("slot=" + slot + " is forgotten but has a number");
        }
    }

    /** An actor counts for what its maker reported of it in the same session: one from an earlier session is not taken up again. */
    private void dropStrayActor(final WorkerState worker, final int slot) {
        final boolean isMaker = tasks.phase(slot) == TaskPhase.PROCESSING && tasks.worker[slot] == worker.number;
        if (!isMaker && !state.holds(worker, slot)) {
            effects.free(worker, state.identity(slot));
        }
    }

    /**
     * The slot of a run that is current on this worker, or UNKNOWN: then the report is stale and is dropped. One whose inputs are not known
     * to be there may have ended all the same: its worker had the result, or could not get an input that was there.
     */
    private int currentRun(final WorkerState worker, final long runId, final long identity) {
        int slot = state.currentRun(worker, runId, identity);
        if (slot == ClientState.UNKNOWN) {
            slot = state.slotOf(identity);
            if (slot == ClientState.UNKNOWN || !isEarlyAt(worker, slot) || tasks.runId[slot] != runId) {
                return ClientState.UNKNOWN;
            }
            dispatcher.begin(slot);
        }
        return slot;
    }

    private boolean isEarlyAt(final WorkerState worker, final int slot) {
        return Ahead.isEarly(tasks, slot) && tasks.worker[slot] == worker.number;
    }

    private void requireNextTaskId(final ClientState client, final int taskId) {
        if (taskId < 0 || taskId != client.nextTaskId()) {
            throw new InvalidRequestException(
                    "taskId=" + taskId + " must be " + client.nextTaskId() + ", the next number");
        }
    }
}
