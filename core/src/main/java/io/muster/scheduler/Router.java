package io.muster.scheduler;

import io.muster.ActorLostException;
import io.muster.DataLostException;
import io.muster.InsufficientMemoryException;
import io.muster.KilledWorkerException;
import io.muster.NoWorkerException;
import io.muster.UnknownOutcomeException;
import io.muster.coordination.CoordinationAnswer;
import io.muster.data.WorkerAddress;
import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;
import io.muster.worker.WorkerCommands;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.agrona.collections.Int2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/** Takes the core's effects to the peers: a worker's peer is a {@link WorkerCommands}, a client's a {@link ClientEvents}. */
final class Router implements Effects {
    private static final long[] NO_TASKS = {};
    private static final int[] NO_HOLDERS = {};

    /** How many further holders of an input a worker is told. */
    private static final int MAX_ALTERNATES = 2;

    /** From how many inputs on arrays are made for a task. */
    private static final int FEW_INPUTS = 16;

    private final boolean local;
    private final Int2ObjectHashMap<WorkerAddress> addresses = new Int2ObjectHashMap<>();
    private final Introductions introductions = new Introductions();
    private final Int2ObjectHashMap<BitSet> knownTo = new Int2ObjectHashMap<>();
    private final List<ClientEvents> clients = new ArrayList<>();
    private @Nullable SchedulerCore core;

    /** The crew of each worker that is across a connection, and its index in it, by number. */
    private @Nullable Crew[] crews = {};

    private int[] indexes = {};

    /** For what goes into a message at once: arrays of each length below {@link #FEW_INPUTS}. */
    private final long[][] inputsOf = new long[FEW_INPUTS][];

    private final int[][] holdersOf = new int[FEW_INPUTS][];

    /**
     * Makes a router.
     *
     * @param local whether peers live in this JVM and take live objects
     */
    Router(final boolean local) {
        this.local = local;
        Arrays.setAll(inputsOf, long[]::new);
        Arrays.setAll(holdersOf, int[]::new);
    }

    void core(final SchedulerCore decides) {
        this.core = decides;
    }

    void clientJoined(final ClientEvents client) {
        clients.add(client);
        addresses.values().stream()
                .sorted(java.util.Comparator.comparingInt(WorkerAddress::number))
                .forEach(client::workerUp);
    }

    void clientLeft(final ClientEvents client) {
        clients.remove(client);
    }

    void workerJoined(final WorkerAddress address) {
        addresses.put(address.number(), address);
        if (!local) {
            introductions.add(address);
        }
        for (final ClientEvents client : clients) {
            client.workerUp(address);
        }
    }

    /** A worker is one of a crew. */
    void workerIsOf(final Crew crew, final int index, final int number) {
        if (number >= crews.length) {
            crews = Arrays.copyOf(crews, 2 * number + 1);
            indexes = Arrays.copyOf(indexes, 2 * number + 1);
        }
        crews[number] = crew;
        indexes[number] = index;
    }

    private @Nullable Crew crew(final WorkerState worker) {
        return worker.number < crews.length ? crews[worker.number] : null;
    }

    @Nullable
    WorkerAddress address(final int worker) {
        return addresses.get(worker);
    }

    @Override
    public void workerGone(final WorkerState worker, final String reason) {
        addresses.remove(worker.number);
        introductions.remove(worker.number);
        knownTo.remove(worker.number);
        final List<@Nullable WorkerState> workers = decider().workers();
        knownTo.forEachInt((number, known) -> {
            final WorkerState other = workers.get(number);
            if (other != null && known.get(worker.number)) {
                known.clear(worker.number);
                commands(other).workerDown(worker.number);
            }
        });
        for (final ClientEvents client : clients) {
            client.workerDown(worker.number, reason);
        }
        if (worker.peer instanceof WorkerSession session) {
            crews[worker.number] = null;
            session.end(reason);
        }
    }

