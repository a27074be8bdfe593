package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.muster.worker.RunList;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class StuckWatchTest {
    private final Scene scene = new Scene();
    private final List<PendingJob> jobs = new ArrayList<>();
    private final StuckWatch watch = new StuckWatch(scene.core, () -> jobs);
    private final Logger log = (Logger) LoggerFactory.getLogger(StuckWatch.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.setLevel(Level.INFO);
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(logged);
        log.setLevel(null);
    }

    @Test
    void aFindingIsLoggedOnceWhenItIsThereTheSecondTimeAndOnceWhenItIsOver() {
        scene.worker("a", 1, Map.of("gpu", 1.0));
        final int task = scene.task().needs("gpu", 2).submit();
        scene.schedule();

        watch.tick();
        assertThat(messages()).isEmpty();
        watch.tick();
        watch.tick();
        assertThat(messages())
                .containsExactly(
                        "no-worker: no worker has resource gpu=2; the most that one has is 1 (task f-1-" + task + ")");
        scene.cancel(task);
        watch.tick();
        watch.tick();
        assertThat(messages()).hasSize(2).last().asString().startsWith("no longer: no-worker");
    }

    @Test
    void aFindingSaysForHowLongItIsThere() {
        scene.run();
        scene.tick(1_000_000_000L);
        assertThat(watch.look(true).get(0).sinceSeconds()).isZero();
        scene.tick(13_000_000_000L);
        assertThat(watch.look(true).get(0).sinceSeconds()).isEqualTo(12);
        assertThat(watch.last().findings()).hasSize(1);
        assertThat(watch.last().tasks()).containsEntry("queued", 1L);
    }

    @Test
    void jobsInTheQueueSayWhyThereAreNoWorkers() {
        jobs.add(new PendingJob("123", "PENDING", "Resources"));
        assertThat(watch.look(true)).as("nobody waits for it").isEmpty();
        scene.run();

        final List<Finding> findings = watch.look(true);
        assertThat(findings).extracting(Finding::what).containsExactly("no-workers", "job-pending");
        assertThat(findings.get(1).job()).isEqualTo("123");
        assertThat(findings.get(1).why()).isEqualTo("job 123 is PENDING: Resources");
        assertThat(findings.get(1).json()).containsKeys("what", "why", "job", "since_s", "count");
    }

    @Test
    void whereNothingHappensThoughNobodyRunsAnythingIsAFindingAfterAWhile() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.core.knownRuns(a, new RunList(1, new long[] {scene.runId(scene.slot(task))}, new byte[] {RunList.READY}));

        for (int i = 0; i < 30; i++) {
            watch.tick();
        }

        assertThat(watch.last().findings()).extracting(Finding::what).containsExactly("stalled");
        assertThat(messages()).hasSize(1).first().asString().contains("f-1-0 is on a and waits there for a thread");
        scene.done(task);
        watch.tick();
        assertThat(watch.last().findings()).isEmpty();
    }

    private List<String> messages() {
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
