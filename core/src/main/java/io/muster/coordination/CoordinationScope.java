package io.muster.coordination;

import io.muster.MusterException;
import io.muster.serialize.Serializer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf requests are made, and for how long what they get is theirs: a client's session, or one run of a task.
 *
 * @param calls where requests go
 * @param serializer turns values into bytes and back
 * @param runId the run; 0 for a client
 * @param task the run's task; 0 for a client
 * @param end asked whether the scope is over: answers why, or null
 */
public record CoordinationScope(
        CoordinationCalls calls,
        Serializer serializer,
        long runId,
        long task,
        Supplier<@Nullable MusterException> end) {
    private static final ThreadLocal<@Nullable Supplier<@Nullable CoordinationScope>> CURRENT = new ThreadLocal<>();

    /**
     * The scope of the task that this thread runs.
     *
     * @return the scope; null if the thread runs none
     */
    public static @Nullable CoordinationScope current() {
        final Supplier<@Nullable CoordinationScope> supplier = CURRENT.get();
        return supplier == null ? null : supplier.get();
    }

    /**
     * Says how to make the scope of the task that this thread runs; for those who run tasks.
     *
     * @param supplier answers null while the thread runs none
     */
    public static void provide(final Supplier<@Nullable CoordinationScope> supplier) {
        CURRENT.set(supplier);
    }

    /**
     * Whether and why nothing that this scope holds is its own any more.
     *
     * @return why; null while it lasts
     */
    public @Nullable MusterException ended() {
        return end.get();
    }
}
