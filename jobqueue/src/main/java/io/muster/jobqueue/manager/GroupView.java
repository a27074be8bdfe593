package io.muster.jobqueue.manager;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a group of jobs is doing, at one moment.
 *
 * @param name what the group is called
 * @param wanted how many jobs it should have
 * @param isAdaptive whether that number follows the work
 * @param pending jobs that wait; those that are to go included, here and below
 * @param starting jobs that have nodes but no worker
 * @param running jobs with workers
 * @param closing jobs among all those that are to go, or leave by themselves
 * @param isStopped whether it asks for no more jobs until it is scaled again
 * @param problem what stands in the way; empty if nothing
 */
public record GroupView(
        String name,
        int wanted,
        boolean isAdaptive,
        int pending,
        int starting,
        int running,
        int closing,
        boolean isStopped,
        String problem) {
    /**
     * The same for JSON.
     *
     * @return names in lower case with texts, numbers and booleans
     */
    public Map<String, @Nullable Object> toMap() {
        final Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("wanted", wanted);
        map.put("adaptive", isAdaptive);
        map.put("pending", pending);
        map.put("starting", starting);
        map.put("running", running);
        map.put("closing", closing);
        map.put("stopped", isStopped);
        map.put("problem", problem);
        return map;
    }
}
