package io.muster.dashboard;

import io.muster.StoryLine;
import io.muster.scheduler.ClusterSnapshot;
import io.muster.scheduler.Finding;
import io.muster.scheduler.FunctionSnapshot;
import io.muster.scheduler.GraphSnapshot;
import io.muster.scheduler.RecordText;
import io.muster.scheduler.RunSnapshot;
import io.muster.scheduler.TaskDetail;
import io.muster.scheduler.TaskPage;
import io.muster.scheduler.TaskSnapshot;
import io.muster.scheduler.WorkerSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Snapshots as the JSON that pages read. */
final class Views {
    private Views() {}

    static Map<String, @Nullable Object> summary(final ClusterSnapshot cluster, final int findings) {
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
        view.put("tasks_per_s", tenths(cluster.tasksPerSecond()));
        view.put("clients", cluster.clients());
        view.put("scheduler_cpu_percent", tenths(cluster.cpuPercent()));
        view.put("findings", findings);
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
        view.put("net_read_per_s", worker.netReadPerSecond());
        view.put("net_write_per_s", worker.netWritePerSecond());
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

    static Map<String, Object> progress(final List<FunctionSnapshot> functions) {
        return Map.of("functions", functions.stream().map(Views::function).toList());
    }

    private static Map<String, @Nullable Object> function(final FunctionSnapshot function) {
        final Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("function", function.function());
        view.put("total", function.tasks());
        view.putAll(function.states());
        view.put(
                "done",
                function.states().getOrDefault("memory", 0L) + function.states().getOrDefault("erred", 0L));
        view.put("ended", function.runsEnded());
        view.put("seconds", function.meanSeconds() < 0 ? null : function.meanSeconds());
        return view;
    }

    static Map<String, Object> tasks(final TaskPage page) {
        final Map<String, Object> view = new LinkedHashMap<>();
        view.put("total", page.total());
        view.put("tasks", tasks(page.tasks()));
        return view;
    }

    private static List<Map<String, Object>> tasks(final List<TaskSnapshot> tasks) {
        return tasks.stream().map(Views::task).toList();
    }

    private static Map<String, Object> task(final TaskSnapshot task) {
        final Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", task.id());
        view.put("key", task.key());
        view.put("function", task.function());
        view.put("state", task.state());
        view.put("worker", task.worker());
        view.put("priority", task.priority());
        view.put("bytes", task.bytes());
        return view;
    }

    /** One task; of one that is gone only what happened to it. */
    static Map<String, @Nullable Object> task(
            final long id,
            final @Nullable TaskDetail detail,
            final List<RunSnapshot> runs,
            final List<StoryLine> story) {
        final Map<String, @Nullable Object> view = new LinkedHashMap<>();
        if (detail == null) {
            view.put("id", id);
            view.put("state", "forgotten");
        } else {
            putAll(detail, view);
        }
        view.put("runs", runs.stream().map(Views::run).toList());
        view.put("story", RecordText.story(story).get("lines"));
        return view;
    }

    private static Map<String, Object> run(final RunSnapshot run) {
        final Map<String, Object> view = new LinkedHashMap<>();
        view.put("worker", run.worker());
        view.put("thread", run.thread());
        view.put("start_us", run.startUs());
        view.put("stop_us", run.stopUs());
        view.put("outcome", run.failed() ? "failed" : "done");
        return view;
    }

    private static void putAll(final TaskDetail detail, final Map<String, @Nullable Object> view) {
        view.putAll(task(detail.task()));
        view.put("why", detail.why());
        view.put("inputs", tasks(detail.inputs()));
        view.put("input_count", detail.inputCount());
        view.put("dependents", tasks(detail.dependents()));
        view.put("dependent_count", detail.dependentCount());
        view.put("holders", detail.holders());
        view.put("attempt", detail.attempt());
        view.put("retries_left", detail.retriesLeft());
        view.put("deaths", detail.deaths());
        view.put("failure", detail.failure().isEmpty() ? null : detail.failure());
    }

    static Map<String, Object> graph(final GraphSnapshot graph) {
        final Map<String, Object> view = new LinkedHashMap<>();
        final boolean byGroups = !graph.groups().isEmpty();
        view.put("mode", byGroups ? "groups" : "tasks");
        final List<Map<String, Object>> nodes = new ArrayList<>();
        for (final GraphSnapshot.Group group : graph.groups()) {
            final Map<String, Object> node = new LinkedHashMap<>();
            node.put("id", nodes.size());
            node.put("function", group.function());
            node.put("counts", group.states());
            nodes.add(node);
        }
        for (final TaskSnapshot task : graph.tasks()) {
            final Map<String, Object> node = new LinkedHashMap<>();
            node.put("id", task.id());
            node.put("name", task.key());
            node.put("function", task.function());
            node.put("state", task.state());
            nodes.add(node);
        }
        view.put("nodes", nodes);
        view.put(
                "edges",
                graph.edges().stream().map(edge -> List.of(edge[0], edge[1])).toList());
        return view;
    }

    static Map<String, Object> findings(final List<Finding> findings) {
        return Map.of("findings", findings.stream().map(Finding::json).toList());
    }

    private static @Nullable Long known(final long value) {
        return value < 0 ? null : Long.valueOf(value);
    }

    static double tenths(final double value) {
        return Math.round(value * 10) / 10.0;
    }
}
