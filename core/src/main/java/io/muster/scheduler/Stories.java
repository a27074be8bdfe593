package io.muster.scheduler;

import io.muster.StoryLine;
import io.muster.config.Json;
import io.muster.config.JsonException;
import io.muster.protocol.RecordKind;
import io.muster.worker.WorkerCommands;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Tells what happened to a task: what the scheduler remembers, and what the workers that had to do with it do. */
final class Stories {
    /** How long a worker may take to answer. */
    private static final long PATIENCE_NS = 2_000_000_000L;

    private static final String SCHEDULER = "scheduler";
    private static final int MAX_LINES = 10_000;

    private final SchedulerCore core;
    private final TaskStreamLog names;
    private final LongUnaryOperator epochUs;
    private final Map<Long, Inquiry> inquiries = new LinkedHashMap<>();
    private long lastRequest;

    /**
     * @param names knows workers that are gone
     * @param epochUs a time of the core's stories in microseconds since 1970
     */
    Stories(final SchedulerCore core, final TaskStreamLog names, final LongUnaryOperator epochUs) {
        this.core = core;
        this.names = names;
        this.epochUs = epochUs;
    }

    /** A question to workers. */
    private static final class Inquiry {
        final TreeSet<Integer> asked = new TreeSet<>();
        final Map<Integer, Answer> answers = new HashMap<>();
        final long deadlineNs;
        final Consumer<Map<Integer, Answer>> done;

        Inquiry(final long deadlineNs, final Consumer<Map<Integer, Answer>> done) {
            this.deadlineNs = deadlineNs;
            this.done = done;
        }
    }

    /** What a worker said, and what is to be added to its times. */
    record Answer(String json, long offsetNs) {}

    /** A line and the time by which it is put in order, finer than what is shown. */
    private record Told(long ns, StoryLine line) {}

    /** What a worker tells, at a time by its clock. */
    private record WorkerLine(long atNs, String what, String cause, long run) {}

    /** The task with a key, or null: one that is there, or any with a key that is made of its numbers. */
    @Nullable
    Long find(final String key) {
        final TaskTable tasks = core.tasks();
        for (int slot = 0; slot < tasks.limit(); slot++) {
            if (tasks.phase(slot) != TaskPhase.FORGOTTEN && key.equals(tasks.key(slot))) {
                return core.identity(slot);
            }
        }
        final String[] parts = key.split("-");
        try {
            if (parts.length >= 3) {
                return (long) Integer.parseInt(parts[parts.length - 2]) << 32
                        | Integer.parseInt(parts[parts.length - 1]);
            }
        } catch (final NumberFormatException e) {
            return null;
        }
        return null;
    }

    /** Tells what the scheduler alone remembers, oldest first. */
    List<StoryLine> own(final long task) {
        return own(task, new TreeSet<>(), new RunBounds()).stream()
                .map(Told::line)
                .toList();
    }

    /** Tells all that is remembered, oldest first, once the workers have answered or had the time to. */
    void tell(final long task, final long nowNs, final Consumer<List<StoryLine>> taker) {
        final TreeSet<Integer> workers = new TreeSet<>();
        final RunBounds bounds = new RunBounds();
        final List<Told> lines = own(task, workers, bounds);
        ask(workers, RecordKind.STORY, task, MAX_LINES, nowNs, answers -> {
            answers.forEach((worker, answer) -> lines.addAll(read(worker, answer, bounds)));
            lines.sort(Comparator.comparingLong(Told::ns));
            taker.accept(lines.stream()
                    .skip(Math.max(0, lines.size() - MAX_LINES))
                    .map(Told::line)
                    .toList());
        });
    }

    /** Asks workers for what they remember. */
    void ask(
            final TreeSet<Integer> workers,
            final RecordKind kind,
            final long since,
            final int limit,
            final long nowNs,
            final Consumer<Map<Integer, Answer>> done) {
        final Inquiry inquiry = new Inquiry(nowNs + PATIENCE_NS, done);
        final long requestId = ++lastRequest;
        for (final int number : workers) {
            final WorkerState worker = worker(number);
            if (worker != null && worker.peer instanceof WorkerCommands) {
                inquiry.asked.add(number);
            }
        }
        inquiries.put(requestId, inquiry);
        for (final int number : List.copyOf(inquiry.asked)) {
            final WorkerState worker = worker(number);
            if (worker != null && worker.peer instanceof WorkerCommands commands) {
                commands.askRecords(requestId, kind, since, limit);
            }
        }
        endIfAnswered(requestId);
    }

