package io.muster.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What came of fetches and stores. */
final class Outcome implements DataPlane.FetchListener, DataPlane.StoreListener {
    final Map<Long, Optional<Object>> values = new ConcurrentHashMap<>();
    final Map<Long, Missing> missing = new ConcurrentHashMap<>();
    final Map<Long, Throwable> failures = new ConcurrentHashMap<>();
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public void value(final long task, final @Nullable Object value) {
        values.put(task, Optional.ofNullable(value));
        calls.incrementAndGet();
    }

    @Override
    public void missing(final long task, final int[] holders, final boolean[] gone) {
        missing.put(task, new Missing(holders, gone));
        calls.incrementAndGet();
    }

    @Override
    public void failed(final long task, final Throwable reason) {
        failures.put(task, reason);
        calls.incrementAndGet();
    }

    @Override
    public void stored(final long task) {
        values.put(task, Optional.empty());
        calls.incrementAndGet();
    }

    Outcome awaitCalls(final int count) {
        await().atMost(Duration.ofSeconds(40)).until(() -> calls.get() >= count);
        assertThat(calls).hasValue(count);
        return this;
    }

    record Missing(int[] holders, boolean[] gone) {}
}