    @Override
    public void registerFunction(final WorkerState worker, final FunctionState function) {
        commands(worker).registerFunction(function.id, function.body, function.name);
    }

    @Override
    public void forgetFunction(final WorkerState worker, final FunctionState function) {
        commands(worker).forgetFunction(function.id);
    }

    @Override
    public void assign(final WorkerState worker, final int slot) {
        final SchedulerCore decides = decider();
        final TaskTable tasks = decides.tasks();
        final Crew crew = crew(worker);
        long[] inputs = NO_TASKS;
        int[] holders = NO_HOLDERS;
        if (tasks.inputs[slot] != EdgePool.NONE) {
            int count = 0;
            for (int edge = tasks.inputs[slot];
                    edge != EdgePool.NONE;
                    edge = decides.edges().nextInput(edge)) {
                count += 1 + alternates(tasks, decides.edges().input(edge));
            }
            final boolean isKept = crew == null || count >= FEW_INPUTS;
            inputs = isKept ? new long[count] : inputsOf[count];
            holders = isKept ? new int[count] : holdersOf[count];
            fillInputs(worker, slot, inputs, holders);
        }
        final long runId = tasks.runId[slot];
        final long task = decides.identity(slot);
        final long function = decides.function(slot).id;
        final int attempt = tasks.attempt[slot];
        final Object payload = tasks.payload[slot];
        final String key = tasks.key(slot);
        if (crew == null) {
            commands(worker).assign(runId, task, function, attempt, flags(tasks, slot), inputs, holders, payload, key);
        } else {
            crew.assign(
                    indexes[worker.number],
                    runId,
                    task,
                    function,
                    attempt,
                    flags(tasks, slot),
                    inputs,
                    holders,
                    (byte[]) payload,
                    key);
        }
    }

    private static int flags(final TaskTable tasks, final int slot) {
        return (tasks.has(slot, TaskTable.WANTED) ? WorkerCommands.SEND_SMALL_RESULT : 0)
                | (tasks.has(slot, TaskTable.ONCE) ? WorkerCommands.ONCE : 0)
                | (tasks.has(slot, TaskTable.ACTOR) ? WorkerCommands.ACTOR : 0)
                | (tasks.has(slot, TaskTable.CALL) ? WorkerCommands.CALL : 0);
    }

    @Override
    public void free(final WorkerState worker, final long task) {
        final Crew crew = crew(worker);
        if (crew == null) {
            commands(worker).free(task);
        } else {
            crew.free(indexes[worker.number], task);
        }
    }

    @Override
    public void replicate(final WorkerState destination, final int slot) {
        final TaskTable tasks = decider().tasks();
        final int[] further = tasks.furtherHolders(slot);
        final int[] holders = new int[1 + Math.min(MAX_ALTERNATES, further.length)];
        for (int i = 0; i < holders.length; i++) {
            final int at = (destination.number + i) % (1 + further.length);
            holders[i] = introduce(destination, at == 0 ? tasks.holder[slot] : further[at - 1]);
        }
        commands(destination).replicate(decider().identity(slot), holders);
    }

    @Override
    public void stop(final WorkerState worker, final String reason) {
        commands(worker).stop(worker.restarts, reason);
    }

    @Override
    public void abandon(final WorkerState worker, final long runId, final boolean interrupt) {
        commands(worker).abandon(runId, interrupt);
    }

    @Override
    public void commit(final WorkerState worker, final long runId, final boolean granted) {
        commands(worker).commit(runId, granted);
    }

    @Override
    public void takeBack(final WorkerState worker, final long runId) {
        commands(worker).takeBack(new long[] {runId});
    }

    @Override
    public void warn(final ClientState client, final String text) {
        events(client).warning(text);
    }

    @Override
    public void finished(
            final ClientState client,
            final int taskId,
            final int worker,
            final long sizeBytes,
            final boolean inline,
            final @Nullable Object value) {
        events(client).finished(taskId, worker, sizeBytes, inline, value);
    }

