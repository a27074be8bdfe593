package io.muster.scheduler;

/**
 * What the scheduler's decisions depend on besides what happens.
 *
 * @param allowedFailures how many worker deaths a running task survives
 * @param leaseNs how long a worker stays without a sign of life, a nanny may take to explain a death, and a worker to stop when it is
 *     told to, in nanoseconds
 * @param isStealing whether tasks are taken back from busy workers for idle ones
 * @param noWorkersTimeoutNs how long a task waits for a worker that could run it before it fails; 0: for ever
 */
record CoreSettings(int allowedFailures, long leaseNs, boolean isStealing, long noWorkersTimeoutNs) {}
