package io.muster.worker;

import io.muster.data.ResultStore;
import io.muster.serialize.ValueBytes;
import io.muster.worker.Run.State;
import io.muster.worker.RunHistory.Step;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Function;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that a worker knows: its runs, the results it holds, and the results on their way to it. One monitor
 * guards it all; each method is short and calls nobody.
 */
final class RunTable {
    /*
     * An input that is not here may be what another run here computes: then the run expects it from that one, and nothing is fetched.
     * Should that end without a result, the run waits on. The scheduler gave both, knows of the end, and abandons it: it alone plans anew.
     */
    private static final Logger LOG = LoggerFactory.getLogger(RunTable.class);

    private final Long2ObjectHashMap<Run> runs = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Run> producers = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<Held> results = new Long2ObjectHashMap<>();
    private final Long2ObjectHashMap<InputFetch> fetches = new Long2ObjectHashMap<>();
    private final @Nullable SpillStore spill;
    private final RunHistory history;
    private int selfNumber = -1;
    private int ready;
    private int running;
    private int runningLong;
    private int toFollow;
    private long storedBytes;
    private boolean stopped;

    /** A table whose results stay in memory. */
    RunTable() {
        this(null, new RunHistory(0, () -> 0));
    }

    /**
     * @param spill puts results on disk, or null
     * @param history is told what happens
     */
    RunTable(final @Nullable SpillStore spill, final RunHistory history) {
        this.spill = spill;
        this.history = history;
    }

    synchronized void selfNumber(final int number) {
        selfNumber = number;
    }

    synchronized int selfNumber() {
        return selfNumber;
    }

    /**
     * Takes in a run.
     *
     * @param run the run
     * @param toFetch gets what has to be fetched for it and is not yet on its way
     * @return {@link State#NEW}: a duplicate, dropped; {@link State#DONE}: its result is here; else the run's state
     */
    synchronized State admit(final Run run, final List<InputFetch> toFetch) {
        if (runs.containsKey(run.runId)) {
            return State.NEW;
        }
        if (results.containsKey(run.task)) {
            run.state = State.DONE;
            return State.DONE;
        }
        runs.put(run.runId, run);
        producers.put(run.task, run);
        history.add(Step.ASSIGNED, run.task, run.runId, 0, run.assignedNs);
        int expected = 0;
        for (int i = 0; i < run.inputs.length; i++) {
            final long input = run.inputs[i];
            final Held held = results.get(input);
            if (held == null) {
                run.missing++;
                InputFetch fetch = fetches.get(input);
                final Run producer = fetch == null ? producers.get(input) : null;
                if (producer != null) {
                    producer.expect(run, i);
                    expected++;
                    continue;
                }
                if (fetch == null) {
                    fetch = begin(input, run.holders[i]);
                    toFetch.add(fetch);
                }
                fetch.join(run, i);
            } else {
                run.arguments[i] = argument(held);
            }
        }
        if (run.missing == 0) {
            becomeReady(run);
        } else {
            run.state = State.FETCHING;
            run.hasFetched = run.missing > expected;
            run.isToFollow = !run.hasFetched;
            if (run.isToFollow) {
                toFollow++;
            } else {
                history.add(Step.FETCHING, run.task, run.runId, run.missing - expected);
            }
        }
        return run.state;
    }

    /** A thread begins with a run now; false if it must not. */
    synchronized boolean claim(final Run run, final long nowNs) {
        if (run.state != State.READY || stopped) {
            return false;
        }
        run.state = State.RUNNING;
        run.onThread = true;
        ready--;
        running++;
        history.add(Step.STARTED, run.task, run.runId, 0, nowNs);
        return true;
    }

    /**
     * Wants a copy of a result.
     *
     * @param task the task
     * @param named its holders
     * @param toFetch gets what has to be fetched for it and is not yet on its way
     * @return the result if it is here already
     */
    synchronized @Nullable Held copy(final long task, final int[] named, final List<InputFetch> toFetch) {
        final Held held = results.get(task);
        if (held == null) {
            InputFetch fetch = fetches.get(task);
            if (fetch == null) {
                fetch = begin(task, named);
                toFetch.add(fetch);
            }
            fetch.joinCopy(named);
        }
        return held;
    }

