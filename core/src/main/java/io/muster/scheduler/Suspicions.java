package io.muster.scheduler;

import java.util.ArrayDeque;
import org.agrona.collections.Long2LongHashMap;

/**
 * Deaths of workers that their nannies have not explained yet. Whatever was assigned to such a worker may have killed it, and could kill
 * more workers before that is known.
 */
final class Suspicions {
    private static final long[] NOBODY = {};

    private final Long2LongHashMap deaths = new Long2LongHashMap(0);
    private final ArrayDeque<WorkerState> unexplained = new ArrayDeque<>();

    /** Whether every death is explained. */
    boolean isEmpty() {
        return deaths.isEmpty();
    }

    /** How many unexplained deaths a task may have caused. */
    long of(final long identity) {
        return deaths.get(identity);
    }

    /** A worker died for an unknown reason; its nanny's report is waited for until a time that is not before those of earlier calls. */
    void begin(final WorkerState dead, final long[] suspects, final long untilNs) {
        dead.suspects = suspects;
        dead.suspectedUntilNs = untilNs;
        unexplained.add(dead);
        for (final long suspect : suspects) {
            deaths.put(suspect, deaths.get(suspect) + 1);
        }
    }

    /** A death is explained, or will never be. */
    void end(final WorkerState dead) {
        for (final long suspect : dead.suspects) {
            final long left = deaths.get(suspect) - 1;
            if (left == 0) {
                deaths.remove(suspect);
            } else {
                deaths.put(suspect, left);
            }
        }
        dead.suspects = NOBODY;
    }

    /** Gives up waiting for reports that are overdue. */
    void expire(final long nowNs) {
        while (!unexplained.isEmpty() && nowNs - unexplained.getFirst().suspectedUntilNs >= 0) {
            end(unexplained.removeFirst());
        }
    }
}
