package io.muster.worker;

/**
 * What a worker says of its memory.
 *
 * @param paused it starts no task and fetches nothing
 * @param managedBytes estimated size of the results that are in memory
 * @param spilledBytes estimated size, in memory, of those that are on disk only
 * @param processBytes what its process uses in all: alive on the heap, and beside it; 0: not known
 * @param hardLimitBytes what it can't exceed without dying; 0: nothing is
 */
public record WorkerStatus(
        boolean paused, long managedBytes, long spilledBytes, long processBytes, long hardLimitBytes) {}
