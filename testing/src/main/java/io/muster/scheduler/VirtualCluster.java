package io.muster.scheduler;

import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.data.WorkerAddress;
import io.muster.graph.StaticOrder;
import io.muster.testing.FairNetwork;
import io.muster.testing.VirtualClock;
import io.muster.testing.VirtualGraph;
import io.muster.worker.RunTimes;
import io.muster.worker.SimulatedRuns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A cluster without faults in virtual time: the production scheduler core and the production worker's state machine, where tasks and
 * transfers take as long as they are said to. It shows how good the scheduler's decisions are.
 */
public final class VirtualCluster {
    /** How long a message between scheduler and worker takes. */
    private static final double MESSAGE_SECONDS = 0.0005;

    private static final double TICK_SECONDS = 0.1;
    private static final String CORES = "cores";
    private static final long NEVER_NS = Long.MAX_VALUE / 4;

    private final VirtualClock clock;
    private final FairNetwork network;
    private final int cores;
    private final List<Node> nodes = new ArrayList<>();
    private final Deciding effects = new Deciding();
    private final SchedulerCore core = new SchedulerCore(effects, new CoreSettings(3, NEVER_NS, true, 0));
    private final ClientState client = new ClientState(1, effects);
    private final Map<String, Integer> functions = new HashMap<>();
    private boolean isScheduling;
    private int nextTask;
    private int wanted;
    private int moved;

    /**
     * Makes a cluster.
     *
     * @param clock the time
     * @param network what brings results from worker to worker
     * @param workers how many workers there are
     * @param cores how many tasks of one core each of them runs at once
     */
    public VirtualCluster(final VirtualClock clock, final FairNetwork network, final int workers, final int cores) {
        this.clock = clock;
        this.network = network;
        this.cores = cores;
        core.addClient(client);
        for (int number = 0; number < workers; number++) {
            final WorkerState state =
                    new WorkerState(number, "w-" + number, "host-" + number, cores, 0, false, effects);
            state.offer(Resources.of(Map.of(CORES, (double) cores)));
            final Node node = new Node(state);
            node.runs.number(number);
            nodes.add(node);
            core.addWorker(clock.nowNs(), state);
        }
    }

    /**
     * Computes a graph, and lets go of its results.
     *
     * @param graph the graph; tasks that no other needs are wanted
     * @return how long it took, in seconds
     */
    public double run(final VirtualGraph graph) {
        final double start = clock.now();
        final int[] offsets = new int[graph.size() + 1];
        for (int i = 0; i < graph.size(); i++) {
            offsets[i + 1] = offsets[i] + graph.task(i).inputs().length;
        }
        final int[] inputs = new int[offsets[graph.size()]];
        final boolean[] isNeeded = new boolean[graph.size()];
        boolean usesResources = false;
        for (int i = 0; i < graph.size(); i++) {
            final VirtualGraph.Task task = graph.task(i);
            System.arraycopy(task.inputs(), 0, inputs, offsets[i], task.inputs().length);
            for (final int input : task.inputs()) {
                isNeeded[input] = true;
            }
            usesResources |= task.cores() > 1;
        }
        final int[] order = order(graph, offsets, inputs);
        final int[] ids = new int[order.length];
        final int first = nextTask;
        for (int i = 0; i < order.length; i++) {
            ids[order[i]] = nextTask;
            submit(graph.task(order[i]), ids, !isNeeded[order[i]], i + 1 < order.length, usesResources);
        }
        core.tick(clock.nowNs());
        clock.after(TICK_SECONDS, this::tick);
        double end = start;
        while (wanted > 0) {
            if (!clock.advance()) {
                throw new AssertionError("wanted=" + wanted + " tasks and nothing is to happen");
            }
            end = clock.now();
        }
        for (int i = 0; i < order.length; i++) {
            if (!isNeeded[order[i]]) {
                core.release(client, first + i);
            }
        }
        scheduleSoon();
        boolean isMore = true;
        while (isMore) {
            isMore = clock.advance();
        }
        return end - start;
    }

    /**
     * Tells the scheduler how fast the network is, as {@code scheduler.network-bandwidth} does; otherwise it measures.
     *
     * @param bytesPerSecond what each worker sends, and receives
     */
    public void bandwidth(final double bytesPerSecond) {
        core.links().bandwidth(Math.round(bytesPerSecond));
    }

    /**
     * Makes a worker slower than others.
     *
     * @param worker its number, from 0
     * @param factor how many times as long tasks take there
     */
    public void slow(final int worker, final double factor) {
        nodes.get(worker).factor = factor;
    }

