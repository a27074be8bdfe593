package io.muster.worker;

import io.muster.data.DataPlane;
import io.muster.data.ResultStore;
import io.muster.serialize.Serializer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The production worker's state machine, with a caller in the place of its threads. */
public final class SimulatedRuns {
    /** Up to which size results are sent along with reports. */
    private static final long SMALL_BYTES = 50;

    private static final Serializer NONE_NEEDED = Serializer.standard();

    private final RunTable table = new RunTable();
    private final Deque<Run> ready = new ArrayDeque<>();
    private final Map<Long, Deque<Run>> calls = new TreeMap<>();
    private final Set<Long> called = new HashSet<>();
    private final WorkerReports reports;
    private final HeldBackFetches fetches;
    private final RunFlow flow;
    private boolean paused;

    /**
     * Makes a worker without runs.
     *
     * @param name for messages
     * @param reports gets what it has to say
     * @param dataPlane brings inputs
     * @param sizeOf the size of a value in bytes
     */
    public SimulatedRuns(
            final String name,
            final WorkerReports reports,
            final DataPlane dataPlane,
            final ToLongFunction<@Nullable Object> sizeOf) {
        this.reports = reports;
        fetches = new HeldBackFetches(dataPlane, () -> {});
        flow = new RunFlow(
                name,
                table,
                this::ready,
                reports,
                fetches,
                new ResultEncoder(true, 0, NONE_NEEDED),
                sizeOf,
                (run, reason) -> reason);
    }

    /**
     * Says which number the scheduler gave the worker.
     *
     * @param number the number
     */
    public void number(final int number) {
        table.selfNumber(number);
    }

    /**
     * As {@link WorkerCommands#assign}.
     *
     * @param runId the run
     * @param task the task
     * @param functionId its function
     * @param attempt 1 for the first
     * @param flags as there
     * @param inputs as there
     * @param holders as there
     * @param payload what the caller gets back at the start
     */
    public void assign(
            final long runId,
            final long task,
            final long functionId,
            final int attempt,
            final int flags,
            final long[] inputs,
            final int[] holders,
            final Object payload) {
        flow.assign(new Run(runId, task, functionId, attempt, flags, inputs, holders, payload, null));
    }

    /**
     * As {@link WorkerCommands#free}.
     *
     * @param task the task
     */
    public void free(final long task) {
        flow.free(task);
    }

    /**
     * As {@link WorkerCommands#abandon}.
     *
     * @param runId the run
     */
    public void abandon(final long runId) {
        flow.abandon(runId);
    }

    /**
     * As {@link WorkerCommands#takeBack}.
     *
     * @param runIds the runs
     */
    public void takeBack(final long[] runIds) {
        flow.takeBack(runIds);
    }

    /**
     * As the worker does when memory is scarce: while it pauses, no run starts and no transfer begins.
     *
     * @param now whether it pauses
     */
    public void pause(final boolean now) {
        paused = now;
        fetches.pause(now);
        reports.status(status());
        reports.flush();
    }

    /**
     * What a worker tells of its memory.
     *
     * @return whether it pauses, and nothing else
     */
    public WorkerStatus status() {
        return new WorkerStatus(paused, 0, 0, 0, 0);
    }

    /** As {@link Worker#abandonAll}, at the end of a session. */
    public void abandonAll() {
        table.abandonAll();
    }

    /**
     * As {@link WorkerCommands#replicate}.
     *
     * @param task the task
     * @param holders who holds its result
     */
    public void replicate(final long task, final int[] holders) {
        flow.replicate(task, holders);
    }

    /**
     * As {@link ResultStore#keep}.
     *
     * @param task the task
     * @param value its result
     */
    public void keep(final long task, final @Nullable Object value) {
        flow.keep(task, value);
    }

    /** Sends what nobody has sent, as the housekeeper does. */
    public void flushWhatIsLeftBehind() {
        if (flow.takeUnflushed()) {
            reports.flush();
        }
    }

    /**
     * Takes the next run that may start, as a free thread does.
     *
     * @return the run, or null if there is none
     */
    public @Nullable Started startNext() {
        for (Run run = paused ? null : ready.poll(); run != null; run = ready.poll()) {
            if (table.claim(run, 0)) {
                return new Started(run);
            }
        }
        return null;
    }

    /**
     * Takes the next call of an actor that is not called already, as the actors' threads do.
     *
     * @return the call, or null if there is none
     */
    public @Nullable Started startNextCall() {
        for (final Map.Entry<Long, Deque<Run>> line : calls.entrySet()) {
            while (!called.contains(line.getKey()) && !line.getValue().isEmpty()) {
                final Run run = line.getValue().remove();
                if (table.claim(run, 0)) {
                    called.add(line.getKey());
                    return new Started(run);
                }
            }
        }
        return null;
    }

    private void ready(final Run run) {
        if (run.isCall()) {
            calls.computeIfAbsent(run.inputs[0], actor -> new ArrayDeque<>()).add(run);
        } else {
            ready.add(run);
        }
    }

