package io.muster.scheduler;

import java.nio.file.Path;

/**
 * What a scheduler's duty cycle has to know.
 *
 * @param clusterId names the cluster
 * @param epoch this scheduler's own identity, larger than that of any before it
 * @param file the file by which others find it
 * @param address where it listens
 * @param version Muster's
 * @param allowedFailures how many worker deaths a running task survives
 * @param leaseNs how long a worker stays without a sign of life
 * @param isStealing whether tasks are taken back from busy workers for idle ones
 * @param noWorkersTimeoutNs how long a task waits for a worker that could run it before it fails; 0: for ever
 * @param fenceNs how long a worker works without a sign of life from the scheduler
 * @param heartbeatNs how often a peer gives one
 * @param clientLeaseNs how long a client stays without a sign of life
 * @param idleTimeoutNs after how long without clients the scheduler ends; 0: never
 * @param unusedTimeoutNs after how long without work the scheduler ends, clients or not; 0: never
 * @param reduceReplicasNs how often superfluous copies of results are dropped; 0: never
 * @param closeTimeoutNs how long it waits at its end for the cluster manager
 * @param streamRows how many rows of the task stream are kept
 * @param networkBandwidth bytes that a worker sends in a second, and receives; 0: that is measured
 */
record SchedulerSettings(
        String clusterId,
        long epoch,
        Path file,
        String address,
        String version,
        int allowedFailures,
        long leaseNs,
        boolean isStealing,
        long noWorkersTimeoutNs,
        long fenceNs,
        long heartbeatNs,
        long clientLeaseNs,
        long idleTimeoutNs,
        long unusedTimeoutNs,
        long reduceReplicasNs,
        long closeTimeoutNs,
        int streamRows,
        long networkBandwidth) {}
