package io.muster.scheduler;

import io.muster.worker.Worker;

/**
 * What is known of a worker's process.
 *
 * @param pid its number
 * @param processBytes what it uses; 0: not known
 * @param cpuPercent of one core; -1: not known
 * @param running how many tasks run in it; -1: not known
 * @param lastSeenNs how long ago it was heard of
 * @param transport what carries its messages
 */
record PeerFigures(long pid, long processBytes, double cpuPercent, int running, long lastSeenNs, String transport) {
    /** Of one that needs no connection. */
    static PeerFigures inThisJvm(final WorkerState worker) {
        int running = -1;
        if (worker.peer instanceof Worker local) {
            worker.memory.told(local.status());
            running = local.counters().running();
        }
        return new PeerFigures(ProcessHandle.current().pid(), worker.memory.processBytes, -1, running, 0, "inproc");
    }
}
