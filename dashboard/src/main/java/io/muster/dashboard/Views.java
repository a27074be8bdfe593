package io.muster.dashboard;

import io.muster.scheduler.ClusterSnapshot;
import io.muster.scheduler.WorkerSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Snapshots as the JSON that pages read. */
final class Views {
    private Views() {}

    static Map<String, @Nullable Object> summary(
            final ClusterSnapshot cluster, final double tasksPerSecond, final double cpuPercent) {
        final Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("cluster_id", cluster.clusterId());
        view.put("epoch", cluster.epoch());
        view.put("version", cluster.version());
        view.put("java", cluster.java());
        view.put("address", cluster.address());
        view.put("uptime_s", tenths(cluster.uptimeSeconds()));
        view.put("workers", cluster.workers());
        view.put("threads", cluster.threads());
        view.put("tasks", cluster.tasks());
        view.put("stored_bytes", cluster.storedBytes());
        view.put("spilled_bytes", cluster.spilledBytes());
        view.put("tasks_per_s", tenths(tasksPerSecond));
        view.put("clients", cluster.clients());
        view.put("scheduler_cpu_percent", tenths(cpuPercent));
        return view;
    }

    static Map<String, @Nullable Object> workers(final List<WorkerSnapshot> workers) {
        return Map.of("workers", workers.stream().map(Views::worker).toList());
    }

    private static Map<String, @Nullable Object> worker(final WorkerSnapshot worker) {
        final Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("number", worker.number());
        view.put("name", worker.name());
        view.put("host", worker.host());
        view.put("pid", worker.pid());
        view.put("job", worker.job());
        view.put("state", worker.state());
        view.put("threads", worker.threads());
        view.put("age_s", tenths(worker.ageSeconds()));
        view.put("remaining_s", worker.remainingSeconds() < 0 ? null : tenths(worker.remainingSeconds()));
        view.put("memory_limit", worker.memoryLimitBytes());
        view.put("managed", known(worker.managedBytes()));
        view.put("unmanaged", known(worker.unmanagedBytes()));
        view.put("spilled", worker.spilledBytes());
        view.put("cpu_percent", worker.cpuPercent() < 0 ? null : worker.cpuPercent());
        view.put("processing", worker.assigned());
        view.put("running", worker.running() < 0 ? null : worker.running());
        view.put("ready", worker.running() < 0 ? null : Math.max(0, worker.assigned() - worker.running()));
        view.put("stored_results", worker.storedResults());
        view.put("stored_bytes", worker.storedBytes());
        view.put("resources", worker.resources());
        view.put("last_seen_s", tenths(worker.lastSeenSeconds()));
        view.put("transport", worker.transport());
        return view;
    }

    private static @Nullable Long known(final long value) {
        return value < 0 ? null : Long.valueOf(value);
    }

    static double tenths(final double value) {
        return Math.round(value * 10) / 10.0;
    }
}
