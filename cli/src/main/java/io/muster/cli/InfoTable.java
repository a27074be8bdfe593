package io.muster.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The scheduler's description of a cluster, as text for people; what it does not say is a dash. */
final class InfoTable {
    private static final String UNKNOWN = "-";
    private static final String[] BINARY_UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final List<String> HEADER = List.of(
            "WORKER",
            "HOST",
            "PID",
            "THREADS",
            "RUNNING",
            "ASSIGNED",
            "STORED",
            "SPILLED",
            "MEMORY",
            "LIMIT",
            "CPU",
            "VIA",
            "SEEN");

    private InfoTable() {}

    static String of(final Map<?, ?> info) {
        final StringBuilder text = new StringBuilder();
        text.append("cluster ").append(text(info, "cluster_id"));
        text.append(" at ").append(text(info, "address"));
        text.append(", up ").append(seconds(info.get("uptime_s")));
        text.append(", Muster ").append(text(info, "version"));
        text.append(" on Java ").append(text(info, "java")).append('\n');
        if (info.get("dashboard_url") instanceof String url && !url.isEmpty()) {
            text.append("dashboard: ").append(url).append('\n');
        }
        text.append("clients: ").append(count(info.get("clients"))).append('\n');
        text.append("tasks: ").append(tasks(info.get("tasks"))).append('\n');
        if (info.get("actors") instanceof Long actors && actors > 0) {
            text.append("actors: ").append(actors).append('\n');
        }
        final List<?> workers = info.get("workers") instanceof List<?> list ? list : List.of();
        text.append("workers: ").append(workers.size()).append('\n');
        if (!workers.isEmpty()) {
            appendTable(text, workers);
        }
        return text.toString();
    }

    private static void appendTable(final StringBuilder text, final List<?> workers) {
        final List<List<String>> rows = new ArrayList<>();
        for (final Object worker : workers) {
            rows.add(row(worker instanceof Map<?, ?> map ? map : Map.of()));
        }
        text.append('\n').append(Texts.table(HEADER, rows));
    }

    private static List<String> row(final Map<?, ?> worker) {
        return List.of(
                text(worker, "name"),
                text(worker, "host"),
                text(worker, "pid"),
                text(worker, "threads"),
                Boolean.TRUE.equals(worker.get("paused")) ? "paused" : text(worker, "running"),
                text(worker, "assigned"),
                bytes(worker.get("stored_bytes")),
                bytes(worker.get("memory") instanceof Map<?, ?> memory ? memory.get("spilled_bytes") : null),
                bytes(worker.get("resident_bytes")),
                isZero(worker.get("memory_limit_bytes")) ? "none" : bytes(worker.get("memory_limit_bytes")),
                percent(worker.get("cpu_percent")),
                text(worker, "transport"),
                ago(worker.get("last_seen_ms")));
    }

    private static String tasks(final @Nullable Object tasks) {
        if (!(tasks instanceof Map<?, ?> counts)) {
            return UNKNOWN;
        }
        final List<String> parts = new ArrayList<>();
        counts.forEach((state, count) -> {
            if (!isZero(count)) {
                parts.add(state + " " + count);
            }
        });
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }

    private static String text(final Map<?, ?> map, final String name) {
        final Object value = map.get(name);
        return value == null || value.toString().isEmpty() ? UNKNOWN : value.toString();
    }

    private static String count(final @Nullable Object value) {
        if (value instanceof List<?> list) {
            return Integer.toString(list.size());
        }
        return value == null ? UNKNOWN : value.toString();
    }

    private static String seconds(final @Nullable Object value) {
        return value instanceof Number number
                ? Texts.time(Duration.ofMillis((long) (1000 * number.doubleValue())))
                : UNKNOWN;
    }

    private static String ago(final @Nullable Object value) {
        return value instanceof Number number ? Texts.time(Duration.ofMillis(number.longValue())) + " ago" : UNKNOWN;
    }

    private static String percent(final @Nullable Object value) {
        return value instanceof Number number && number.doubleValue() >= 0
                ? Math.round(number.doubleValue()) + "%"
                : UNKNOWN;
    }

    private static String bytes(final @Nullable Object value) {
        if (!(value instanceof Number number) || number.longValue() < 0) {
            return UNKNOWN;
        }
        double amount = number.doubleValue();
        if (amount < 1024) {
            return number.longValue() + "B";
        }
        int unit = -1;
        while (amount >= 1024 && unit < BINARY_UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, amount < 10 ? "%.1f%s" : "%.0f%s", amount, BINARY_UNITS[unit]);
    }

    private static boolean isZero(final @Nullable Object value) {
        return value instanceof Number number && number.doubleValue() == 0;
    }
}
