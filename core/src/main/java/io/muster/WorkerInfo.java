package io.muster;

/**
 * A worker as a client sees it.
 *
 * @param number the scheduler's number for it, never used again
 * @param name its name, as {@link TaskOptions#workers(String...)} takes it
 * @param threads how many tasks it runs at once
 * @param host the host it listens on; empty for a worker in this JVM
 */
public record WorkerInfo(int number, String name, int threads, String host) {}
