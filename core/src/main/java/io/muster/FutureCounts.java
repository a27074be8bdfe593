package io.muster;

import io.muster.progress.Bar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Counts futures that are done, by function; each of them is let go when it is. Used by one thread at a time. */
final class FutureCounts implements Supplier<List<Bar>> {
    private final Map<String, Count> counts = new LinkedHashMap<>();
    private final List<TaskFuture<?>> pending;

    FutureCounts(final Collection<? extends TaskFuture<?>> futures) {
        pending = new ArrayList<>(futures);
        for (final TaskFuture<?> future : pending) {
            counts.computeIfAbsent(future.functionName(), name -> new Count()).total++;
        }
    }

    @Override
    public List<Bar> get() {
        int left = 0;
        for (int i = 0; i < pending.size(); i++) {
            final TaskFuture<?> future = pending.get(i);
            if (future.isDone()) {
                count(future);
            } else {
                pending.set(left++, future);
            }
        }
        pending.subList(left, pending.size()).clear();
        final List<Bar> bars = new ArrayList<>(counts.size());
        counts.forEach((name, count) -> bars.add(new Bar(name, count.done, count.failed, count.total)));
        return bars;
    }

    private void count(final TaskFuture<?> future) {
        final Count count = counts.get(future.functionName());
        if (count != null) {
            count.done++;
            count.failed += future.state() == TaskState.FINISHED ? 0 : 1;
        }
    }

    /** How far a function is. */
    private static final class Count {
        private long done;
        private long failed;
        private long total;
    }
}
