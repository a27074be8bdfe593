package io.muster.scheduler;

import io.muster.worker.RunList;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Why tasks are where they are, and workers not what they should be, as text for people. */
final class WaitReasons {
    /** How many names a text has. */
    private static final int MAX_NAMED = 3;

    /** How far it looks for what a task waits for in the end. */
    private static final int MAX_DEPTH = 100;

    private static final double UNITS = 1_000_000;

    private final CoreState state;
    private final Dispatcher dispatcher;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final long silentNs;

    /**
     * @param silentNs how long nothing is heard of a worker before that is worth telling
     */
    WaitReasons(final SchedulerCore core, final long silentNs) {
        this.state = core.state();
        this.dispatcher = core.dispatcher();
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.silentNs = silentNs;
    }

    /** One sentence on where a task is, and why. */
    String why(final int slot) {
        return switch (tasks.phase(slot)) {
            case RELEASED -> "nobody needs its result now";
            case WAITING ->
                waiting(slot)
                        + (Ahead.isEarly(tasks, slot)
                                ? "; it is with " + state.workerOf(slot).name + " already and starts there after that"
                                : "");
            case NO_WORKER -> "waits for a worker: " + noWorker(slot);
            case QUEUED -> queued(slot);
            case PROCESSING -> processing(slot);
            case MEMORY -> "is done; its result is on " + holders(slot);
            case ERRED -> "failed, or what it is made from did";
            case FORGOTTEN -> "is not known any more";
        };
    }