    /** A worker answers. */
    void told(final int worker, final long requestId, final String json, final long offsetNs) {
        final Inquiry inquiry = inquiries.get(requestId);
        if (inquiry != null && inquiry.asked.remove(worker)) {
            inquiry.answers.put(worker, new Answer(json, offsetNs));
            endIfAnswered(requestId);
        }
    }

    void workerLeft(final int worker) {
        for (final long requestId : List.copyOf(inquiries.keySet())) {
            final Inquiry inquiry = inquiries.get(requestId);
            if (inquiry != null && inquiry.asked.remove(worker)) {
                endIfAnswered(requestId);
            }
        }
    }

    void tick(final long nowNs) {
        for (final long requestId : List.copyOf(inquiries.keySet())) {
            final Inquiry inquiry = inquiries.get(requestId);
            if (inquiry != null && nowNs - inquiry.deadlineNs > 0) {
                inquiry.asked.clear();
                endIfAnswered(requestId);
            }
        }
    }

    private void endIfAnswered(final long requestId) {
        final Inquiry inquiry = inquiries.get(requestId);
        if (inquiry != null && inquiry.asked.isEmpty()) {
            inquiries.remove(requestId);
            inquiry.done.accept(inquiry.answers);
        }
    }

    private List<Told> own(final long task, final TreeSet<Integer> workers, final RunBounds bounds) {
        final List<Told> lines = new ArrayList<>();
        core.state().story.of(task, (timeNs, from, to, cause, worker, run) -> {
            if (worker != Transitions.NOBODY) {
                workers.add(worker);
            }
            bounds.add(timeNs, from, to, run);
            final boolean isNote = from == to;
            final String why = cause.text(
                    run == 0 ? "it" : keyOfRun(run, task),
                    run,
                    worker == Transitions.NOBODY ? "a worker" : names.workerName(worker));
            lines.add(told(timeNs, SCHEDULER, isNote ? why : from.label() + " → " + to.label(), isNote ? "" : why));
        });
        return lines;
    }

    private List<Told> read(final int worker, final Answer answer, final RunBounds bounds) {
        final List<WorkerLine> lines = read(answer.json());
        long offsetNs = answer.offsetNs();
        for (final WorkerLine line : lines) {
            offsetNs = bounds.offsetNs(offsetNs, line.run, line.atNs);
        }
        final List<Told> told = new ArrayList<>(lines.size());
        for (final WorkerLine line : lines) {
            final long ns = bounds.whenNs(line.run, line.atNs, offsetNs);
            told.add(told(ns, names.workerName(worker), line.what, line.cause));
        }
        return told;
    }

    private Told told(final long ns, final String by, final String what, final String cause) {
        return new Told(ns, new StoryLine(RecordText.instant(epochUs.applyAsLong(ns)), by, what, cause));
    }

    private List<WorkerLine> read(final String json) {
        final List<WorkerLine> lines = new ArrayList<>();
        final Object parsed;
        try {
            parsed = Json.parse(json);
        } catch (final JsonException e) {
            return lines;
        }
        if (parsed instanceof List<?> rows) {
            for (final Object row : rows) {
                if (row instanceof List<?> cells
                        && cells.size() == 5
                        && cells.get(0) instanceof Number at
                        && cells.get(1) instanceof String what
                        && cells.get(2) instanceof String cause
                        && cells.get(3) instanceof Number causing
                        && cells.get(4) instanceof Number run) {
                    final String why = cause.replace("%t", key(causing.longValue()));
                    lines.add(new WorkerLine(at.longValue(), what, why, run.longValue()));
                }
            }
        }
        return lines;
    }

    private String keyOfRun(final long run, final long task) {
        final long its = core.state().story.taskOf(run);
        return its == task ? "it" : its == Transitions.NO_TASK ? "another task" : key(its);
    }

    private String key(final long task) {
        final int slot = core.state().slotOf(task);
        return slot == ClientState.UNKNOWN ? "task " + (int) task + " of client " + (task >>> 32) : core.key(slot);
    }

    private @Nullable WorkerState worker(final int number) {
        return number >= 0 && number < core.workers().size() ? core.workers().get(number) : null;
    }
}
