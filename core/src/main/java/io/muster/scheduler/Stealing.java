package io.muster.scheduler;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes back what was assigned to a worker and has not started: where others would start it earlier, or where the worker pauses. */
final class Stealing {
    /*
     * A run is asked back at most once: it stands in its worker's `recalled` until the worker has answered, and in `started` after a
     * "no". It stays assigned all the while, and leaves both sets when it is unassigned, for whatever reason; so an answer that finds
     * it in `recalled` is about the current run of its task, and any other is stale. Only a "yes" sends the task back to the queues,
     * where it is placed like any other; or the worker's death, like all that it had.
     *
     * When to take back for others is dask's rule: a thief has a free thread, and would have the result earlier than the victim by at
     * least half of what the task costs there.
     */

    /** What asking, answering and assigning anew take. */
    private static final long ROUND_TRIP_US = 2_000;

    /** Tasks known to be as short are left where they are... */
    private static final int SHORT_US = 2_000;

    /** ...unless nothing came from their worker for so long. */
    private static final long STUCK_US = 50_000;

    /** How many thieves and how many victims are looked at in one go. */
    private static final int SAMPLE = 8;

    /** How many runs of a victim are looked at in one go. */
    private static final int MAX_LOOKED_AT = 32;

    private final CoreState state;
    private final Effects effects;
    private final Placement placement;
    private final TaskTable tasks;
    private final List<@Nullable WorkerState> workers;
    private final List<WorkerState> thieves = new ArrayList<>();
    private final boolean isEnabled;
    private int nextThief;
    private int nextVictim;
    private int unanswered;
    private boolean isDue;

    Stealing(final CoreState state, final Effects effects, final Placement placement, final boolean isEnabled) {
        this.state = state;
        this.effects = effects;
        this.placement = placement;
        this.tasks = state.tasks;
        this.workers = state.workers;
        this.isEnabled = isEnabled;
    }

    /** Time went by. */
    void lookAgain() {
        isDue = true;
    }

    /** Asks back what idle workers would start earlier, if one became idle since the last time or it is time to look again. */
    void balance() {
        final boolean isAnyNewlyIdle = placement.takeNewlyIdle();
        if (!isEnabled || !isDue && !isAnyNewlyIdle) {
            return;
        }
        isDue = false;
        final BitSet crowded = placement.crowded();
        if (crowded.isEmpty()) {
            return;
        }
        int free = findThieves() - unanswered;
        for (int i = Math.min(SAMPLE, crowded.cardinality()); i > 0 && free > 0; i--) {
            final int after = crowded.nextSetBit(nextVictim);
            final int number = after >= 0 ? after : crowded.nextSetBit(0);
            nextVictim = number + 1;
            final WorkerState victim = workers.get(number);
            if (victim != null && !victim.stopping) {
                free -= takeFrom(victim, free);
            }
        }
        thieves.clear();
    }

    /** Asks back all that a worker may not have started. */
    void recallAll(final WorkerState worker) {
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = tasks.nextInList[slot]) {
            if (!isAsked(worker, tasks.runId[slot])) {
                recall(worker, slot);
            }
        }
    }

    /** A worker will not give a run back. */
    void refused(final WorkerState worker, final long runId) {
        forget(worker, runId);
        worker.started.add(runId);
        worker.wasAsked = true;
    }

    /** A run is not assigned to a worker any more. */
    void forget(final WorkerState worker, final long runId) {
        if (!worker.wasAsked) {
            return;
        }
        if (worker.recalled.remove(runId) != RunMap.NONE) {
            unanswered--;
        }
        worker.started.remove(runId);
        worker.wasAsked = !worker.recalled.isEmpty() || !worker.started.isEmpty();
    }

    private int findThieves() {
        final BitSet idle = placement.idle();
        int free = 0;
        for (int i = Math.min(SAMPLE, idle.cardinality()); i > 0; i--) {
            final int after = idle.nextSetBit(nextThief);
            final int number = after >= 0 ? after : idle.nextSetBit(0);
            nextThief = number + 1;
            final WorkerState thief = workers.get(number);
            if (thief != null) {
                thieves.add(thief);
                free += thief.threads - thief.assigned;
            }
        }
        return free;
    }

    /** Looks at what was assigned last, which waits longest. */
    private int takeFrom(final WorkerState victim, final int atMost) {
        int taken = 0;
        long aheadUs = victim.assignedUs();
        int slot = victim.runs.last();
        final int waiting = Math.min(MAX_LOOKED_AT, victim.assigned - victim.threads);
        for (int i = 0; i < waiting && taken < atMost; i++) {
            aheadUs -= tasks.estimateUs[slot];
            final long waitUs = victim.waitUs(aheadUs, state.nowNs);
            if (waitUs < ROUND_TRIP_US) {
                return taken;
            }
            if (!isAsked(victim, tasks.runId[slot]) && isEarlierElsewhere(slot, victim, waitUs)) {
                recall(victim, slot);
                taken++;
            }
            slot = tasks.previousInList[slot];
        }
        return taken;
    }

    private boolean isEarlierElsewhere(final int slot, final WorkerState victim, final long waitUs) {
        final TaskKind kind = state.kind(slot);
        final int knownUs = kind.function.knownUs();
        if (knownUs > 0 && knownUs <= SHORT_US && victim.quietUs(state.nowNs) < STUCK_US
                || victim.suspectRuns.contains(tasks.runId[slot])) {
            return false;
        }
        final long spentUs = ROUND_TRIP_US + tasks.estimateUs[slot] / 2;
        for (int i = 0; i < thieves.size(); i++) {
            final WorkerState thief = thieves.get(i);
            if (placement.canTakeNow(kind, thief, tasks.order[slot])
                    && placement.isWorthMoving(slot, victim, thief, waitUs - spentUs)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAsked(final WorkerState worker, final long runId) {
        return worker.recalled.containsKey(runId) || worker.started.contains(runId);
    }

    private void recall(final WorkerState worker, final int slot) {
        state.note(slot, Cause.ASKED_BACK, worker.number, tasks.runId[slot]);
        worker.wasAsked = true;
        worker.recalled.put(tasks.runId[slot], state.identity(slot));
        unanswered++;
        effects.takeBack(worker, tasks.runId[slot]);
    }
}
