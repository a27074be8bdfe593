package io.muster.scheduler;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.agrona.collections.IntArrayList;

/** Tasks as members of JSON objects, for dumps: keys, states and numbers, but neither arguments nor values. */
final class TaskRows {
    /** How many inputs and how many dependents a row names. */
    private static final int MAX_EDGES = 10;

    /** Those that make no progress come before those that are done. */
    private static final List<TaskPhase> ORDER = List.of(
            TaskPhase.PROCESSING,
            TaskPhase.NO_WORKER,
            TaskPhase.QUEUED,
            TaskPhase.WAITING,
            TaskPhase.ERRED,
            TaskPhase.MEMORY,
            TaskPhase.RELEASED);

    private final SchedulerCore core;
    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;

    TaskRows(final SchedulerCore core) {
        this.core = core;
        this.state = core.state();
        this.tasks = core.tasks();
        this.edges = core.edges();
    }

    /** Slots of tasks, at most so many. */
    IntArrayList slots(final int limit) {
        final IntArrayList slots = new IntArrayList();
        for (final TaskPhase phase : ORDER) {
            for (int slot = 0; slot < tasks.limit() && slots.size() < limit && tasks.count(phase) > 0; slot++) {
                if (tasks.phase(slot) == phase) {
                    slots.addInt(slot);
                }
            }
        }
        return slots;
    }

    /** A task with what it waits for. */
    Map<String, Object> full(final int slot, final String why) {
        final Map<String, Object> row = brief(slot);
        row.put("why", why);
        final List<Object> holders = new ArrayList<>();
        if (tasks.holder[slot] != TaskTable.NONE) {
            holders.add(name(tasks.holder[slot]));
            for (final int further : tasks.furtherHolders(slot)) {
                if (holders.size() < MAX_EDGES) {
                    holders.add(name(further));
                }
            }
        }
        row.put("holders", holders);
        final List<Object> inputs = new ArrayList<>();
        int count = 0;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            if (count++ < MAX_EDGES) {
                inputs.add(state.key(edges.input(edge)));
            }
        }
        row.put("inputs", inputs);
        row.put("inputs_total", count);
        final List<Object> dependents = new ArrayList<>();
        for (int edge = tasks.dependents[slot];
                edge != EdgePool.NONE && dependents.size() < MAX_EDGES;
                edge = edges.nextDependent(edge)) {
            dependents.add(state.key(edges.dependent(edge)));
        }
        row.put("dependents", dependents);
        row.put("dependents_total", tasks.dependentCount[slot]);
        return row;
    }

    /** A task alone; follows no list, so that it ends also where the core is in the middle of something. */
    Map<String, Object> brief(final int slot) {
        final Map<String, Object> row = new LinkedHashMap<>();
        row.put("key", state.key(slot));
        row.put("id", tasks.client[slot] + "-" + tasks.taskId[slot]);
        row.put("function", state.functionName(slot));
        row.put("state", tasks.phase(slot).label());
        row.put("worker", tasks.worker[slot] >= 0 ? name(tasks.worker[slot]) : "");
        row.put("run", tasks.runId[slot]);
        row.put("attempt", (int) tasks.attempt[slot]);
        row.put("deaths", (int) tasks.deaths[slot]);
        row.put("waiting_for", tasks.waitingFor[slot]);
        row.put("bytes", tasks.sizeBytes[slot]);
        return row;
    }

    /** What happened last, to whatever task: at most so much, oldest first. */
    List<Map<String, Object>> transitions(final int limit, final LongUnaryOperator epochUs) {
        final List<Map<String, Object>> transitions = new ArrayList<>();
        state.story.last(limit, row -> {
            final Map<String, Object> members = new LinkedHashMap<>();
            members.put(
                    "at", RecordText.instant(epochUs.applyAsLong(row.timeNs())).toString());
            members.put("id", (row.task() >>> 32) + "-" + (int) row.task());
            members.put("from", row.from().label());
            members.put("to", row.to().label());
            members.put("cause", row.cause().name().toLowerCase(Locale.ROOT).replace('_', ' '));
            members.put("worker", row.worker() < 0 ? "" : name(row.worker()));
            members.put("run", row.run());
            transitions.add(members);
        });
        return transitions;
    }

    private String name(final int number) {
        final WorkerState worker =
                number < core.workers().size() ? core.workers().get(number) : null;
        return worker == null ? "worker " + number + ", which is gone" : worker.name;
    }
}