    /**
     * Ends a claimed run with a result.
     *
     * @param endNs when user code ended
     * @param readyRuns gets the runs that may start because of it, once it is reported
     * @return false if nobody wants it any more
     */
    synchronized boolean finish(
            final Run run,
            final long endNs,
            final @Nullable Object value,
            final long sizeBytes,
            final List<Run> readyRuns) {
        leaveThread(run);
        if (run.state != State.RUNNING) {
            return false;
        }
        run.state = State.DONE;
        history.add(Step.DONE, run.task, run.runId, 0, endNs);
        remove(run);
        final Held held = put(run.task, hold(value, sizeBytes, run.isOfActor()));
        for (final InputFetch.Waiting waiting : run.expecting()) {
            hand(waiting, argument(held), run.task, readyRuns);
        }
        return true;
    }

    /** Ends a claimed run without a result; false if nobody wants to know. */
    synchronized boolean fail(final Run run) {
        leaveThread(run);
        if (run.state != State.RUNNING) {
            return false;
        }
        run.state = State.FAILED;
        history.add(Step.FAILED, run.task, run.runId, 0);
        remove(run);
        return true;
    }

    /** Makes a run useless; gives it if it is on a thread. */
    synchronized @Nullable Run abandon(final long runId) {
        final Run run = runs.get(runId);
        if (run == null) {
            return null;
        }
        remove(run);
        abandon(run);
        return run.onThread ? run : null;
    }

    /** A claimed run is not known to be short. */
    synchronized void takesLong(final Run run) {
        run.takesLong = true;
        runningLong += run.onThread ? 1 : 0;
    }

    /** Whether a run is likely to start soon, because of those that are on threads, or between two of them. */
    synchronized boolean isAnyToFollow() {
        return toFollow > 0 && running + ready > 0 && runningLong == 0;
    }

    /** Whether a run is on a thread and still wanted. */
    synchronized boolean isRunning(final Run run) {
        return run.state == State.RUNNING;
    }

    /** Abandons a run that has not started; false if it has, or is not here any more. */
    synchronized boolean giveUp(final long runId) {
        final Run run = runs.get(runId);
        if (run == null || run.state == State.RUNNING) {
            return false;
        }
        history.add(Step.GIVEN_BACK, run.task, runId, 0);
        remove(run);
        abandon(run);
        return true;
    }

    synchronized void abandonAll() {
        runs.values().forEach(this::abandon);
        runs.clear();
        producers.clear();
    }

    /**
     * A result came.
     *
     * @return whether it is kept
     */
    synchronized boolean arrived(
            final long task, final @Nullable Object value, final long sizeBytes, final List<Run> readyRuns) {
        final InputFetch fetch = fetches.remove(task);
        if (fetch == null) {
            return false;
        }
        final Held here = results.get(task);
        final boolean isKept = here == null && !fetch.freed;
        final Held held = isKept ? put(task, hold(value, sizeBytes, false)) : here;
        history.add(Step.COPY_KEPT, task, RunHistory.NO_RUN, 0);
        final @Nullable Object argument = held == null ? value : argument(held);
        for (final InputFetch.Waiting waiting : fetch.waiting) {
            hand(waiting, argument, task, readyRuns);
        }
        return isKept;
    }

    /** An input of a run is here. */
    private void hand(
            final InputFetch.Waiting waiting,
            final @Nullable Object argument,
            final long task,
            final List<Run> readyRuns) {
        final Run run = waiting.run();
        if (run.state == State.FETCHING) {
            run.arguments[waiting.argument()] = argument;
            if (--run.missing == 0) {
                becomeReady(run);
                history.addAtOnce(Step.READY, run.task, run.runId, task);
                readyRuns.add(run);
            }
        }
    }

    private void remove(final Run run) {
        runs.remove(run.runId);
        if (producers.get(run.task) == run) {
            producers.remove(run.task);
        }
    }

    /**
     * A result could not be had. Runs that named holders which were not asked go on with those, and so does a copy.
     *
     * @return the fetch to start anew, or null
     */
    synchronized @Nullable InputFetch missing(final long task, final int[] asked, final List<Run> over) {
        final InputFetch fetch = fetches.remove(task);
        if (fetch == null) {
            return null;
        }
        InputFetch again = null;
        for (final InputFetch.Waiting waiting : fetch.waiting) {
            final Run run = waiting.run();
            if (run.state != State.FETCHING) {
                continue;
            }
            if (again == null && namesOther(run.holders[waiting.argument()], asked)) {
                again = begin(task, run.holders[waiting.argument()]);
            }
            if (again == null) {
                end(run, task, over);
            } else {
                again.join(run, waiting.argument());
            }
        }
        final int[] copyHolders = fetch.copyHolders;
        if (copyHolders != null) {
            if (again == null && namesOther(copyHolders, asked)) {
                again = begin(task, copyHolders);
            }
            if (again != null) {
                again.joinCopy(copyHolders);
            }
        }
        return again;
    }

