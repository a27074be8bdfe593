package io.muster.scheduler;

/**
 * What a worker's process says of itself in a heartbeat.
 *
 * @param cpuPerMille processor time, in thousandths of a core
 * @param heapUsedBytes what its heap has taken
 * @param residentBytes what its process has in memory
 * @param gcNs how long it has collected garbage since it began
 * @param readBytes what its data connections have read since it began
 * @param writtenBytes what they have written
 * @param running how many tasks run
 * @param ready how many wait for a thread
 */
record WorkerFigures(
        int cpuPerMille,
        long heapUsedBytes,
        long residentBytes,
        long gcNs,
        long readBytes,
        long writtenBytes,
        int running,
        int ready) {}
