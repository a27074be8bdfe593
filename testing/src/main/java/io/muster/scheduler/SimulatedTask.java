package io.muster.scheduler;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A task of a simulated client: what it should come to, and what the client knows of it. */
final class SimulatedTask {
    final int client;
    final int taskId;
    final String key;
    final List<SimulatedTask> inputs;
    final boolean scattered;
    final int failures;
    final int retries;
    final int priority;

    /** Why a task failed whose run took too long. */
    record TimedOut(SimulatedTask task) {}

    /** What a sequential computation gives. */
    final long value;

    boolean held;
    boolean erred;
    boolean gotten;

    /** Whether the client asked to cancel it, or was told that it is lost. */
    boolean doomed;

    @Nullable
    Object failure;

    /** Whether it may run once only. */
    boolean once;

    /** Whether its runs wait for others for a while. */
    boolean secedes;

    /** Whether a run was allowed to begin, where only one may. */
    boolean allowed;

    /** How often it began, where it may do so once only. */
    int begun;

    /** How often somebody asked that it, or what is made from it, run again. */
    int retried;

    /** How often somebody asked that it itself run again. */
    private int named;

    /** After what time its runs are ended; 0: never. */
    long timeoutUs;

    /** How many runs the scheduler was told of that took too long. */
    int timedOut;

    /** Whether the scheduler was told that it is not known what a run did. */
    boolean isOutcomeUnknown;

    /** Whether its result is an actor. */
    boolean isActor;

    /** Whether it is an actor that keeps resources from others. */
    boolean keepsResources;

    /** Whether it calls its only input, an actor. */
    boolean isCall;

    /** The last call that each client made of it, where it is an actor. */
    private final Map<Integer, Integer> lastCalls = new HashMap<>();

    int finishedOn = TaskTable.NONE;

    /** Whether the client has its result from the scheduler. */
    boolean inline;

    /** Whether its client asks for it without end until it has it. */
    boolean insistedOn;

    /** How often a worker did not answer who asked for its result since it was last there. */
    int unanswered;

    /** How many failed runs the scheduler was told of. */
    int failed;

    /** How many deaths may be held against it. */
    int suspicions;

    /** How often its user code was begun. */
    int executions;

    SimulatedTask(
            final int client,
            final int taskId,
            final String key,
            final List<SimulatedTask> inputs,
            final boolean scattered,
            final int failures,
            final int retries,
            final int priority) {
        this.client = client;
        this.taskId = taskId;
        this.key = key;
        this.inputs = List.copyOf(inputs);
        this.scattered = scattered;
        this.failures = failures;
        this.retries = retries;
        this.priority = priority;
        final Object[] values = new Object[inputs.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = inputs.get(i).value;
        }
        this.value = compute(values);
    }

    /** The size of a value: most are small, some large enough to matter for placement. */
    static long sizeOf(final @Nullable Object value) {
        final long number = value instanceof Long known ? known : 0;
        return Math.floorMod(number, 7) == 0 ? 100_000_000 : 8 + Math.floorMod(number, 100);
    }

    long identity() {
        return (long) client << 32 | taskId;
    }

    /** What the task makes of its inputs: another number for any other inputs or order of them. */
    long compute(final @Nullable Object[] values) {
        long mixed = identity() * 0x9E3779B97F4A7C15L;
        for (final Object input : values) {
            if (!(input instanceof Long number)) {
                throw new AssertionError("task=" + this + " is run with input=" + input);
            }
            mixed = Long.rotateLeft(mixed ^ number, 17) * 0xBF58476D1CE4E5B9L;
        }
        return mixed;
    }

    /** Whether the task, or one that it is made from, is this one. */
    boolean isMadeFrom(final SimulatedTask other) {
        return other == this || inputs.stream().anyMatch(input -> input.isMadeFrom(other));
    }

    boolean failsByItself() {
        return failures > retries;
    }

    /** Whether its runs may have ended badly more often than it may be tried again. */
    boolean mayFail() {
        return failures + timedOut > retries || isOutcomeUnknown;
    }

    boolean mayBeCancelled() {
        return doomed || inputs.stream().anyMatch(SimulatedTask::mayBeCancelled);
    }

    /** Whether it fails whatever happens, because of itself or what it is made from. */
    boolean mustFail() {
        return failsByItself() && retried == 0 || inputs.stream().anyMatch(SimulatedTask::mustFail);
    }

    /** The client asks that it run again, and may ask so for what it is made from. */
    void retry() {
        named++;
        erred = false;
        failure = null;
        finishedOn = TaskTable.NONE;
        needs(task -> {
            task.retried++;
            return false;
        });
    }

    /** Whether it, or what it is made from, is such a task; all are looked at, once each, until one is. */
    boolean needs(final Predicate<SimulatedTask> kind) {
        final Set<SimulatedTask> seen = new HashSet<>();
        final Deque<SimulatedTask> next = new ArrayDeque<>(List.of(this));
        while (!next.isEmpty()) {
            final SimulatedTask task = next.remove();
            if (seen.add(task)) {
                if (kind.test(task)) {
                    return true;
                }
                next.addAll(task.inputs);
            }
        }
        return false;
    }

    /** A run begins. */
    void begin() {
        if (once && (++begun > 1 + failed + timedOut + named || isOutcomeUnknown && named == 0)) {
            throw new AssertionError("task=" + this + " may run once only and begins again: begun=" + begun);
        }
    }

    /** A call is made: once, and after those that its client made before. */
    void beginCall() {
        final Integer last = inputs.get(0).lastCalls.put(client, taskId);
        if (last != null && last >= taskId) {
            throw new AssertionError("call=" + this + " is made after call=" + client + ":" + last);
        }
    }

    /** Whether an actor is among what it is made from. */
    boolean isMadeFromActor() {
        return isActor || inputs.stream().anyMatch(SimulatedTask::isMadeFromActor);
    }

    @Override
    public String toString() {
        return client + ":" + taskId;
    }
}
