package io.muster.scheduler;

import java.util.Set;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/** A set of runs, or of tasks by their identities, that is empty with nearly every worker, and then takes no memory. */
final class RunSet {
    private @Nullable LongHashSet runs;

    boolean isEmpty() {
        return runs == null;
    }

    boolean contains(final long run) {
        return runs != null && runs.contains(run);
    }

    void add(final long run) {
        if (runs == null) {
            runs = new LongHashSet();
        }
        runs.add(run);
    }

    void remove(final long run) {
        if (runs != null && runs.remove(run) && runs.isEmpty()) {
            runs = null;
        }
    }

    void clear() {
        runs = null;
    }

    /** As a collection, not to be changed. */
    Set<Long> asSet() {
        return runs == null ? Set.of() : runs;
    }
}
