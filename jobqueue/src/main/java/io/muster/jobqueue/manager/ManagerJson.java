package io.muster.jobqueue.manager;

import io.muster.AdaptiveRule;
import io.muster.config.ConfigurationException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rules and limits as they go from a program to the job manager. */
public final class ManagerJson {
    private ManagerJson() {}

    /**
     * Writes a rule.
     *
     * @param rule the rule
     * @return an object
     */
    public static Map<String, Object> of(final AdaptiveRule rule) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("minimum_jobs", rule.minimum());
        json.put("maximum_jobs", rule.maximum());
        json.put("target_duration_ms", rule.targetDuration().toMillis());
        json.put("interval_ms", rule.interval().toMillis());
        json.put("wait_count", rule.waitCount());
        json.put("idle_grace_ms", rule.idleGrace().toMillis());
        json.put("keep_until_walltime", rule.keepUntilWalltime());
        return json;
    }

    /**
     * Reads a rule.
     *
     * @param json what {@link #of(AdaptiveRule)} gave
     * @return the rule
     * @throws ConfigurationException if it is not that, or makes no sense
     */
    static AdaptiveRule rule(final Map<?, ?> json) {
        return new AdaptiveRule(
                        whole(json, "minimum_jobs"),
                        whole(json, "maximum_jobs"),
                        Duration.ofMillis(whole(json, "target_duration_ms")),
                        Duration.ofMillis(whole(json, "interval_ms")),
                        whole(json, "wait_count"),
                        Duration.ofMillis(whole(json, "idle_grace_ms")),
                        Boolean.TRUE.equals(json.get("keep_until_walltime")))
                .checked();
    }

    /**
     * Writes limits.
     *
     * @param limits the limits
     * @return an object
     */
    public static Map<String, Object> of(final JobLimits limits) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("maximum_pending", limits.maximumPending());
        json.put("maximum_jobs", limits.maximumJobs());
        json.put("submitted_per_minute", limits.submittedPerMinute());
        json.put("maximum_array_size", limits.maximumArraySize());
        return json;
    }

    /**
     * Reads limits.
     *
     * @param json what {@link #of(JobLimits)} gave
     * @return the limits
     * @throws ConfigurationException if it is not that
     */
    static JobLimits limits(final Map<?, ?> json) {
        return new JobLimits(
                whole(json, "maximum_pending"),
                whole(json, "maximum_jobs"),
                whole(json, "submitted_per_minute"),
                whole(json, "maximum_array_size"));
    }

    /** A whole number of an object; beyond the range of an int it is the nearest one, which a rule then refuses. */
    static int whole(final Map<?, ?> json, final String name) {
        if (json.get(name) instanceof Long number) {
            return (int) Math.max(Integer.MIN_VALUE, Math.min(number, Integer.MAX_VALUE));
        }
        throw new ConfigurationException(name + "=" + json.get(name) + " must be a whole number");
    }
}
