package io.muster.scheduler;

import io.muster.scheduler.Effects.FailureKind;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.collections.IntArrayList;
import org.jspecify.annotations.Nullable;

/** How tasks go from phase to phase, and what that means for those they depend on and those that depend on them. */
final class TaskLife {
    /*
     * Counts that hold at the end of every command, where "edge" is one input of one task:
     *
     *   waitingFor[t]     = edges of t whose input is not in MEMORY, while t is WAITING; QUEUED and NO_WORKER imply 0
     *   waiters[t]        = edges to t from tasks that are WAITING, NO_WORKER, QUEUED or PROCESSING: they need its result
     *   dependentCount[t] = edges to t from tasks that are not forgotten: they may need it again
     *
     * A wanted result whose value the client has is not computed again when it
     * is lost, unless another task needs it. A result is dropped when its task is not wanted and has no waiters, a task is forgotten when it is not wanted and has no
     * dependents. Scattered data can't be computed again, so it stays while it has dependents. A call of an actor that has not ended is
     * needed as long as its client is there, whether wanted or not; an actor whose worker is lost has failed, and so have its calls. Walks over the graph are loops over a
     * stack, never recursion: a chain may have a million links.
     */
    private static final int ALLOWED_UNANSWERED = 10;

    /** How much of the reason of a worker's death is kept for the task that is blamed. */
    private static final int MAX_REASON_CHARS = 300;

    /** How many stale entries of a list are not worth a cleaning. */
    private static final int ALLOWED_STALE = 64;

    private final CoreState state;
    private final Effects effects;
    private final Dispatcher dispatcher;
    private final Evacuation evacuation;
    private final Copies copies;
    private final Gathering gathering;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final TaskKinds kinds;
    private final Int2ObjectHashMap<ClientState> clients;
    private final List<@Nullable WorkerState> workers;
    private final IntArrayList settling = new IntArrayList();
    private final IntArrayList needing = new IntArrayList();
    private final IntArrayList failing = new IntArrayList();
    private final BitSet seen = new BitSet();
    private final Int2ObjectHashMap<int[]> unanswered = new Int2ObjectHashMap<>();
    private final Commitments commitments;
    private int openGraphs;

    TaskLife(
            final CoreState state,
            final Effects effects,
            final Dispatcher dispatcher,
            final Evacuation evacuation,
            final Copies copies) {
        this.state = state;
        this.effects = effects;
        this.dispatcher = dispatcher;
        this.evacuation = evacuation;
        this.copies = copies;
        this.gathering = new Gathering(state, copies);
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.kinds = state.kinds;
        this.clients = state.clients;
        this.workers = state.workers;
        this.commitments = new Commitments(state, effects, this);
    }

    Commitments commitments() {
        return commitments;
    }

    /** A client sends a graph, beginning with this task. */
    void openGraph(final ClientState client, final int taskId) {
        if (client.openGraphFrom == ClientState.UNKNOWN) {
            client.openGraphFrom = taskId;
            openGraphs++;
        }
    }

    /** A client is gone; what only it wanted is dropped. */
    void clientGone(final ClientState client) {
        if (client.openGraphFrom != ClientState.UNKNOWN) {
            client.openGraphFrom = ClientState.UNKNOWN;
            openGraphs--;
        }
        for (final int slot : client.liveSlots()) {
            tasks.set(slot, TaskTable.WANTED | TaskTable.OWED, false);
            settling.addInt(slot);
        }
        settleAll(client);
    }

    /** Drops all tasks of a client that stays; those that it holds futures on end as cancelled. */
    void dropAll(final ClientState client, final String reason) {
        if (client.openGraphFrom != ClientState.UNKNOWN) {
            client.openGraphFrom = ClientState.UNKNOWN;
            openGraphs--;
        }
        for (final int slot : client.liveSlots()) {
            if (tasks.has(slot, TaskTable.WANTED)) {
                tasks.set(slot, TaskTable.WANTED, false);
                effects.cancelled(client, tasks.taskId[slot], false, reason);
            }
            tasks.set(slot, TaskTable.OWED, false);
            tasks.set(slot, TaskTable.INTERRUPT, true);
            settling.addInt(slot);
        }
        settleAll(null);
    }

