package io.muster.scheduler;

/**
 * A batch job that has not started.
 *
 * @param id as the batch system writes it; empty before it is known
 * @param state what the batch system calls its state
 * @param reason why it has not started, in the batch system's words; empty if it does not say
 */
public record PendingJob(String id, String state, String reason) {}
