package io.muster.mpi;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recognises one kind of launch. Found by {@link java.util.ServiceLoader} with the context class loader, so that a user's own
 * communicator can stand in.
 */
public interface RankTransportProvider {
    /**
     * What {@code -Dmuster.mpi.transport} calls it.
     *
     * @return such as {@code pmi-1}; by default the name of the class
     */
    default String name() {
        return getClass().getName();
    }

    /**
     * Which providers are asked first.
     *
     * @return the lowest first; those of Muster have 100, 200 and so on
     */
    int priority();

    /**
     * Joins the launch if this process belongs to one of this kind.
     *
     * @param launch what is known of this process
     * @return the transport; empty if this is another kind of launch, or none
     * @throws MpiLaunchException if it is this kind but does not work; the message names the way out
     */
    Optional<RankTransport> open(Launch launch);

    /**
     * What a provider looks at.
     *
     * @param environment the variables of this process
     * @param arguments those of {@code main}; MPJ Express puts its own in front
     */
    record Launch(Map<String, String> environment, List<String> arguments) {
        /** Copies both. */
        public Launch {
            environment = Map.copyOf(environment);
            arguments = List.copyOf(arguments);
        }
    }
}
