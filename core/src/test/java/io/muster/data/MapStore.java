package io.muster.data;

import io.muster.serialize.ValueBytes;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Results in a map. */
final class MapStore implements ResultStore {
    private final Map<Long, Optional<Object>> values = new ConcurrentHashMap<>();

    private final Map<Long, ValueBytes> onDisk = new ConcurrentHashMap<>();

    /** Pretends that these are on disk. */
    void putOnDisk(final long task, final ValueBytes bytes) {
        onDisk.put(task, bytes);
    }

    @Override
    public @Nullable ValueBytes open(final long task) {
        return onDisk.get(task);
    }

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
