package io.muster.worker;

/**
 * What a worker says of itself in a heartbeat.
 *
 * @param running how many threads run a task
 * @param ready how many runs wait for a thread
 * @param storedBytes estimated size of the results it holds
 */
public record WorkerCounters(int running, int ready, long storedBytes) {}
