package io.muster.scheduler;

import java.util.Map;

/**
 * A worker at one moment. What is not known is -1.
 *
 * @param number never used again
 * @param name unique among the living
 * @param host where it runs
 * @param pid its process
 * @param job the batch job it runs in; empty if in none
 * @param state {@code running}, {@code paused} or {@code draining}
 * @param threads how many tasks it runs at once
 * @param ageSeconds since it registered
 * @param remainingSeconds until its job is over
 * @param memoryLimitBytes what it may use; 0: no limit
 * @param managedBytes results in memory
 * @param unmanagedBytes what else its process uses
 * @param spilledBytes results that are on disk only
 * @param cpuPercent of one core
 * @param netReadPerSecond bytes that it reads from other workers and clients in a second
 * @param netWritePerSecond bytes that it writes to them in a second
 * @param assigned how many tasks it was given
 * @param running how many of them run
 * @param storedResults how many results it holds
 * @param storedBytes their size
 * @param resources what it has besides threads
 * @param lastSeenSeconds since it was last heard of
 * @param transport what carries its messages
 */
public record WorkerSnapshot(
        int number,
        String name,
        String host,
        long pid,
        String job,
        String state,
        int threads,
        double ageSeconds,
        double remainingSeconds,
        long memoryLimitBytes,
        long managedBytes,
        long unmanagedBytes,
        long spilledBytes,
        double cpuPercent,
        long netReadPerSecond,
        long netWritePerSecond,
        int assigned,
        int running,
        int storedResults,
        long storedBytes,
        Map<String, Double> resources,
        double lastSeenSeconds,
        String transport) {}
