package io.muster.scheduler;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A worker as the scheduler sees it: takes runs in order, fetches what they need, reports what became of them; may die at any time. */
final class SimulatedWorker {
    final WorkerState state;
    final Map<Long, Long> results = new TreeMap<>();
    final Simulation.Stream in;
    private final Simulation simulation;
    private final Simulation.Stream out;
    private final Deque<Runnable> inbox = new ArrayDeque<>();
    private final Map<Long, Run> runs = new LinkedHashMap<>();
    private final Map<Long, Fetch> fetches = new HashMap<>();
    private final Deque<Run> ready = new ArrayDeque<>();
    private final Set<Long> functions = new LinkedHashSet<>();
    private int running;
    private long awakeAt;
    private boolean alive = true;
    private boolean leaving;

    SimulatedWorker(final Simulation simulation, final WorkerState state) {
        this.simulation = simulation;
        this.state = state;
        in = simulation.stream();
        out = simulation.stream();
    }

    void register(final Runnable registration) {
        out.send(registration);
        beat();
    }

    boolean isAlive() {
        return alive;
    }

    /** Whether another process gets an answer from it. */
    boolean answers() {
        return alive && simulation.now() >= awakeAt;
    }

    void tell(final Runnable message) {
        in.send(() -> {
            inbox.add(message);
            work();
        });
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

    void assign(final Run run) {
        if (!functions.contains(run.function)) {
            throw new AssertionError("run=" + run.runId + " came before its function");
        }
        if (results.containsKey(run.task.identity())) {
            reportDone(run, 0);
            return;
        }
        runs.put(run.runId, run);
        for (int i = 0; i < run.inputs.length; i++) {
            final long input = run.inputs[i];
            final Long held = results.get(input);
            if (held == null) {
                run.missing.add(input);
                fetch(input, run);
            } else {
                run.arguments.put(input, held);
            }
        }
        goOn(run);
    }

    void free(final long task) {
        results.remove(task);
        final Fetch fetch = fetches.get(task);
        if (fetch != null) {
            fetch.freed = true;
        }
    }

    void abandon(final long runId) {
        final Run run = runs.remove(runId);
        if (run != null) {
            run.abandoned = true;
            ready.remove(run);
        }
    }

    void keep(final SimulatedTask task) {
        if (results.put(task.identity(), task.value) == null) {
            report(() -> simulation.core.replicaStored(state, task.identity(), size(task)));
        }
    }

    /** Loses a result without telling anybody. */
    void mislay(final long task) {
        results.remove(task);
    }

    void pause(final long durationUs) {
        awakeAt = simulation.now() + durationUs;
        simulation.at(awakeAt, this::work);
    }

    /** Asks to leave, and leaves when it is told to stop, or when it can't wait longer. */
    void drain(final long patienceUs) {
        leaving = true;
        report(() -> simulation.core.drain(simulation.nowNs(), state, patienceUs * 1_000, "it wants to leave"));
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
        out.send(() -> {
            if (!state.gone) {
                simulation.command(() -> simulation.core.removeWorker(state, "it leaves", true));
            }
        });
        alive = false;
        in.cutAt(simulation.now());
    }

    /** Fetches a result and keeps it. */
    void replicate(final long task, final int[] holders) {
        if (results.containsKey(task)) {
            return;
        }
        Fetch fetch = fetches.get(task);
        if (fetch == null) {
            fetch = begin(task, holders);
        }
        fetch.freed = false;
        fetch.copies = true;
    }

    /** The process is gone at once; what it said shortly before may be lost. Returns the runs under way. */
    long[] die() {
        alive = false;
        in.cutAt(simulation.now());
        out.cutAt(simulation.now() + simulation.faults.nextInt(60));
        return runs.values().stream()
                .filter(run -> run.running)
                .mapToLong(run -> run.runId)
                .toArray();
    }

    /** When the last of what it said is heard. */
    long lastHeardAt() {
        return out.end();
    }

    private void beat() {
        if (alive && !simulation.isHealing()) {
            if (answers()) {
                report(() -> simulation.core.heartbeat(simulation.nowNs(), state));
            }
            simulation.after(Simulation.HEARTBEAT_US, this::beat);
        }
    }

    boolean isLeaving() {
        return leaving;
    }

    private void work() {
        while (alive && simulation.now() >= awakeAt && !inbox.isEmpty()) {
            inbox.removeFirst().run();
        }
    }

    private void fetch(final long input, final Run run) {
        Fetch fetch = fetches.get(input);
        if (fetch == null) {
            fetch = begin(input, run.holders.get(input));
        }
        fetch.waiting.add(run);
    }

    private Fetch begin(final long input, final int[] named) {
        final int[] others =
                Arrays.stream(named).filter(holder -> holder != state.number).toArray();
        final Fetch fetch = new Fetch(input, others, others.length < named.length);
        fetches.put(input, fetch);
        simulation.after(simulation.fetchUs(), () -> ask(fetch));
        return fetch;
    }

    private void ask(final Fetch fetch) {
        final boolean[] gone = new boolean[fetch.holders.length];
        for (int i = 0; i < gone.length; i++) {
            final SimulatedWorker holder = simulation.worker(fetch.holders[i]);
            final boolean answers = holder != null && holder.answers();
            final Long value = answers ? holder.results.get(fetch.input) : null;
            if (value != null) {
                simulation.after(simulation.fetchUs(), () -> tellSelf(() -> arrived(fetch, value)));
                return;
            }
            gone[i] = answers;
        }
        simulation.after(simulation.fetchUs(), () -> tellSelf(() -> missing(fetch, gone)));
    }

    private void tellSelf(final Runnable event) {
        inbox.add(event);
        work();
    }

    private void arrived(final Fetch fetch, final long value) {
        fetches.remove(fetch.input);
        if (!fetch.freed && !results.containsKey(fetch.input)) {
            results.put(fetch.input, value);
            report(() -> simulation.core.replicaStored(state, fetch.input, size(fetch.input)));
        }
        for (final Run run : fetch.waiting) {
            if (!run.abandoned && run.missing.remove(fetch.input)) {
                run.arguments.put(fetch.input, value);
                goOn(run);
            }
        }
    }

    private void missing(final Fetch fetch, final boolean[] gone) {
        fetches.remove(fetch.input);
        if (fetch.copies) {
            reportOnceOrTwice(() -> simulation.core.replicaFailed(state, fetch.input, fetch.holders, gone));
        }
        final int asked = fetch.holders.length;
        final int[] holders = Arrays.copyOf(fetch.holders, asked + (fetch.selfNamed ? 1 : 0));
        final boolean[] said = Arrays.copyOf(gone, holders.length);
        if (fetch.selfNamed) {
            holders[asked] = state.number;
            said[asked] = true;
        }
        Fetch again = null;
        for (final Run run : fetch.waiting) {
            if (run.abandoned || !run.missing.contains(fetch.input)) {
                continue;
            }
            final int[] named = run.holders.get(fetch.input);
            if (again == null && Arrays.stream(named).anyMatch(holder -> isNew(holder, holders))) {
                again = begin(fetch.input, named);
            }
            if (again == null) {
                runs.remove(run.runId);
                run.abandoned = true;
                reportOnceOrTwice(() -> simulation.core.inputMissing(
                        state, run.runId, run.task.identity(), fetch.input, holders, said));
            } else {
                again.waiting.add(run);
            }
        }
    }

    private boolean isNew(final int holder, final int[] asked) {
        return holder != state.number && Arrays.stream(asked).noneMatch(other -> other == holder);
    }

    private void goOn(final Run run) {
        if (run.missing.isEmpty()) {
            ready.add(run);
            start();
        }
    }

    private void start() {
        while (running < state.threads && !ready.isEmpty()) {
            final Run run = ready.removeFirst();
            run.running = true;
            running++;
            final long durationUs = simulation.durationUs();
            simulation.after(durationUs, () -> tellSelf(() -> end(run, durationUs)));
        }
    }

    private void end(final Run run, final long durationUs) {
        running--;
        run.running = false;
        if (!run.abandoned) {
            runs.remove(run.runId);
            if (run.task.failed < run.task.failures) {
                reportOnceOrTwice(() -> simulation.runFailed(state, run, durationUs));
            } else {
                final List<Long> arguments = new ArrayList<>();
                for (final long input : run.inputs) {
                    arguments.add(run.arguments.get(input));
                }
                results.put(run.task.identity(), run.task.compute(arguments));
                reportDone(run, durationUs);
            }
        }
        start();
    }

    private void reportDone(final Run run, final long durationUs) {
        reportOnceOrTwice(() -> simulation.core.runDone(
                state, run.runId, run.task.identity(), size(run.task), durationUs * 1_000, false, null));
    }

    private void reportOnceOrTwice(final Runnable command) {
        report(command);
        if (simulation.isDuplicated()) {
            simulation.after(simulation.fetchUs(), () -> report(command));
        }
    }

    private void report(final Runnable command) {
        out.send(() -> {
            if (!state.gone) {
                simulation.command(command);
            }
        });
    }

    private static long size(final SimulatedTask task) {
        return size(task.identity());
    }

    private static long size(final long identity) {
        return identity % 7 == 0 ? 100_000_000 : 8 + identity % 100;
    }

    /** A run on its way through the worker. */
    static final class Run {
        final long runId;
        final SimulatedTask task;
        final long function;
        final long[] inputs;
        final Map<Long, int[]> holders;
        final Map<Long, Long> arguments = new HashMap<>();
        final Set<Long> missing = new LinkedHashSet<>();
        boolean running;
        boolean abandoned;

        Run(
                final long runId,
                final SimulatedTask task,
                final long function,
                final long[] inputs,
                final Map<Long, int[]> holders) {
            this.runId = runId;
            this.task = task;
            this.function = function;
            this.inputs = inputs;
            this.holders = holders;
        }
    }

    /** A result on its way from another worker. */
    private static final class Fetch {
        final long input;
        final int[] holders;
        final boolean selfNamed;
        final List<Run> waiting = new ArrayList<>();
        boolean freed;

        /** Whether the scheduler asked for it. */
        boolean copies;

        Fetch(final long input, final int[] holders, final boolean selfNamed) {
            this.input = input;
            this.holders = holders;
            this.selfNamed = selfNamed;
        }
    }

    /** For messages about it. */
    @Override
    public String toString() {
        return state.name + "#" + state.number;
    }

    static @Nullable Long valueOn(final @Nullable SimulatedWorker worker, final SimulatedTask task) {
        return worker == null || !worker.answers() ? null : worker.results.get(task.identity());
    }
}