    @Override
    public void erred(final ClientState client, final int taskId, final Object failure) {
        events(client).erred(taskId, failure);
    }

    @Override
    public void cancelled(final ClientState client, final int taskId, final boolean lost, final String reason) {
        events(client).cancelled(taskId, lost, reason);
    }

    @Override
    public void scatterTo(final ClientState client, final int taskId, final int worker) {
        events(client).scatterTo(taskId, worker);
    }

    @Override
    public void answer(final ClientState client, final long requestId, final String json) {
        events(client).infoReply(requestId, json);
    }

    @Override
    public void answer(final ClientState client, final CoordinationAnswer answer) {
        events(client).coordinated(answer);
    }

    @Override
    public void answer(final WorkerState worker, final CoordinationAnswer answer) {
        commands(worker).coordinated(answer);
    }

    @Override
    public Object failure(
            final FailureKind kind,
            final String key,
            final String worker,
            final int attempt,
            final String message,
            final List<String> details) {
        final RuntimeException cause = switch (kind) {
            case KILLED_WORKER -> new KilledWorkerException(message, key, worker, attempt, details);
            case DATA_LOST -> new DataLostException(key, message);
            case TOO_LARGE -> new InsufficientMemoryException(message);
            case NO_WORKER -> new NoWorkerException(message, key, attempt);
            case UNKNOWN_OUTCOME -> new UnknownOutcomeException(message, key, worker, attempt);
            case ACTOR_LOST -> new ActorLostException(message, key, worker, attempt);
        };
        final TaskFailure failure = TaskFailure.of(cause, key, worker, attempt, Serializer.standard());
        return local ? failure : failure.toBytes();
    }

    private void fillInputs(final WorkerState worker, final int slot, final long[] inputs, final int[] holders) {
        final SchedulerCore decides = decider();
        final TaskTable tasks = decides.tasks();
        int at = 0;
        for (int edge = tasks.inputs[slot];
                edge != EdgePool.NONE;
                edge = decides.edges().nextInput(edge)) {
            final int input = decides.edges().input(edge);
            final long identity = decides.identity(input);
            inputs[at] = identity;
            holders[at++] =
                    tasks.holder[input] == TaskTable.NONE ? worker.number : introduce(worker, tasks.holder[input]);
            final int[] further = tasks.furtherHolders(input);
            for (int i = 0; i < Math.min(MAX_ALTERNATES, further.length); i++) {
                inputs[at] = identity;
                holders[at++] = ~introduce(worker, further[i]);
            }
        }
    }

    private static int alternates(final TaskTable tasks, final int input) {
        return Math.min(MAX_ALTERNATES, tasks.furtherHolders(input).length);
    }

    /** Tells a worker where another one is, before the first message that names it. */
    private int introduce(final WorkerState worker, final int other) {
        if (other != worker.number && !local && isNewsTo(worker, other)) {
            final Crew crew = crew(worker);
            if (crew != null) {
                introductions.write(other, crew.outFor(indexes[worker.number]));
            } else {
                final WorkerAddress address = addresses.get(other);
                if (address != null) {
                    commands(worker).workerUp(address);
                }
            }
        }
        return other;
    }

    /** True the first time it is asked. */
    private boolean isNewsTo(final WorkerState worker, final int other) {
        final BitSet known = knownTo.computeIfAbsent(worker.number, number -> new BitSet());
        if (known.get(other)) {
            return false;
        }
        known.set(other);
        return true;
    }

    private static WorkerCommands commands(final WorkerState worker) {
        return (WorkerCommands) worker.peer;
    }

    private static ClientEvents events(final ClientState client) {
        return (ClientEvents) client.peer;
    }

    private SchedulerCore decider() {
        return java.util.Objects.requireNonNull(core, "core");
    }
}
