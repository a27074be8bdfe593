package io.muster.scheduler;

import io.muster.worker.WorkerStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a worker told of its memory last. */
final class WorkerMemoryState {
    /** Estimated size of results in memory; -1 before it told. */
    long managedBytes = -1;

    /** Estimated size, in memory, of results that are on disk only. */
    long spilledBytes;

    /** What its process uses; 0: not known. */
    long processBytes;

    void told(final WorkerStatus status) {
        managedBytes = Math.max(0, status.managedBytes());
        spilledBytes = Math.max(0, status.spilledBytes());
        processBytes = Math.max(0, status.processBytes());
    }

    /** For people and programs; what is not known is null. */
    Map<String, Object> describe() {
        final Map<String, Object> members = new LinkedHashMap<>();
        members.put("managed_bytes", managedBytes < 0 ? null : managedBytes);
        members.put("spilled_bytes", managedBytes < 0 ? null : spilledBytes);
        members.put("process_bytes", processBytes == 0 ? null : processBytes);
        members.put("unmanaged_bytes", processBytes == 0 ? null : Math.max(0, processBytes - managedBytes));
        return members;
    }
}
