package io.muster.dashboard;

import io.muster.scheduler.ClusterSnapshot;
import io.muster.scheduler.FunctionSnapshot;
import io.muster.scheduler.WorkerSnapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Numbers for machines, in Prometheus' text format; names are dask's where the meaning is, with muster in front. */
final class Metrics {
    private final StringBuilder text = new StringBuilder();

    private Metrics() {}

    static String text(
            final ClusterSnapshot cluster,
            final List<WorkerSnapshot> workers,
            final List<FunctionSnapshot> functions,
            final int findings) {
        final Metrics metrics = new Metrics();
        metrics.scheduler(cluster, workers, findings);
        metrics.functions(functions);
        metrics.workers(workers);
        return metrics.text.toString();
    }

    private void scheduler(final ClusterSnapshot cluster, final List<WorkerSnapshot> workers, final int findings) {
        family("muster_scheduler_info", "gauge", "Which scheduler this is; always 1.");
        sample(
                "muster_scheduler_info",
                labels("cluster_id", cluster.clusterId(), "version", cluster.version(), "java", cluster.java()),
                1);
        single(
                "muster_scheduler_uptime_seconds",
                "gauge",
                "How long the scheduler has been there.",
                cluster.uptimeSeconds());
        single("muster_scheduler_clients", "gauge", "Clients that are connected.", cluster.clients());
        family("muster_scheduler_workers", "gauge", "Workers by what they are at.");
        final Map<String, Integer> states = new LinkedHashMap<>();
        List.of("idle", "partially_saturated", "saturated", "paused", "draining")
                .forEach(state -> states.put(state, 0));
        for (final WorkerSnapshot worker : workers) {
            states.merge(state(worker), 1, Integer::sum);
        }
        states.forEach((state, count) -> sample("muster_scheduler_workers", labels("state", state), count));
        single("muster_scheduler_threads", "gauge", "Threads of all workers.", cluster.threads());
        family("muster_scheduler_tasks", "gauge", "Tasks by state.");
        cluster.tasks().forEach((state, count) -> sample("muster_scheduler_tasks", labels("state", state), count));
        single("muster_scheduler_runs_ended_total", "counter", "Runs that ended, well or badly.", cluster.runsEnded());
        single(
                "muster_scheduler_transitions_total",
                "counter",
                "How many times a task changed its state.",
                cluster.transitions());
        single(
                "muster_scheduler_stored_bytes",
                "gauge",
                "Size of all results, copies included.",
                cluster.storedBytes());
        single("muster_scheduler_findings", "gauge", "Reasons for which tasks make no progress.", findings);
    }

    private void functions(final List<FunctionSnapshot> functions) {
        family("muster_scheduler_tasks_compute_seconds_total", "counter", "Time that runs took, by function.");
        for (final FunctionSnapshot function : functions) {
            sample(
                    "muster_scheduler_tasks_compute_seconds_total",
                    labels("task_prefix_name", function.function()),
                    function.meanSeconds() < 0 ? 0 : function.meanSeconds() * function.runsEnded());
        }
        family("muster_scheduler_prefix_runs_ended_total", "counter", "Runs that ended, by function.");
        for (final FunctionSnapshot function : functions) {
            sample(
                    "muster_scheduler_prefix_runs_ended_total",
                    labels("task_prefix_name", function.function()),
                    function.runsEnded());
        }
    }

    private void workers(final List<WorkerSnapshot> workers) {
        family("muster_worker_threads", "gauge", "How many tasks a worker runs at once.");
        workers.forEach(worker -> sample("muster_worker_threads", of(worker), worker.threads()));
        family(
                "muster_worker_tasks",
                "gauge",
                "Tasks of a worker: running, assigned but not begun, and results it holds.");
        for (final WorkerSnapshot worker : workers) {
            final int running = Math.max(0, worker.running());
            sample("muster_worker_tasks", of(worker, "state", "executing"), running);
            sample("muster_worker_tasks", of(worker, "state", "ready"), Math.max(0, worker.assigned() - running));
            sample("muster_worker_tasks", of(worker, "state", "memory"), worker.storedResults());
        }
        family("muster_worker_memory_bytes", "gauge", "Memory of a worker, by what it is for.");
        for (final WorkerSnapshot worker : workers) {
            memory(worker, "managed", worker.managedBytes());
            memory(worker, "unmanaged", worker.unmanagedBytes());
            memory(worker, "spilled", worker.spilledBytes());
        }
        family("muster_worker_memory_limit_bytes", "gauge", "What a worker may use; 0: no limit.");
        workers.forEach(worker -> sample("muster_worker_memory_limit_bytes", of(worker), worker.memoryLimitBytes()));
        known(
                workers,
                "muster_worker_cpu_percent",
                "Share of one core that a worker uses.",
                WorkerSnapshot::cpuPercent);
        known(
                workers,
                "muster_worker_transfer_incoming_bytes_per_second",
                "What a worker reads from other workers and clients.",
                WorkerSnapshot::netReadPerSecond);
        known(
                workers,
                "muster_worker_transfer_outgoing_bytes_per_second",
                "What a worker writes to other workers and clients.",
                WorkerSnapshot::netWritePerSecond);
        known(
                workers,
                "muster_worker_remaining_seconds",
                "How long until a worker's job is over.",
                WorkerSnapshot::remainingSeconds);
    }

    private void memory(final WorkerSnapshot worker, final String type, final long bytes) {
        if (bytes >= 0) {
            sample("muster_worker_memory_bytes", of(worker, "type", type), bytes);
        }
    }

    private void known(
            final List<WorkerSnapshot> workers,
            final String name,
            final String help,
            final ToDoubleFunction<WorkerSnapshot> figure) {
        family(name, "gauge", help);
        for (final WorkerSnapshot worker : workers) {
            final double value = figure.applyAsDouble(worker);
            if (value >= 0) {
                sample(name, of(worker), value);
            }
        }
    }

    private static String state(final WorkerSnapshot worker) {
        if (!worker.state().equals("running")) {
            return worker.state();
        }
        return worker.assigned() == 0
                ? "idle"
                : worker.assigned() < worker.threads() ? "partially_saturated" : "saturated";
    }

    private static String of(final WorkerSnapshot worker, final String... more) {
        final String own = labels("worker", worker.name(), "host", worker.host(), "job", worker.job());
        return more.length == 0 ? own : own + "," + labels(more);
    }

    private static String labels(final String... namesAndValues) {
        final StringBuilder labels = new StringBuilder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            labels.append(i == 0 ? "" : ",")
                    .append(namesAndValues[i])
                    .append("=\"")
                    .append(escaped(namesAndValues[i + 1]))
                    .append('"');
        }
        return labels.toString();
    }

    private static String escaped(final String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    private void family(final String name, final String type, final String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void single(final String name, final String type, final String help, final double value) {
        family(name, type, help);
        text.append(name).append(' ').append(number(value)).append('\n');
    }

    private void sample(final String name, final String labels, final double value) {
        text.append(name)
                .append('{')
                .append(labels)
                .append("} ")
                .append(number(value))
                .append('\n');
    }

    private static String number(final double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
