package io.muster.scheduler;

import io.muster.config.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What every scheduler answers to those who start its workers: how much there is to do, and that workers leave. */
public final class Scalable {
    private static final String LOAD = "load";
    private static final String RETIRE = "retire";

    private Scalable() {}

    /**
     * The request for the load.
     *
     * @return JSON for {@link ClientRequests#manage}
     */
    public static String loadRequest() {
        return Json.write(Map.of("scheduler", LOAD));
    }

    /**
     * The request that workers leave.
     *
     * @param names of workers
     * @param patience how long running tasks may take
     * @param reason for logs
     * @return JSON for {@link ClientRequests#manage}
     */
    public static String retireRequest(final List<String> names, final Duration patience, final String reason) {
        return Json.write(
                Map.of("scheduler", RETIRE, "workers", names, "patience_ms", patience.toMillis(), "reason", reason));
    }

    /**
     * Reads the answer to {@link #loadRequest}.
     *
     * @param json the answer
     * @param numbers gets the numbers of the workers by their names
     * @return the load
     */
    public static Load load(final String json, final Map<String, Integer> numbers) {
        final List<Load.Need> needs = new ArrayList<>();
        final List<Load.Busy> busy = new ArrayList<>();
        final Map<?, ?> answer = Json.parse(json) instanceof Map<?, ?> map ? map : Map.of();
        for (final Map<?, ?> need : objects(answer, "classes")) {
            final Map<String, Double> resources = new LinkedHashMap<>();
            if (need.get("resources") instanceof Map<?, ?> amounts) {
                amounts.forEach((name, amount) ->
                        resources.put(String.valueOf(name), amount instanceof Number n ? n.doubleValue() : 0.0));
            }
            needs.add(new Load.Need(resources, number(need, "tasks"), number(need, "work_us")));
        }
        for (final Map<?, ?> worker : objects(answer, "workers")) {
            final int number = (int) number(worker, "number");
            numbers.put(String.valueOf(worker.get("name")), number);
            busy.add(new Load.Busy(
                    number,
                    number(worker, "assigned"),
                    number(worker, "stored_bytes"),
                    Boolean.TRUE.equals(worker.get("leaving")),
                    Boolean.TRUE.equals(worker.get("needed"))));
        }
        return new Load(needs, number(answer, "waiting"), busy);
    }

    /** Whether a request is one of these. */
    static boolean isAsked(final String json) {
        return json.startsWith("{") && json.contains("\"scheduler\"") && what(json) != null;
    }

    /** Answers it; called by the agent. */
    static void answer(final SchedulerAgent agent, final String json, final Consumer<String> answer) {
        final Map<?, ?> request = Json.parse(json) instanceof Map<?, ?> map ? map : Map.of();
        if (LOAD.equals(request.get("scheduler"))) {
            answer.accept(Json.write(load(agent.core())));
            return;
        }
        final List<?> names = request.get("workers") instanceof List<?> list ? list : List.of();
        for (final WorkerState worker : agent.core().workers()) {
            if (worker != null && names.contains(worker.name)) {
                final long patienceNs = Duration.ofMillis(Math.max(0, number(request, "patience_ms")))
                        .toNanos();
                agent.core().retire(agent.nowNs(), worker, patienceNs, false, String.valueOf(request.get("reason")));
            }
        }
        answer.accept("{}");
    }

    private static @org.jspecify.annotations.Nullable String what(final String json) {
        return Json.parse(json) instanceof Map<?, ?> request
                        && (LOAD.equals(request.get("scheduler")) || RETIRE.equals(request.get("scheduler")))
                ? String.valueOf(request.get("scheduler"))
                : null;
    }

    private static Map<String, Object> load(final SchedulerCore core) {
        final Load load = core.load();
        final List<Object> classes = new ArrayList<>();
        for (final Load.Need need : load.classes()) {
            classes.add(Map.of("resources", need.resources(), "tasks", need.tasks(), "work_us", need.workUs()));
        }
        final List<Object> workers = new ArrayList<>();
        for (final Load.Busy busy : load.workers()) {
            final WorkerState worker = core.workers().get(busy.number());
            workers.add(Map.of(
                    "name", worker == null ? "" : worker.name,
                    "number", (long) busy.number(),
                    "assigned", busy.assigned(),
                    "stored_bytes", busy.storedBytes(),
                    "leaving", busy.leaving(),
                    "needed", busy.isNeeded()));
        }
        return Map.of("classes", classes, "waiting", load.waiting(), "workers", workers);
    }

    private static List<Map<?, ?>> objects(final Map<?, ?> in, final String name) {
        final List<Map<?, ?>> found = new ArrayList<>();
        if (in.get(name) instanceof List<?> list) {
            for (final Object each : list) {
                if (each instanceof Map<?, ?> map) {
                    found.add(map);
                }
            }
        }
        return found;
    }

    private static long number(final Map<?, ?> in, final String name) {
        return in.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
