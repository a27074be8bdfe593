package io.muster.cli;

import io.muster.scheduler.Dump;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** What a dump holds, as text for people. */
final class DumpText {
    private static final List<String> TASKS = List.of("KEY", "STATE", "WORKER", "WHY");
    private static final List<String> WORKERS =
            List.of("WORKER", "HOST", "PID", "THREADS", "ASSIGNED", "RUNNING", "READY", "RESULTS", "STATE");
    private static final String NONE = "-";

    private final Dump dump;

    DumpText(final Dump dump) {
        this.dump = dump;
    }

    List<Map<?, ?>> tasks() {
        return bare(dump.section("task"));
    }

    List<Map<?, ?>> tasks(final String keyOrId) {
        return tasks().stream()
                .filter(task -> keyOrId.equals(task.get("key")) || keyOrId.equals(task.get("id")))
                .toList();
    }

    List<Map<?, ?>> workers() {
        return bare(dump.section("worker"));
    }

    List<Map<?, ?>> findings() {
        return bare(dump.section("finding"));
    }

    /** The threads of the scheduler, then those of each worker that answered. */
    List<Map<?, ?>> threads() {
        final List<Map<?, ?>> threads = new ArrayList<>();
        for (final Map<?, ?> section : dump.section("threads")) {
            addThreads(threads, "scheduler", section.get("threads"));
        }
        for (final Map<?, ?> worker : dump.section("worker")) {
            addThreads(threads, text(worker, "name"), of(worker, "report").get("stacks"));
        }
        return threads;
    }

    private static void addThreads(final List<Map<?, ?>> threads, final String process, final @Nullable Object found) {
        for (final Object thread : found instanceof List<?> list ? list : List.of()) {
            if (thread instanceof Map<?, ?> members) {
                final Map<String, Object> row = new LinkedHashMap<>();
                row.put("process", process);
                members.forEach((name, value) -> row.put(String.valueOf(name), value));
                threads.add(row);
            }
        }
    }

    String taskTable() {
        final List<List<String>> rows = new ArrayList<>();
        for (final Map<?, ?> task : tasks()) {
            rows.add(List.of(text(task, "key"), text(task, "state"), text(task, "worker"), text(task, "why")));
        }
        return head() + counts() + (rows.isEmpty() ? "" : "\n" + Texts.table(TASKS, rows));
    }

    private String counts() {
        final StringJoiner counts = new StringJoiner(", ", "tasks: ", "").setEmptyValue("tasks: none");
        long total = 0;
        for (final Map<?, ?> scheduler : dump.section("scheduler")) {
            for (final Map.Entry<?, ?> count : of(scheduler, "tasks").entrySet()) {
                if (count.getValue() instanceof Long number && number > 0) {
                    counts.add(count.getKey() + " " + number);
                    total += number;
                }
            }
        }
        final int listed = dump.section("task").size();
        return counts + (listed < total ? "; listed: " + listed : "") + "\n";
    }

    String workerTable() {
        final List<List<String>> rows = new ArrayList<>();
        for (final Map<?, ?> worker : workers()) {
            final Map<?, ?> report = of(worker, "report");
            rows.add(List.of(
                    text(worker, "name"),
                    text(worker, "host"),
                    text(worker, "pid"),
                    text(worker, "threads"),
                    text(worker, "assigned"),
                    text(report, "running"),
                    text(report, "ready"),
                    text(report, "results"),
                    state(worker)));
        }
        return head() + "workers: " + rows.size() + "\n" + (rows.isEmpty() ? "" : "\n" + Texts.table(WORKERS, rows));
    }

    private static String state(final Map<?, ?> worker) {
        final StringJoiner state = new StringJoiner(", ").setEmptyValue("fine");
        if (Boolean.TRUE.equals(worker.get("paused"))) {
            state.add("paused");
        }
        if (Boolean.TRUE.equals(worker.get("draining"))) {
            state.add("leaving");
        }
        if (Boolean.FALSE.equals(worker.get("answered"))) {
            state.add("did not answer");
        }
        return state.toString();
    }

    String details(final List<Map<?, ?>> tasks) {
        final StringBuilder text = new StringBuilder(head());
        for (final Map<?, ?> task : tasks) {
            text.append('\n')
                    .append(text(task, "key"))
                    .append(' ')
                    .append(text(task, "why"))
                    .append('\n');
            task.forEach((name, value) -> {
                if (!name.equals("key") && !name.equals("why")) {
                    text.append("  ")
                            .append(name)
                            .append(": ")
                            .append(shown(value))
                            .append('\n');
                }
            });
            for (final Map<?, ?> row : dump.section("transition")) {
                if (row.get("id") != null && row.get("id").equals(task.get("id"))) {
                    text.append("  ").append(row.get("at")).append(' ').append(row.get("from"));
                    text.append(" to ").append(row.get("to")).append(": ").append(row.get("cause"));
                    text.append(text(row, "worker").equals(NONE) ? "" : ", " + row.get("worker"))
                            .append('\n');
                }
            }
        }
        return text.toString();
    }

    String stuck() {
        return head() + FindingTable.of(findings());
    }

    String stacks() {
        final StringBuilder text = new StringBuilder(head());
        for (final Map<?, ?> thread : threads()) {
            text.append('\n').append(text(thread, "process")).append(": ").append(text(thread, "name"));
            text.append(' ').append(text(thread, "state"));
            if (thread.get("waits_for") != null) {
                text.append(" waits for ").append(thread.get("waits_for"));
            }
            if (thread.get("held_by") != null) {
                text.append(", which ").append(thread.get("held_by")).append(" has");
            }
            text.append('\n');
            for (final Object frame : thread.get("frames") instanceof List<?> frames ? frames : List.of()) {
                text.append("    at ").append(frame).append('\n');
            }
        }
        return text.toString();
    }

    private String head() {
        final Map<?, ?> head = dump.head();
        return "taken at " + head.get("taken_at") + " of Muster " + head.get("version")
                + (Boolean.TRUE.equals(head.get("stuck"))
                        ? "; the scheduler did not answer, so this is what could be seen from outside\n"
                        : "\n");
    }

    private static List<Map<?, ?>> bare(final List<Map<?, ?>> lines) {
        final List<Map<?, ?>> rows = new ArrayList<>();
        for (final Map<?, ?> line : lines) {
            final Map<String, Object> row = new LinkedHashMap<>();
            line.forEach((name, value) -> row.put(String.valueOf(name), value));
            row.remove("section");
            rows.add(row);
        }
        return rows;
    }

    private static Map<?, ?> of(final Map<?, ?> members, final String name) {
        return members.get(name) instanceof Map<?, ?> found ? found : Map.of();
    }

    private static String text(final Map<?, ?> members, final String name) {
        final Object value = members.get(name);
        return value == null || value.toString().isEmpty() ? NONE : value.toString();
    }

    private static String shown(final @Nullable Object value) {
        if (value instanceof List<?> list) {
            return list.isEmpty()
                    ? NONE
                    : String.join(", ", list.stream().map(String::valueOf).toList());
        }
        return value == null || value.toString().isEmpty() ? NONE : value.toString();
    }
}
