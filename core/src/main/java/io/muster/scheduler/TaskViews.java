package io.muster.scheduler;

import io.muster.serialize.TaskFailure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/** What a dashboard shows of tasks, found by looking through the table when it is asked for; by the scheduler's own thread. */
final class TaskViews {
    private static final int PHASES = TaskPhase.values().length;
    private static final int MAX_NEIGHBOURS = 100;

    /** How many tasks are looked through for what their functions use. */
    private static final int MAX_WITH_EDGES = 200_000;

    private static final double NS_PER_S = 1e9;

    private final SchedulerCore core;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final TaskKinds kinds;

    TaskViews(final SchedulerCore core) {
        this.core = core;
        this.tasks = core.tasks();
        this.edges = core.edges();
        this.kinds = core.kinds();
    }

    List<FunctionSnapshot> functions() {
        final Map<String, Sum> sums = new LinkedHashMap<>();
        final int[] counts = counts();
        for (int index = 0; index < kinds.limit(); index++) {
            final TaskKind kind = kinds.orNull(index);
            if (kind != null) {
                sums.computeIfAbsent(name(kind), name -> new Sum()).add(kind, counts, index);
            }
        }
        final List<FunctionSnapshot> functions = new ArrayList<>();
        sums.forEach((name, sum) -> {
            if (sum.tasks + sum.ended > 0) {
                functions.add(sum.snapshot(name));
            }
        });
        return functions;
    }

    TaskPage page(final TaskQuery query) {
        final int worker = query.worker().isEmpty() ? TaskTable.NONE : number(query.worker());
        if (worker == TaskTable.NONE && !query.worker().isEmpty()) {
            return new TaskPage(0, List.of());
        }
        final boolean[] isAskedFor = new boolean[kinds.limit()];
        for (int index = 0; index < isAskedFor.length; index++) {
            final TaskKind kind = kinds.orNull(index);
            isAskedFor[index] =
                    kind != null && (query.function().isEmpty() || name(kind).equals(query.function()));
        }
        final List<TaskSnapshot> found = new ArrayList<>();
        long total = 0;
        for (int slot = 0; slot < tasks.limit(); slot++) {
            final TaskPhase phase = tasks.phase(slot);
            if (phase != TaskPhase.FORGOTTEN
                    && isAskedFor[tasks.kind[slot]]
                    && (query.state().isEmpty() || phase.label().equals(query.state()))
                    && (worker == TaskTable.NONE || isOn(slot, phase, worker))) {
                if (total >= query.offset() && found.size() < query.limit()) {
                    found.add(snapshot(slot));
                }
                total++;
            }
        }
        return new TaskPage(total, found);
    }

