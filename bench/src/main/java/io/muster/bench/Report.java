package io.muster.bench;

import io.muster.MusterException;
import io.muster.config.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Results of benchmarks as tables and plots, in files that need nothing else. */
final class Report {
    private static final String BENCH = "bench";
    private static final String STYLE = "body{font:14px sans-serif;margin:2em;color:#24292f}"
            + "table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ddd;padding:3px 8px;text-align:right}"
            + "th{background:#f6f8fa}td.text{text-align:left}";

    private final Map<String, List<Map<String, Object>>> results = new LinkedHashMap<>();
    private final Map<String, String> plots = new LinkedHashMap<>();

    private Report(final List<String> lines) {
        for (final String line : lines) {
            if (!(Json.parse(line) instanceof Map<?, ?> values) || !(values.get(BENCH) instanceof String bench)) {
                throw new MusterException("each line must be a result as bench --json prints it: " + line);
            }
            final Map<String, Object> result = new LinkedHashMap<>();
            values.forEach((name, value) -> result.put(String.valueOf(name), value == null ? "" : value));
            results.computeIfAbsent(bench, name -> new ArrayList<>()).add(result);
        }
    }

    /**
     * Writes {@code results.jsonl}, {@code report.html} and the plots for which there are results.
     *
     * @param lines what benchmarks printed with {@code --json}
     * @param folder where; made if missing
     */
    static void write(final List<String> lines, final Path folder) throws IOException {
        final Report report = new Report(lines);
        report.plot();
        Files.createDirectories(folder);
        Files.write(folder.resolve("results.jsonl"), lines);
        for (final Map.Entry<String, String> plot : report.plots.entrySet()) {
            Files.writeString(folder.resolve(plot.getKey() + ".svg"), plot.getValue());
        }
        Files.writeString(folder.resolve("report.html"), report.html());
    }

    private void plot() {
        final Map<String, List<Map<String, Object>>> byGraph = of("scale").stream()
                .collect(Collectors.groupingBy(
                        result -> String.valueOf(result.get("graph")), LinkedHashMap::new, Collectors.toList()));
        final List<Plot.Curve> scale = new ArrayList<>();
        byGraph.forEach(
                (graph, of) -> scale.add(new Plot.Curve(graph, numbers(of, "workers"), numbers(of, "tasks_per_s"))));
        if (!scale.isEmpty()) {
            plots.put("workers", Plot.curves("Throughput by number of workers", "workers", "tasks/s", scale));
        }
        final List<Plot.Curve> metg = new ArrayList<>();
        for (final Map<String, Object> result : of("metg")) {
            if (result.get("granularities_us") instanceof List<?> xs
                    && result.get("efficiencies") instanceof List<?> ys) {
                final Object name = result.getOrDefault("peer", "muster, " + result.get("cluster"));
                metg.add(new Plot.Curve(name + ": " + result.get("type"), numbers(xs), numbers(ys)));
            }
        }
        if (!metg.isEmpty()) {
            plots.put("metg", Plot.curves("Efficiency by granularity", "granularity in us", "efficiency", metg));
        }
        final List<Plot.Interval> peers = new ArrayList<>();
        for (final Map<String, Object> result : of("compare")) {
            if (result.get("ci95") instanceof List<?> ends && ends.size() == 2) {
                peers.add(new Plot.Interval(
                        result.get("peer") + ": " + result.get("graph") + " of " + result.get("tasks"),
                        number(result.get("ratio")),
                        number(ends.get(0)),
                        number(ends.get(1))));
            }
        }
        if (!peers.isEmpty()) {
            plots.put("peers", Plot.intervals("How many times as long peers take", "ratio, 95% interval", peers));
        }
    }

    private String html() {
        final StringBuilder html = new StringBuilder(
                        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<title>Muster's benchmarks</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n<h1>Muster's benchmarks</h1>\n");
        plots.values().forEach(html::append);
        results.forEach((bench, of) -> table(html, bench, of));
        return html.append("</body></html>\n").toString();
    }

    private static void table(final StringBuilder html, final String bench, final List<Map<String, Object>> of) {
        final Set<String> columns = new LinkedHashSet<>();
        of.forEach(result -> columns.addAll(result.keySet()));
        columns.remove(BENCH);
        html.append("<h2>").append(Svg.escaped(bench)).append("</h2>\n<table><tr>");
        columns.forEach(column -> html.append("<th>")
                .append(Svg.escaped(column.replace('_', ' ')))
                .append("</th>"));
        html.append("</tr>\n");
        for (final Map<String, Object> result : of) {
            html.append("<tr>");
            for (final String column : columns) {
                final Object value = result.getOrDefault(column, "");
                html.append(value instanceof Number ? "<td>" : "<td class=\"text\">")
                        .append(Svg.escaped(BenchResult.text(value)))
                        .append("</td>");
            }
            html.append("</tr>\n");
        }
        html.append("</table>\n");
    }

    private List<Map<String, Object>> of(final String bench) {
        return results.getOrDefault(bench, List.of());
    }

    private static double[] numbers(final List<Map<String, Object>> of, final String name) {
        return of.stream().mapToDouble(result -> number(result.get(name))).toArray();
    }

    private static double[] numbers(final List<?> values) {
        return values.stream().mapToDouble(Report::number).toArray();
    }

    private static double number(final @Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new MusterException("value=" + value + " must be a number");
    }
}