    /**
     * How often a task was taken back from a worker.
     *
     * @return the number so far
     */
    public int moved() {
        return moved;
    }

    private void submit(
            final VirtualGraph.Task task,
            final int[] ids,
            final boolean isWanted,
            final boolean moreFollow,
            final boolean usesResources) {
        final int function = functions.computeIfAbsent(task.function(), name -> {
            core.registerFunction(client, functions.size(), name, name);
            return functions.size();
        });
        final int[] inputs = new int[task.inputs().length];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = ids[task.inputs()[i]];
        }
        wanted += isWanted ? 1 : 0;
        final Map<String, Double> needs = usesResources ? Map.of(CORES, (double) task.cores()) : Map.of();
        core.submit(
                client,
                nextTask++,
                function,
                (isWanted ? ClientRequests.WANTED : 0) | (moreFollow ? ClientRequests.MORE_OF_GRAPH : 0),
                inputs,
                inputs.length,
                task,
                null,
                new TaskTerms(0, 0, List.of(), needs, TaskTerms.NO_PARENT, expectedUs(task)));
    }

    private static int[] order(final VirtualGraph graph, final int[] offsets, final int[] inputs) {
        final long[] expectedUs = new long[graph.size()];
        boolean isAnyExpected = false;
        for (int i = 0; i < expectedUs.length; i++) {
            expectedUs[i] = expectedUs(graph.task(i));
            isAnyExpected |= expectedUs[i] > 0;
        }
        return isAnyExpected
                ? StaticOrder.longestWayFirst(offsets, inputs, expectedUs)
                : StaticOrder.order(offsets, inputs);
    }

    private static long expectedUs(final VirtualGraph.Task task) {
        return Math.round(task.expectedSeconds() * 1e6);
    }

    private void tick() {
        if (wanted > 0) {
            core.tick(clock.nowNs());
            clock.after(TICK_SECONDS, this::tick);
        }
    }

    private void scheduleSoon() {
        if (!isScheduling) {
            isScheduling = true;
            clock.after(0, () -> {
                isScheduling = false;
                core.schedule();
            });
        }
    }

    /** A worker. */
    private final class Node implements PlainReports, DataPlane {
        private final WorkerState state;
        private final SimulatedRuns runs;
        private final List<Consumer<WorkerState>> unsent = new ArrayList<>();
        private int busy;
        private double factor = 1;

        Node(final WorkerState state) {
            this.state = state;
            runs = new SimulatedRuns(state.name, this, this, value -> value == null ? 0 : (long) (double) value);
        }

        void startWhatMay() {
            for (SimulatedRuns.Started run = busy < cores ? runs.startNext() : null;
                    run != null;
                    run = busy < cores ? runs.startNext() : null) {
                final SimulatedRuns.Started started = run;
                final VirtualGraph.Task task = (VirtualGraph.Task) run.payload();
                final double seconds = task.seconds() * factor;
                busy++;
                clock.after(seconds, () -> {
                    busy--;
                    runs.finish(started, task.resultBytes(), (long) task.resultBytes(), Math.round(seconds * 1e9));
                    startWhatMay();
                });
            }
        }

        @Override
        public void runDone(
                final long runId,
                final long task,
                final long sizeBytes,
                final RunTimes times,
                final boolean inline,
                final @Nullable Object value) {
            unsent.add(worker -> core.runDone(worker, runId, task, sizeBytes, times.durationNs(), inline, value));
        }

        @Override
        public void runFailed(
                final long runId, final long task, final RunTimes times, final boolean unknown, final Object failure) {
            throw new AssertionError("run=" + runId + " failed: " + failure);
        }

        @Override
        public void inputMissing(
                final long runId, final long task, final long input, final int[] holders, final boolean[] gone) {
            unsent.add(worker -> core.inputMissing(worker, runId, task, input, holders, gone));
        }

        @Override
        public void runsTakenBack(final long[] runIds, final boolean[] givenUp) {
            for (int i = 0; i < runIds.length; i++) {
                final long runId = runIds[i];
                final boolean isGivenUp = givenUp[i];
                moved += isGivenUp ? 1 : 0;
                unsent.add(worker -> core.runTakenBack(worker, runId, isGivenUp));
            }
        }

        @Override
        public void replicaFailed(final long task, final int[] holders, final boolean[] gone) {
            unsent.add(worker -> core.replicaFailed(worker, task, holders, gone));
        }

        @Override
        public void replicaStored(final long task, final long sizeBytes) {
            unsent.add(worker -> core.replicaStored(worker, task, sizeBytes));
        }

        @Override
        public void flush() {
            final List<Consumer<WorkerState>> reports = List.copyOf(unsent);
            unsent.clear();
            if (!reports.isEmpty()) {
                clock.after(MESSAGE_SECONDS, () -> {
                    reports.forEach(report -> report.accept(state));
                    scheduleSoon();
                });
            }
        }

        @Override
        public void workerUp(final WorkerAddress worker) {}

        @Override
        public void workerDown(final int worker) {}

        @Override
        public void fetch(final long[] tasks, final int[][] holders, final FetchListener listener) {
            final Fetching all = new Fetching(tasks.length, clock.nowNs());
            for (int i = 0; i < tasks.length; i++) {
                final long task = tasks[i];
                final int holder = holders[i][0];
                final Object value = nodes.get(holder).runs.get(task);
                if (value == ResultStore.ABSENT || value == null) {
                    clock.after(0, () -> {
                        listener.missing(task, new int[] {holder}, new boolean[] {true});
                        startWhatMay();
                    });
                } else {
                    network.send(holder, state.number, (double) value, () -> {
                        all.came((double) value);
                        listener.value(task, value);
                        startWhatMay();
                        flush();
                    });
                }
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

    /** What a run fetches. */
    private final class Fetching {
        private final long sinceNs;
        private double bytes;
        private int left;

        Fetching(final int count, final long sinceNs) {
            left = count;
            this.sinceNs = sinceNs;
        }

        void came(final double size) {
            bytes += size;
            if (--left == 0) {
                core.links().observe((long) bytes, clock.nowNs() - sinceNs);
            }
        }
    }

    /** Takes what the core decides to the workers. */
    private final class Deciding extends PassiveEffects {
        private void tell(final WorkerState worker, final Consumer<Node> message) {
            final Node node = nodes.get(worker.number);
            clock.after(MESSAGE_SECONDS, () -> {
                message.accept(node);
                node.startWhatMay();
                node.flush();
            });
        }

        @Override
        public void assign(final WorkerState worker, final int slot) {
            final TaskTable tasks = core.tasks();
            int count = 0;
            for (int edge = tasks.inputs[slot];
                    edge != EdgePool.NONE;
                    edge = core.edges().nextInput(edge)) {
                count++;
            }
            final long[] inputs = new long[count];
            final int[] holders = new int[count];
            int at = 0;
            for (int edge = tasks.inputs[slot];
                    edge != EdgePool.NONE;
                    edge = core.edges().nextInput(edge)) {
                final int holder = tasks.holder[core.edges().input(edge)];
                inputs[at] = core.identity(core.edges().input(edge));
                holders[at++] = holder == TaskTable.NONE ? worker.number : holder;
            }
            final long runId = tasks.runId[slot];
            final long task = core.identity(slot);
            final long function = core.function(slot).id;
            final int attempt = tasks.attempt[slot];
            final Object payload = tasks.payload[slot];
            tell(worker, node -> node.runs.assign(runId, task, function, attempt, 0, inputs, holders, payload));
        }

        @Override
        public void free(final WorkerState worker, final long task) {
            tell(worker, node -> node.runs.free(task));
        }

        @Override
        public void abandon(final WorkerState worker, final long runId, final boolean interrupt) {
            tell(worker, node -> node.runs.abandon(runId));
        }

        @Override
        public void takeBack(final WorkerState worker, final long runId) {
            tell(worker, node -> node.runs.takeBack(new long[] {runId}));
        }

        @Override
        public void replicate(final WorkerState destination, final int slot) {
            final long task = core.identity(slot);
            final int[] holders = {core.tasks().holder[slot]};
            tell(destination, node -> node.runs.replicate(task, holders));
        }

        @Override
        public void finished(
                final ClientState of,
                final int taskId,
                final int worker,
                final long sizeBytes,
                final boolean inline,
                final @Nullable Object value) {
            wanted--;
        }

        @Override
        public void erred(final ClientState of, final int taskId, final Object failure) {
            throw new AssertionError("taskId=" + taskId + " failed: " + failure);
        }

        @Override
        public void cancelled(final ClientState of, final int taskId, final boolean lost, final String reason) {
            throw new AssertionError("taskId=" + taskId + " is cancelled: " + reason);
        }

        @Override
        public void workerGone(final WorkerState worker, final String reason) {
            throw new AssertionError("worker=" + worker.name + " is gone: " + reason);
        }

        @Override
        public Object failure(
                final FailureKind kind,
                final String key,
                final String worker,
                final int attempt,
                final String message,
                final List<String> details) {
            return message;
        }
    }
}
