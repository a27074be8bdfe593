package io.muster.jobqueue;

import io.muster.config.ConfigurationException;
import io.muster.config.NearestName;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;

/** The batch systems on the class path. */
public final class BatchSystems {
    private BatchSystems() {}

    /**
     * All of them.
     *
     * @return by name
     */
    public static List<BatchSystem> all() {
        return ServiceLoader.load(BatchSystem.class, BatchSystems.class.getClassLoader()).stream()
                .map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparing(BatchSystem::name))
                .toList();
    }

    /**
     * The batch system of a name.
     *
     * @param name such as {@code slurm}
     * @return the batch system
     * @throws ConfigurationException if there is none of that name; the message names the nearest one
     */
    public static BatchSystem byName(final String name) {
        final List<BatchSystem> all = all();
        final List<String> names = all.stream().map(BatchSystem::name).toList();
        if (names.isEmpty()) {
            throw new ConfigurationException("there is no batch system on the class path; put muster-jobqueue-" + name
                    + " there, or that of another one");
        }
        return all.stream()
                .filter(system -> system.name().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new ConfigurationException("there is no batch system " + Shown.of(name) + ", the nearest is "
                                + NearestName.of(name, names) + "; there are " + String.join(", ", names)));
    }
}
