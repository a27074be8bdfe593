package io.muster;

import io.muster.config.Json;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A scheduler and its workers, wherever they run. A program that takes one runs on a laptop as on a supercomputer. */
public interface Cluster extends AutoCloseable {
    /**
     * Makes a client of this cluster. Close it before the cluster.
     *
     * @return a new client
     * @throws MusterException if the scheduler does not answer
     */
    Client connect();

    /**
     * Sets how many workers there shall be. Returns at once or when they are asked for; workers too many leave in the background, after their
     * results have moved to others.
     *
     * @param workers 0 or more; a cluster of jobs rounds up to whole ones
     * @throws MusterException if that is not possible
     */
    void scale(int workers);

    /**
     * Has the size of the cluster follow the work, until {@link #scale} is called. Calling it again replaces the rule.
     *
     * @param rule sets the bounds, such as {@code a -> a.minimum(0).maximum(8)}
     * @throws MusterException if the bounds make no sense
     */
    void adapt(UnaryOperator<AdaptiveRule> rule);

    /**
     * Waits until the cluster has enough workers.
     *
     * @param count how many, at least 1
     * @param timeout how long to wait
     * @throws WaitTimeoutException if there are fewer by then
     */
    default void awaitWorkers(final int count, final Duration timeout) {
        try (Client client = connect()) {
            client.awaitWorkers(count, timeout);
        }
    }

    /**
     * The link that opens the cluster's dashboard in a browser. It carries the dashboard's token, so who has it may look. Its host is that of the
     * scheduler, whose dashboard is reached from there only, unless {@code dashboard.host} says otherwise: from elsewhere through {@code
     * ssh -L} or a proxy.
     *
     * @return the link; empty if there is no dashboard, as with {@code dashboard.enabled=false} or without {@code muster-dashboard} on the
     *     scheduler's class path
     * @throws MusterException if the scheduler does not answer
     */
    default String dashboardLink() {
        try (Client client = connect()) {
            return Json.parse(client.info()) instanceof Map<?, ?> info
                            && info.get("dashboard_url") instanceof String url
                    ? url
                    : "";
        }
    }

    /** Ends the cluster and what belongs to it. Further calls do nothing. */
    @Override
    void close();
}
