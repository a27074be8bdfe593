package io.muster.scheduler;

import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.data.WorkerAddress;
import io.muster.worker.RunTimes;
import io.muster.worker.SimulatedRuns;
import io.muster.worker.WorkerStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A worker's process around the production state machine: it has sessions one after the other, holds results, runs tasks as long as they
 * take, and may stand still, lose its session, or die at any time.
 */
final class SimulatedWorker implements PlainReports, DataPlane {
    /** How long it says that the fetching of inputs took. */
    private static final long FETCH_NS = 1_000_000;

    private static final long SLOWER = 20;

    final SimulatedRuns runs;
    final String name;
    final String host;
    final int threads;
    final boolean hasNanny;
    final Resources offered;
    final SplittableRandom random;
    private final Simulation simulation;
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private final List<Consumer<WorkerState>> unflushed = new ArrayList<>();
    private final Set<Long> functions = new LinkedHashSet<>();
    private final Set<Integer> peers = new LinkedHashSet<>();
    private @Nullable SimulatedSession session;
    private @Nullable Consumer<WorkerState> lastReport;
    private int lastReportFrom;
    private long leaveAtUs = WorkerState.NEVER;
    private long endAtUs = WorkerState.NEVER;
    private final Map<Long, SimulatedRuns.Started> asking = new LinkedHashMap<>();
    private final Deque<Runnable> rejoining = new ArrayDeque<>();
    private int running;
    private long awakeAt;
    private boolean slow;
    private boolean alive = true;
    private boolean leaving;

    SimulatedWorker(
            final Simulation simulation,
            final String name,
            final int threads,
            final boolean hasNanny,
            final Map<String, Double> offered,
            final SplittableRandom random) {
        this.simulation = simulation;
        this.name = name;
        this.host = "h" + name.charAt(0) % 2;
        this.threads = threads;
        this.hasNanny = hasNanny;
        this.offered = Resources.of(offered);
        this.random = random;
        runs = new SimulatedRuns(name, this, this, SimulatedTask::sizeOf);
    }

    /** When its job is over, and when it begins to leave before that. */
    void lasts(final long leaveAt, final long endAt) {
        leaveAtUs = leaveAt;
        endAtUs = endAt;
    }

    /** Begins a session: registers, and says what it holds. */
    void connect() {
        if (!alive || session != null) {
            return;
        }
        final SimulatedSession begun = simulation.newSession(this);
        session = begun;
        runs.number(begun.number);
        begun.out.send(() -> register(begun));
        final long[] held = runs.inventory();
        for (int i = 0; i < held.length; i += 2) {
            final long task = held[i];
            final long sizeBytes = held[i + 1];
            begun.report(state -> simulation.core.replicaStored(state, task, sizeBytes));
        }
        status(runs.status());
        flush();
    }

    private void register(final SimulatedSession begun) {
        simulation.command(() -> {
            final WorkerState state =
                    new WorkerState(begun.number, simulation.core.uniqueName(name), host, threads, 0, hasNanny, begun);
            state.offer(offered);
            if (leaveAtUs != WorkerState.NEVER) {
                state.leaveAtNs = leaveAtUs * 1_000;
                state.endAtNs = endAtUs * 1_000;
            }
            begun.registered(state);
            simulation.join(state);
        });
    }

    @Nullable
    SimulatedSession session() {
        return session;
    }

    /** The worker as the core knows it now, or null. */
    @Nullable
    WorkerState state() {
        return session != null && session.isUp() ? session.state() : null;
    }