    /** A result can't be brought over; ends the runs that wait for it. */
    synchronized void unusable(final long task, final List<Run> over) {
        final InputFetch fetch = fetches.remove(task);
        if (fetch != null) {
            for (final InputFetch.Waiting waiting : fetch.waiting) {
                if (waiting.run().state == State.FETCHING) {
                    end(waiting.run(), task, over);
                }
            }
        }
    }

    synchronized @Nullable InputFetch fetch(final long task) {
        return fetches.get(task);
    }

    /** The value, or {@link ResultStore#ABSENT} if it is not here; read from disk if need be. */
    @Nullable
    Object get(final long task) throws InterruptedException {
        final Held held = held(task);
        return held == null ? ResultStore.ABSENT : value(task, held);
    }

    /** A held value, or {@link ResultStore#ABSENT} if it can't be had any more; read from disk if need be. */
    @Nullable
    Object value(final long task, final Held held) throws InterruptedException {
        if (spill == null || !(held instanceof Spillable spillable)) {
            return held.value();
        }
        try {
            return spill.load(spillable);
        } catch (final IOException | RuntimeException e) {
            LOG.warn("task={}: the result can't be read back from disk: {}", task, e.toString());
            drop(task, held);
            return ResultStore.ABSENT;
        }
    }

    boolean isOnDisk(final long task) {
        return spill != null && held(task) instanceof Spillable spillable && spill.isOnDisk(spillable);
    }

    /** The bytes of a value that is on disk; null if it is not. */
    @Nullable
    ValueBytes open(final long task) {
        return spill != null && held(task) instanceof Spillable spillable ? spill.open(spillable) : null;
    }

    synchronized @Nullable Held held(final long task) {
        return results.get(task);
    }

    /** Keeps a value from outside; false if one is here already, which stays. */
    synchronized boolean keep(final long task, final @Nullable Object value, final long sizeBytes) {
        if (results.containsKey(task)) {
            return false;
        }
        put(task, hold(value, sizeBytes, false));
        history.add(Step.COPY_KEPT, task, RunHistory.NO_RUN, 0);
        return true;
    }

    /** What happened to a task's runs and result, see {@link RunHistory#of}. */
    synchronized List<Object> history(final long task) {
        return history.of(task);
    }

    synchronized void free(final long task) {
        final Held held = results.remove(task);
        if (held != null) {
            history.add(Step.FREED, task, RunHistory.NO_RUN, 0);
            forget(held);
        }
        final InputFetch fetch = fetches.get(task);
        if (fetch != null) {
            fetch.free();
        }
    }

    synchronized long[] runningRuns() {
        final long[] ids = new long[running];
        int count = 0;
        for (final Run run : runs.values()) {
            if (run.state == State.RUNNING) {
                ids[count++] = run.runId;
            }
        }
        return Arrays.copyOf(ids, count);
    }

    /** The runs that have not ended, by id: at most so many, those with the lowest ids. */
    synchronized RunList oldest(final int limit) {
        final PriorityQueue<Run> oldest = new PriorityQueue<>(Comparator.comparingLong((Run run) -> -run.runId));
        for (final Run run : runs.values()) {
            oldest.add(run);
            if (oldest.size() > limit) {
                oldest.remove();
            }
        }
        final RunList list = new RunList(runs.size(), new long[oldest.size()], new byte[oldest.size()]);
        for (int i = oldest.size() - 1; i >= 0; i--) {
            final Run run = oldest.remove();
            list.runs()[i] = run.runId;
            list.states()[i] = RunList.state(run.state);
        }
        return list;
    }

    synchronized boolean isAnyRunning() {
        return running > 0;
    }

    synchronized WorkerCounters counters() {
        return new WorkerCounters(running, ready, storedBytes);
    }

    synchronized long[] inventory() {
        final long[] pairs = new long[2 * results.size()];
        int at = 0;
        for (final Long2ObjectHashMap<Held>.EntryIterator i = results.entrySet().iterator(); i.hasNext(); ) {
            i.next();
            pairs[at++] = i.getLongKey();
            pairs[at++] = i.getValue().sizeBytes;
        }
        return pairs;
    }

    synchronized void stopStarting() {
        stopped = true;
    }

    /** The runs that have not ended, by id; for who holds off all others. */
    Long2ObjectHashMap<Run> runs() {
        return runs;
    }

    /** The results on their way, by task; for who holds off all others. */
    Long2ObjectHashMap<InputFetch> fetches() {
        return fetches;
    }

