package io.muster.scheduler;

import io.muster.data.ResultStore;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What has to be true of a simulated cluster once it has come to rest, and what its tasks may have failed of. */
final class Oracle {
    private static final long TICKS_TO_STOP = 2;

    private final Simulation simulation;
    private boolean isAnythingMislaid;
    private boolean hasAnythingStoodStill;

    Oracle(final Simulation simulation) {
        this.simulation = simulation;
    }

    /** A worker has lost a result without noticing, so that the scheduler may believe wrongly that it has it. */
    void mislaid() {
        isAnythingMislaid = true;
    }

    /** A worker does not answer for a while, so that it may be taken to have lost what it holds. */
    void stoodStill() {
        hasAnythingStoodStill = true;
    }

    /** A worker dies for an unknown reason: what may have been running there may be to blame. */
    void suspect(final WorkerState dead) {
        int left = dead.threads;
        final TaskTable tasks = simulation.core.tasks();
        for (int slot = dead.hasNanny ? TaskTable.NONE : dead.runs.first();
                slot != TaskTable.NONE;
                slot = tasks.nextInList[slot]) {
            if (tasks.has(slot, TaskTable.SECEDED) || left-- > 0) {
                ((SimulatedTask) tasks.payload[slot]).suspicions++;
            }
        }
    }

    /** Every task that a client wants is done or has failed for a reason that there is, and results are where they are believed. */
    void checkAtRest() {
        for (final SimulatedClient client : simulation.clients()) {
            if (!client.hasLeft()) {
                client.tasks.stream().filter(task -> task.held).forEach(this::checkResolved);
            }
            if (simulation.plan.traits.isCalm()) {
                client.tasks.forEach(Oracle::checkRanOnce);
            }
        }
        checkStores();
        for (final WorkerState worker : simulation.core.workers()) {
            if (worker != null && worker.draining) {
                throw new AssertionError("worker=" + worker.name + " does not come to leave: assigned="
                        + worker.assigned
                        + " actors=" + worker.actors + " calls=" + worker.callCount + " held=" + worker.heldCount
                        + " stopping=" + worker.stopping + " mayWait=" + worker.mayWait);
            }
        }
    }

    /** A worker that pauses has given back what it had not started, and nothing is to come to it. */
    void checkPausing() {
        for (final SimulatedWorker worker : simulation.workers()) {
            final WorkerState state = worker.state();
            if (worker.isAlive() && worker.lacksMemory() && state != null) {
                if (!state.paused) {
                    throw new AssertionError("worker=" + worker + " pauses and the scheduler does not know");
                }
                if (state.assigned + state.queued > 0 || state.awaited.first() != TaskTable.NONE) {
                    throw new AssertionError("worker=" + worker + " pauses and is left with assigned=" + state.assigned
                            + " queued=" + state.queued + " data=" + state.awaited.first());
                }
            }
        }
    }

    /** Nobody leaves for longer than it was to. */
    void checkPatience() {
        for (final WorkerState worker : simulation.core.workers()) {
            if (worker != null
                    && worker.draining
                    && !worker.stopping
                    && worker.stopAtNs != WorkerState.NEVER
                    && worker.stopAtNs + TICKS_TO_STOP * Simulation.HEARTBEAT_US * 1_000 < simulation.core.nowNs()) {
                throw new AssertionError("worker=" + worker.name + " was to leave by stopAtNs=" + worker.stopAtNs);
            }
        }
    }

    /** What was cancelled is done, has failed, or is not worked at any more. */
    void checkCancelled(final ClientState client, final int[] taskIds) {
        final TaskTable tasks = simulation.core.tasks();
        for (final int taskId : taskIds) {
            final int slot = client.slot(taskId);
            if (slot != ClientState.UNKNOWN) {
                switch (tasks.phase(slot)) {
                    case RELEASED, MEMORY, ERRED -> {}
                    case WAITING, NO_WORKER, QUEUED, PROCESSING, FORGOTTEN -> {
                        if (!tasks.has(slot, TaskTable.CALL | TaskTable.ACTOR)) {
                            throw new AssertionError(
                                    "task=" + taskId + " was cancelled and is in phase=" + tasks.phase(slot));
                        }
                    }
                }
            }
        }
    }

