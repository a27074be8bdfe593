package io.muster.scheduler;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that make no progress, and why.
 *
 * @param what the kind of it: {@code no-workers}, {@code no-worker}, {@code paused}, {@code leaving}, {@code silent-worker},
 *     {@code input-unreachable}, {@code lost-message}, {@code job-pending}, {@code stalled}, {@code inconsistent} or {@code unresponsive}
 * @param why one sentence for people
 * @param task the key of one of the tasks, or null
 * @param worker the name of a worker, or null
 * @param job the batch job, or null
 * @param sinceSeconds for how long, as far as it was seen
 * @param count how many tasks; 0 if it is about none in particular
 */
public record Finding(
        String what,
        String why,
        @Nullable String task,
        @Nullable String worker,
        @Nullable String job,
        double sinceSeconds,
        long count) {
    /**
     * The members of the JSON by which it is shown.
     *
     * @return in order; what is not known is left out
     */
    public Map<String, Object> json() {
        final Map<String, Object> members = new LinkedHashMap<>();
        members.put("what", what);
        members.put("why", why);
        put(members, "task", task);
        put(members, "worker", worker);
        put(members, "job", job);
        members.put("since_s", sinceSeconds);
        members.put("count", count);
        return members;
    }

    private static void put(final Map<String, Object> members, final String name, final @Nullable Object value) {
        if (value != null) {
            members.put(name, value);
        }
    }
}
