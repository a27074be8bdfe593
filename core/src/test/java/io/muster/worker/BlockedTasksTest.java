package io.muster.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.muster.MusterException;
import io.muster.Task;
import io.muster.TaskTimeoutException;
import io.muster.UnknownOutcomeException;
import io.muster.graph.Call;
import io.muster.graph.Call.Shape;
import io.muster.serialize.Serializer;
import io.muster.serialize.TaskFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs of a worker with one thread that give up their slot, ask before they begin, are interrupted, or don't end. */
@Timeout(60)
class BlockedTasksTest {
    private static final Map<String, CountDownLatch> LATCHES = new ConcurrentHashMap<>();
    private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

    private final RecordingReports reports = new RecordingReports(true);
    private final Worker worker = Worker.start(
            WorkerSettings.of("w-0", 1).withBlocking(1, Duration.ofMillis(50)),
            reports,
            Serializer.standard(),
            new HeldDataPlane());

    @BeforeEach
    void forget() {
        LATCHES.clear();
        SEEN.clear();
    }

    @AfterEach
    void end() {
        List.of("a", "b", "deaf").forEach(name -> latch(name).countDown());
        worker.close();
    }

    @Test
    void aRunWithoutASlotLetsAnotherRunAndWaitsForItsEndToGoOn() {
        submit(1, 0, 0, () -> {
            running().secede();
            latch("a").await();
            running().rejoin();
            SEEN.add("first goes on");
            return 1;
        });
        submit(2, 0, 0, () -> {
            latch("a").countDown();
            latch("b").await();
            SEEN.add("second ends");
            return 2;
        });
        await().until(() ->
                reports.longRunning().equals(List.of("away 1")) && latch("a").getCount() == 0);
        assertThat(worker.runningRuns()).containsExactlyInAnyOrder(1, 2);

        latch("b").countDown();

        awaitDone(2);
        assertThat(SEEN).containsExactly("second ends", "first goes on");
        assertThat(reports.longRunning()).containsExactly("away 1", "back 1");
        submit(3, 0, 0, () -> 3);
        awaitDone(3);
    }

    @Test
    void anIdleThreadGivesItsSlotBackAtOnce() {
        submit(1, 0, 0, () -> {
            running().secede();
            assertThat(running().secede()).isFalse();
            running().rejoin();
            running().rejoin();
            return 1;
        });
        awaitDone(1);
        assertThat(reports.longRunning()).containsExactly("away 1", "back 1");
    }

