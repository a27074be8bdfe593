package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.ClusterEvent;
import io.muster.StoryLine;
import io.muster.config.Json;
import io.muster.protocol.RecordKind;
import io.muster.scheduler.TaskStreamLog.Kind;
import io.muster.scheduler.TaskStreamLog.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecorderTest {
    private static final long MS = 1_000_000;

    private final Scene scene = new Scene();
    private final Recorder recorder = new Recorder(scene.core, 100);
    private final long beginNs = System.nanoTime();

    @Test
    void aRunIsABarAndSoAreItsTransferAndItsReadingFromDisk() {
        final WorkerState a = scene.worker("a", 1);
        recorder.workerJoined(a);
        final int task = scene.task().submit();
        scene.schedule();
        final int slot = scene.slot(task);
        final long identity = scene.core.identity(slot);

        ran(a, scene.runId(slot), identity, beginNs + 10 * MS);
        ran(a, scene.runId(slot) + 1, identity, beginNs + 10 * MS);

        final List<Row> rows = recorder.stream().since(0, 10).rows();
        assertThat(rows).extracting(Row::kind).containsExactly(Kind.TRANSFER, Kind.SPILL, Kind.COMPUTE);
        assertThat(rows).extracting(row -> row.stopUs() - row.startUs()).containsExactly(1_000L, 500L, 1_500L);
        assertThat(rows.get(2).stopUs()).isEqualTo(recorder.epochUs(beginNs + 4 * MS));
    }

    @Test
    void nothingIsLaterThanItsReport() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.task().submit();
        scene.schedule();
        final int slot = scene.slot(task);

        ran(a, scene.runId(slot), scene.core.identity(slot), beginNs + 3 * MS);

        final Row run = recorder.stream().since(0, 10).rows().get(2);
        assertThat(run.stopUs()).isEqualTo(recorder.epochUs(beginNs + 3 * MS));
        assertThat(run.stopUs() - run.startUs()).isEqualTo(1_500);
    }

    @Test
    void aStoryIsToldWithItsCausesAlsoOnceTheTaskIsForgotten() {
        final WorkerState a = scene.worker("a", 1);
        recorder.workerJoined(a);
        final int task = scene.task().submit();
        scene.schedule();
        final long identity = scene.core.identity(scene.slot(task));
        scene.done(task);
        scene.release(task);

        final List<StoryLine> story = new ArrayList<>();
        recorder.story(identity, story::addAll);

        assertThat(story)
                .extracting(StoryLine::what)
                .containsExactly(
                        "waiting → queued", "queued → processing", "processing → memory", "released → forgotten");
        assertThat(story)
                .extracting(StoryLine::cause)
                .containsExactly(
                        "a client submitted it, or what needs it",
                        "given to a as run 1",
                        "run 1 of it on a ended with a result",
                        "a client let go of it, or of what needs it");
    }

    @Test
    void theStoryOfAWorkersEndNamesIt() {
        final WorkerState a = scene.worker("a", 1);
        recorder.workerJoined(a);
        final int task = scene.task().submit();
        scene.schedule();
        scene.lose(a);

        final List<StoryLine> story = new ArrayList<>();
        recorder.story(scene.core.identity(scene.slot(task)), story::addAll);

        assertThat(story).extracting(StoryLine::cause).contains("a is gone");
    }

    @Test
    void transitionsBeyondTheLimitOverwriteTheOldest() {
        final Transitions story = new Transitions();
        story.time(beginNs);
        for (int i = 0; i < Transitions.ROWS + 500; i++) {
            story.time(beginNs + i * 2_048L);
            story.because(Cause.ASSIGNED, i % 7, i);
            story.add(i, 1, 2);
        }
        final List<String> told = new ArrayList<>();
        for (final long task : new long[] {499, 500, Transitions.ROWS + 499}) {
            story.of(
                    task,
                    (timeNs, from, to, cause, worker, run) ->
                            told.add((timeNs - beginNs) / 2_048 + " " + from + " " + to + " " + worker + " " + run));
        }

        assertThat(told)
                .containsExactly(
                        "500 WAITING NO_WORKER 3 500",
                        Transitions.ROWS + 499 + " WAITING NO_WORKER " + (Transitions.ROWS + 499) % 7 + " "
                                + (Transitions.ROWS + 499));
        assertThat(story.total()).isEqualTo(Transitions.ROWS + 500);
    }

    @Test
    void eventsAreKeptByTopicAndBounded() {
        for (int i = 0; i < 1_500; i++) {
            recorder.event("mine", "client-1", "event " + i);
        }
        recorder.event("x".repeat(1_000), "client-1", "y".repeat(100_000));

        final List<ClusterEvent> mine = recorder.events().last("mine", 10_000);
        assertThat(mine).hasSize(1_000);
        assertThat(mine.get(999).text()).isEqualTo("event 1499");
        assertThat(recorder.events().last("mine", 2)).isEqualTo(mine.subList(998, 1_000));
        final ClusterEvent cut = recorder.events().last("", 1).get(0);
        assertThat(cut.topic()).hasSize(EventLog.MAX_TOPIC);
        assertThat(cut.text()).hasSize(EventLog.MAX_TEXT);
        for (int i = 0; i < 2_000; i++) {
            recorder.event("topic " + i, "client-1", "");
        }
        assertThat(recorder.events().last("", 10_000)).hasSize(1_000);
    }

    @Test
    void workersFiguresAreSampledEveryTwoSecondsAndGoWithThem() {
        final WorkerState a = scene.worker("a", 1);
        for (int i = 0; i < 1_000; i++) {
            recorder.heard(
                    a, new WorkerFigures(500, 1, 2, i * 100 * MS, i * 1_000L, 0, 1, 0), beginNs + i * 1_000 * MS);
            recorder.tick(beginNs + i * 1_000 * MS);
        }

        final List<String> answers = new ArrayList<>();
        recorder.ask(RecordKind.SYSTEM, 0, 0, "", answers::add);
        final Map<?, ?> json = (Map<?, ?>) Json.parse(answers.get(0));
        final Map<?, ?> worker = (Map<?, ?>) ((List<?>) json.get("workers")).get(0);
        assertThat(numbers(worker, "cpu")).hasSize(300).containsOnly(500L);
        assertThat(numbers(worker, "net_read_per_s")).hasSize(300).containsOnly(1_000L);
        assertThat(numbers(worker, "gc_per_mille")).hasSize(300).containsOnly(100L);
        assertThat((List<?>) ((Map<?, ?>) json.get("scheduler")).get("heap")).hasSize(300);
        assertThat(recorder.system().trafficPerSecond(a.number)).containsExactly(1_000, 0);

        recorder.workerLeft(a, "it went");
        recorder.ask(RecordKind.SYSTEM, 0, 0, "", answers::add);
        assertThat((List<?>) ((Map<?, ?>) Json.parse(answers.get(1))).get("workers"))
                .isEmpty();
    }

    private static List<Long> numbers(final Map<?, ?> json, final String name) {
        return ((List<?>) json.get(name))
                .stream().map(n -> ((Number) n).longValue()).toList();
    }

    private void ran(final WorkerState worker, final long runId, final long identity, final long nowNs) {
        final long offsetNs = 1_000 * MS;
        final long start = beginNs + 2 * MS - offsetNs;
        recorder.ran(
                worker, runId, identity, false, offsetNs, nowNs, 0, start, start + 2 * MS, start - MS, start, MS / 2);
    }
}
