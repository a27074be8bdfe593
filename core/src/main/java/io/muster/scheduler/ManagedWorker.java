package io.muster.scheduler;

/**
 * A living worker as a {@link ClusterManager} sees it.
 *
 * @param number its number, never used again
 * @param name its name
 * @param host where it runs
 * @param threads how many tasks it runs at once
 * @param job the batch job it runs in, as the batch system writes it; empty if in none
 * @param jobToken what the submitter marked the job with; empty if with nothing
 */
public record ManagedWorker(int number, String name, String host, int threads, String job, String jobToken) {}
