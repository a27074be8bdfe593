package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.scheduler.Effects.FailureKind;
import org.junit.jupiter.api.Test;

/** Tasks that may begin once only. */
final class OnceTest {
    private final Scene scene = new Scene();
    private final WorkerState a = scene.worker("a", 1);

    @Test
    void itsRunMayBegin() {
        final int task = once();
        scene.asks(task);
        assertThat(scene.effects.take()).contains("grant a run " + scene.runId(scene.slot(task)));
        scene.done(task);
        assertThat(scene.effects.take()).contains("finished " + task);
    }

    @Test
    void aRunThatIsNotCurrentMayNot() {
        final int task = once();
        final long run = scene.runId(scene.slot(task));
        final long identity = scene.core.identity(scene.slot(task));
        scene.cancel(task);
        scene.effects.take();

        scene.core.commitRequested(a, run, identity);

        assertThat(scene.effects.take()).containsExactly("deny a run " + run);
    }

    @Test
    void aTaskThatMayRunAgainDoesNotAsk() {
        final int task = scene.run();
        scene.asks(task);
        assertThat(scene.effects.take()).anyMatch(line -> line.startsWith("deny a"));
    }

    @Test
    void itRunsElsewhereIfItsWorkerIsLostBeforeItBegan() {
        final int task = once();
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).containsExactly(task);
    }

    @Test
    void itsOutcomeIsUnknownIfItsWorkerIsLostAfterItBegan() {
        final int task = once();
        final int next = scene.task().after(task).submit();
        scene.asks(task);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);

        assertThat(scene.effects.take())
                .contains("erred " + task + " UNKNOWN_OUTCOME", "erred " + next + " UNKNOWN_OUTCOME");
        assertThat(scene.on(b)).isEmpty();
        assertThat(failure(task).message()).contains("may or may not have happened", "a", "it was killed");
    }

    @Test
    void anExpectedLossMakesNoDifference() {
        final int task = once();
        scene.asks(task);
        scene.remove(a, true);
        assertThat(failure(task).kind()).isEqualTo(FailureKind.UNKNOWN_OUTCOME);
    }

    @Test
    void aWorkerThatLeavesWaitsForItAndItsOutcomeIsUnknownWhenItsTimeIsOver() {
        scene.worker("b", 1);
        final int task = scene.task().once().on("a").submit();
        scene.schedule();
        scene.asks(task);
        scene.retire(a, 100);
        scene.tick(50);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.PROCESSING);

        scene.tick(200);

        assertThat(failure(task).kind()).isEqualTo(FailureKind.UNKNOWN_OUTCOME);
        assertThat(scene.effects.take()).anyMatch(line -> line.startsWith("stop a"));
    }

    @Test
    void aFailureThatItReportsIsAKnownOutcomeSoThatRetriesApply() {
        final int task = scene.task().once().retries(1).submit();
        scene.schedule();
        scene.asks(task);
        scene.failed(task, "refused");
        assertThat(scene.on(a)).containsExactly(task);

        scene.asks(task);
        scene.failed(task, "refused again");

        assertThat(scene.core.tasks().failure(scene.slot(task))).isEqualTo("refused again");
    }

    @Test
    void whatItDidWhenItCouldNotBeStoppedIsNotKnownSoThatRetriesDoNotApply() {
        final int task = scene.task().once().retries(5).submit();
        scene.schedule();
        scene.asks(task);

        scene.failedUnknown(task, "still at work");

        assertThat(scene.phase(task)).isEqualTo(TaskPhase.ERRED);
        assertThat(scene.on(a)).isEmpty();
    }

    @Test
    void aResultThatIsLostIsNotComputedAgain() {
        final int task = once();
        scene.asks(task);
        scene.done(task);
        final int next = scene.task().after(task).submit();
        scene.schedule();
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);

        assertThat(scene.on(b)).isEmpty();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.ERRED);
        assertThat(failure(next).kind()).isEqualTo(FailureKind.UNKNOWN_OUTCOME);
        scene.release(task, next);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void itsResultIsKeptWhileSomethingMadeFromItMayBeNeededAgain() {
        final int task = once();
        scene.asks(task);
        scene.done(task);
        final int next = scene.run(task);
        scene.release(task);
        scene.done(next);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.MEMORY);

        scene.release(next);

        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aRunThatWasCancelledIsNotFollowedByAnother() {
        final int task = once();
        scene.asks(task);
        final int next = scene.task().after(task).submit();
        final int other = scene.task().after(task).submit();
        scene.lose(a);
        scene.effects.take();
        assertThat(failure(next).kind()).isEqualTo(FailureKind.UNKNOWN_OUTCOME);
        final WorkerState b = scene.worker("b", 1);

        scene.release(task);
        assertThat(scene.phase(other)).isEqualTo(TaskPhase.ERRED);
        assertThat(scene.on(b)).isEmpty();
    }

    @Test
    void whoeverAsksForItHasItRunAgain() {
        final int task = once();
        scene.asks(task);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);

        scene.retry(task);

        assertThat(scene.on(b)).containsExactly(task);
        scene.asks(task);
        assertThat(scene.effects.take()).contains("grant b run " + scene.runId(scene.slot(task)));
    }

    @Test
    void whoeverAsksForWhatIsMadeFromItDoesNotHaveItRunAgain() {
        final int task = once();
        final int next = scene.task().after(task).submit();
        scene.asks(task);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);

        scene.retry(next);

        assertThat(scene.on(b)).isEmpty();
        assertThat(failure(next).kind()).isEqualTo(FailureKind.UNKNOWN_OUTCOME);
    }

    private int once() {
        final int task = scene.task().once().submit();
        scene.schedule();
        return task;
    }

    private RecordingEffects.Failure failure(final int task) {
        return (RecordingEffects.Failure)
                java.util.Objects.requireNonNull(scene.core.tasks().failure(scene.slot(task)));
    }
}