    private void ended(final Run run) {
        if (run.isCall()) {
            called.remove(run.inputs[0]);
        }
    }

    /**
     * Ends a run with a result, as its thread does.
     *
     * @param started the run
     * @param value the result
     * @param sizeBytes its size
     * @param durationNs how long it took
     */
    public void finish(final Started started, final Object value, final long sizeBytes, final long durationNs) {
        final Run run = started.run;
        ended(run);
        final List<Run> following = new ArrayList<>();
        if (table.finish(run, 0, value, sizeBytes, following)) {
            final boolean inline = run.wantsSmallResult() && sizeBytes <= SMALL_BYTES && !run.isOfActor();
            reports.runDone(run.runId, run.task, sizeBytes, RunTimes.of(durationNs), inline, inline ? value : null);
            following.forEach(this::ready);
            reports.flush();
        }
    }

    /**
     * Ends a run with a failure, as its thread does.
     *
     * @param started the run
     * @param failure the failure
     * @param durationNs how long it took
     */
    public void fail(final Started started, final Object failure, final long durationNs) {
        fail(started, failure, durationNs, false);
    }

    /**
     * Ends a run with a failure, as its thread does.
     *
     * @param started the run
     * @param failure the failure
     * @param durationNs how long it took
     * @param unknown whether it is not known what the run did
     */
    public void fail(final Started started, final Object failure, final long durationNs, final boolean unknown) {
        final Run run = started.run;
        ended(run);
        if (table.fail(run)) {
            reports.runFailed(run.runId, run.task, RunTimes.of(durationNs), unknown, failure);
            reports.flush();
        }
    }

    /**
     * Whether a run that was taken is still of use.
     *
     * @param started the run
     * @return false if it was abandoned
     */
    public boolean isRunning(final Started started) {
        return table.isRunning(started.run);
    }

    /**
     * Ends a run without a word, as its thread does when it may not begin.
     *
     * @param started the run
     */
    public void drop(final Started started) {
        table.fail(started.run);
    }

    /**
     * The runs whose user code runs, without those that were abandoned.
     *
     * @return their ids
     */
    public long[] runningRuns() {
        return table.runningRuns();
    }

    /**
     * The results it holds.
     *
     * @return pairs of a task and its result's size in bytes
     */
    public long[] inventory() {
        return table.inventory();
    }

    /**
     * A result that it holds.
     *
     * @param task the task
     * @return the result, or {@link ResultStore#ABSENT}
     */
    public @Nullable Object get(final long task) {
        final RunTable.Held held = table.held(task);
        return held == null ? ResultStore.ABSENT : held.value();
    }

    /**
     * Describes all that is known here, so that two workers that will do the same have the same description.
     *
     * @param into gets the description
     * @param nameOfRun a short name of a run
     */
    public void describe(final StringBuilder into, final RunNames nameOfRun) {
        table.runs().keySet().stream().sorted().forEach(id -> {
            final Run run = table.runs().get((long) id);
            into.append(nameOfRun.of(id)).append(run.state).append(run.missing).append(' ');
        });
        into.append('|');
        for (final Run run : ready) {
            into.append(nameOfRun.of(run.runId)).append(run.state).append(' ');
        }
        into.append('|');
        table.fetches().keySet().stream().sorted().forEach(task -> {
            final InputFetch fetch = table.fetches().get((long) task);
            into.append(task).append(fetch.freed).append(fetch.copyHolders != null);
            fetch.waiting.forEach(waiting -> into.append(nameOfRun.of(waiting.run().runId))
                    .append(waiting.run().state)
                    .append(waiting.argument()));
            into.append(' ');
        });
        into.append('|');
        final long[] held = table.inventory();
        final StringBuilder[] results = new StringBuilder[held.length / 2];
        for (int i = 0; i < results.length; i++) {
            results[i] = new StringBuilder().append(held[2 * i]).append(' ');
        }
        java.util.Arrays.sort(results);
        for (final StringBuilder result : results) {
            into.append(result);
        }
    }

    /** Names runs in descriptions. */
    public interface RunNames {
        /**
         * The name of a run.
         *
         * @param runId the run
         * @return its name
         */
        int of(long runId);
    }

    /** A run whose user code runs. */
    public static final class Started {
        private final Run run;

        private Started(final Run run) {
            this.run = run;
        }

        /**
         * The run.
         *
         * @return its id
         */
        public long runId() {
            return run.runId;
        }

        /**
         * Its task.
         *
         * @return the identity
         */
        public long task() {
            return run.task;
        }

        /**
         * Whether its task may run once only, so that it has to be allowed to begin.
         *
         * @return what the scheduler said
         */
        public boolean isOnce() {
            return run.isOnce();
        }

        /**
         * What it was assigned with.
         *
         * @return the payload
         */
        public Object payload() {
            return run.payload;
        }

        /**
         * The results of its inputs.
         *
         * @return in order
         */
        public @Nullable Object[] arguments() {
            return run.arguments;
        }
    }
}
