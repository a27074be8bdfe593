package io.muster.scheduler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Int2IntHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What holds of a scheduler core at the end of every command, computed anew from all that it knows in one pass and compared; takes time
 * in proportion to that.
 */
final class StateCheck {
    private static final int[] NOTHING = {};

    private final SchedulerCore core;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final long[] phaseCounts = new long[TaskPhase.values().length];
    private final BitSet found = new BitSet();
    private int limit;
    private int[] dependentCount = NOTHING;
    private int[] waiters = NOTHING;
    private int[] assigned = NOTHING;
    private int[] seceded = NOTHING;
    private int[] fetching = NOTHING;
    private int[] queued = NOTHING;
    private int[] early = NOTHING;
    private long[] earlyUs = {};
    private long[] occupancyUs = {};
    private long[] queuedUs = {};
    private long[] storedBytes = {};
    private long[] producingBytes = {};
    private final Map<ClientShare, Integer> assignedOf = new IdentityHashMap<>();
    private int[] heldCount = NOTHING;
    private int[] awaited = NOTHING;
    private int[] calls = NOTHING;
    private int[] actors = NOTHING;
    private long[][] taken = {};
    private int[] tasksOf = NOTHING;
    private int[] runnable = NOTHING;
    private int[] queuedBy = NOTHING;
    private int[] homeless = NOTHING;
    private int edgeCount;

    /**
     * Makes a check of a core, for one thread at a time.
     *
     * @param core what is checked
     */
    StateCheck(final SchedulerCore core) {
        this.core = core;
        tasks = core.tasks();
        edges = core.edges();
    }

    /** Throws an AssertionError that names the first relation found violated. */
    void check() {
        begin();
        checkCounts();
        checkClients();
        checkWorkers();
        checkKinds();
        checkCopies();
        checkQueues();
    }

    /** What holds besides after {@link SchedulerCore#schedule}. */
    void checkScheduled() {
        check();
        checkNothingIsLeftUndone();
    }