    boolean isAlive() {
        return alive;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** Whether another process gets an answer from it. */
    boolean answers() {
        return alive && simulation.now() >= awakeAt;
    }

    /** Has something happen in the process, in order, when it does not stand still. */
    void deliver(final Runnable event) {
        inbox.add(event);
        work();
    }

    void learn(final long function) {
        functions.add(function);
    }

    void forget(final long function) {
        functions.remove(function);
    }

    boolean hasFunctions() {
        return !functions.isEmpty();
    }

    void peerUp(final int number) {
        peers.add(number);
    }

    void peerDown(final int number) {
        peers.remove(number);
    }

    /** The scheduler may only name what it told of before. */
    void checkKnows(final long function, final int[] holders) {
        if (!functions.contains(function)) {
            throw new AssertionError("worker=" + this + " gets a task of function=" + function + " before that");
        }
    }

    void keep(final SimulatedTask task) {
        runs.keep(task.identity(), task.value);
    }

    /** Loses a result without telling anybody. */
    void mislay(final long task) {
        runs.free(task);
    }

    void pause(final long durationUs) {
        awakeAt = simulation.now() + durationUs;
        if (durationUs > 0) {
            simulation.oracle.stoodStill();
        }
        simulation.at(awakeAt, this::work);
    }

    /** It has no memory for more, or has it again. */
    void lackMemory(final boolean lacks) {
        deliver(() -> {
            simulation.trace(lacks ? "pauses" : "goes on", this, "");
            runs.pause(lacks);
            startWhatMay();
        });
    }

    boolean lacksMemory() {
        return runs.status().paused();
    }

    void becomeSlow() {
        slow = true;
    }

    /** Asks to leave, and leaves when it is told to stop, or when it can't wait longer. */
    void drain(final long patienceUs) {
        leaving = true;
        final SimulatedSession current = session;
        if (current != null) {
            current.report(
                    state -> simulation.core.drain(simulation.nowNs(), state, patienceUs * 1_000, "it wants to leave"));
        }
        if (patienceUs > 0) {
            simulation.after(patienceUs, this::stop);
        }
    }

    /** It is to leave, and knows. */
    void retired() {
        leaving = true;
    }

    /** Leaves in order. */
    void stop() {
        if (!alive) {
            return;
        }
        alive = false;
        final SimulatedSession last = session;
        if (last != null) {
            flush();
            last.report(state -> simulation.core.removeWorker(state, "it leaves", true));
            last.in.cutAt(simulation.now());
        }
    }

    /** The process is gone at once; what it said shortly before may be lost. Returns the runs under way. */
    long[] die() {
        alive = false;
        if (session != null) {
            session.in.cutAt(simulation.now());
            session.out.cutAt(simulation.now() + random.nextInt(60));
        }
        return runs.runningRuns();
    }

    /** Its session is over, whoever ended it: it gives up what it runs, keeps what it holds, and comes back. */
    void sessionOver(final SimulatedSession over) {
        if (session != over || !alive) {
            return;
        }
        simulation.trace("without session", this, "");
        session = null;
        unflushed.clear();
        over.in.cutAt(simulation.now());
        over.out.cutAt(simulation.now());
        runs.abandonAll();
        List.copyOf(asking.keySet()).forEach(runId -> allow(runId, false));
        simulation.after(20 + random.nextInt(100), () -> deliver(this::connect));
    }

    /** A report from an earlier session, which a later one may bring once more; null if there is none. */
    @Nullable
    Consumer<WorkerState> strayReport() {
        return session == null || lastReportFrom == session.number ? null : lastReport;
    }

    void beat() {
        if (!alive || simulation.isHealing()) {
            return;
        }
        final SimulatedSession current = session;
        if (answers() && current != null) {
            runs.flushWhatIsLeftBehind();
            flush();
            current.report(state -> {
                simulation.core.heartbeat(simulation.nowNs(), state);
                current.acknowledge();
            });
            status(runs.status());
            flush();
            if (simulation.now() - current.heardAt() > Simulation.FENCE_US) {
                simulation.trace("fenced", this, "");
                simulation.sessionEnds(current, "it heard nothing");
                sessionOver(current);
            }
        }
        simulation.after(Simulation.HEARTBEAT_US, this::beat);
    }

    /** Sends what waits for the housekeeper. */
    void keepHouse() {
        runs.flushWhatIsLeftBehind();
        flush();
    }

    void startWhatMay() {
        for (SimulatedRuns.Started call = runs.startNextCall(); call != null; call = runs.startNextCall()) {
            ((SimulatedTask) call.payload()).beginCall();
            make(call);
        }
        while (running < threads) {
            if (!rejoining.isEmpty()) {
                running++;
                rejoining.remove().run();
                continue;
            }
            final SimulatedRuns.Started started = runs.startNext();
            if (started == null) {
                return;
            }
            running++;
            final SimulatedTask task = (SimulatedTask) started.payload();
            if (started.isOnce() != task.once) {
                throw new AssertionError("task=" + task + " is run with once=" + started.isOnce());
            }
            if (task.once) {
                asking.put(started.runId(), started);
                reportOnRun(state -> simulation.core.commitRequested(state, started.runId(), started.task()));
                flush();
            } else {
                begin(started, task);
            }
        }
    }

    /** The scheduler's word on a run that may be the only one of its task, or what it comes to when there will be none. */
    void allow(final long runId, final boolean granted) {
        final SimulatedRuns.Started started = asking.remove(runId);
        if (started == null) {
            return;
        }
        if (granted && runs.isRunning(started)) {
            begin(started, (SimulatedTask) started.payload());
        } else {
            runs.drop(started);
            running--;
            startWhatMay();
        }
    }

    void abandon(final long runId) {
        runs.abandon(runId);
        allow(runId, false);
    }

    private void begin(final SimulatedRuns.Started started, final SimulatedTask task) {
        task.begin();
        task.executions++;
        simulation.trace("start", this, task);
        final long fullUs = simulation.durationUs() * (slow && !simulation.isHealing() ? SLOWER : 1);
        final boolean isTooLong = task.timeoutUs > 0 && fullUs > task.timeoutUs;
        final long durationUs = isTooLong ? task.timeoutUs : fullUs;
        if (task.secedes && !isTooLong) {
            simulation.after(durationUs / 3, () -> deliver(() -> secede(started, task, durationUs)));
        } else {
            simulation.after(
                    durationUs,
                    () -> deliver(() -> {
                        running--;
                        end(started, task, durationUs, isTooLong);
                    }));
        }
    }

    /** The run gives its thread to others for a while; half of them end without having it back. */
    private void secede(final SimulatedRuns.Started started, final SimulatedTask task, final long durationUs) {
        longRunning(started, true);
        running--;
        if (simulation.chance(2)) {
            simulation.after(durationUs / 2, () -> deliver(() -> end(started, task, durationUs, false)));
        } else {
            simulation.after(
                    durationUs / 3,
                    () -> deliver(() -> {
                        rejoining.add(() -> {
                            longRunning(started, false);
                            simulation.after(
                                    durationUs / 3,
                                    () -> deliver(() -> {
                                        running--;
                                        end(started, task, durationUs, false);
                                    }));
                        });
                        startWhatMay();
                    }));
        }
        startWhatMay();
    }

    private void longRunning(final SimulatedRuns.Started started, final boolean seceded) {
        if (runs.isRunning(started)) {
            simulation.trace(seceded ? "waits" : "goes on", this, started.payload());
            unflushed.add(state -> simulation.core.longRunning(state, started.runId(), started.task(), seceded));
            flush();
        }
    }

    /** A call of an actor occupies no thread of the worker's. */
    private void make(final SimulatedRuns.Started call) {
        final SimulatedTask task = (SimulatedTask) call.payload();
        task.executions++;
        simulation.trace("call", this, task);
        final long durationUs = simulation.durationUs() * (slow && !simulation.isHealing() ? SLOWER : 1);
        simulation.after(durationUs, () -> deliver(() -> end(call, task, durationUs, false)));
    }

    private void work() {
        while (alive && simulation.now() >= awakeAt && !inbox.isEmpty()) {
            inbox.removeFirst().run();
        }
    }

    private void end(
            final SimulatedRuns.Started started,
            final SimulatedTask task,
            final long durationUs,
            final boolean isTooLong) {
        final long durationNs = simulation.reportedNs(durationUs);
        if (isTooLong) {
            runs.fail(started, new SimulatedTask.TimedOut(task), durationNs, task.once && simulation.chance(2));
        } else if (task.failed < task.failures) {
            runs.fail(started, task, durationNs);
        } else {
            final long value = task.compute(started.arguments());
            runs.finish(started, value, SimulatedTask.sizeOf(value), durationNs);
        }
        startWhatMay();
    }

    // ----------------------------------------------------------------------------------------------------------
    // what the state machine reports

    @Override
    public void runsTakenBack(final long[] runIds, final boolean[] givenUp) {
        final SimulatedSession asked = session;
        if (asked != null) {
            simulation.answers(asked);
        }
        for (int i = 0; i < runIds.length; i++) {
            final long runId = runIds[i];
            final boolean isGivenUp = givenUp[i];
            simulation.trace(isGivenUp ? "gives back" : "keeps", this, "run " + runId);
            reportOnRun(state -> {
                if (isGivenUp) {
                    simulation.effects.reported(state, runId);
                }
                simulation.core.runTakenBack(state, runId, isGivenUp);
            });
        }
    }

    @Override
    public void status(final WorkerStatus status) {
        unflushed.add(state -> {
            simulation.core.memory(state, status);
            simulation.core.pause(simulation.nowNs(), state, status.paused());
        });
    }

    @Override
    public void runDone(
            final long runId,
            final long task,
            final long sizeBytes,
            final RunTimes times,
            final boolean inline,
            final @Nullable Object value) {
        reportOnRun(state -> {
            simulation.effects.reported(state, runId);
            simulation.core.fetched(state, runId, task, FETCH_NS);
            simulation.core.runDone(state, runId, task, sizeBytes, times.durationNs(), inline, value);
        });
    }

    @Override
    public void runFailed(
            final long runId, final long task, final RunTimes times, final boolean unknown, final Object failure) {
        reportOnRun(state -> simulation.runFailed(state, runId, task, times.durationNs(), unknown, failure));
    }

    @Override
    public void inputMissing(
            final long runId, final long task, final long input, final int[] holders, final boolean[] gone) {
        reportOnRun(state -> {
            simulation.effects.reported(state, runId);
            simulation.core.inputMissing(state, runId, task, input, holders, gone);
        });
    }

    @Override
    public void replicaFailed(final long task, final int[] holders, final boolean[] gone) {
        unflushed.add(state -> simulation.core.replicaFailed(state, task, holders, gone));
    }

    @Override
    public void replicaStored(final long task, final long sizeBytes) {
        unflushed.add(state -> simulation.core.replicaStored(state, task, sizeBytes));
    }

    @Override
    public void flush() {
        final SimulatedSession current = session;
        if (current != null) {
            unflushed.forEach(current::report);
        }
        unflushed.clear();
    }

    private void reportOnRun(final Consumer<WorkerState> report) {
        unflushed.add(report);
        final SimulatedSession current = session;
        if (current != null) {
            lastReport = report;
            lastReportFrom = current.number;
            if (simulation.isDuplicated()) {
                simulation.after(simulation.transferUs(), () -> current.report(report));
            }
        }
    }

    // ----------------------------------------------------------------------------------------------------------
    // the data plane

    @Override
    public void workerUp(final WorkerAddress worker) {
        peerUp(worker.number());
    }

    @Override
    public void workerDown(final int worker) {
        peerDown(worker);
    }

    @Override
    public void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
        for (int i = 0; i < tasks.length; i++) {
            final long task = tasks[i];
            final int[] named = holders[i];
            for (final int holder : named) {
                if (!peers.contains(holder) && simulation.isKnown(holder)) {
                    throw new AssertionError("worker=" + this + " is to fetch from worker=" + holder
                            + " and was not told where that is");
                }
            }
            simulation.after(simulation.transferUs(), () -> ask(task, named, listener));
        }
    }

    private void ask(final long task, final int[] holders, final FetchListener listener) {
        final boolean[] gone = new boolean[holders.length];
        for (int i = 0; i < holders.length; i++) {
            final SimulatedWorker holder = peers.contains(holders[i]) ? simulation.reachable(holders[i]) : null;
            final Object value = holder == null ? ResultStore.ABSENT : holder.runs.get(task);
            if (value != ResultStore.ABSENT) {
                simulation.after(
                        simulation.transferUs(),
                        () -> deliver(() -> {
                            listener.value(task, value);
                            startWhatMay();
                        }));
                return;
            }
            gone[i] = holder != null;
        }
        simulation.after(
                simulation.transferUs(),
                () -> deliver(() -> {
                    listener.missing(task, holders, gone);
                    startWhatMay();
                }));
    }

    @Override
    public void store(final int worker, final long task, final @Nullable Object value, final StoreListener listener) {
        throw new UnsupportedOperationException("a worker stores nothing on others");
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return name + (session == null ? "" : "#" + session.number);
    }
}
