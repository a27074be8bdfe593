package io.muster.dashboard;

import io.muster.LogLine;
import io.muster.StoryLine;
import io.muster.config.Json;
import io.muster.scheduler.DashboardSource;
import io.muster.scheduler.Finding;
import io.muster.scheduler.RecordText;
import io.muster.scheduler.TaskDetail;
import io.muster.scheduler.TaskQuery;
import io.muster.scheduler.TaskStreamLog;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers in JSON, and with numbers for Prometheus; used by one thread, which may wait for the scheduler, but for slow answers. */
final class Api {
    private static final int MAX_TASKS = 1_000;
    private static final int MAX_NODES = 10_000;
    private static final int USUAL_TASKS = 100;
    private static final int USUAL_NODES = 5_000;
    private static final int USUAL_LINES = 1_000;
    private static final int MAX_LINES = 10_000;
    private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

    /** What may have to wait for workers or a batch system. */
    private static final Set<String> SLOW = Set.of("/api/task", "/api/logs", "/api/jobs");

    private static final int MAX_NEWS = 4_000;
    private static final long NEWEST = -1;
    private static final long FINDINGS_NS = 2_000_000_000;
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    private final DashboardSource source;
    private final Map<String, Function<Request, Response>> answers = Map.ofEntries(
            Map.entry("/api/summary", request -> Response.json(summary())),
            Map.entry("/api/workers", request -> Response.json(workers())),
            Map.entry("/api/progress", request -> Response.json(progress())),
            Map.entry("/api/stream", this::stream),
            Map.entry("/api/tasks", this::tasks),
            Map.entry("/api/task", this::task),
            Map.entry("/api/graph", this::graph),
            Map.entry("/api/jobs", request -> jobs()),
            Map.entry("/api/system", this::system),
            Map.entry("/api/profile", this::profile),
            Map.entry("/api/events", this::events),
            Map.entry("/api/logs", this::logs),
            Map.entry("/api/findings", request -> Response.json(findings())),
            Map.entry("/metrics", request -> metrics()));
    private long nextRow = NEWEST;
    private List<Finding> found = List.of();
    private long foundNs = System.nanoTime() - FINDINGS_NS;

    Api(final DashboardSource source) {
        this.source = source;
    }

    /** Whether an answer may take seconds; those can be made by several threads at once. */
    boolean isSlow(final String path) {
        return SLOW.contains(path);
    }

    /** Whether it has an answer at this path. */
    boolean has(final String path) {
        return answers.containsKey(path);
    }

    /**
     * Answers a request.
     *
     * @throws BadRequestException if an argument makes no sense
     * @throws io.muster.MusterException if the scheduler does not answer
     */
    Response answer(final Request request) {
        final Function<Request, Response> found = answers.get(request.path());
        return found == null ? Response.text(404, "there is nothing here") : found.apply(request);
    }

    String summary() {
        return Json.write(Views.summary(source.cluster(), look().size()));
    }

    String workers() {
        return Json.write(Views.workers(source.workers()));
    }

    String progress() {
        return Json.write(Views.progress(source.functions()));
    }

    String findings() {
        return Json.write(Views.findings(look()));
    }

    /** What ended since the last time, or the newest of it if that is much; null if nothing did, or it was never asked. */
    @Nullable
    String news() {
        if (nextRow < 0) {
            nextRow = source.stream(NEWEST, 0).next();
            return null;
        }
        TaskStreamLog.Page page = source.stream(nextRow, MAX_NEWS);
        if (page.rows().size() == MAX_NEWS) {
            page = source.stream(NEWEST, MAX_NEWS);
        }
        nextRow = page.next();
        return page.rows().isEmpty() ? null : Json.write(json(page));
    }

    /** Nobody wants news any more. */
    void forgetNews() {
        nextRow = NEWEST;
    }

    private Response stream(final Request request) {
        final long since = request.query("since", NEWEST, NEWEST, Long.MAX_VALUE);
        final int limit = (int) request.query("limit", TaskStreamLog.MAX_PAGE_ROWS, 0, TaskStreamLog.MAX_PAGE_ROWS);
        return Response.json(Json.write(json(source.stream(since, limit))));
    }

    private static Map<String, Object> json(final TaskStreamLog.Page page) {
        final Map<String, Object> json = new LinkedHashMap<>();
        json.put("since", page.next() - page.rows().size());
        json.putAll(page.toJson());
        return json;
    }

    private Response jobs() {
        return Response.json(source.jobs());
    }

    private Response system(final Request request) {
        return Response.json(Json.write(source.system(request.query("since", 0, 0, Long.MAX_VALUE))));
    }

    private Response profile(final Request request) {
        return Response.json(Json.write(source.profile(request.query("function", ""), request.query("worker", ""))));
    }

    private Response events(final Request request) {
        final int limit = (int) request.query("limit", USUAL_LINES, 0, MAX_LINES);
        return Response.json(Json.write(RecordText.events(source.events(request.query("topic", ""), limit))));
    }

    /** The newest lines of one process; a level leaves out what is less. */
    private Response logs(final Request request) {
        final int limit = (int) request.query("limit", USUAL_LINES, 0, MAX_LINES);
        final int level = LEVELS.indexOf(request.query("level", "").toUpperCase(Locale.ROOT));
        final String json = source.logs(request.query("worker", ""), level < 1 ? limit : MAX_LINES);
        if (level < 1 || json.contains("\"error\"")) {
            return Response.json(json);
        }
        final List<LogLine> lines = RecordText.logs(json).stream()
                .filter(line -> LEVELS.indexOf(line.level()) >= level)
                .toList();
        return Response.json(Json.write(
                RecordText.logs(lines.subList(Math.max(0, lines.size() - limit), lines.size()))));
    }

    private Response tasks(final Request request) {
        final TaskQuery query = new TaskQuery(
                request.query("state", ""),
                request.query("function", ""),
                request.query("worker", ""),
                (int) request.query("limit", USUAL_TASKS, 0, MAX_TASKS),
                (int) request.query("offset", 0, 0, Integer.MAX_VALUE));
        return Response.json(Json.write(Views.tasks(source.tasks(query))));
    }

    private Response task(final Request request) {
        final long id = request.query("id", -1, 0, Long.MAX_VALUE);
        final TaskDetail detail = source.task(id);
        final List<StoryLine> story = source.story(id);
        return detail == null && story.isEmpty()
                ? Response.text(404, "there is no task of this id; it may be done, and released by its client")
                : Response.json(Json.write(Views.task(id, detail, source.runs(id), story)));
    }

    private Response graph(final Request request) {
        final int limit = (int) request.query("limit", USUAL_NODES, 0, MAX_NODES);
        return Response.json(Json.write(Views.graph(source.graph(limit))));
    }

    private Response metrics() {
        final String text = Metrics.text(source.cluster(), source.workers(), source.functions(), look().size());
        return Response.of(200, PROMETHEUS, text.getBytes(StandardCharsets.UTF_8));
    }

    /** What makes no progress; a look costs more than others, so it stands for a while. */
    private List<Finding> look() {
        final long nowNs = System.nanoTime();
        if (nowNs - foundNs >= FINDINGS_NS) {
            found = source.findings();
            foundNs = nowNs;
        }
        return found;
    }
}
