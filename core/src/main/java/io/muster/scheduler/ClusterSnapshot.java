package io.muster.scheduler;

import java.util.Map;

/**
 * A cluster as a whole, at one moment.
 *
 * @param clusterId names the cluster
 * @param epoch this scheduler's own identity
 * @param version Muster's
 * @param java the scheduler's Java
 * @param address where the scheduler listens
 * @param uptimeSeconds since it started
 * @param clients how many there are but for those of workers
 * @param workers how many there are
 * @param threads of all workers
 * @param tasks how many are in each state, by its name
 * @param storedBytes size of all results on workers, copies included
 * @param spilledBytes size of those that are on disk
 * @param tasksPerSecond how many runs ended in a second, lately
 * @param cpuPercent processor time of the scheduler's process, of one core, lately
 * @param runsEnded how many runs ended since the scheduler started, well or badly
 * @param transitions how many times a task changed its state since then
 */
public record ClusterSnapshot(
        String clusterId,
        long epoch,
        String version,
        String java,
        String address,
        double uptimeSeconds,
        int clients,
        int workers,
        int threads,
        Map<String, Long> tasks,
        long storedBytes,
        long spilledBytes,
        double tasksPerSecond,
        double cpuPercent,
        long runsEnded,
        long transitions) {}