    private String waiting(final int slot) {
        int missing = 0;
        int first = TaskTable.NONE;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            if (tasks.phase(edges.input(edge)) != TaskPhase.MEMORY) {
                first = missing++ == 0 ? edges.input(edge) : first;
            }
        }
        if (first == TaskTable.NONE) {
            return "waits, though all its inputs are there; this is a bug in Muster";
        }
        final int root = root(first);
        final String more = missing == 1 ? "" : " and " + (missing - 1) + " more";
        if (root == first) {
            return "waits for " + state.key(first) + place(first) + (more.isEmpty() ? "" : "; for" + more.substring(4));
        }
        return "waits for " + state.key(first) + more + ", and so in the end for " + state.key(root) + place(root);
    }

    /** What a task waits for that itself waits for no other task; along the first of its inputs each. */
    private int root(final int first) {
        int slot = first;
        for (int depth = 0; depth < MAX_DEPTH && tasks.phase(slot) == TaskPhase.WAITING; depth++) {
            int next = slot;
            for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE && next == slot; edge = edges.nextInput(edge)) {
                next = tasks.phase(edges.input(edge)) == TaskPhase.MEMORY ? slot : edges.input(edge);
            }
            if (next == slot) {
                return slot;
            }
            slot = next;
        }
        return slot;
    }

    /** Where an input is that does not exist yet, as the end of a sentence. */
    private String place(final int slot) {
        return switch (tasks.phase(slot)) {
            case PROCESSING -> {
                final WorkerState worker = state.workerOf(slot);
                final String trouble = trouble(worker);
                yield trouble.isEmpty() ? ", which " + processing(slot) : " on " + worker.name + ", which " + trouble;
            }
            case WAITING -> ", which waits for others in turn";
            case QUEUED, NO_WORKER, RELEASED, MEMORY, ERRED, FORGOTTEN -> ", which " + why(slot);
        };
    }

    private String processing(final int slot) {
        final WorkerState worker = state.workerOf(slot);
        final String trouble = trouble(worker);
        final String but = trouble.isEmpty() ? "" : ", which " + trouble;
        if (tasks.has(slot, TaskTable.SCATTERED)) {
            return "waits for client " + tasks.client[slot] + " to send it to " + worker.name + but;
        }
        final long run = tasks.runId[slot];
        if (worker.known.isLost(run)) {
            return "is assigned to " + worker.name + ", which does not know of it: a message was lost";
        }
        return switch (worker.known.state(run)) {
            case RunList.RUNNING ->
                (tasks.has(slot, TaskTable.SECEDED)
                                ? "runs on " + worker.name + " and waits there for other tasks"
                                : "runs on " + worker.name)
                        + but;
            case RunList.FETCHING -> "is on " + worker.name + but + " and waits there for " + fetched(slot, worker);
            case RunList.READY ->
                "is on " + worker.name + but + " and waits there for a thread of its " + worker.threads;
            default -> "is assigned to " + worker.name + but;
        };
    }

    /** The inputs that a worker does not have, and where they are. */
    private String fetched(final int slot, final WorkerState worker) {
        int missing = 0;
        int shown = TaskTable.NONE;
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            final int input = edges.input(edge);
            if (!tasks.isHeldBy(input, worker.number)) {
                missing++;
                if (shown == TaskTable.NONE || isUnreachable(input) && !isUnreachable(shown)) {
                    shown = input;
                }
            }
        }
        if (shown == TaskTable.NONE) {
            return "its inputs";
        }
        final String more = missing == 1 ? "" : " and " + (missing - 1) + " more inputs";
        return state.key(shown) + from(shown) + more;
    }

    /** Where a result comes from, as the end of a sentence. */
    String from(final int slot) {
        if (tasks.holder[slot] == TaskTable.NONE) {
            return ", which nobody holds any more";
        }
        final WorkerState holder = state.workers.get(tasks.holder[slot]);
        final String trouble = holder == null ? "is gone" : trouble(holder);
        return " from " + holders(slot)
                + (trouble.isEmpty() || !isUnreachable(slot) && tasks.furtherHolders(slot).length > 0
                        ? ""
                        : ", which " + trouble);
    }

    /** Whether nothing is heard of any worker that holds a result. */
    boolean isUnreachable(final int slot) {
        if (tasks.holder[slot] == TaskTable.NONE || !isSilent(tasks.holder[slot])) {
            return false;
        }
        for (final int holder : tasks.furtherHolders(slot)) {
            if (!isSilent(holder)) {
                return false;
            }
        }
        return true;
    }

    private boolean isSilent(final int number) {
        final WorkerState worker = state.workers.get(number);
        return worker != null && isSilent(worker);
    }

    boolean isSilent(final WorkerState worker) {
        return silentNs(worker) > silentNs;
    }

    /** For how long nothing was heard of a worker. */
    long silentNs(final WorkerState worker) {
        return state.nowNs - heardNs(worker);
    }

    /** When a worker gave its last sign of life. */
    long heardNs(final WorkerState worker) {
        return worker.leaseEndsNs - state.settings.leaseNs();
    }

    /** What is wrong with a worker, to follow "which"; empty if nothing is. */
    String trouble(final WorkerState worker) {
        if (isSilent(worker)) {
            return "has not been heard of for " + seconds(silentNs(worker));
        }
        if (worker.stopping) {
            return "was told to stop";
        }
        if (worker.paused) {
            return "is paused";
        }
        return worker.draining ? "is leaving" : "";
    }

    private String queued(final int slot) {
        final int at = tasks.worker[slot];
        if (at >= 0) {
            final WorkerState worker = state.workerOf(slot);
            final String trouble = trouble(worker);
            return "waits for room on " + worker.name + (trouble.isEmpty() ? "" : ", which " + trouble + ",") + " with "
                    + Math.max(0, worker.queued - 1) + " others; " + busy(worker);
        }
        if (at == Dispatcher.APART) {
            return "waits until no other task that may have killed a worker is on the one it goes to";
        }
        if (at != TaskTable.NONE) {
            return byKind(slot);
        }
        final String nobody = nobodyOpen();
        if (!nobody.isEmpty()) {
            return "waits for a worker: " + nobody;
        }
        return "waits for a free thread with " + Math.max(0, tasks.count(TaskPhase.QUEUED) - 1) + " others";
    }

    private static String busy(final WorkerState worker) {
        return "its " + worker.threads + (worker.threads == 1 ? " thread has " : " threads have ") + worker.assigned
                + (worker.assigned == 1 ? " task" : " tasks");
    }

    /** What a task waits for that no worker with room can take at the moment, though some will. */
    private String byKind(final int slot) {
        final TaskKind kind = state.kind(slot);
        WorkerState most = null;
        for (final WorkerState worker : state.workers) {
            if (worker != null
                    && worker.isOpen()
                    && Placement.mayRun(kind, worker)
                    && (most == null || worker.lacks(kind.needs) < most.lacks(kind.needs))) {
                most = worker;
            }
        }
        if (most == null) {
            return "waits for a worker: " + noWorker(slot);
        }
        for (int i = 0; i < kind.needs.count(); i++) {
            final int offered = most.resources().indexOf(kind.needs.name(i));
            if (most.free(offered) < kind.needs.amount(i)) {
                return "waits until " + need(kind, i) + " is free; the most that is free is "
                        + amount(most.free(offered)) + " of "
                        + amount(most.resources().amount(offered)) + " on "
                        + most.name;
            }
        }
        if (most.hasRoom() && !most.hasTimeFor(state.nowNs, kind.function.knownUs())) {
            return "waits for a worker that has the time for it: it takes about "
                    + seconds(kind.function.knownUs() * 1_000L);
        }
        return "waits for a thread on a worker with " + (kind.needs.isEmpty() ? "time for it" : kind.needs) + ", with "
                + Math.max(0, kind.queued - 1) + " others";
    }

    /** Why none of the workers that are there runs a task. */
    String noWorker(final int slot) {
        if (state.livingWorkers == 0) {
            return "there are none";
        }
        if (dispatcher.isHeldBack(slot)) {
            return "a worker died under it, and it is not known yet whether by its fault";
        }
        final TaskKind kind = state.kind(slot);
        final String missing = missing(kind);
        if (!missing.isEmpty()) {
            return missing;
        }
        final List<WorkerState> able = able(kind);
        final boolean isAnyOpen = able.stream().anyMatch(WorkerState::isOpen);
        if (able.isEmpty()) {
            return "none has all it asks for, resources=" + kind.needs + restriction(kind);
        }
        if (isAnyOpen) {
            return "none has the time for it: it takes about " + seconds(kind.function.knownUs() * 1_000L);
        }
        return inTrouble(able, "could run it");
    }

    /** What a kind asks for that no worker offers; empty if each of it is offered by some. */
    private String missing(final TaskKind kind) {
        if (kind.restriction != null && !kind.orOthers && named(kind) == 0) {
            return "none" + restriction(kind) + " is there";
        }
        for (int i = 0; i < kind.needs.count(); i++) {
            final String name = kind.needs.name(i);
            long most = 0;
            for (final WorkerState worker : state.workers) {
                final int at = worker == null ? -1 : worker.resources().indexOf(name);
                if (worker != null && at >= 0) {
                    most = Math.max(most, worker.resources().amount(at));
                }
            }
            if (most < kind.needs.amount(i)) {
                return "no worker has resource " + need(kind, i) + "; the most that one has is " + amount(most);
            }
        }
        return "";
    }

    private int named(final TaskKind kind) {
        int named = 0;
        for (final WorkerState worker : state.workers) {
            named += worker != null && kind.names(worker) ? 1 : 0;
        }
        return named;
    }

    private static String restriction(final TaskKind kind) {
        if (kind.restriction == null) {
            return "";
        }
        final StringJoiner names = new StringJoiner(" or ", " that is or runs on ", "");
        for (int i = 0; i < Math.min(MAX_NAMED, kind.restriction.length); i++) {
            names.add(kind.restriction[i]);
        }
        return names + (kind.restriction.length > MAX_NAMED ? " or …" : "");
    }

    /** The workers that have what tasks of a kind ask for. */
    List<WorkerState> able(final TaskKind kind) {
        final List<WorkerState> able = new ArrayList<>();
        for (final WorkerState worker : state.workers) {
            if (worker != null && Placement.mayRun(kind, worker)) {
                able.add(worker);
            }
        }
        return able;
    }

    /** Why nobody takes what any worker could run; empty if somebody does. */
    String nobodyOpen() {
        final List<WorkerState> living = new ArrayList<>();
        for (final WorkerState worker : state.workers) {
            if (worker != null) {
                if (worker.isOpen() && !isSilent(worker)) {
                    return "";
                }
                living.add(worker);
            }
        }
        return living.isEmpty() ? "there are none" : inTrouble(living, "is there");
    }

    private String inTrouble(final List<WorkerState> able, final String could) {
        if (able.size() == 1) {
            final WorkerState only = able.get(0);
            return only.name + ", the only one that " + could + ", " + trouble(only);
        }
        final StringJoiner troubles = new StringJoiner(", ");
        for (int i = 0; i < Math.min(MAX_NAMED, able.size()); i++) {
            troubles.add(able.get(i).name + " " + trouble(able.get(i)));
        }
        return "of the " + able.size() + " that " + (could.equals("is there") ? "are there" : could) + ", " + troubles
                + (able.size() > MAX_NAMED ? ", …" : "");
    }

    private String holders(final int slot) {
        final StringJoiner names = new StringJoiner(" and ");
        names.add(name(tasks.holder[slot]));
        final int[] further = tasks.furtherHolders(slot);
        for (int i = 0; i < Math.min(MAX_NAMED - 1, further.length); i++) {
            names.add(name(further[i]));
        }
        return names + (further.length >= MAX_NAMED ? " and …" : "");
    }

    private String name(final int number) {
        final WorkerState worker = number < 0 ? null : state.workers.get(number);
        return worker == null ? "nobody" : worker.name;
    }

    private static String need(final TaskKind kind, final int index) {
        return kind.needs.name(index) + "=" + amount(kind.needs.amount(index));
    }

    private static String amount(final long units) {
        final double amount = units / UNITS;
        return amount == Math.rint(amount) ? Long.toString((long) amount) : Double.toString(amount);
    }

    static String seconds(final long ns) {
        final double seconds = ns / 1e9;
        return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
    }
}
