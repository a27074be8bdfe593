package io.muster.dashboard;

import io.muster.ClusterEvent;
import io.muster.LogLine;
import io.muster.StoryLine;
import io.muster.config.Json;
import io.muster.scheduler.ClusterSnapshot;
import io.muster.scheduler.DashboardSource;
import io.muster.scheduler.Finding;
import io.muster.scheduler.FunctionSnapshot;
import io.muster.scheduler.GraphSnapshot;
import io.muster.scheduler.RecordText;
import io.muster.scheduler.RunSnapshot;
import io.muster.scheduler.TaskDetail;
import io.muster.scheduler.TaskPage;
import io.muster.scheduler.TaskQuery;
import io.muster.scheduler.TaskSnapshot;
import io.muster.scheduler.TaskStreamLog;
import io.muster.scheduler.WorkerSnapshot;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** A cluster that is made up, of any size, whose names are chosen by somebody with bad intentions. */
final class SyntheticSource implements DashboardSource {
    static final String EVIL = "<script>alert(\"1\")</script>\n\\ \u2028 $& ";

    final AtomicInteger asked = new AtomicInteger();
    private final int workers;
    private final int tasks;

    SyntheticSource(final int workers, final int tasks) {
        this.workers = workers;
        this.tasks = tasks;
    }

    @Override
    public ClusterSnapshot cluster() {
        final int look = asked.incrementAndGet();
        return new ClusterSnapshot(
                "c-1",
                7,
                "1.0",
                "17",
                "tcp://127.0.0.1:1",
                look,
                1,
                workers,
                workers * 2,
                Map.of("memory", (long) tasks),
                1,
                0,
                12.5,
                3,
                look * 100L,
                look * 300L);
    }

    @Override
    public List<WorkerSnapshot> workers() {
        return IntStream.range(0, workers)
                .mapToObj(number -> new WorkerSnapshot(
                        number,
                        EVIL + number,
                        "node",
                        1,
                        "",
                        "running",
                        2,
                        10,
                        -1,
                        0,
                        100,
                        -1,
                        0,
                        12.5,
                        10,
                        20,
                        1,
                        1,
                        3,
                        100,
                        Map.of(),
                        0.1,
                        "tcp"))
                .toList();
    }

    @Override
    public List<FunctionSnapshot> functions() {
        return List.of(new FunctionSnapshot(EVIL, tasks, Map.of("memory", (long) tasks), tasks, 0.5));
    }

    @Override
    public TaskPage tasks(final TaskQuery query) {
        return new TaskPage(
                tasks,
                LongStream.range(query.offset(), Math.min(tasks, (long) query.offset() + query.limit()))
                        .mapToObj(SyntheticSource::row)
                        .toList());
    }

    @Override
    public TaskDetail task(final long id) {
        return id >= tasks
                ? null
                : new TaskDetail(row(id), "is done", List.of(), 0, List.of(), 0, List.of(EVIL), 1, 0, List.of(), EVIL);
    }

    @Override
    public List<RunSnapshot> runs(final long id) {
        return List.of(new RunSnapshot(EVIL, 0, 1, 2, true));
    }

    @Override
    public GraphSnapshot graph(final int limit) {
        return tasks <= limit
                ? new GraphSnapshot(tasks(new TaskQuery("", "", "", limit, 0)).tasks(), List.of(), List.of())
                : new GraphSnapshot(
                        List.of(),
                        List.of(new GraphSnapshot.Group(EVIL, Map.of("memory", (long) tasks))),
                        List.of(new long[] {0, 0}));
    }

    @Override
    public TaskStreamLog.Page stream(final long since, final int limit) {
        return new TaskStreamLog(0).since(0, limit);
    }

    @Override
    public Map<String, Object> system(final long sinceUs) {
        return Map.of("interval_s", 2L);
    }

    @Override
    public Map<String, Object> profile(final String function, final String worker) {
        return Map.of("samples", 1L, "tree", Map.of("name", EVIL));
    }

    @Override
    public List<StoryLine> story(final long id) {
        return List.of(new StoryLine(Instant.EPOCH, EVIL, EVIL, EVIL));
    }

    @Override
    public List<ClusterEvent> events(final String topic, final int limit) {
        return List.of(new ClusterEvent(Instant.EPOCH, "all", EVIL, EVIL));
    }

    @Override
    public String logs(final String worker, final int limit) {
        return Json.write(RecordText.logs(List.of(
                new LogLine(Instant.EPOCH, "INFO", "w", EVIL), new LogLine(Instant.EPOCH, "ERROR", "w", EVIL + 1))));
    }

    @Override
    public List<Finding> findings() {
        return List.of(new Finding("no-worker", EVIL, EVIL, null, null, 1, 1));
    }

    @Override
    public String jobs() {
        return "{\"jobs\":[]}";
    }

    private static TaskSnapshot row(final long id) {
        return new TaskSnapshot(id, EVIL + id, EVIL, "memory", EVIL + 0, 0, 8);
    }
}
