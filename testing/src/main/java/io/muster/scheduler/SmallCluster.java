package io.muster.scheduler;

import io.muster.coordination.CoordinationAnswer;
import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.data.WorkerAddress;
import io.muster.worker.RunTimes;
import io.muster.worker.SimulatedRuns;
import io.muster.worker.WorkerCommands;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client's three tasks, two workers with a thread each, and nothing that happens by itself: messages arrive, runs and transfers end and
 * workers fail as the caller chooses, one after the other.
 */
public final class SmallCluster {
    /** For each graph the inputs of its three tasks. The last task is wanted, and each that is the input of none. */
    public static final List<int[][]> GRAPHS =
            List.of(new int[][] {{}, {}, {0, 1}}, new int[][] {{}, {0}, {1}}, new int[][] {{}, {0}, {0}});

    private static final int WORKERS = 2;
    private static final long DURATION_NS = 10_000;
    private static final long SIZE_BYTES = 8;
    private static final int NEVER_BLAMED = 100;
    private static final byte[] NO_FINGERPRINT = {};

    private final SchedulerCore core;
    private final Router router = new Router(false);
    private final StateCheck check;
    private final ClientState client;
    private final List<SimulatedTask> tasks = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private final Map<Long, Integer> runNames = new HashMap<>();
    private final List<Choice> choices = new ArrayList<>();
    private int faultsLeft;

    /** What can happen next. */
    private record Choice(boolean isFault, Supplier<String> text, Runnable action) {}

    /** Something said; the text and the run tell it from others. */
    private record Message(String text, long runId, Runnable action) {}

    /**
     * Makes one whose client has submitted its tasks and whose workers are about to register.
     *
     * @param graph the inputs of each task
     * @param faults how many workers fail at most
     */
    public SmallCluster(final int[][] graph, final int faults) {
        faultsLeft = faults;
        core = new SchedulerCore(router, new CoreSettings(NEVER_BLAMED, Long.MAX_VALUE / 4, true, 0));
        router.core(core);
        check = new StateCheck(core);
        client = new ClientState(1, new Answers());
        core.addClient(client);
        core.registerFunction(client, 0, "body", "f");
        submit(graph);
        for (int i = 0; i < WORKERS; i++) {
            join(new Process(i));
        }
        core.schedule();
        findChoices();
    }

    private void submit(final int[][] graph) {
        final boolean[] isInput = new boolean[graph.length];
        Arrays.stream(graph).flatMapToInt(Arrays::stream).forEach(input -> isInput[input] = true);
        for (int i = 0; i < graph.length; i++) {
            final List<SimulatedTask> inputs =
                    Arrays.stream(graph[i]).mapToObj(tasks::get).toList();
            final SimulatedTask task = new SimulatedTask(1, i, "f-1-" + i, inputs, false, 0, 0, 0);
            task.held = !isInput[i];
            tasks.add(task);
            final int flags =
                    (task.held ? ClientRequests.WANTED : 0) | (i + 1 < graph.length ? ClientRequests.MORE_OF_GRAPH : 0);
            core.submit(client, i, 0, flags, graph[i], graph[i].length, task, null, TaskTerms.NONE);
        }
    }

    /**
     * How many things can happen next.
     *
     * @return 0 when it has come to rest
     */
    public int choices() {
        return choices.size();
    }

    /**
     * One thing that can happen next.
     *
     * @param choice which
     * @return in words
     */
    public String describe(final int choice) {
        return choices.get(choice).text.get();
    }

    /**
     * Has something happen.
     *
     * @param choice what
     * @param checks whether the core's state is checked after it
     */
    public void take(final int choice, final boolean checks) {
        choices.get(choice).action.run();
        core.schedule();
        if (checks) {
            check.checkScheduled();
        }
        findChoices();
    }

    /**
     * Whether nothing happens next unless a worker fails.
     *
     * @return whether it may stay as it is
     */
    public boolean mayRest() {
        return !choices.isEmpty() && choices.get(0).isFault;
    }

