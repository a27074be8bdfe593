package io.muster.data;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Results in a map. */
final class MapStore implements ResultStore {
    private final Map<Long, Optional<Object>> values = new ConcurrentHashMap<>();

    @Override
    public @Nullable Object get(final long task) {
        final Optional<Object> held = values.get(task);
        return held == null ? ABSENT : held.orElse(null);
    }

    @Override
    public void keep(final long task, final @Nullable Object value) {
        values.put(task, Optional.ofNullable(value));
    }
}
