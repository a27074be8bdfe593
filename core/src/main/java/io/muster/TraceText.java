package io.muster;

import io.muster.config.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Bars of the task stream as Chrome's trace format. Runs are complete events of their thread and never overlap there; transfers, which go on
 * beside other runs, are asynchronous ones.
 */
final class TraceText {
    private static final String[] KINDS = {"compute", "erred", "transfer", "disk"};
    private static final int TRANSFER = 2;
    private static final int ERRED = 1;
    private static final int CELLS = 7;
    private static final String COLOUR_OF_FAILURE = "terrible";

    private final Map<Long, String> workers = new TreeMap<>();
    private final List<Bar> bars = new ArrayList<>();

    /** A bar of one thread. */
    private record Bar(long worker, long thread, String name, long startUs, long stopUs, int kind, String key) {}

    /** Adds a page of the stream. */
    void add(final Map<?, ?> page) {
        if (page.get("workers") instanceof Map<?, ?> names) {
            names.forEach((number, name) -> workers.put(Long.valueOf(String.valueOf(number)), String.valueOf(name)));
        }
        final List<?> functions = page.get("functions") instanceof List<?> names ? names : List.of();
        if (page.get("rows") instanceof List<?> rows) {
            for (final Object row : rows) {
                if (row instanceof List<?> cells && cells.size() >= CELLS) {
                    bars.add(bar(cells, functions));
                }
            }
        }
    }

    long bars() {
        return bars.size();
    }

    String toText() {
        final List<Object> events = new ArrayList<>();
        workers.forEach((number, name) -> events.add(metadata("process_name", number, 0, name)));
        bars.sort(Comparator.comparingLong(Bar::startUs).thenComparingLong(Bar::stopUs));
        final Map<Long, Map<Long, Long>> endOfThread = new TreeMap<>();
        long transfers = 0;
        for (final Bar bar : bars) {
            if (bar.kind == TRANSFER) {
                transfers++;
                events.add(transfer("b", bar, bar.startUs, transfers));
                events.add(transfer("e", bar, bar.stopUs, transfers));
                continue;
            }
            final Map<Long, Long> ends = endOfThread.computeIfAbsent(bar.worker, worker -> new TreeMap<>());
            if (!ends.containsKey(bar.thread)) {
                events.add(metadata("thread_name", bar.worker, bar.thread, "thread " + bar.thread));
            }
            final long from = Math.max(bar.startUs, ends.getOrDefault(bar.thread, Long.MIN_VALUE));
            final long to = Math.max(bar.stopUs, from);
            ends.put(bar.thread, to);
            final Map<String, Object> event = event("X", bar, from);
            event.put("dur", to - from);
            if (bar.kind == ERRED) {
                event.put("cname", COLOUR_OF_FAILURE);
            }
            events.add(event);
        }
        final Map<String, Object> trace = new LinkedHashMap<>();
        trace.put("displayTimeUnit", "ms");
        trace.put("traceEvents", events);
        return Json.write(trace);
    }

    private static Bar bar(final List<?> cells, final List<?> functions) {
        final int function = (int) number(cells, 2);
        final String name =
                function >= 0 && function < functions.size() ? String.valueOf(functions.get(function)) : "?";
        final long task = number(cells, 6);
        final String key =
                cells.size() > CELLS ? String.valueOf(cells.get(CELLS)) : name + "-" + (task >>> 32) + "-" + (int) task;
        final int kind = (int) Math.max(0, Math.min(KINDS.length - 1, number(cells, 5)));
        return new Bar(number(cells, 0), number(cells, 1), name, number(cells, 3), number(cells, 4), kind, key);
    }

    private static long number(final List<?> cells, final int index) {
        return cells.get(index) instanceof Number number ? number.longValue() : 0;
    }

    private static Map<String, Object> metadata(
            final String what, final long worker, final long thread, final String name) {
        final Map<String, Object> event = new LinkedHashMap<>();
        event.put("ph", "M");
        event.put("name", what);
        event.put("pid", worker);
        event.put("tid", thread);
        event.put("args", Map.of("name", name));
        return event;
    }

    private static Map<String, Object> transfer(final String phase, final Bar bar, final long atUs, final long number) {
        final Map<String, Object> event = event(phase, bar, atUs);
        event.put("id", number);
        return event;
    }

    private static Map<String, Object> event(final String phase, final Bar bar, final long atUs) {
        final Map<String, Object> event = new LinkedHashMap<>();
        event.put("ph", phase);
        event.put("name", bar.name);
        event.put("cat", KINDS[bar.kind]);
        event.put("pid", bar.worker);
        event.put("tid", bar.thread);
        event.put("ts", atUs);
        event.put("args", Map.of("key", bar.key));
        return event;
    }
}
