package io.muster.scheduler;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Requests that wait for one thing, first come, first served. */
final class WaitingLine {
    private final Set<Wait> waits = new LinkedHashSet<>();
    private final Consumer<Wait> onLeft;

    /**
     * An empty line.
     *
     * @param onLeft told of a request that left the line without having been served
     */
    WaitingLine(final Consumer<Wait> onLeft) {
        this.onLeft = onLeft;
    }

    boolean isEmpty() {
        return waits.isEmpty();
    }

    int size() {
        return waits.size();
    }

    @Nullable
    Wait first() {
        return waits.isEmpty() ? null : waits.iterator().next();
    }

    void add(final Wait wait) {
        waits.add(wait);
    }

    void remove(final Wait wait) {
        waits.remove(wait);
    }

    void left(final Wait wait) {
        onLeft.accept(wait);
    }
}