    /** What it does, for a dump: at most so many runs, results on their way, and nothing of what they are about. */
    synchronized void describe(final Map<String, Object> into, final int limit, final Function<Run, String> nameOf) {
        final List<Object> shown = new ArrayList<>();
        for (final Run run : runs.values()) {
            if (shown.size() < limit) {
                final Map<String, Object> members = new LinkedHashMap<>();
                members.put("run", run.runId);
                members.put("task", run.task);
                members.put("name", nameOf.apply(run));
                members.put("state", run.state.name().toLowerCase(Locale.ROOT));
                members.put("attempt", run.attempt);
                members.put("missing_inputs", run.missing);
                shown.add(members);
            }
        }
        final List<Object> coming = new ArrayList<>();
        for (final InputFetch fetch : fetches.values()) {
            if (coming.size() < limit) {
                final Map<String, Object> members = new LinkedHashMap<>();
                members.put("task", fetch.task);
                members.put("from", Arrays.stream(fetch.holders).boxed().toList());
                members.put("runs", fetch.waiting.size());
                coming.add(members);
            }
        }
        into.put("runs", shown);
        into.put("runs_total", runs.size());
        into.put("running", running);
        into.put("ready", ready);
        into.put("fetches", coming);
        into.put("fetches_total", fetches.size());
        into.put("results", results.size());
        into.put("stored_bytes", storedBytes);
        into.put("stopped", stopped);
    }

    private InputFetch begin(final long task, final int[] named) {
        final int[] others = Arrays.stream(named)
                .filter(holder -> holder != selfNumber)
                .distinct()
                .toArray();
        final boolean selfNamed = Arrays.stream(named).anyMatch(holder -> holder == selfNumber);
        final InputFetch fetch = new InputFetch(task, others, selfNamed);
        fetches.put(task, fetch);
        return fetch;
    }

    private boolean namesOther(final int[] named, final int[] asked) {
        return Arrays.stream(named)
                .anyMatch(holder -> holder != selfNumber && Arrays.stream(asked).noneMatch(other -> other == holder));
    }

    private void leaveThread(final Run run) {
        if (run.onThread) {
            run.onThread = false;
            running--;
            runningLong -= run.takesLong ? 1 : 0;
        }
    }

    private void becomeReady(final Run run) {
        leaveFollowers(run);
        run.state = State.READY;
        ready++;
    }

    private void leaveFollowers(final Run run) {
        if (run.isToFollow) {
            run.isToFollow = false;
            toFollow--;
        }
    }

    private void abandon(final Run run) {
        leaveFollowers(run);
        if (run.state == State.READY) {
            ready--;
        }
        history.add(Step.ABANDONED, run.task, run.runId, 0);
        if (run.state != State.RUNNING) {
            Arrays.fill(run.arguments, null);
        }
        run.state = State.ABANDONED;
    }

    private void end(final Run run, final long input, final List<Run> over) {
        history.add(Step.INPUT_MISSING, run.task, run.runId, input);
        run.state = State.FAILED;
        remove(run);
        over.add(run);
    }

    private Held hold(final @Nullable Object value, final long sizeBytes, final boolean isActor) {
        if (spill == null) {
            return new Held(value, sizeBytes);
        }
        return isActor ? spill.addUnspillable(value, sizeBytes) : spill.add(value, sizeBytes);
    }

    private Held put(final long task, final Held held) {
        final Held before = results.put(task, held);
        storedBytes += held.sizeBytes;
        if (before != null) {
            forget(before);
        }
        return held;
    }

    private synchronized void drop(final long task, final Held held) {
        if (results.get(task) == held) {
            results.remove(task);
            forget(held);
        }
    }

    private void forget(final Held held) {
        storedBytes -= held.sizeBytes;
        if (spill != null) {
            spill.remove(held);
        }
    }

    /** What stands for a result among a run's arguments until the run starts: the value, or its place if it may go to disk. */
    private static @Nullable Object argument(final Held held) {
        return held instanceof Spillable ? held : held.value();
    }

    /** A result and its estimated size. */
    static class Held {
        private final @Nullable Object value;
        private final long sizeBytes;

        Held(final @Nullable Object value, final long sizeBytes) {
            this.value = value;
            this.sizeBytes = sizeBytes;
        }

        /** The value, or {@link ResultStore#ABSENT} while it is on disk only. */
        @Nullable
        Object value() {
            return value;
        }

        long sizeBytes() {
            return sizeBytes;
        }
    }
}
