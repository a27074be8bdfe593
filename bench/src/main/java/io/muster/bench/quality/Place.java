package io.muster.bench.quality;

/**
 * Where workflows run.
 *
 * @param workers how many workers
 * @param cores how many cores each has
 * @param mibPerSecond what each sends, and receives, at most
 */
record Place(int workers, int cores, double mibPerSecond) {}