    /**
     * Tasks that failed run again, each at least once more, and so do those that failed of what they are made from, but for what runs once
     * only and may have done so. One that failed may stand behind others that nobody needed by then, and that did not fail with it.
     */
    void retry(final IntArrayList failed) {
        final IntArrayList revived = new IntArrayList();
        final BitSet passed = new BitSet();
        for (int i = 0; i < failed.size(); i++) {
            tasks.set(failed.getInt(i), TaskTable.COMMITTED, false);
        }
        while (!failed.isEmpty()) {
            final int slot = failed.popInt();
            final boolean isRevived = tasks.phase(slot) == TaskPhase.ERRED
                    && !tasks.has(slot, TaskTable.SCATTERED | TaskTable.COMMITTED | TaskTable.ACTOR | TaskTable.CALL);
            if (passed.get(slot) || !isRevived && tasks.phase(slot) != TaskPhase.RELEASED) {
                continue;
            }
            passed.set(slot);
            if (isRevived) {
                tasks.forgetFailure(slot);
                state.enter(slot, TaskPhase.RELEASED);
                revived.addInt(slot);
            }
            for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
                failed.addInt(edges.input(edge));
            }
        }
        for (int i = 0; i < revived.size(); i++) {
            need(revived.getInt(i));
        }
    }

    /** How many clients have a graph whose tasks are still arriving. */
    int openGraphs() {
        return openGraphs;
    }

    /** The last task of a graph is here: what of it nobody needs may go. */
    void closeGraph(final ClientState client) {
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
        final ClientState client = state.owner(tasks.client[slot]);
        return client != null
                && client.openGraphFrom != ClientState.UNKNOWN
                && tasks.taskId[slot] >= client.openGraphFrom;
    }

    int newTask(final ClientState client, final int taskId, final int kind, final @Nullable String key) {
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

    void addInput(final int slot, final int input) {
        final int edge = edges.add(input, slot, tasks.inputs[slot], tasks.dependents[input]);
        tasks.inputs[slot] = edge;
        tasks.dependents[input] = edge;
        tasks.dependentCount[input]++;
    }

    /** A RELEASED task is needed, and with it all released tasks that it is made from. */
    void need(final int slot) {
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
                fail(slot, lost(slot, "", "it was released, and nothing needed it then"));
                continue;
            }
            if (tasks.has(slot, TaskTable.CALL) && tasks.has(slot, TaskTable.COMMITTED)) {
                fail(slot, actorLost(slot, "", "the result of the call was with the actor"));
                continue;
            }
            if (tasks.has(slot, TaskTable.COMMITTED)) {
                fail(slot, commitments.unknown(slot, "", "there is no result of it"));
                continue;
            }
            for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
                tasks.waiters[edges.input(edge)]++;
            }
            goOn(slot);
        }
    }

    /** A task whose inputs are accounted for as waiters goes on: queued, waiting, or failed. */
    void resume(final int slot) {
        goOn(slot);
        needAll();
    }

    private void goOn(final int slot) {
        int waitingFor = 0;
        int awaited = TaskTable.NONE;
        Object failure = null;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            switch (tasks.phase(input)) {
                case MEMORY -> {}
                case RELEASED -> {
                    waitingFor++;
                    needing.addInt(input);
                }
                case WAITING, NO_WORKER, QUEUED, PROCESSING -> {
                    waitingFor++;
                    awaited = input;
                }
                case ERRED -> failure = tasks.failure(input);
                case FORGOTTEN -> throw new IllegalStateException("input of slot=" + slot + " is forgotten");
            }
        }
        if (waitingFor == 0 || failure != null) {
            state.pass(slot, TaskPhase.WAITING);
        } else {
            state.enter(slot, TaskPhase.WAITING);
        }
        tasks.waitingFor[slot] = waitingFor;
        if (failure != null) {
            fail(slot, failure);
        } else if (waitingFor == 0) {
            dispatcher.enqueue(slot);
        } else if (awaited != TaskTable.NONE) {
            dispatcher.ahead().waitsFor(awaited);
        }
    }

    boolean isNeeded(final int slot) {
        return tasks.waiters[slot] > 0
                || tasks.has(slot, TaskTable.WANTED | TaskTable.PUBLISHED | TaskTable.OWED)
                || isOfOpenGraph(slot);
    }

    void addHolder(final int slot, final WorkerState worker) {
        if (tasks.holder[slot] != TaskTable.NONE) {
            copies.more(slot);
        }
        tasks.addHolder(slot, worker.number);
        state.links.arrived(slot, worker.number);
        worker.storedBytes += tasks.sizeBytes[slot];
        worker.heldCount++;
        if (tasks.has(slot, TaskTable.ACTOR)) {
            worker.actors++;
            worker.take(state.kind(slot).needs);
        }
        dispatcher.memoryChanged(worker);
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
        if (--worker.heldCount == 0) {
            forgetHeld(worker);
        }
        if (tasks.has(slot, TaskTable.ACTOR)) {
            worker.actors--;
            worker.giveBack(state.kind(slot).needs);
            dispatcher.roomChanged(worker);
        }
        dispatcher.memoryChanged(worker);
        if (worker.draining) {
            evacuation.changed();
        }
    }

    /** What holds nothing has only stale entries. */
    private static void forgetHeld(final WorkerState worker) {
        worker.held.clear();
        worker.copied = 0;
        worker.safe = 0;
    }

    private void dropStaleHeld(final WorkerState worker) {
        for (int i = worker.held.size() - 1; i >= 0; i--) {
            final int slot = worker.held.getInt(i);
            if (state.holds(worker, slot) && !seen.get(slot)) {
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

    void inMemory(final int slot, final WorkerState worker, final boolean inline, final @Nullable Object value) {
        state.enter(slot, TaskPhase.MEMORY);
        tasks.clearHolders(slot);
        addHolder(slot, worker);
        copies.look(slot);
        tasks.set(slot, TaskTable.OWED, false);
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
        if (tasks.has(slot, TaskTable.ACTOR)) {
            beginCalls(slot);
        }
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            if (tasks.phase(dependent) == TaskPhase.WAITING && --tasks.waitingFor[dependent] == 0) {
                tasks.goRightAfter(dependent, slot);
                dispatcher.inputsAreThere(dependent);
            }
        }
        dropInputs(slot);
        settle(slot);
        gathering.stored(slot);
    }

    /** A copy has come to a worker, or will not. */
    void copied(final WorkerState worker) {
        gathering.copied(worker);
    }

    /** Sends the calls that waited for an actor to be made: the latest is listed first. */
    private void beginCalls(final int actor) {
        final IntArrayList calls = new IntArrayList();
        for (int edge = tasks.dependents[actor]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            if (tasks.has(dependent, TaskTable.CALL) && tasks.phase(dependent) == TaskPhase.WAITING) {
                calls.addInt(dependent);
            }
        }
        for (int i = calls.size() - 1; i >= 0; i--) {
            tasks.waitingFor[calls.getInt(i)] = 0;
            dispatcher.enqueue(calls.getInt(i));
        }
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
    void fail(final int first, final Object failure) {
        failing.addInt(first);
        while (!failing.isEmpty()) {
            final int slot = failing.popInt();
            switch (tasks.phase(slot)) {
                case PROCESSING -> {
                    if (tasks.worker[slot] != TaskTable.NONE && !tasks.has(slot, TaskTable.SCATTERED)) {
                        dispatcher.stopRun(slot);
                    }
                    dropInputs(slot);
                }
                case WAITING, NO_WORKER, QUEUED -> {
                    dispatcher.leaveQueue(slot);
                    dropInputs(slot);
                }
                case RELEASED -> {}
                case MEMORY, ERRED, FORGOTTEN -> {
                    continue;
                }
            }
            state.enter(slot, TaskPhase.ERRED);
            tasks.failure(slot, failure);
            tasks.set(slot, TaskTable.OWED, false);
            final boolean isActor = tasks.has(slot, TaskTable.ACTOR);
            if (tasks.has(slot, TaskTable.WANTED)) {
                effects.erred(clients.get(tasks.client[slot]), tasks.taskId[slot], failure);
            }
            for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
                final TaskPhase phase = tasks.phase(edges.dependent(edge));
                if (phase == TaskPhase.WAITING || isActor && phase == TaskPhase.PROCESSING) {
                    failing.addInt(edges.dependent(edge));
                }
            }
            settling.addInt(slot);
        }
        settleAll(null);
    }

    void settle(final int slot) {
        if (!settling.isEmpty() || !isNeeded(slot)) {
            settling.addInt(slot);
            settleAll(null);
        }
    }

    /** Drops whatever nobody needs, starting from the tasks put on the list. */
    void settleAll(final @Nullable ClientState leaving) {
        while (!settling.isEmpty()) {
            if (settling.size() % ReadAhead.COUNT == 0 && state.readAhead.isDue()) {
                state.readAhead.holders(settling);
            }
            final int slot = settling.popInt();
            if (isNeeded(slot)) {
                continue;
            }
            switch (tasks.phase(slot)) {
                case FORGOTTEN -> {
                    continue;
                }
                case MEMORY -> {
                    if (tasks.has(slot, TaskTable.SCATTERED | TaskTable.ONCE | TaskTable.CALL)
                            && tasks.dependentCount[slot] > 0) {
                        continue;
                    }
                    freeResult(slot);
                    release(slot);
                }
                case PROCESSING -> {
                    if (tasks.has(slot, TaskTable.SCATTERED)) {
                        dispatcher.stopAwaiting(slot);
                    } else {
                        dispatcher.stopRun(slot);
                        dropInputs(slot);
                    }
                    release(slot);
                }
                case WAITING, NO_WORKER, QUEUED -> {
                    dispatcher.leaveQueue(slot);
                    dropInputs(slot);
                    release(slot);
                }
                case RELEASED, ERRED -> {}
            }
            if (tasks.dependentCount[slot] == 0) {
                forget(slot, leaving);
            }
        }
    }

    /** What nothing depends on either is forgotten at once, and told of then. */
    private void release(final int slot) {
        if (tasks.dependentCount[slot] == 0) {
            state.pass(slot, TaskPhase.RELEASED);
        } else {
            state.enter(slot, TaskPhase.RELEASED);
        }
    }

    private void freeResult(final int slot) {
        final long identity = state.identity(slot);
        if (tasks.holder[slot] != TaskTable.NONE) {
            freeOn(tasks.holder[slot], slot, identity);
        }
        for (final int holder : tasks.furtherHolders(slot)) {
            freeOn(holder, slot, identity);
        }
        tasks.clearHolders(slot);
        state.links.forget(slot);
        forgetCopies(slot);
    }

    private void forgetCopies(final int slot) {
        if (copies.forget(slot)) {
            evacuation.changed();
        }
    }

    /** Drops a copy of a result of which there are others: it counts no more from now on, and only then its worker is told. */
    void dropCopy(final int slot, final WorkerState worker) {
        tasks.removeHolder(slot, worker.number);
        if (tasks.holder[slot] == TaskTable.NONE) {
            throw new IllegalStateException("slot=" + slot + " was held by worker=" + worker.name + " only");
        }
        copies.dropped(slot);
        noLongerHolds(worker, slot);
        effects.free(worker, state.identity(slot));
        evacuation.lookAgain(slot);
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
        final ClientState client = state.owner(tasks.client[slot]);
        if (client != null) {
            client.forget(tasks.taskId[slot]);
        } else if (leaving != null) {
            leaving.forget(tasks.taskId[slot]);
        }
        forgetUnanswered(slot);
        copies.forgetTask(slot);
        gathering.forget(slot);
        kinds.forgetTask(tasks.kind[slot]);
        state.story.add(state.identity(slot), tasks.phaseOrdinal(slot), TaskPhase.FORGOTTEN.ordinal());
        tasks.release(slot);
        state.transitions++;
        if (client != null && client.live() == 0 && state.departed.remove(client.number) != null) {
            forgetFunctions(client);
        }
    }

    /** Nobody needs a task of a client that left: no worker needs its functions. */
    void forgetFunctions(final ClientState client) {
        for (final int index : client.functions()) {
            final FunctionState function = kinds.get(index).function;
            final BitSet knownBy = function.knownBy();
            for (int worker = knownBy.nextSetBit(0); worker >= 0; worker = knownBy.nextSetBit(worker + 1)) {
                final WorkerState knowing = workers.get(worker);
                if (knowing != null) {
                    effects.forgetFunction(knowing, function);
                }
            }
            kinds.remove(index);
        }
    }

    void replicasMissing(final int slot, final int[] holders, final boolean[] gone) {
        for (int i = 0; i < holders.length && tasks.phase(slot) == TaskPhase.MEMORY; i++) {
            replicaMissing(slot, holders[i], gone[i]);
        }
    }

    void replicaMissing(final int slot, final int number, final boolean gone) {
        if (!tasks.isHeldBy(slot, number) || !gone && !tooOftenUnanswered(slot)) {
            return;
        }
        tasks.removeHolder(slot, number);
        final WorkerState worker = workers.get(number);
        if (worker != null) {
            noLongerHolds(worker, slot);
            effects.free(worker, state.identity(slot));
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
    void dataLost(final int slot, final @Nullable WorkerState holder, final String reason) {
        state.enter(slot, TaskPhase.RELEASED);
        state.links.forget(slot);
        forgetCopies(slot);
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            final int dependent = edges.dependent(edge);
            switch (tasks.phase(dependent)) {
                case WAITING -> {
                    dispatcher.leaveQueue(dependent);
                    tasks.waitingFor[dependent]++;
                }
                case NO_WORKER, QUEUED -> {
                    dispatcher.leaveQueue(dependent);
                    state.enter(dependent, TaskPhase.WAITING);
                    tasks.waitingFor[dependent] = 1;
                }
                case RELEASED, PROCESSING, MEMORY, ERRED, FORGOTTEN -> {}
            }
        }
        if (tasks.has(slot, TaskTable.ACTOR)) {
            fail(slot, actorLost(slot, holder == null ? "" : holder.name, reason));
        } else if (tasks.has(slot, TaskTable.SCATTERED)) {
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

    /** Gives up what has waited too long for a worker that could run it. */
    void failOverdue() {
        final IntArrayList overdue = dispatcher.overdue();
        for (int i = 0; i < overdue.size(); i++) {
            final int slot = overdue.getInt(i);
            if (tasks.phase(slot) == TaskPhase.NO_WORKER || tasks.phase(slot) == TaskPhase.QUEUED) {
                fail(slot, dispatcher.noWorkers().failure(slot));
            }
        }
    }

    Object lost(final int slot, final String holder, final String why) {
        return effects.failure(FailureKind.DATA_LOST, state.key(slot), holder, 0, lostMessage(slot, why), List.of());
    }

    /** A worker that is there keeps its actors no longer. */
    void loseActors(final WorkerState worker, final String reason) {
        final IntArrayList actors = new IntArrayList();
        for (int i = 0; i < worker.held.size() && worker.actors > 0; i++) {
            if (tasks.has(worker.held.getInt(i), TaskTable.ACTOR)) {
                actors.addInt(worker.held.getInt(i));
            }
        }
        for (int i = 0; i < actors.size(); i++) {
            final int slot = actors.getInt(i);
            if (state.holds(worker, slot)) {
                final long identity = state.identity(slot);
                tasks.removeHolder(slot, worker.number);
                noLongerHolds(worker, slot);
                dataLost(slot, worker, reason);
                effects.free(worker, identity);
            }
        }
    }

    /** Why an actor, or the result of a call of one, is gone. */
    private Object actorLost(final int slot, final String worker, final String why) {
        return actorLost(state.key(slot), worker, why);
    }

    /** Why what a client calls is not there. */
    Object noSuchActor(final long identity) {
        return actorLost(
                "actor-" + (identity >>> 32) + "-" + (int) identity,
                "",
                "it was closed, or the client that made it left, or the cluster was restarted");
    }

    private Object actorLost(final String key, final String worker, final String why) {
        return effects.failure(
                FailureKind.ACTOR_LOST,
                key,
                worker,
                1,
                "the actor is lost: " + why
                        + "; its state is lost with it, and calls that were not answered may or may not have been made."
                        + " Make another one",
                List.of());
    }

    private String lostMessage(final int slot, final String why) {
        return "scattered data " + state.key(slot) + " is lost, " + why + "; scatter it again";
    }

    /** Counts a death against a task that was running; true when it was one too many and the task failed. */
    boolean blamed(final int slot, final WorkerState dead, final String reason) {
        state.mayHaveSuspects = true;
        tasks.addDeath(slot, dead.name + ": " + cut(reason));
        if (tasks.deaths[slot] <= state.settings.allowedFailures()) {
            return false;
        }
        final List<String> reports = tasks.deathReports(slot);
        fail(
                slot,
                effects.failure(
                        FailureKind.KILLED_WORKER,
                        state.key(slot),
                        dead.name,
                        tasks.attempt[slot],
                        "task " + state.key(slot) + " was running on " + tasks.deaths[slot]
                                + " workers when they died, allowedFailures=" + state.settings.allowedFailures()
                                + "; in order: "
                                + String.join("; ", reports),
                        reports));
        return true;
    }

    private static String cut(final String reason) {
        return reason.length() <= MAX_REASON_CHARS ? reason : reason.substring(0, MAX_REASON_CHARS) + "…";
    }
}