    /** One task; null if there is none of this id. */
    @Nullable
    TaskDetail detail(final long id) {
        final int slot = id < 0 ? ClientState.UNKNOWN : core.state().slotOf(id);
        if (slot == ClientState.UNKNOWN) {
            return null;
        }
        final List<TaskSnapshot> inputs = new ArrayList<>();
        int inputCount = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            addUpTo(inputCount++, inputs, edges.input(edge));
        }
        final List<TaskSnapshot> dependents = new ArrayList<>();
        int dependentCount = 0;
        for (int edge = tasks.dependents[slot];
                edge != EdgePool.NONE && dependentCount < MAX_NEIGHBOURS;
                edge = edges.nextDependent(edge)) {
            addUpTo(dependentCount++, dependents, edges.dependent(edge));
        }
        return new TaskDetail(
                snapshot(slot),
                new Diagnosis(core).why(slot),
                inputs,
                inputCount,
                dependents,
                tasks.dependentCount[slot],
                holders(slot),
                tasks.attempt[slot],
                tasks.retriesLeft[slot],
                tasks.deathReports(slot),
                failure(tasks.failure(slot)));
    }

    GraphSnapshot graph(final int limit) {
        long count = 0;
        for (final TaskPhase phase : TaskPhase.values()) {
            count += phase == TaskPhase.FORGOTTEN ? 0 : tasks.count(phase);
        }
        return count <= limit ? taskGraph() : groupGraph();
    }

    private GraphSnapshot taskGraph() {
        final List<TaskSnapshot> nodes = new ArrayList<>();
        final List<long[]> joined = new ArrayList<>();
        for (int slot = 0; slot < tasks.limit(); slot++) {
            if (tasks.phase(slot) != TaskPhase.FORGOTTEN) {
                nodes.add(snapshot(slot));
                for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
                    joined.add(new long[] {core.identity(edges.input(edge)), core.identity(slot)});
                }
            }
        }
        return new GraphSnapshot(nodes, List.of(), joined);
    }

    private GraphSnapshot groupGraph() {
        final List<FunctionSnapshot> functions = functions();
        final Map<String, Integer> places = new LinkedHashMap<>();
        final List<GraphSnapshot.Group> groups = new ArrayList<>();
        for (final FunctionSnapshot function : functions) {
            if (function.tasks() > 0) {
                places.put(function.function(), groups.size());
                groups.add(new GraphSnapshot.Group(function.function(), function.states()));
            }
        }
        final LongHashSet joined = new LongHashSet();
        int left = MAX_WITH_EDGES;
        for (int slot = 0; slot < tasks.limit() && left > 0; slot++) {
            if (tasks.phase(slot) != TaskPhase.FORGOTTEN && tasks.inputs[slot] != EdgePool.NONE) {
                final long to = places.getOrDefault(name(core.kind(slot)), 0);
                for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE && left-- > 0; edge = edges.nextInput(edge)) {
                    final long from = places.getOrDefault(name(core.kind(edges.input(edge))), 0);
                    joined.add(from << Integer.SIZE | to);
                }
            }
        }
        final List<long[]> pairs = new ArrayList<>();
        joined.forEach(pair -> pairs.add(new long[] {pair >>> Integer.SIZE, (int) (long) pair}));
        return new GraphSnapshot(List.of(), groups, pairs);
    }

    /** How many tasks of each kind are in each phase. */
    private int[] counts() {
        final int[] counts = new int[kinds.limit() * PHASES];
        final int forgotten = TaskPhase.FORGOTTEN.ordinal();
        for (int slot = 0; slot < tasks.limit(); slot++) {
            final int phase = tasks.phase(slot).ordinal();
            if (phase != forgotten) {
                counts[tasks.kind[slot] * PHASES + phase]++;
            }
        }
        return counts;
    }

    private TaskSnapshot snapshot(final int slot) {
        final TaskPhase phase = tasks.phase(slot);
        final int worker = phase == TaskPhase.MEMORY
                ? tasks.holder[slot]
                : phase == TaskPhase.PROCESSING ? tasks.worker[slot] : TaskTable.NONE;
        return new TaskSnapshot(
                core.identity(slot),
                core.key(slot),
                name(core.kind(slot)),
                phase.label(),
                name(worker),
                -(tasks.order[slot] >> TaskTable.ORDER_BITS),
                phase == TaskPhase.MEMORY ? tasks.sizeBytes[slot] : 0);
    }

    private void addUpTo(final int count, final List<TaskSnapshot> to, final int slot) {
        if (count < MAX_NEIGHBOURS) {
            to.add(snapshot(slot));
        }
    }

    private boolean isOn(final int slot, final TaskPhase phase, final int worker) {
        return phase == TaskPhase.PROCESSING && tasks.worker[slot] == worker
                || phase == TaskPhase.MEMORY && tasks.isHeldBy(slot, worker);
    }

    private List<String> holders(final int slot) {
        final List<String> names = new ArrayList<>();
        if (tasks.phase(slot) == TaskPhase.MEMORY) {
            names.add(name(tasks.holder[slot]));
            for (final int further : tasks.furtherHolders(slot)) {
                names.add(name(further));
            }
        }
        return names;
    }

    /** The number of a worker; NONE if there is none of that name. */
    int number(final String name) {
        for (final WorkerState worker : core.workers()) {
            if (worker != null && worker.name.equals(name)) {
                return worker.number;
            }
        }
        return TaskTable.NONE;
    }

    private String name(final int number) {
        final WorkerState worker =
                number == TaskTable.NONE ? null : core.workers().get(number);
        return worker == null ? "" : worker.name;
    }

    private static String name(final TaskKind kind) {
        return kind.isData() ? "data" : kind.function.name;
    }

    private static String failure(final @Nullable Object failure) {
        if (failure == null) {
            return "";
        }
        final TaskFailure known = failure instanceof byte[] bytes
                ? TaskFailure.fromBytes(bytes)
                : failure instanceof TaskFailure same ? same : null;
        return known == null ? failure.toString() : known + "\n" + known.stackTrace();
    }

    /** What the kinds of one name add up to. */
    private static final class Sum {
        private final long[] phases = new long[PHASES];
        private long tasks;
        private long ended;
        private long endedNs;

        void add(final TaskKind kind, final int[] counts, final int index) {
            for (int phase = 0; phase < PHASES; phase++) {
                phases[phase] += counts[index * PHASES + phase];
                tasks += counts[index * PHASES + phase];
            }
            if (kind.isPlain()) {
                ended += kind.function.ended();
                endedNs += kind.function.endedNs();
            }
        }

        FunctionSnapshot snapshot(final String name) {
            final Map<String, Long> states = new LinkedHashMap<>();
            for (final TaskPhase phase : TaskPhase.values()) {
                if (phase != TaskPhase.FORGOTTEN) {
                    states.put(phase.label(), phases[phase.ordinal()]);
                }
            }
            return new FunctionSnapshot(name, tasks, states, ended, ended == 0 ? -1 : endedNs / NS_PER_S / ended);
        }
    }
}
