package io.muster.scheduler;

/**
 * A run of a task that is over.
 *
 * @param worker the name of the worker
 * @param thread which of its threads
 * @param startUs when it began, in microseconds since 1970
 * @param stopUs when it ended
 * @param failed whether it ended without a result
 */
public record RunSnapshot(String worker, int thread, long startUs, long stopUs, boolean failed) {}
