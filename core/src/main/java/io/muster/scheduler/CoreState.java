package io.muster.scheduler;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** What the scheduler knows: tasks, workers and clients, and the latest time that a command told. Its parts share it. */
final class CoreState {
    final TaskTable tasks = new TaskTable();
    final EdgePool edges = new EdgePool();
    final TaskKinds kinds = new TaskKinds();
    final Int2ObjectHashMap<ClientState> clients = new Int2ObjectHashMap<>();

    /** Workers by number; null where one is gone. */
    final List<@Nullable WorkerState> workers = new ArrayList<>();

    /** The names of those that are there. */
    final Set<String> workerNames = new HashSet<>();

    final ReadAhead readAhead = new ReadAhead(workers, tasks);

    final Links links = new Links(this);

    final Waits waits = new Waits(this);

    final Suspicions suspicions = new Suspicions();

    final CoreSettings settings;

    /** Whether a worker ever died in a way that may be a task's fault. */
    boolean mayHaveSuspects;

    /** Clients that left, some of whose tasks others need. */
    final Int2ObjectHashMap<ClientState> departed = new Int2ObjectHashMap<>();

    /** Locks, queues and their like. */
    final Coordination coordination = new Coordination();

    final Datasets datasets = new Datasets();

    /** What happened to tasks, and why; for people. */
    final Transitions story = new Transitions();

    /** The client that was looked up last: most often it is the one that is asked for next. */
    private @Nullable ClientState lastOwner;

    int livingWorkers;

    /** How many of them have jobs that end. */
    int endingWorkers;

    long transitions;
    long nowNs;

    CoreState(final CoreSettings settings) {
        this.settings = settings;
    }

    FunctionState function(final int slot) {
        return kind(slot).function;
    }

    TaskKind kind(final int slot) {
        return kinds.get(tasks.kind[slot]);
    }

    /** How long a task is expected to occupy a thread. */
    int estimateUs(final int slot) {
        return tasks.has(slot, TaskTable.EXPECTED)
                ? tasks.estimateUs[slot]
                : function(slot).estimateUs();
    }

    /** How long a task takes, by what was told or seen; 0 if nobody knows. */
    int knownUs(final int slot) {
        return tasks.has(slot, TaskTable.EXPECTED)
                ? tasks.estimateUs[slot]
                : function(slot).knownUs();
    }

    /** Whether a task may have killed a worker. */
    boolean isSuspect(final int slot) {
        return mayHaveSuspects && deaths(slot) > 0;
    }

    /** Whether a suspect fails should one more worker die with it. */
    boolean isOnLastTry(final int slot) {
        return deaths(slot) >= settings.allowedFailures();
    }

    /** How many workers' deaths a task may be to blame for: those that are explained and those that are not yet. */
    long deaths(final int slot) {
        return tasks.deaths[slot] + suspicions.of(identity(slot));
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
        return functionName(slot) + "-" + tasks.client[slot] + "-" + tasks.taskId[slot];
    }

    /** The name of a task's function; {@code data} where a client placed the result. */
    String functionName(final int slot) {
        return tasks.has(slot, TaskTable.SCATTERED) ? "data" : function(slot).name;
    }

    void enter(final int slot, final TaskPhase next) {
        story.add(identity(slot), tasks.phaseOrdinal(slot), next.ordinal());
        pass(slot, next);
    }

    /** As {@link #enter}, where the next phase follows at once and is what people want to know of. */
    void pass(final int slot, final TaskPhase next) {
        final boolean isRunnable = next.isRunnable();
        if (tasks.phase(slot).isRunnable() != isRunnable && !tasks.has(slot, TaskTable.CALL)) {
            kind(slot).runnable += isRunnable ? 1 : -1;
        }
        tasks.phase(slot, next);
        transitions++;
    }

    /** What follows happens because of this. */
    void because(final Cause cause) {
        story.because(cause, Transitions.NOBODY, 0);
    }

    /** What follows happens because of a worker, and a run there if that is not 0. */
    void because(final Cause cause, final int worker, final long run) {
        story.because(cause, worker, run);
    }

    /** Something happened to a task that leaves it in its phase. */
    void note(final int slot, final Cause cause, final int worker, final long run) {
        story.because(cause, worker, run);
        story.add(identity(slot), tasks.phaseOrdinal(slot), tasks.phaseOrdinal(slot));
    }

    /** A client by number, also one that left, as long as others need a task of it. */
    @Nullable
    ClientState owner(final int number) {
        final ClientState last = lastOwner;
        if (last != null && last.number == number) {
            return last;
        }
        final ClientState client = clients.get(number);
        if (client != null) {
            lastOwner = client;
            return client;
        }
        return departed.isEmpty() ? null : departed.get(number);
    }

    /** A client is no more among {@link #clients}. */
    void clientLeft() {
        lastOwner = null;
    }

    /** The slot of a run that is current on this worker, or UNKNOWN: then the report is stale and is dropped. */
    int currentRun(final WorkerState worker, final long runId, final long identity) {
        if (worker.mayRetract) {
            worker.retractions.heard(runId);
            worker.mayRetract = !worker.retractions.isEmpty();
        }
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

    int slotOf(final long identity) {
        final ClientState client = owner((int) (identity >>> 32));
        return client == null ? ClientState.UNKNOWN : client.slot((int) identity);
    }

    WorkerState workerOf(final int slot) {
        final WorkerState worker = workers.get(tasks.worker[slot]);
        if (worker == null) {
            throw new IllegalStateException("slot=" + slot + " phase=" + tasks.phase(slot) + " has no worker");
        }
        return worker;
    }

    boolean holds(final WorkerState worker, final int slot) {
        return tasks.phase(slot) == TaskPhase.MEMORY && tasks.isHeldBy(slot, worker.number);
    }
}