    @Test
    void aRunThatEndsWithoutASlotLeavesOneThreadForTheOthers() {
        submit(1, 0, 0, () -> {
            running().secede();
            return 1;
        });
        awaitDone(1);
        submit(2, 0, 0, () -> 2);
        awaitDone(2);
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.isAlive() && thread.getName().startsWith("muster-w-0-exec"))
                        .count())
                .isEqualTo(1));
    }

    @Test
    void moreThanAreAllowedCantGiveTheirSlotsUp() {
        submit(1, 0, 0, () -> {
            running().secede();
            latch("a").await();
            return 1;
        });
        submit(2, 0, 0, () -> {
            running().secede();
            return 2;
        });
        await().until(() -> reports.failed().size() == 1);
        assertThat(failure(2).className()).isEqualTo(MusterException.class.getName());
        assertThat(failure(2).message()).contains("worker.max-blocked-threads=1");
    }

    @Test
    void onlyTheThreadThatRunsATaskIsInIt() {
        submit(1, 0, 0, () -> {
            final RunningTask self = running();
            final Thread other = new Thread(() -> {
                SEEN.add(String.valueOf(RunningTask.current()));
                try {
                    self.secede();
                } catch (final MusterException e) {
                    SEEN.add(e.getMessage());
                }
            });
            other.start();
            other.join();
            return self.key();
        });
        awaitDone(1);
        assertThat(SEEN).first().isEqualTo("null");
        assertThat(SEEN).last().asString().contains("runs on another thread");
    }

    @Test
    void aRunThatMayBeTheOnlyOneAsksAndBeginsWhenItMay() {
        submit(1, WorkerCommands.ONCE, 0, () -> SEEN.add("began"));
        await().until(() -> reports.commits().equals(List.of(1L)));
        assertThat(SEEN).isEmpty();

        worker.commit(1, true);

        awaitDone(1);
        assertThat(SEEN).containsExactly("began");
    }

    @Test
    void aRunThatMayNotBeginIsDropped() {
        submit(1, WorkerCommands.ONCE, 0, () -> SEEN.add("began"));
        submit(2, WorkerCommands.ONCE, 0, () -> SEEN.add("began"));
        submit(3, WorkerCommands.ONCE, 0, () -> SEEN.add("began"));
        await().until(() -> reports.commits().equals(List.of(1L)));
        worker.commit(1, false);
        await().until(() -> reports.commits().equals(List.of(1L, 2L)));
        worker.abandon(2, false);
        await().until(() -> reports.commits().equals(List.of(1L, 2L, 3L)));
        worker.abandonAll();

        submit(4, 0, 0, () -> 4);
        awaitDone(1);
        assertThat(SEEN).isEmpty();
        assertThat(reports.failed()).isEmpty();
        assertThat(worker.counters().running()).isZero();
    }

    @Test
    void anInterruptReachesOnlyTheRunThatItIsFor() {
        submit(1, 0, 0, () -> {
            latch("a").countDown();
            try {
                latch("b").await();
            } catch (final InterruptedException e) {
                SEEN.add("interrupted");
                Thread.currentThread().interrupt();
            }
            return 1;
        });
        submit(2, 0, 0, () -> Thread.currentThread().isInterrupted());
        await().until(() -> latch("a").getCount() == 0);

        worker.abandon(1, true);
        worker.abandon(1, true);

        awaitDone(1);
        assertThat(SEEN).containsExactly("interrupted");
        assertThat(reports.doneRun(2).orElseThrow().value()).isEqualTo(false);
        assertThat(reports.doneRun(1)).isEmpty();
    }

    @Test
    void aRunOfWhichTheTimeIsOverFailsEvenIfItReturnsThenUnlessItRunsOnce() {
        final Task<Integer> returns = () -> {
            try {
                latch("b").await();
            } catch (final InterruptedException e) {
                SEEN.add("interrupted");
            }
            return 5;
        };
        submit(1, 0, 20_000_000, returns);
        await().until(() -> reports.failed().size() == 1);
        assertThat(failure(1).className()).isEqualTo(TaskTimeoutException.class.getName());
        assertThat(failure(1).message()).contains("timeout=20ms");

        submit(2, WorkerCommands.ONCE, 20_000_000, returns);
        await().until(() -> reports.commits().equals(List.of(2L)));
        worker.commit(2, true);
        awaitDone(1);
        assertThat(reports.doneRun(2).orElseThrow().value()).isEqualTo(5);
    }

    @Test
    void whoDoesNotEndIsReportedAndReplacedAndWhatComesOfItIsDropped() {
        submit(1, WorkerCommands.ONCE, 10_000_000, BlockedTasksTest::deaf);
        await().until(() -> reports.commits().equals(List.of(1L)));
        worker.commit(1, true);
        await().until(() -> reports.failed().size() == 1);
        assertThat(failure(1).className()).isEqualTo(UnknownOutcomeException.class.getName());
        assertThat(reports.unknown()).containsExactly(1L);

        submit(2, 0, 0, () -> 2);
        awaitDone(1);
        latch("deaf").countDown();

        submit(3, 0, 0, () -> 3);
        awaitDone(2);
        assertThat(reports.doneRun(1)).isEmpty();
        assertThat(reports.failed()).hasSize(1);
    }

    private static int deaf() {
        while (true) {
            try {
                latch("deaf").await();
                return 1;
            } catch (final InterruptedException e) {
                SEEN.add("ignored");
            }
        }
    }

    private static RunningTask running() {
        return Objects.requireNonNull(RunningTask.current());
    }

    private static CountDownLatch latch(final String name) {
        return LATCHES.computeIfAbsent(name, key -> new CountDownLatch(1));
    }

    private TaskFailure failure(final long runId) {
        return (TaskFailure) reports.failed().stream()
                .filter(failed -> failed.runId() == runId)
                .findFirst()
                .orElseThrow()
                .failure();
    }

    private void awaitDone(final int count) {
        await().until(() -> reports.doneCount() == count);
    }

    private void submit(final long runId, final int flags, final long timeoutNs, final Task<?> body) {
        worker.registerFunction(runId, body, "f");
        final Call call = new Call(Shape.TASK, null, null);
        worker.assign(
                runId,
                100 + runId,
                runId,
                1,
                flags | WorkerCommands.SEND_SMALL_RESULT,
                new long[0],
                new int[0],
                timeoutNs == 0 ? call : Call.timed(call, timeoutNs),
                null);
    }
}
