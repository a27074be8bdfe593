package io.muster.dashboard;

import io.muster.ClusterEvent;
import io.muster.StoryLine;
import io.muster.scheduler.ClusterSnapshot;
import io.muster.scheduler.DashboardSource;
import io.muster.scheduler.Finding;
import io.muster.scheduler.FunctionSnapshot;
import io.muster.scheduler.GraphSnapshot;
import io.muster.scheduler.RunSnapshot;
import io.muster.scheduler.TaskDetail;
import io.muster.scheduler.TaskPage;
import io.muster.scheduler.TaskQuery;
import io.muster.scheduler.TaskSnapshot;
import io.muster.scheduler.TaskStreamLog;
import io.muster.scheduler.WorkerSnapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A made-up cluster of 1,000 workers, 100,000 tasks, and a stream of 100,000 that grows by a thousand a second. */
final class CrowdSource implements DashboardSource {
    static final int WORKERS = 1_000;
    static final int TASKS = 100_000;
    static final int NODES = 5_000;
    static final String EVIL = "<script>alert(1)</script>";

    private static final int THREADS = 4;
    private static final int SAMPLES = 60;
    private static final int LIMIT = 10_000;
    private static final List<String> STATES = List.of("memory", "memory", "processing", "waiting", "queued", "erred");
    private static final List<String> FUNCTIONS = List.of("load", "residual", "partial-sum", "combine", EVIL, "write");

    private final long beganNs = System.nanoTime();
    private final long beganUs = System.currentTimeMillis() * 1_000;
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<TaskStreamLog.Row> rows = new ArrayList<>();
    private final long[] freeUs = new long[WORKERS * THREADS];
    private final Map<Integer, String> names = new HashMap<>();
    private final long epoch;
    private final int graphTasks;

    CrowdSource(final long epoch, final int graphTasks) {
        this.epoch = epoch;
        this.graphTasks = graphTasks;
        IntStream.range(0, WORKERS).forEach(i -> names.put(i, name(i)));
    }

    private static String name(final int number) {
        return number == 0 ? EVIL : "w-" + number;
    }

    private double seconds() {
        return (System.nanoTime() - beganNs) / 1e9;
    }

    @Override
    public ClusterSnapshot cluster() {
        return new ClusterSnapshot(
                "crowd",
                epoch,
                "1",
                "17",
                "tcp://127.0.0.1:1",
                seconds(),
                1,
                WORKERS,
                WORKERS * THREADS,
                Map.of("memory", 50_000L, "processing", 4_000L, "waiting", 46_000L),
                1L << 40,
                1L << 35,
                1_000,
                12.5,
                (long) (seconds() * 1_000),
                (long) (seconds() * 5_000));
    }

    @Override
    public List<WorkerSnapshot> workers() {
        return IntStream.range(0, WORKERS)
                .mapToObj(i -> new WorkerSnapshot(
                        i,
                        name(i),
                        "node" + i / 8,
                        i,
                        "",
                        i % 97 == 5 ? "paused" : "running",
                        THREADS,
                        seconds() + i,
                        -1,
                        8L << 30,
                        (long) i << 21,
                        1L << 28,
                        i % 7 << 20,
                        random.nextDouble(400),
                        1L << 20,
                        1L << 21,
                        random.nextInt(9),
                        random.nextInt(THREADS),
                        i,
                        1L << 20,
                        Map.of(),
                        0.1,
                        "tcp"))
                .toList();
    }

    @Override
    public List<FunctionSnapshot> functions() {
        return FUNCTIONS.stream()
                .map(name -> new FunctionSnapshot(
                        name, TASKS / 6, Map.of("memory", 9_000L, "waiting", 7_000L), (long) (seconds() * 100), 0.1))
                .toList();
    }

    @Override
    public TaskPage tasks(final TaskQuery query) {
        final List<TaskSnapshot> found = new ArrayList<>();
        long total = 0;
        for (int id = 0; id < TASKS; id++) {
            final TaskSnapshot task = snapshot(id);
            if ((query.state().isEmpty() || query.state().equals(task.state()))
                    && (query.function().isEmpty() || query.function().equals(task.function()))) {
                if (total >= query.offset() && found.size() < query.limit()) {
                    found.add(task);
                }
                total++;
            }
        }
        return new TaskPage(total, found);
    }