    /** At rest every wanted task is done, results are where they are believed, and all goes when it is released. */
    public void checkAtRest() {
        faultsLeft = 0;
        for (final SimulatedTask task : tasks) {
            final int slot = client.slot(task.taskId);
            final boolean isThere = slot != ClientState.UNKNOWN
                    && core.tasks().phase(slot) == TaskPhase.MEMORY
                    && core.tasks().isHeldBy(slot, task.finishedOn);
            if (task.held && !task.gotten && !isThere) {
                throw new AssertionError("task=" + task + " is not done though nothing is left to happen");
            }
        }
        checkStores();
        tasks.stream().filter(task -> task.held).forEach(task -> core.release(client, task.taskId));
        core.schedule();
        findChoices();
        while (!choices.isEmpty()) {
            take(0, false);
        }
        check.checkEmpty();
        checkStores();
    }

    private void checkStores() {
        final Set<String> believed = new LinkedHashSet<>();
        for (int slot = 0; slot < core.tasks().limit(); slot++) {
            if (core.tasks().phase(slot) == TaskPhase.MEMORY) {
                believed.add(core.identity(slot) + " on " + core.tasks().holder[slot]);
                for (final int further : core.tasks().furtherHolders(slot)) {
                    believed.add(core.identity(slot) + " on " + further);
                }
            }
        }
        for (final Process process : processes) {
            if (process.alive && process.session != null) {
                final long[] held = process.runs.inventory();
                for (int i = 0; i < held.length; i += 2) {
                    if (!believed.remove(held[i] + " on " + process.session.number)) {
                        throw new AssertionError(
                                "worker=" + process.index + " holds task=" + (int) held[i] + " for nothing");
                    }
                }
            }
        }
        if (!believed.isEmpty()) {
            throw new AssertionError("not where the scheduler believes: " + believed);
        }
    }