    /** What a client asked to run again does so, unless it is made from what can't. */
    void checkTriedAgain(final ClientState client, final SimulatedTask task) {
        final int slot = client.slot(task.taskId);
        final boolean mayStayFailed = task.isMadeFromActor()
                || task.needs(input -> input.scattered || input != task && (input.once || input.doomed));
        require(
                slot == ClientState.UNKNOWN
                        || mayStayFailed
                        || !simulation.core.tasks().has(slot, TaskTable.WANTED)
                        || simulation.core.tasks().phase(slot) != TaskPhase.ERRED,
                task,
                "is not tried again");
    }

    private static void checkRanOnce(final SimulatedTask task) {
        final int allowed = 1 + Math.min(task.failures, task.retries) + task.timedOut + task.retried;
        require(task.executions <= allowed, task, "ran " + task.executions + " times though nothing went wrong");
    }

    private void checkResolved(final SimulatedTask task) {
        if (task.gotten) {
            require(!task.mustFail(), task, "has a result though it must fail");
            return;
        }
        if (!task.erred) {
            throw new AssertionError("task=" + task + " is neither finished nor erred: " + describe(task));
        }
        if (task.failure instanceof SimulatedTask failed) {
            require(failed.mayFail(), task, "failed though it has retries left");
            require(task.isMadeFrom(failed), task, "erred because of task " + failed + ", which it is not made from");
        } else if (task.failure instanceof SimulatedTask.TimedOut late) {
            require(late.task().timedOut > 0 && late.task().mayFail(), task, "failed though it has retries left");
            require(task.isMadeFrom(late.task()), task, "erred because of " + late + ", which it is not made from");
        } else if (task.failure instanceof SimulatedEffects.Failure found) {
            checkCause(task, found);
        } else {
            throw new AssertionError("task=" + task + " erred with failure=" + task.failure);
        }
    }

    private void checkCause(final SimulatedTask task, final SimulatedEffects.Failure found) {
        if (found.kind() == Effects.FailureKind.ACTOR_LOST) {
            require(task.isMadeFromActor(), task, "erred of an actor that is lost, and calls none");
            return;
        }
        final List<SimulatedTask> named = simulation.clients().stream()
                .flatMap(client -> client.tasks.stream())
                .filter(other -> other.key.equals(found.key()) && task.isMadeFrom(other))
                .toList();
        require(!named.isEmpty(), task, "erred because of " + found.key() + ", which it is not made from");
        if (found.kind() == Effects.FailureKind.KILLED_WORKER) {
            require(
                    named.stream().anyMatch(root -> root.suspicions > simulation.plan.traits.allowedFailures()),
                    task,
                    "is blamed for more deaths than it can have caused");
        } else if (found.kind() == Effects.FailureKind.UNKNOWN_OUTCOME) {
            require(
                    named.stream().anyMatch(root -> root.once && root.allowed),
                    task,
                    "is said to have begun though it was not allowed to");
        } else {
            require(
                    named.stream().anyMatch(root -> root.scattered),
                    task,
                    "is said to be lost though it can be computed again");
            require(
                    found.message().contains("was held by")
                            || named.stream()
                                    .anyMatch(
                                            root -> root.doomed || !root.held && task.needs(made -> made.retried > 0)),
                    task,
                    "failed though what it is made from was dropped, not lost");
        }
    }

    private String describe(final SimulatedTask task) {
        final SchedulerCore core = simulation.core;
        final ClientState client = core.clients().get(task.client);
        final int slot = client == null ? ClientState.UNKNOWN : client.slot(task.taskId);
        return slot == ClientState.UNKNOWN
                ? "it is forgotten"
                : "phase=" + core.tasks().phase(slot) + " worker=" + core.tasks().worker[slot] + " inputs="
                        + task.inputs;
    }

    /** What the scheduler believes about results is so. */
    void checkStores() {
        final Set<String> believed = checkNothingIsHeldForNothing();
        if (!believed.isEmpty() && !isAnythingMislaid) {
            throw new AssertionError("not where the scheduler believes: " + believed);
        }
    }