    private static TaskSnapshot snapshot(final long id) {
        final String function = FUNCTIONS.get((int) (id % 6));
        return new TaskSnapshot(id, function + "-" + id, function, STATES.get((int) (id / 7 % 6)), "", 0, id % 4_096);
    }

    @Override
    public @Nullable TaskDetail task(final long id) {
        return id >= TASKS
                ? null
                : new TaskDetail(
                        snapshot(id),
                        "waits for " + EVIL + " on w-3, which is paused",
                        List.of(snapshot(id + 1)),
                        1,
                        List.of(snapshot(id + 2)),
                        70,
                        List.of("w-3"),
                        1,
                        2,
                        List.of(),
                        EVIL);
    }

    @Override
    public GraphSnapshot graph(final int limit) {
        if (graphTasks > limit) {
            return new GraphSnapshot(
                    List.of(),
                    FUNCTIONS.stream()
                            .map(name -> new GraphSnapshot.Group(name, Map.of("memory", 9_000L)))
                            .toList(),
                    IntStream.range(1, FUNCTIONS.size())
                            .mapToObj(i -> new long[] {i - 1, i})
                            .toList());
        }
        final int layer = graphTasks / 10;
        return new GraphSnapshot(
                IntStream.range(0, graphTasks).mapToObj(CrowdSource::snapshot).toList(),
                List.of(),
                IntStream.range(layer, graphTasks)
                        .boxed()
                        .flatMap(i -> List.of(new long[] {i - layer, i}, new long[] {
                                    (i / layer - 1) * (long) layer + i * 7L % layer, i
                                })
                                .stream())
                        .toList());
    }

    @Override
    public TaskStreamLog.Page stream(final long since, final int limit) {
        final int wanted = TASKS + (int) (seconds() * 1_000);
        while (rows.size() < wanted) {
            final int lane = random.nextInt(freeUs.length);
            final long startUs = Math.max(freeUs[lane], beganUs - 60_000_000) + random.nextInt(1_000);
            freeUs[lane] = startUs + random.nextInt(4_000_000);
            rows.add(new TaskStreamLog.Row(
                    lane / THREADS,
                    lane % THREADS,
                    random.nextInt(FUNCTIONS.size()),
                    startUs,
                    freeUs[lane],
                    TaskStreamLog.Kind.COMPUTE,
                    rows.size() % TASKS,
                    null));
        }
        final int from = (int) Math.max(rows.size() - TASKS, since < 0 ? rows.size() : since);
        final int to = Math.min(rows.size(), from + Math.min(limit, LIMIT));
        return new TaskStreamLog.Page(to, FUNCTIONS, names, List.copyOf(rows.subList(Math.min(from, to), to)));
    }

    @Override
    public List<RunSnapshot> runs(final long id) {
        return List.of(new RunSnapshot("w-3", 0, beganUs, beganUs + 1_000_000, false));
    }

    @Override
    public Map<String, Object> system(final long sinceUs) {
        final List<Long> samples =
                LongStream.range(0, sinceUs == 0 ? SAMPLES : 0).boxed().toList();
        final List<Long> at = samples.stream().map(sample -> beganUs + sample).toList();
        return Map.of(
                "interval_s",
                2L,
                "scheduler",
                Map.of("at", at, "cpu", samples),
                "workers",
                LongStream.range(0, WORKERS)
                        .mapToObj(number -> Map.of("number", number, "at", at, "cpu", samples, "memory", samples))
                        .toList());
    }

    @Override
    public Map<String, Object> profile(final String function, final String worker) {
        return Map.of("samples", 0L, "tree", Map.of("name", "all", "count", 0L, "children", List.of()));
    }

    @Override
    public List<StoryLine> story(final long id) {
        return List.of(new StoryLine(Instant.now(), "scheduler", "waiting -> processing", EVIL));
    }

    @Override
    public List<ClusterEvent> events(final String topic, final int limit) {
        return List.of();
    }

    @Override
    public String logs(final String worker, final int limit) {
        return "{\"lines\":[]}";
    }

    @Override
    public List<Finding> findings() {
        return List.of(new Finding("paused", EVIL, null, "w-3", null, 12, 3));
    }

    @Override
    public String jobs() {
        return "{\"jobs\":[]}";
    }
}