    /**
     * A digest of all that matters for what can happen from here on; runs are told apart by their order only.
     *
     * @return the digest
     */
    public long hash() {
        final StringBuilder text = new StringBuilder(512);
        runNames.clear();
        text.append(faultsLeft).append(core.dispatcher().placement().turns()).append(';');
        final TaskTable table = core.tasks();
        for (int slot = 0; slot < table.limit(); slot++) {
            text.append(table.phase(slot).ordinal())
                    .append(table.flags[slot])
                    .append(',')
                    .append(table.worker[slot])
                    .append(',')
                    .append(nameOf(table.runId[slot]))
                    .append(',')
                    .append(table.holder[slot])
                    .append(Arrays.toString(table.furtherHolders(slot)))
                    .append(table.waitingFor[slot])
                    .append(table.waiters[slot])
                    .append(';');
        }
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                text.append(worker.number)
                        .append(':')
                        .append(worker.occupancyUs)
                        .append(':');
                for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = table.nextInList[slot]) {
                    text.append(slot).append(',');
                }
                worker.held.stream().forEach(slot -> text.append(slot).append(' '));
                final EarlyRuns early = worker.early;
                for (int i = 0; early != null && i < early.producers(); i++) {
                    text.append(early.producer(i)).append('+');
                }
            }
        }
        tasks.forEach(task -> text.append(task.gotten).append(task.finishedOn));
        for (final Process process : processes) {
            process.describe(text);
        }
        for (final Session session : sessions) {
            session.describe(text);
        }
        return hash(text);
    }

    private static long hash(final CharSequence text) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001B3L;
            hash ^= hash >>> 29;
        }
        return hash;
    }

    private int nameOf(final long runId) {
        return runId == 0 ? 0 : runNames.computeIfAbsent(runId, id -> runNames.size() + 1);
    }

    private void findChoices() {
        choices.clear();
        for (final Session session : sessions) {
            session.addChoices();
        }
        for (final Process process : processes) {
            process.addChoices();
        }
        if (faultsLeft > 0) {
            for (final Process process : List.copyOf(processes)) {
                final Session session = process.session;
                if (process.alive && session != null && session.isUp()) {
                    choices.add(
                            new Choice(true, () -> "worker " + process.index + " dies", () -> die(process, session)));
                    choices.add(new Choice(true, () -> "worker " + process.index + " loses its session", () -> {
                        faultsLeft--;
                        session.lose();
                    }));
                }
            }
        }
    }

    private void die(final Process process, final Session session) {
        faultsLeft--;
        process.alive = false;
        process.transfers.clear();
        process.running.clear();
        session.toWorker.clear();
        session.say("end", 0, () -> session.end("it died"));
        join(new Process(process.index));
    }

    private void join(final Process process) {
        processes.add(process);
        process.connect();
    }

    /** A worker's process. */
    private final class Process implements PlainReports, DataPlane {
        private final int index;
        private final SimulatedRuns runs;
        private final Deque<SimulatedRuns.Started> running = new ArrayDeque<>();
        private final Map<Long, Transfer> transfers = new TreeMap<>();
        private final Set<Integer> peers = new LinkedHashSet<>();
        private final List<Consumer<WorkerState>> unflushed = new ArrayList<>();
        private final List<String> unflushedTexts = new ArrayList<>();
        private final List<Long> unflushedRuns = new ArrayList<>();
        private @Nullable Session session;
        private boolean alive = true;

        /** A result on its way. */
        private record Transfer(int[] holders, FetchListener listener) {}

        Process(final int index) {
            this.index = index;
            runs = new SimulatedRuns("w" + index, this, this, value -> SIZE_BYTES);
        }

        void connect() {
            final Session begun = new Session(this, sessions.size());
            sessions.add(begun);
            session = begun;
            runs.number(begun.number);
            begun.say("register", 0, begun::register);
            final long[] held = runs.inventory();
            final long[] sorted = new long[held.length / 2];
            Arrays.setAll(sorted, i -> held[2 * i]);
            Arrays.sort(sorted);
            for (final long task : sorted) {
                begun.report("stored" + task, 0, state -> core.replicaStored(state, task, SIZE_BYTES));
            }
        }

        void sessionOver() {
            session = null;
            clearUnflushed();
            runs.abandonAll();
            connect();
        }

        void startWhatMay() {
            if (running.isEmpty()) {
                final SimulatedRuns.Started started = runs.startNext();
                if (started != null) {
                    running.add(started);
                }
            }
        }

        void addChoices() {
            if (!alive) {
                return;
            }
            if (!running.isEmpty()) {
                choices.add(new Choice(false, () -> "worker " + index + " ends a run", this::endRun));
            }
            transfers.forEach((task, transfer) -> choices.add(new Choice(
                    false,
                    () -> "worker " + index + " ends the transfer of " + task.intValue(),
                    () -> endTransfer(task, transfer))));
        }

        private void endRun() {
            final SimulatedRuns.Started started = running.remove();
            final SimulatedTask task = (SimulatedTask) started.payload();
            runs.finish(started, task.compute(started.arguments()), SIZE_BYTES, DURATION_NS);
            startWhatMay();
        }

        private void endTransfer(final long task, final Transfer transfer) {
            transfers.remove(task);
            final boolean[] gone = new boolean[transfer.holders.length];
            for (int i = 0; i < gone.length; i++) {
                final Session holder = peers.contains(transfer.holders[i]) ? sessions.get(transfer.holders[i]) : null;
                final boolean answers = holder != null && holder.process.alive;
                final Object value = holder != null && answers ? holder.process.runs.get(task) : ResultStore.ABSENT;
                if (value != ResultStore.ABSENT) {
                    transfer.listener.value(task, value);
                    runs.flushWhatIsLeftBehind();
                    startWhatMay();
                    return;
                }
                gone[i] = answers;
            }
            transfer.listener.missing(task, transfer.holders, gone);
            startWhatMay();
        }

        void describe(final StringBuilder text) {
            text.append("p").append(alive);
            if (alive) {
                text.append(session == null ? -1 : session.number);
                runs.describe(text, SmallCluster.this::nameOf);
                running.forEach(started -> text.append(nameOf(started.runId())).append('r'));
                transfers.forEach((task, transfer) -> text.append(task)
                        .append(Arrays.toString(transfer.holders))
                        .append('t'));
                text.append(peers);
            }
        }

        private void add(final String text, final long runId, final Consumer<WorkerState> report) {
            unflushedTexts.add(text);
            unflushedRuns.add(runId);
            unflushed.add(report);
        }

        private void clearUnflushed() {
            unflushed.clear();
            unflushedTexts.clear();
            unflushedRuns.clear();
        }

        @Override
        public void runDone(
                final long runId,
                final long task,
                final long sizeBytes,
                final RunTimes times,
                final boolean inline,
                final @Nullable Object value) {
            add(
                    "done" + task,
                    runId,
                    state -> core.runDone(state, runId, task, sizeBytes, times.durationNs(), inline, value));
        }

        @Override
        public void runFailed(
                final long runId, final long task, final RunTimes times, final boolean unknown, final Object failure) {
            throw new AssertionError("task=" + task + " failed with " + failure);
        }

        @Override
        public void inputMissing(
                final long runId, final long task, final long input, final int[] holders, final boolean[] gone) {
            add(
                    "missing" + task + "-" + input + Arrays.toString(holders) + Arrays.toString(gone),
                    runId,
                    state -> core.inputMissing(state, runId, task, input, holders, gone));
        }

        @Override
        public void runsTakenBack(final long[] runIds, final boolean[] givenUp) {
            for (int i = 0; i < runIds.length; i++) {
                final long runId = runIds[i];
                final boolean isGivenUp = givenUp[i];
                add("taken back" + isGivenUp, runId, state -> core.runTakenBack(state, runId, isGivenUp));
            }
        }

        @Override
        public void replicaFailed(final long task, final int[] holders, final boolean[] gone) {
            throw new AssertionError("task=" + task + " was to be copied though no worker leaves");
        }

        @Override
        public void replicaStored(final long task, final long sizeBytes) {
            add("stored" + task, 0, state -> core.replicaStored(state, task, sizeBytes));
        }

        @Override
        public void flush() {
            final Session current = session;
            if (current != null) {
                for (int i = 0; i < unflushed.size(); i++) {
                    current.report(unflushedTexts.get(i), unflushedRuns.get(i), unflushed.get(i));
                }
            }
            clearUnflushed();
        }

        @Override
        public void workerUp(final WorkerAddress worker) {
            peers.add(worker.number());
        }

        @Override
        public void workerDown(final int worker) {
            peers.remove(worker);
        }

        @Override
        public void fetch(final long[] wanted, final int[][] holders, final FetchListener listener) {
            for (int i = 0; i < wanted.length; i++) {
                transfers.put(wanted[i], new Transfer(holders[i], listener));
            }
        }

        @Override
        public void store(
                final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
            throw new UnsupportedOperationException("a worker stores nothing on others");
        }

        @Override
        public void close() {}
    }

    /** A session: what is on its way in both directions. */
    private final class Session implements WorkerCommands {
        private final Process process;
        private final int number;
        private final Deque<Message> toWorker = new ArrayDeque<>();
        private final Deque<Message> toCore = new ArrayDeque<>();
        private @Nullable WorkerState state;
        private boolean over;

        Session(final Process process, final int number) {
            this.process = process;
            this.number = number;
        }

        boolean isUp() {
            return state != null && !state.gone;
        }

        void register() {
            final WorkerState registered = new WorkerState(number, "w" + number, "h", 1, 0, true, this);
            state = registered;
            router.workerJoined(new WorkerAddress(number, registered.name, 1, "h", 1, NO_FINGERPRINT));
            core.addWorker(0, registered);
        }

        void say(final String text, final long runId, final Runnable action) {
            toCore.add(new Message(text, runId, action));
        }

        void report(final String text, final long runId, final Consumer<WorkerState> report) {
            say(text, runId, () -> {
                final WorkerState as = state;
                if (as != null && !as.gone) {
                    report.accept(as);
                }
            });
        }

        /** A frame is lost: nothing that is on its way arrives, and both ends hear of it, one after the other. */
        void lose() {
            toWorker.clear();
            toCore.clear();
            over = true;
            toWorker.add(new Message("over", 0, process::sessionOver));
            toCore.add(new Message("over", 0, () -> end("a gap")));
        }

        void end(final String reason) {
            over = true;
            final WorkerState as = state;
            if (as != null && !as.gone) {
                core.removeWorker(as, reason, false);
            }
        }

        void addChoices() {
            if (!toCore.isEmpty()) {
                final Message first = toCore.getFirst();
                choices.add(new Choice(
                        false,
                        () -> "the scheduler hears " + first.text + " of session " + number,
                        () -> toCore.remove().action.run()));
            }
            if (!toWorker.isEmpty() && process.alive) {
                final Message first = toWorker.getFirst();
                choices.add(new Choice(false, () -> "worker " + process.index + " hears " + first.text, () -> {
                    toWorker.remove().action.run();
                    process.startWhatMay();
                }));
            }
        }

        void describe(final StringBuilder text) {
            text.append('s').append(number).append(isUp()).append(over);
            toWorker.forEach(message -> text.append(message.text).append(nameOf(message.runId)));
            text.append('/');
            toCore.forEach(message -> text.append(message.text).append(nameOf(message.runId)));
        }

        private void tell(final String text, final long runId, final Runnable action) {
            if (!over && process.alive) {
                toWorker.add(new Message(text, runId, action));
            }
        }

        @Override
        public void coordinated(final CoordinationAnswer answer) {
            throw new AssertionError("no task here shares anything: " + answer);
        }

        @Override
        public void registerFunction(final long functionId, final Object body, final String name) {}

        @Override
        public void forgetFunction(final long functionId) {}

        @Override
        public void assign(
                final long runId,
                final long task,
                final long functionId,
                final int attempt,
                final int flags,
                final long[] inputs,
                final int[] holders,
                final Object payload,
                final @Nullable String key) {
            tell(
                    "assign" + task + Arrays.toString(inputs) + Arrays.toString(holders),
                    runId,
                    () -> process.runs.assign(runId, task, functionId, attempt, flags, inputs, holders, payload));
        }

        @Override
        public void free(final long task) {
            tell("free" + task, 0, () -> process.runs.free(task));
        }

        @Override
        public void abandon(final long runId, final boolean interrupt) {
            tell("abandon", runId, () -> process.runs.abandon(runId));
        }

        @Override
        public void commit(final long runId, final boolean granted) {
            throw new AssertionError("no simulated task runs once only: run=" + runId);
        }

        @Override
        public void takeBack(final long[] runIds) {
            for (final long runId : runIds) {
                tell("take back", runId, () -> process.runs.takeBack(new long[] {runId}));
            }
        }

        @Override
        public void replicate(final long task, final int[] holders) {
            throw new AssertionError("task=" + task + " is to be copied though no worker leaves");
        }

        @Override
        public void workerUp(final WorkerAddress worker) {
            tell("up" + worker.number(), 0, () -> process.workerUp(worker));
        }

        @Override
        public void workerDown(final int worker) {
            tell("down" + worker, 0, () -> process.workerDown(worker));
        }

        @Override
        public void stop(final boolean restart, final String reason) {
            throw new AssertionError("worker=" + process.index + " is stopped: " + reason);
        }
    }

    /** The client, which hears at once. */
    private final class Answers implements ClientEvents {
        @Override
        public void finished(
                final int taskId,
                final int worker,
                final long sizeBytes,
                final boolean inline,
                final @Nullable Object value) {
            final SimulatedTask task = tasks.get(taskId);
            if (inline && (!(value instanceof Long number) || number != task.value)) {
                throw new AssertionError("task=" + task + " has value=" + value + ", must be " + task.value);
            }
            task.gotten = inline;
            task.finishedOn = worker;
        }

        @Override
        public void erred(final int taskId, final Object failure) {
            throw new AssertionError("task=" + taskId + " has failed: " + failure);
        }

        @Override
        public void cancelled(final int taskId, final boolean lost, final String reason) {
            throw new AssertionError("task=" + taskId + " is cancelled: " + reason);
        }

        @Override
        public void scatterTo(final int taskId, final int worker) {
            throw new AssertionError("task=" + taskId + " is to be placed");
        }

        @Override
        public void workerUp(final WorkerAddress worker) {}

        @Override
        public void workerDown(final int worker, final String reason) {}

        @Override
        public void infoReply(final long requestId, final String json) {}

        @Override
        public void warning(final String text) {}

        @Override
        public void disconnected(final String reason) {}
    }
}
