package io.muster.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What tasks have in common that are alike to the scheduler: their function, what they need, and where they may run. Those for which no
 * worker has what they need, or time enough, at the moment wait here in a queue of their own, and so hold up no others.
 */
final class TaskKind {
    final int index;
    final Key key;
    final FunctionState function;
    final Resources needs;

    /** Names or hosts of the workers that may run them; null for any. */
    final String @Nullable [] restriction;

    /** Whether others may where none of the named is there. */
    final boolean orOthers;

    /** How many tasks are of this kind. */
    int tasks;

    /** How many of them could run now, or do. */
    int runnable;

    /** How many are in {@link #queue()}; it may have stale entries beside them. */
    int queued;

    /** How many of them no worker fits. */
    int homeless;

    /** Whether nothing changed since no worker was found for the first in the queue. */
    boolean isBlocked;

    /** The worker that takes no later task that needs the same, until the first of the queue is on it. */
    int reserved = TaskTable.NONE;

    /** For which state of the cluster the rest is known. */
    long era = -1;

    /** Whether there is a worker that may run them, sooner or later. */
    boolean isServable;

    /** Whether there is a worker that has all they need, though it may leave or pause, or not have the time. */
    boolean isPossible;

    /** Whether a client was told that there is none. */
    boolean isReported;

    /** Whether unnamed workers may run them. */
    boolean isForAll;

    /** Whether no worker ever has as much time as they are expected to take, so that those with most left may run them. */
    boolean isHopeless;

    /** How long they were expected to take when that was found. */
    int hopelessUs;

    /** When workers end that have most time left, where it is hopeless. */
    long latestEndNs;

    private final ReadyQueue queue = new ReadyQueue();

    TaskKind(final int index, final Key key, final FunctionState function) {
        this.index = index;
        this.key = key;
        this.function = function;
        this.needs = key.needs;
        this.restriction = key.restriction.isEmpty() ? null : key.restriction.toArray(new String[0]);
        this.orOthers = key.orOthers;
    }

    ReadyQueue queue() {
        return queue;
    }

    /** Whether they are no tasks but data that clients place. */
    boolean isData() {
        return function.id < 0;
    }

    /** Whether any worker will do that has the time. */
    boolean isPlain() {
        return restriction == null && needs.isEmpty();
    }

    /** Whether a worker answers to one of the names; without names all do. */
    boolean names(final WorkerState worker) {
        if (restriction == null) {
            return true;
        }
        for (final String name : restriction) {
            if (worker.answersTo(name)) {
                return true;
            }
        }
        return false;
    }

    /** What tells kinds apart. */
    record Key(int function, Resources needs, List<String> restriction, boolean orOthers) {}
}
