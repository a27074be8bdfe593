package io.muster.scheduler;

import io.muster.config.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scheduler's view of the cluster as JSON, the same for every kind of cluster. */
final class InfoJson {
    private InfoJson() {}

    static String write(final Map<String, Object> info, final SchedulerCore core, final int clients, final long nowNs) {
        final List<Object> workers = new ArrayList<>();
        long actors = 0;
        for (final WorkerState worker : core.workers()) {
            if (worker != null) {
                workers.add(worker(worker, nowNs));
                actors += worker.actors;
            }
        }
        info.put("workers", workers);
        info.put("clients", (long) clients);
        final Map<String, Object> tasks = new LinkedHashMap<>();
        for (final TaskPhase phase : TaskPhase.values()) {
            if (phase != TaskPhase.FORGOTTEN) {
                tasks.put(phase.label(), core.tasks().count(phase));
            }
        }
        info.put("tasks", tasks);
        info.put("actors", actors);
        return Json.write(info);
    }

    private static Map<String, Object> worker(final WorkerState worker, final long nowNs) {
        final Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", worker.name);
        entry.put("number", (long) worker.number);
        entry.put("host", worker.host);
        entry.put("threads", (long) worker.threads);
        entry.put("assigned", (long) worker.assigned);
        entry.put("actors", (long) worker.actors);
        entry.put("calls", (long) worker.callCount);
        entry.put("stored_bytes", worker.storedBytes);
        entry.put("memory_limit_bytes", worker.memoryLimitBytes);
        entry.put("memory", worker.memory.describe());
        entry.put("paused", worker.paused);
        entry.put("draining", worker.draining);
        entry.put("paused", worker.paused);
        entry.put("job", worker.job);
        entry.put("remaining_s", worker.endAtNs == WorkerState.NEVER ? null : remainingSeconds(worker, nowNs));
        entry.put("resources", worker.resources().asMap());
        if (worker.peer instanceof Described described) {
            described.describe(nowNs, entry);
        } else {
            entry.put("pid", ProcessHandle.current().pid());
            entry.put("transport", "inproc");
        }
        return entry;
    }

    private static double remainingSeconds(final WorkerState worker, final long nowNs) {
        return Math.max(0, worker.endAtNs - nowNs) / 1_000_000 / 1000.0;
    }
}
