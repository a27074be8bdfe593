package io.muster.jobqueue.manager;

import io.muster.config.ConfigurationException;
import io.muster.scheduler.Load;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Equal jobs of a cluster, scaled together.
 *
 * @param name what the group is called
 * @param jobName what its jobs are called in the batch system; empty if that is left to it
 * @param processes worker processes of a job
 * @param threadsPerProcess tasks that a worker process runs at once
 * @param resources what each worker process offers besides threads
 * @param walltime how long a job may run; null if that is not known
 * @param limits of this group, within those of the cluster
 */
public record JobGroup(
        String name,
        String jobName,
        int processes,
        int threadsPerProcess,
        Map<String, Double> resources,
        @Nullable Duration walltime,
        JobLimits limits) {
    /**
     * Checks it and copies the resources.
     *
     * @throws ConfigurationException if there is no name, or a job without processes or threads
     */
    public JobGroup {
        if (name.isBlank()) {
            throw new ConfigurationException("name=\"" + name + "\" must name the group");
        }
        if (processes < 1 || threadsPerProcess < 1) {
            throw new ConfigurationException(
                    "processes=" + processes + " and threadsPerProcess=" + threadsPerProcess + " must be >= 1");
        }
        resources = Map.copyOf(resources);
    }

    /** How many tasks with a need a job runs at once; 0 if it does not offer what they need. */
    long slots(final Load.Need need) {
        return need.slots(threadsPerProcess, resources) * processes;
    }

    /** The amounts of what it offers, for saying which of two groups is the cheaper one; summed in the order of names. */
    double resourceAmount() {
        return new TreeMap<>(resources)
                .values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
