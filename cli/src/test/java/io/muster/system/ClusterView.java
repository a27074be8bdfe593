package io.muster.system;

import io.muster.Client;
import io.muster.config.Json;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The scheduler's view of its cluster, as {@link Client#info()} tells it. */
final class ClusterView {
    private final Map<?, ?> info;

    private ClusterView(final Map<?, ?> info) {
        this.info = info;
    }

    static ClusterView of(final Client client) {
        return new ClusterView((Map<?, ?>) Objects.requireNonNull(Json.parse(client.info())));
    }

    /** How many tasks are in a phase. */
    long tasks(final String phase) {
        return (Long) Objects.requireNonNull(((Map<?, ?>) info.get("tasks")).get(phase), phase);
    }

    /** How many tasks are known, in whatever phase. */
    long tasks() {
        return ((Map<?, ?>) info.get("tasks"))
                .values().stream().mapToLong(count -> (Long) count).sum();
    }

    List<Seen> workers() {
        return ((List<?>) info.get("workers"))
                .stream()
                        .map(entry -> (Map<?, ?>) entry)
                        .map(worker -> new Seen(
                                (String) worker.get("name"),
                                (Long) worker.get("number"),
                                (Long) worker.get("pid"),
                                String.valueOf(worker.get("link")),
                                (Long) worker.get("memory_limit_bytes"),
                                (Boolean) worker.get("draining")))
                        .toList();
    }

    Seen worker(final String name) {
        return workers().stream()
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** A worker as the scheduler sees it. */
    record Seen(String name, long number, long pid, String link, long memoryLimitBytes, boolean draining) {}
}
