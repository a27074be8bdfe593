package io.muster.jobqueue;

import io.muster.MusterException;
import io.muster.config.Json;
import io.muster.transport.Route;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A look at a cluster that belongs to somebody else, or was detached: it asks, and changes nothing. */
public final class ClusterView implements AutoCloseable {
    private final ManagerClient manager;

    private ClusterView(final ManagerClient manager) {
        this.manager = manager;
    }

    /**
     * Connects.
     *
     * @param schedulerFile the cluster's scheduler file
     * @param timeout how long to try
     * @return the view
     * @throws MusterException if the scheduler does not answer
     */
    public static ClusterView of(final Path schedulerFile, final Duration timeout) {
        return new ClusterView(ManagerClient.connect(schedulerFile, Route.DIRECT, timeout));
    }

    /**
     * The cluster's jobs and groups.
     *
     * @return an object with {@code system}, {@code groups} and {@code jobs}
     * @throws MusterException if the scheduler has no jobs to manage
     */
    public String json() {
        return Json.write(manager.ask("jobs", Map.of()));
    }

    /**
     * The cluster's jobs.
     *
     * @return those that are over among them, the oldest first
     * @throws MusterException if the scheduler has no jobs to manage
     */
    public List<Job> jobs() {
        return Job.listOfJson(manager.ask("jobs", Map.of()).get("jobs"));
    }

    /**
     * What a job wrote.
     *
     * @param jobId one of {@link #jobs}
     * @return the last mebibyte of each of its files
     * @throws MusterException if there is no such job
     */
    public String logs(final String jobId) {
        return String.valueOf(manager.ask("logs", Map.of("job", jobId)).get("text"));
    }

    @Override
    public void close() {
        manager.close();
    }
}
