package io.muster.scheduler;

import io.muster.worker.RunList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says why tasks are where they are, and finds those that make no progress. It only looks, and takes time in proportion to the workers and
 * the kinds of tasks, and, where it is asked to look at everything, to the tasks.
 */
final class Diagnosis {
    /** How many findings there are at most. */
    static final int MAX_FOUND = 100;

    /** How many tasks without a worker are looked at to find one of each kind. */
    private static final int MAX_LOOKED_AT = 100_000;

    private final SchedulerCore core;
    private final CoreState state;
    private final TaskTable tasks;
    private final EdgePool edges;
    private final WaitReasons reasons;
    private final Map<String, Found> found = new LinkedHashMap<>();

    /**
     * Makes one of a core, for the thread that gives it commands.
     *
     * @param core what is looked at
     */
    Diagnosis(final SchedulerCore core) {
        this.core = core;
        this.state = core.state();
        this.tasks = state.tasks;
        this.edges = state.edges;
        this.reasons = new WaitReasons(core, state.settings.leaseNs() / 3);
    }

    /** One sentence on why a task is where it is, to follow its key: "waits for x on w-3, which is paused". */
    String why(final int slot) {
        return reasons.why(slot);
    }

    /**
     * What makes no progress; equal reasons are one.
     *
     * @param everything whether to look at all tasks
     */
    List<Found> findings(final boolean everything) {
        found.clear();
        findWithoutWorkers();
        findWithoutWorker();
        findQueued();
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                findSilent(worker);
                findLost(worker);
                findUnreachable(worker);
                findLeaving(worker);
            }
        }
        if (everything) {
            findInconsistent();
        }
        return new ArrayList<>(found.values());
    }

    private void findWithoutWorkers() {
        final long count = tasks.count(TaskPhase.QUEUED) + tasks.count(TaskPhase.NO_WORKER);
        if (state.livingWorkers == 0 && count > 0) {
            final int example = example(TaskPhase.QUEUED, TaskPhase.NO_WORKER);
            add(
                    "no-workers",
                    "no-workers",
                    "tasks wait, and there are no workers",
                    example,
                    null,
                    WorkerState.NEVER,
                    count);
        }
    }

    private void findWithoutWorker() {
        if (state.livingWorkers == 0 || tasks.count(TaskPhase.NO_WORKER) == 0) {
            return;
        }
        int homeless = 0;
        for (int index = 0; index < state.kinds.limit(); index++) {
            final TaskKind kind = state.kinds.orNull(index);
            homeless += kind != null && kind.homeless > 0 ? 1 : 0;
        }
        final boolean[] seen = new boolean[state.kinds.limit()];
        int slot = core.dispatcher().withoutWorker().first();
        for (int i = 0; i < MAX_LOOKED_AT && homeless > 0 && slot != TaskTable.NONE; i++) {
            final TaskKind kind = state.kind(slot);
            if (!seen[kind.index] && !core.dispatcher().isHeldBack(slot)) {
                seen[kind.index] = true;
                homeless--;
                final List<WorkerState> able = reasons.able(kind);
                final String what = able.isEmpty()
                        ? "no-worker"
                        : able.stream().allMatch(worker -> worker.paused && !worker.draining) ? "paused" : "no-worker";
                final String why = reasons.noWorker(slot);
                add(what + " " + why, what, why, slot, null, WorkerState.NEVER, kind.homeless);
            }
            slot = tasks.nextInList[slot];
        }
    }

    private void findQueued() {
        final long count = tasks.count(TaskPhase.QUEUED);
        final String nobody = state.livingWorkers == 0 || count == 0 ? "" : reasons.nobodyOpen();
        if (!nobody.isEmpty()) {
            boolean arePaused = true;
            boolean areLeaving = true;
            for (final WorkerState worker : core.workers()) {
                arePaused &= worker == null || worker.paused && !worker.draining;
                areLeaving &= worker == null || worker.draining;
            }
            final String what = arePaused ? "paused" : areLeaving ? "leaving" : "no-worker";
            add(
                    what,
                    what,
                    "tasks wait for a worker: " + nobody,
                    example(TaskPhase.QUEUED, TaskPhase.QUEUED),
                    null,
                    WorkerState.NEVER,
                    count);
        }
    }

    private void findSilent(final WorkerState worker) {
        if (!reasons.isSilent(worker) || worker.assigned + worker.heldCount == 0) {
            return;
        }
        final String why = worker.name + " " + reasons.trouble(worker) + "; it has " + worker.assigned
                + " tasks assigned and holds " + worker.heldCount + " results, and is given up after scheduler.lease="
                + WaitReasons.seconds(state.settings.leaseNs());
        add(
                "silent-worker " + worker.number,
                "silent-worker",
                why,
                worker.runs.first(),
                worker.name,
                reasons.heardNs(worker),
                worker.assigned);
    }

    private void findLost(final WorkerState worker) {
        if (worker.known.lost() == 0) {
            return;
        }
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            if (worker.known.isLost(tasks.runId[slot])) {
                final String why = "tasks are assigned to " + worker.name
                        + " that it does not know of: a message was lost. Retiring the worker has them run elsewhere";
                add(
                        "lost-message " + worker.number,
                        "lost-message",
                        why,
                        slot,
                        worker.name,
                        WorkerState.NEVER,
                        worker.known.lost());
                return;
            }
        }
    }

    /** Runs on a worker that lives, the inputs of which are on workers that are not heard of. */
    private void findUnreachable(final WorkerState worker) {
        if (!worker.known.isTold() || reasons.isSilent(worker)) {
            return;
        }
        int slot = worker.runs.first();
        for (int i = 0; i < RunList.MAX_TOLD && slot != TaskTable.NONE; i++) {
            if (worker.known.state(tasks.runId[slot]) == RunList.FETCHING) {
                for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
                    final int input = edges.input(edge);
                    if (!tasks.isHeldBy(input, worker.number) && reasons.isUnreachable(input)) {
                        final String why = "tasks wait for " + state.key(input) + reasons.from(input);
                        add(
                                "input-unreachable " + state.identity(input),
                                "input-unreachable",
                                why,
                                slot,
                                worker.name,
                                WorkerState.NEVER,
                                1);
                        break;
                    }
                }
            }
            slot = tasks.nextInList[slot];
        }
    }

    private void findLeaving(final WorkerState worker) {
        if (worker.draining
                && !worker.stopping
                && worker.mayWait
                && worker.assigned == 0
                && !isAnyStaying()
                && worker.heldCount > 0) {
            final String why = worker.name + " leaves, and waits for a worker to come that takes what only it holds";
            add("leaving " + worker.number, "leaving", why, TaskTable.NONE, worker.name, WorkerState.NEVER, 0);
        }
    }

    private boolean isAnyStaying() {
        for (int number = 0; number < core.workers().size(); number++) {
            if (core.copies().stays(number)) {
                return true;
            }
        }
        return false;
    }

    /** Tasks that wait for inputs of which none is missing, or none is under way. */
    private void findInconsistent() {
        final int limit = tasks.count(TaskPhase.WAITING) == 0 ? 0 : tasks.limit();
        for (int slot = 0; slot < limit; slot++) {
            if (tasks.phase(slot) == TaskPhase.WAITING && !isAnyUnderWay(slot)) {
                add(
                        "inconsistent",
                        "inconsistent",
                        "tasks wait for inputs that nobody computes: this is a bug in Muster;"
                                + " please report it with a dump (muster dump)",
                        slot,
                        null,
                        WorkerState.NEVER,
                        1);
            }
        }
    }

    private boolean isAnyUnderWay(final int slot) {
        for (int edge = tasks.inputs[slot]; edge != EdgePool.NONE; edge = edges.nextInput(edge)) {
            switch (tasks.phase(edges.input(edge))) {
                case WAITING, NO_WORKER, QUEUED, PROCESSING -> {
                    return true;
                }
                case RELEASED, MEMORY, ERRED, FORGOTTEN -> {}
            }
        }
        return false;
    }

    /** A task in one of two phases; or none. */
    private int example(final TaskPhase one, final TaskPhase other) {
        for (int slot = 0; slot < tasks.limit(); slot++) {
            final TaskPhase phase = tasks.phase(slot);
            if (phase == one || phase == other) {
                return slot;
            }
        }
        return TaskTable.NONE;
    }

    private void add(
            final String subject,
            final String what,
            final String why,
            final int slot,
            final @Nullable String worker,
            final long sinceNs,
            final long count) {
        final Found before = found.get(subject);
        if (before != null) {
            found.put(
                    subject,
                    new Found(
                            subject,
                            what,
                            before.why(),
                            before.task(),
                            before.worker(),
                            before.job(),
                            before.sinceNs(),
                            before.count() + count));
        } else if (found.size() < MAX_FOUND) {
            final String key = slot == TaskTable.NONE ? null : state.key(slot);
            found.put(subject, new Found(subject, what, why, key, worker, null, sinceNs, count));
        }
    }
}