    /** What holds once all clients released all their tasks. */
    void checkEmpty() {
        check();
        for (final TaskPhase phase : TaskPhase.values()) {
            equal(tasks.count(phase), 0, "count of %s", phase);
        }
        equal(edges.count(), 0, "count of edges");
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                equal(worker.storedBytes, 0, "storedBytes of %s", worker.name);
                equal(worker.occupancyUs, 0, "occupancyUs of %s", worker.name);
            }
        }
    }

    private void begin() {
        limit = tasks.limit();
        edgeCount = 0;
        Arrays.fill(phaseCounts, 0);
        dependentCount = zeros(dependentCount, limit);
        waiters = zeros(waiters, limit);
        final int workers = core.workers().size();
        assigned = zeros(assigned, workers);
        seceded = zeros(seceded, workers);
        fetching = zeros(fetching, workers);
        queued = zeros(queued, workers);
        early = zeros(early, workers);
        earlyUs = zeros(earlyUs, workers);
        heldCount = zeros(heldCount, workers);
        awaited = zeros(awaited, workers);
        calls = zeros(calls, workers);
        actors = zeros(actors, workers);
        occupancyUs = zeros(occupancyUs, workers);
        queuedUs = zeros(queuedUs, workers);
        storedBytes = zeros(storedBytes, workers);
        producingBytes = zeros(producingBytes, workers);
        assignedOf.clear();
        taken = new long[workers][];
        for (int number = 0; number < workers; number++) {
            final WorkerState worker = core.workers().get(number);
            taken[number] = new long[worker == null ? 0 : worker.resources().count()];
        }
        final int kinds = core.kinds().limit();
        tasksOf = zeros(tasksOf, kinds);
        runnable = zeros(runnable, kinds);
        queuedBy = zeros(queuedBy, kinds);
        homeless = zeros(homeless, kinds);
    }

    private static int[] zeros(final int[] used, final int count) {
        if (used.length < count) {
            return new int[2 * count];
        }
        Arrays.fill(used, 0, count, 0);
        return used;
    }

    private static long[] zeros(final long[] used, final int count) {
        if (used.length < count) {
            return new long[2 * count];
        }
        Arrays.fill(used, 0, count, 0);
        return used;
    }

    private void checkCounts() {
        for (int slot = 0; slot < limit; slot++) {
            phaseCounts[tasks.phase(slot).ordinal()]++;
            if (tasks.phase(slot) != TaskPhase.FORGOTTEN) {
                countEdges(slot);
            }
        }
        equal(edges.count(), edgeCount, "count of edges");
        for (final TaskPhase phase : TaskPhase.values()) {
            final long expected = phase == TaskPhase.FORGOTTEN ? 0 : phaseCounts[phase.ordinal()];
            equal(tasks.count(phase), expected, "count of %s", phase);
        }
        for (int slot = 0; slot < limit; slot++) {
            if (tasks.phase(slot) != TaskPhase.FORGOTTEN) {
                checkTask(slot);
            }
        }
    }

    private void countEdges(final int slot) {
        final boolean waits = isPending(tasks.phase(slot));
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            equal(edges.dependent(edge), slot, "dependent of an input edge of slot %d", slot);
            require(tasks.phase(edges.input(edge)) != TaskPhase.FORGOTTEN, slot, "an input is forgotten");
            dependentCount[edges.input(edge)]++;
            waiters[edges.input(edge)] += waits ? 1 : 0;
            edgeCount++;
        }
    }

    private void checkTask(final int slot) {
        equal(tasks.dependentCount[slot], dependentCount[slot], "dependentCount of slot %d", slot);
        equal(tasks.waiters[slot], waiters[slot], "waiters of slot %d", slot);
        int listed = 0;
        for (int edge = tasks.dependents[slot]; edge != EdgePool.NONE; edge = edges.nextDependent(edge)) {
            equal(edges.input(edge), slot, "input of a dependent edge of slot %d", slot);
            listed++;
        }
        equal(listed, dependentCount[slot], "dependents listed of slot %d", slot);
        tasksOf[tasks.kind[slot]]++;
        runnable[tasks.kind[slot]] += tasks.phase(slot).isRunnable() && !tasks.has(slot, TaskTable.CALL) ? 1 : 0;
        homeless[tasks.kind[slot]] += tasks.phase(slot) == TaskPhase.NO_WORKER ? 1 : 0;
        checkNeed(slot);
        checkPlace(slot);
        checkInputs(slot);
        checkHolders(slot);
    }

    private void checkNeed(final int slot) {
        final TaskPhase phase = tasks.phase(slot);
        final boolean published = tasks.has(slot, TaskTable.PUBLISHED);
        final boolean wanted = published || tasks.has(slot, TaskTable.WANTED | TaskTable.OWED);
        final boolean waits = phase == TaskPhase.WAITING || phase == TaskPhase.QUEUED || phase == TaskPhase.NO_WORKER;
        require(!waits || !tasks.has(slot, TaskTable.COMMITTED), slot, "is to run again though it began");
        if (phase == TaskPhase.RELEASED) {
            final boolean missed = published || wanted && !tasks.has(slot, TaskTable.DELIVERED);
            require(!missed && waiters[slot] == 0, slot, "is released though it is needed");
        }
        require(
                !tasks.has(slot, TaskTable.OWED) || phase == TaskPhase.WAITING || phase == TaskPhase.PROCESSING,
                slot,
                "is a call that is over and still to be made");
        if (wanted || waiters[slot] > 0 || isOfOpenGraph(slot)) {
            return;
        }
        require(dependentCount[slot] > 0, slot, "is kept though nobody needs it and nothing depends on it");
        require(
                phase == TaskPhase.RELEASED
                        || phase == TaskPhase.ERRED
                        || phase == TaskPhase.MEMORY
                                && tasks.has(slot, TaskTable.SCATTERED | TaskTable.ONCE | TaskTable.CALL),
                slot,
                "goes on though nobody needs it");
    }

    private void checkPlace(final int slot) {
        final TaskPhase phase = tasks.phase(slot);
        final int number = tasks.worker[slot];
        if (phase == TaskPhase.PROCESSING) {
            require(workerOrNull(number) != null, slot, "is on a worker that is gone");
            if (tasks.has(slot, TaskTable.CALL)) {
                require(tasks.runId[slot] > 0, slot, "has no run");
                final int actor = ActorCalls.actor(core.state(), slot);
                require(tasks.isHeldBy(actor, number), slot, "calls an actor where that is not");
                calls[number]++;
                return;
            }
            actors[number] += tasks.has(slot, TaskTable.ACTOR) ? 1 : 0;
            if (!tasks.has(slot, TaskTable.SCATTERED)) {
                require(tasks.runId[slot] > 0, slot, "has no run");
                assigned[number]++;
                seceded[number] += tasks.has(slot, TaskTable.SECEDED) ? 1 : 0;
                fetching[number] += tasks.has(slot, TaskTable.FETCHES) ? 1 : 0;
                occupancyUs[number] += tasks.estimateUs[slot];
                producingBytes[number] += core.workers().get(number).memoryLimitBytes > 0 ? tasks.sizeBytes[slot] : 0;
                assignedOf.merge(core.function(slot).share, 1, Integer::sum);
                take(slot, core.workers().get(number));
            } else {
                awaited[number]++;
            }
            return;
        }
        require(!tasks.has(slot, TaskTable.FETCHES), slot, "fetches inputs though it is not assigned");
        require(!tasks.has(slot, TaskTable.SECEDED), slot, "gave its thread up though it does not run");
        if (phase == TaskPhase.WAITING && number != TaskTable.NONE) {
            checkFollows(slot, number);
            return;
        }
        equal(tasks.runId[slot], 0, "runId of slot %d, which does not run,", slot);
        if (phase == TaskPhase.QUEUED && number == Dispatcher.APART) {
            return;
        }
        if (phase == TaskPhase.QUEUED && number < TaskTable.NONE) {
            equal(number, TaskTable.NONE - 1 - tasks.kind[slot], "mark of slot %d", slot);
            queuedBy[tasks.kind[slot]]++;
        } else if (phase == TaskPhase.QUEUED && number != TaskTable.NONE) {
            require(workerOrNull(number) != null, slot, "waits for a worker that is gone");
            queued[number]++;
            queuedUs[number] += tasks.estimateUs[slot];
            occupancyUs[number] += tasks.estimateUs[slot];
        } else {
            equal(number, TaskTable.NONE, "worker of slot %d in phase %s", slot, phase);
        }
    }

    /** A task that is assigned before its inputs are there has none that could come elsewhere. */
    private void checkFollows(final int slot, final int number) {
        final WorkerState worker = workerOrNull(number);
        require(worker != null && worker.isOpen(), slot, "is to follow on a worker that takes no tasks");
        require(tasks.runId[slot] > 0, slot, "has no run");
        require(!core.dispatcher().ahead().isAstray(slot, number), slot, "is to follow what is elsewhere");
        require(core.kind(slot).needs.isEmpty(), slot, "is to follow though it needs resources");
        early[number]++;
        earlyUs[number] += tasks.estimateUs[slot];
    }

    private void take(final int slot, final WorkerState worker) {
        final Resources needs = core.kind(slot).needs;
        for (int i = 0; i < needs.count(); i++) {
            taken[worker.number][worker.resources().indexOf(needs.name(i))] += needs.amount(i);
        }
    }

    private void checkInputs(final int slot) {
        final TaskPhase phase = tasks.phase(slot);
        int missing = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final TaskPhase input = tasks.phase(edges.input(edge));
            missing += input == TaskPhase.MEMORY ? 0 : 1;
            if (phase == TaskPhase.WAITING) {
                require(input == TaskPhase.MEMORY || isPending(input), slot, "waits for an input in phase " + input);
            }
        }
        if (phase == TaskPhase.WAITING) {
            equal(tasks.waitingFor[slot], missing, "waitingFor of slot %d", slot);
            require(missing > 0, slot, "waits for nothing");
        } else if (phase == TaskPhase.QUEUED || phase == TaskPhase.NO_WORKER) {
            equal(missing, 0, "missing inputs of slot %d in phase %s", slot, phase);
        } else if (phase == TaskPhase.ERRED) {
            require(tasks.failure(slot) != null, slot, "has erred without a failure");
        }
    }

    private void checkHolders(final int slot) {
        final int holder = tasks.holder[slot];
        if (tasks.phase(slot) != TaskPhase.MEMORY) {
            equal(holder, TaskTable.NONE, "holder of slot %d in phase %s", slot, tasks.phase(slot));
            equal(tasks.furtherHolders(slot).length, 0, "further holders of slot %d", slot);
            return;
        }
        checkHolder(slot, holder);
        final int[] further = tasks.furtherHolders(slot);
        if (tasks.has(slot, TaskTable.ACTOR)) {
            equal(further.length, 0, "further holders of the actor in slot %d", slot);
            actors[holder]++;
            take(slot, core.workers().get(holder));
        }
        for (int i = 0; i < further.length; i++) {
            checkHolder(slot, further[i]);
            require(further[i] != holder, slot, "is held twice by the same worker");
            for (int j = 0; j < i; j++) {
                require(further[i] != further[j], slot, "is held twice by the same worker");
            }
        }
    }

    private void checkHolder(final int slot, final int holder) {
        require(workerOrNull(holder) != null, slot, "is held by nobody");
        storedBytes[holder] += tasks.sizeBytes[slot];
        heldCount[holder]++;
        require(core.workers().get(holder).held.containsInt(slot), slot, "is not listed by its holder");
    }

    private void checkClients() {
        int open = 0;
        int live = 0;
        for (final ClientState client : core.state().departed.values()) {
            require(client.live() > 0, client.number, "left, and nobody needs a task of that client");
        }
        final List<ClientState> all = new ArrayList<>(core.clients().values());
        all.addAll(core.state().departed.values());
        for (final ClientState client : all) {
            open += client.openGraphFrom == ClientState.UNKNOWN ? 0 : 1;
            equal(
                    client.share.assigned,
                    assignedOf.getOrDefault(client.share, 0),
                    "assigned of client %d",
                    client.number);
            for (int taskId = 0; taskId < client.nextTaskId(); taskId++) {
                final int slot = client.slot(taskId);
                if (slot == ClientState.UNKNOWN) {
                    continue;
                }
                live++;
                equal(tasks.client[slot], client.number, "client of slot %d", slot);
                equal(client.slot(tasks.taskId[slot]), slot, "slot of task %d", tasks.taskId[slot]);
            }
        }
        equal(core.life().openGraphs(), open, "openGraphs");
        equal(live, limit - phaseCounts[TaskPhase.FORGOTTEN.ordinal()], "tasks that clients know");
    }

    private void checkWorkers() {
        final Placement placement = core.dispatcher().placement();
        final BitSet idle = placement.idle();
        final BitSet room = placement.room();
        final BitSet crowded = placement.crowded();
        final BitSet backlogged = core.dispatcher().backlogged();
        final List<WorkerState> accepting = placement.accepting();
        int living = 0;
        int open = 0;
        for (int number = 0; number < core.workers().size(); number++) {
            final WorkerState worker = workerOrNull(number);
            if (worker == null) {
                require(!idle.get(number) && !room.get(number) && !crowded.get(number), number, "is gone and has room");
                require(!backlogged.get(number), number, "is gone and takes tasks");
                continue;
            }
            living++;
            open += worker.isOpen() ? 1 : 0;
            equal(worker.assigned, assigned[number], "assigned of %s", worker.name);
            equal(worker.seceded, seceded[number], "seceded of %s", worker.name);
            equal(worker.fetching, fetching[number], "fetching of %s", worker.name);
            equal(worker.queued, queued[number], "queued of %s", worker.name);
            equal(worker.queuedUs, queuedUs[number], "queuedUs of %s", worker.name);
            equal(worker.occupancyUs, occupancyUs[number], "occupancyUs of %s", worker.name);
            equal(worker.storedBytes, storedBytes[number], "storedBytes of %s", worker.name);
            equal(worker.producingBytes, producingBytes[number], "producingBytes of %s", worker.name);
            equal(worker.heldCount, heldCount[number], "heldCount of %s", worker.name);
            for (int i = 0; i < worker.resources().count(); i++) {
                final long free = worker.resources().amount(i) - taken[number][i];
                equal(worker.free(i), free, "free %s of %s", worker.resources().name(i), worker.name);
                require(free >= 0, number, "has more taken than it has");
            }
            checkAwaited(worker);
            require(idle.get(number) == worker.isIdle(), number, "is not as idle as it is said to be");
            require(room.get(number) == worker.hasRoom(), number, "has not the room that it is said to have");
            require(crowded.get(number) == worker.isCrowded(), number, "is not as crowded as it is said to be");
            require(backlogged.get(number) == worker.queued > 0, number, "has another backlog than it is said to have");
            require(worker.queued == 0 || !worker.draining, number, "leaves, and tasks wait for it");
            require(accepting.contains(worker) == worker.isOpen(), number, "takes tasks or not, other than it is said");
            equal(worker.actors, actors[number], "actors of %s", worker.name);
            equal(worker.callCount, calls[number], "callCount of %s", worker.name);
            equal(worker.calls.slots(tasks).size(), calls[number], "calls listed of %s", worker.name);
            checkRuns(worker);
            checkEarly(worker);
        }
        equal(core.livingWorkers(), living, "livingWorkers");
        for (final WorkerState worker : accepting) {
            require(workerOrNull(worker.number) == worker, worker.number, "is gone and takes tasks");
        }
        equal(accepting.size(), open, "workers that take tasks");
    }

    private void checkAwaited(final WorkerState worker) {
        int count = 0;
        for (int slot = worker.awaited.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            require(tasks.has(slot, TaskTable.SCATTERED), slot, "is awaited though it is computed");
            equal(tasks.worker[slot], worker.number, "worker of slot %d", slot);
            count++;
        }
        equal(count, awaited[worker.number], "data awaited by %s", worker.name);
        require(count == 0 || worker.isOpen(), worker.number, "is to get data though it leaves or pauses");
    }

    private void checkKinds() {
        for (int index = 0; index < core.kinds().limit(); index++) {
            final TaskKind kind = core.kinds().orNull(index);
            if (kind == null) {
                equal(tasksOf[index], 0, "tasks of kind %d, which is gone,", index);
                continue;
            }
            equal(kind.tasks, tasksOf[index], "tasks of kind %d", index);
            equal(kind.runnable, runnable[index], "runnable of kind %d", index);
            equal(kind.queued, queuedBy[index], "queued of kind %d", index);
            equal(kind.homeless, homeless[index], "homeless of kind %d", index);
            require(core.kinds().waiting().contains(kind) == kind.queued > 0, index, "is a kind listed wrongly");
            require(kind.isPlain() || kind.tasks > 0, index, "is a kind that is kept for nothing");
        }
    }

    private void checkCopies() {
        final Int2IntHashMap underWay = core.copies().underWay();
        final Map<Integer, Integer> underWayTo = new HashMap<>();
        for (final WorkerState worker : core.workers()) {
            if (worker == null) {
                continue;
            }
            long bytes = 0;
            for (int i = 0; i < worker.copying.size(); i++) {
                final int slot = worker.copying.getInt(i);
                underWayTo.merge(slot, 1, Integer::sum);
                require(!tasks.isHeldBy(slot, worker.number), slot, "is copied to a worker that has it");
                require(tasks.phase(slot) == TaskPhase.MEMORY, slot, "is copied though it does not exist");
                require(!worker.draining, slot, "is copied to a worker that leaves");
                bytes += tasks.sizeBytes[slot];
            }
            equal(worker.copyingBytes, bytes, "copyingBytes of %s", worker.name);
            for (int i = 0; worker.draining && i < worker.safe; i++) {
                final int slot = worker.held.getInt(i);
                require(
                        !isExposed(slot, worker)
                                || worker.held.stream().skip(worker.safe).anyMatch(later -> later == slot),
                        worker.number,
                        "is said to hold nothing unique");
            }
        }
        equal(underWay.size(), underWayTo.size(), "results under way");
        underWayTo.forEach(
                (slot, count) -> equal(underWay.get(slot.intValue()), count, "copies under way of slot %d", slot));
    }

    private boolean isExposed(final int slot, final WorkerState worker) {
        if (tasks.phase(slot) != TaskPhase.MEMORY || !tasks.isHeldBy(slot, worker.number)) {
            return false;
        }
        for (final WorkerState other : core.workers()) {
            if (other != null && !other.draining && tasks.isHeldBy(slot, other.number)) {
                return false;
            }
        }
        return true;
    }

    private void checkRuns(final WorkerState worker) {
        int count = 0;
        final Set<Long> runsFound = new HashSet<>();
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            require(tasks.phase(slot) == TaskPhase.PROCESSING, slot, "is listed as assigned");
            equal(tasks.worker[slot], worker.number, "worker of slot %d", slot);
            require(runsFound.add(tasks.runId[slot]), slot, "is listed twice");
            final long recalled = worker.recalled.get(tasks.runId[slot]);
            require(recalled == RunMap.NONE || recalled == core.identity(slot), slot, "is asked back by another name");
            count++;
        }
        require(runsFound.containsAll(worker.recalled.keySet()), worker.number, "is asked for a run that it has not");
        require(runsFound.containsAll(worker.started.asSet()), worker.number, "keeps a run that it has not");
        require(runsFound.containsAll(worker.suspectRuns.asSet()), worker.number, "has a suspect that it has not");
        equal(count, worker.assigned, "runs listed of %s", worker.name);
    }

    private void checkEarly(final WorkerState worker) {
        int count = 0;
        int slot = worker.early == null ? TaskTable.NONE : worker.early.runs.first();
        for (; slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            require(tasks.phase(slot) == TaskPhase.WAITING, slot, "is listed as to follow");
            equal(tasks.worker[slot], worker.number, "worker of slot %d", slot);
            count++;
        }
        equal(count, early[worker.number], "runs listed that are to follow on %s", worker.name);
        equal(worker.early == null ? 0 : worker.early.count, count, "early runs of %s", worker.name);
        equal(worker.early == null ? 0 : worker.early.workUs, earlyUs[worker.number], "early work of %s", worker.name);
    }

    private void checkQueues() {
        found.clear();
        for (final ClientShare share : core.dispatcher().ready().shares()) {
            require(!share.queue.isEmpty(), 0, "is a client listed for nothing");
            markQueued(share.queue, TaskTable.NONE);
        }
        final SlotList apart = core.dispatcher().apart();
        for (int slot = apart.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            require(tasks.worker[slot] == Dispatcher.APART, slot, "is listed as a suspect");
            found.set(slot);
        }
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                markQueued(worker.queue, worker.number);
            }
        }
        for (int index = 0; index < core.kinds().limit(); index++) {
            final TaskKind kind = core.kinds().orNull(index);
            if (kind != null) {
                markQueued(kind.queue(), TaskTable.NONE - 1 - index);
            }
        }
        final SlotList without = core.dispatcher().withoutWorker();
        for (int slot = without.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            require(tasks.phase(slot) == TaskPhase.NO_WORKER, slot, "is listed as without a worker");
            require(!found.get(slot), slot, "is listed twice");
            found.set(slot);
        }
        for (int slot = 0; slot < limit; slot++) {
            final boolean listed = tasks.phase(slot) == TaskPhase.QUEUED || tasks.phase(slot) == TaskPhase.NO_WORKER;
            require(found.get(slot) == listed, slot, "is in no queue, or should not be in one");
        }
    }

    private void markQueued(final ReadyQueue queue, final int worker) {
        queue.forEach((order, slot) -> markQueued(order, slot, worker));
    }

    private void markQueued(final long order, final int slot, final int worker) {
        if (tasks.order[slot] == order && tasks.phase(slot) == TaskPhase.QUEUED && tasks.worker[slot] == worker) {
            found.set(slot);
        }
    }

    private void checkNothingIsLeftUndone() {
        final List<WorkerState> open = new ArrayList<>();
        for (final WorkerState worker : core.workers()) {
            if (worker != null && worker.paused) {
                for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
                    final long run = tasks.runId[slot];
                    require(
                            worker.recalled.containsKey(run) || worker.started.contains(run),
                            slot,
                            "is left to a worker that pauses");
                }
            }
            if (worker != null && worker.isOpen()) {
                open.add(worker);
                require(!worker.hasRoom() || worker.queued == 0, worker.number, "has room, and tasks wait for it");
            }
        }
        for (int slot = 0; slot < limit; slot++) {
            if (tasks.phase(slot) != TaskPhase.NO_WORKER && tasks.phase(slot) != TaskPhase.QUEUED) {
                continue;
            }
            final TaskKind kind = core.kind(slot);
            if (tasks.phase(slot) == TaskPhase.NO_WORKER) {
                for (final WorkerState worker : open) {
                    final boolean fits = (kind.names(worker) || kind.orOthers)
                            && worker.offers(kind.needs)
                            && (worker.endAtNs == WorkerState.NEVER || kind.function.knownUs() == 0);
                    require(!fits || isHeldBack(slot), slot, "waits for a worker though " + worker.name + " is there");
                }
            } else if (tasks.phase(slot) == TaskPhase.QUEUED && tasks.worker[slot] == Dispatcher.APART) {
                checkWaitsApart(slot, kind, open);
            } else if (tasks.phase(slot) == TaskPhase.QUEUED && tasks.worker[slot] == TaskTable.NONE) {
                for (final WorkerState worker : open) {
                    require(!worker.hasRoom(), slot, "is queued though " + worker.name + " has room");
                }
            } else if (tasks.phase(slot) == TaskPhase.QUEUED && tasks.worker[slot] > TaskTable.NONE) {
                final WorkerState worker = core.workers().get(tasks.worker[slot]);
                require(kind.names(worker) || kind.orOthers, slot, "waits for a worker that it may not run on");
                require(kind.needs.isEmpty(), slot, "waits for one worker though it needs resources");
            }
        }
        core.kinds().waiting().forEach(kind -> checkWaits(kind, open));
        for (final WorkerState worker : core.workers()) {
            if (worker != null && worker.draining && !worker.stopping && worker.assigned == 0) {
                require(
                        worker.held.stream().anyMatch(slot -> isExposed(slot, worker)),
                        worker.number,
                        "is not stopped though it has nothing left to do");
            }
        }
    }

    /** A suspect waits only for a worker where no other one runs. */
    private void checkWaitsApart(final int slot, final TaskKind kind, final List<WorkerState> open) {
        for (final WorkerState worker : open) {
            require(
                    !core.dispatcher().placement().canTakeNow(kind, worker, tasks.order[slot])
                            || !core.dispatcher().placement().mayJoinSuspects(slot, worker),
                    slot,
                    "waits apart though " + worker.name + " could take it");
        }
    }

    /** No worker can take the first of a kind, unless it is kept for one that came before. */
    private void checkWaits(final TaskKind kind, final List<WorkerState> open) {
        for (final WorkerState worker : open) {
            final boolean fits = (kind.names(worker) || kind.isForAll)
                    && worker.hasRoom()
                    && worker.offers(kind.needs)
                    && worker.lacks(kind.needs) == 0
                    && worker.hasTimeFor(core.nowNs(), kind.function.knownUs());
            require(
                    !fits || core.kinds().waiting().stream().anyMatch(other -> isKeptFor(other, kind, worker)),
                    kind.index,
                    "is a kind that waits though " + worker.name + " could take its first");
        }
    }

    private boolean isKeptFor(final TaskKind other, final TaskKind kind, final WorkerState worker) {
        return other != kind
                && other.reserved == worker.number
                && other.needs.overlaps(kind.needs)
                && other.queue().firstOrder() < kind.queue().firstOrder();
    }

    private boolean isHeldBack(final int slot) {
        final long unexplained = core.state().suspicions.of(core.identity(slot));
        return unexplained > 0
                && tasks.deaths[slot] + unexplained > core.state().settings.allowedFailures();
    }

    private boolean isOfOpenGraph(final int slot) {
        final ClientState client = core.clients().get(tasks.client[slot]);
        return client != null
                && client.openGraphFrom != ClientState.UNKNOWN
                && tasks.taskId[slot] >= client.openGraphFrom;
    }

    private @Nullable WorkerState workerOrNull(final int number) {
        return number < 0 || number >= core.workers().size()
                ? null
                : core.workers().get(number);
    }

    private static boolean isPending(final TaskPhase phase) {
        return phase == TaskPhase.WAITING || phase.isRunnable();
    }

    private void require(final boolean holds, final int number, final String what) {
        if (!holds) {
            final boolean isSlot = number >= 0 && number < limit;
            throw new AssertionError("number=" + number + (isSlot ? " phase=" + tasks.phase(number) : "") + " " + what);
        }
    }

    private static void equal(final long actual, final long expected, final String what, final Object... arguments) {
        if (actual != expected) {
            throw new AssertionError(
                    String.format(Locale.ROOT, what, arguments) + " is " + actual + ", must be " + expected);
        }
    }
}