    /**
     * The scheduler knows of all that workers hold. It may believe that a worker holds what it was told to drop, where the command crossed
     * the worker's word that it has it: the first who asks for it finds out. Returns what it believes beyond what is so.
     */
    Set<String> checkNothingIsHeldForNothing() {
        final SchedulerCore core = simulation.core;
        final Set<String> believed = new LinkedHashSet<>();
        for (int slot = 0; slot < core.tasks().limit(); slot++) {
            if (core.tasks().phase(slot) == TaskPhase.MEMORY) {
                believed.add(core.identity(slot) + " on " + core.tasks().holder[slot]);
                for (final int further : core.tasks().furtherHolders(slot)) {
                    believed.add(core.identity(slot) + " on " + further);
                }
            }
        }
        for (final SimulatedWorker worker : simulation.workers()) {
            final WorkerState state = worker.state();
            if (worker.isAlive() && state != null) {
                final long[] held = worker.runs.inventory();
                for (int i = 0; i < held.length; i += 2) {
                    if (!believed.remove(held[i] + " on " + state.number)) {
                        throw new AssertionError(
                                "worker=" + worker + " holds task=" + simulation.task(held[i]) + " for nothing");
                    }
                }
            }
        }
        return believed;
    }

    /** Every result is there as often as was asked for, unless one copy may not be where it is believed. */
    void checkCopies() {
        final SchedulerCore core = simulation.core;
        require(simulation.clients().stream().allMatch(SimulatedClient::hasAllAnswers), null, "a client has no answer");
        for (int slot = 0; slot < core.tasks().limit(); slot++) {
            if (core.tasks().phase(slot) == TaskPhase.MEMORY && core.tasks().waiters[slot] == 0) {
                final int copies = 1 + core.tasks().furtherHolders(slot).length;
                final int asked = Math.min(core.copies().wanted(slot), core.livingWorkers());
                final boolean mayBeMore =
                        !simulation.plan.traits.reduces() || core.tasks().has(slot, TaskTable.STOPPED);
                require(
                        copies == asked || copies > asked && mayBeMore,
                        simulation.task(core.identity(slot)),
                        "has copies=" + copies + ", asked for are " + asked);
            }
        }
    }

    /**
     * A worker is told to drop a result that it has: nobody needs the result, or it is somewhere else, and no task fetches this copy or
     * uses it. A result of which nothing was heard for too long, or of which a worker has lost a copy, may be dropped in error.
     */
    void checkIsElsewhere(final WorkerState freed, final long task) {
        final SchedulerCore core = simulation.core;
        final TaskTable tasks = core.tasks();
        final int slot = core.state().slotOf(task);
        final SimulatedWorker process = simulation.process(freed.number);
        if (slot == ClientState.UNKNOWN
                || tasks.phase(slot) != TaskPhase.MEMORY
                || tasks.isHeldBy(slot, freed.number)
                || process == null
                || !process.isAlive()
                || process.runs.get(task) == ResultStore.ABSENT
                || freed.stopping
                || freed.retractions.contains(task)
                || isAnythingMislaid
                || hasAnythingStoodStill) {
            return;
        }
        require(tasks.holder[slot] != TaskTable.NONE, simulation.task(task), "is dropped though it is there");
        for (int edge = tasks.dependents[slot];
                edge != EdgePool.NONE;
                edge = core.edges().nextDependent(edge)) {
            final int dependent = core.edges().dependent(edge);
            require(
                    tasks.phase(dependent) != TaskPhase.PROCESSING || tasks.isHeldBy(slot, tasks.worker[dependent]),
                    simulation.task(task),
                    "is dropped while a task fetches it, or where one uses it");
        }
        for (final SimulatedWorker other : simulation.workers()) {
            final WorkerState state = other.state();
            if (state != null && other.isAlive() && tasks.isHeldBy(slot, state.number)) {
                require(
                        other.runs.get(task) != ResultStore.ABSENT,
                        simulation.task(task),
                        "is dropped on " + freed.name + " and not on " + other);
            }
        }
    }

    /** Nobody holds anything once everything is released. */
    void checkReleased() {
        for (final SimulatedWorker worker : simulation.workers()) {
            if (worker.isAlive() && worker.state() != null && worker.runs.inventory().length > 0) {
                throw new AssertionError("worker=" + worker + " still holds results="
                        + java.util.Arrays.toString(worker.runs.inventory()));
            }
        }
    }

    /** Nothing is left of clients that have gone. */
    void checkForgotten() {
        for (final SimulatedWorker worker : simulation.workers()) {
            if (worker.isAlive() && worker.state() != null && worker.hasFunctions()) {
                throw new AssertionError("worker=" + worker + " still has functions of clients that left");
            }
        }
        require(simulation.core.clients().isEmpty(), null, "clients are left");
    }

    private static void require(final boolean holds, final @Nullable SimulatedTask task, final String what) {
        if (!holds) {
            throw new AssertionError("task=" + task + " " + what);
        }
    }
}
