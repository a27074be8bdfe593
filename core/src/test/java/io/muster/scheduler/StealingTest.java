package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is taken back from busy and pausing workers. */
final class StealingTest {
    private static final long HUGE = 10_000_000_000L;
    private static final long SECOND_NS = 1_000_000_000;

    private final Scene scene = new Scene();

    @Test
    void whatWaitsBehindALongTaskIsTakenBackAndGoesToAnIdleWorker() {
        final WorkerState a = scene.worker("a", 1);
        final int running = scene.run();
        final int waiting = scene.run();
        assertThat(scene.on(a)).containsExactly(running, waiting);
        final long run = scene.runId(scene.slot(waiting));
        scene.effects.take();

        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.effects.take()).containsExactly("take back a run " + run);
        assertThat(scene.on(a)).as("it is a's until a has answered").containsExactly(running, waiting);

        scene.answer(a, waiting, true);
        assertThat(scene.on(a)).containsExactly(running);
        assertThat(scene.on(b)).containsExactly(waiting);
        assertThat(scene.core.tasks().attempt[scene.slot(waiting)]).isEqualTo((short) 1);
        scene.done(waiting, running);
    }

    @Test
    void aRunThatHasStartedStaysAndIsNotAskedForAgain() {
        final WorkerState a = scene.worker("a", 1);
        scene.run();
        final int second = scene.run();
        scene.worker("b", 1);
        scene.effects.take();
        scene.answer(a, second, false);
        scene.tick(1);
        scene.tick(2);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(scene.on(a)).contains(second);
    }

    @Test
    void aRunIsAskedForOnceWhileTheAnswerIsOutstanding() {
        scene.worker("a", 1);
        scene.run();
        scene.run();
        scene.worker("b", 1);
        scene.effects.take();
        scene.tick(1);
        scene.worker("c", 1);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void aStaleAnswerChangesNothing() {
        final WorkerState a = scene.worker("a", 1);
        scene.run();
        final int second = scene.run();
        final long run = scene.runId(scene.slot(second));
        scene.worker("b", 1);
        scene.done(second);
        scene.effects.take();
        scene.answerForRun(a, run, true);
        scene.answerForRun(a, 4_711, true);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void aWorkerThatDiesBeforeItAnswersLosesWhatItWasAskedForLikeTheRest() {
        final WorkerState a = scene.worker("a", 1);
        scene.run();
        final int second = scene.run();
        final WorkerState b = scene.worker("b", 1);
        final long run = scene.runId(scene.slot(second));
        scene.lose(a);
        scene.answerForRun(a, run, true);
        assertThat(scene.on(b)).contains(second);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void aTaskIsNotTakenFromWhereItsLargeInputsAre() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input, HUGE, 100_000);
        final int first = scene.run(input);
        final int second = scene.run(input);
        assertThat(scene.on(a)).containsExactly(first, second);
        scene.effects.take();
        scene.worker("b", 1);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void aTaskIsNotTakenForAWorkerThatMayNotRunIt() {
        final WorkerState a = scene.worker("a", 1);
        scene.task().on("a").submit();
        scene.task().on("a").submit();
        scene.schedule();
        assertThat(a.assigned).isEqualTo(2);
        scene.effects.take();
        scene.worker("b", 1);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void shortTasksStayUnlessTheirWorkerIsStuck() {
        scene.takes(0, scene.client, 1_000);
        final WorkerState a = scene.worker("a", 1);
        final int stuck = scene.run();
        final int behind = scene.run();
        scene.effects.take();
        scene.worker("b", 1);
        assertThat(scene.effects.take()).isEmpty();
        scene.tick(SECOND_NS);
        assertThat(scene.effects.take()).containsExactly("take back a run " + scene.runId(scene.slot(behind)));
        scene.answer(a, behind, true);
        assertThat(scene.on(a)).containsExactly(stuck);
        assertThat(scene.runner(behind).name).isEqualTo("b");
    }

    @Test
    void aTaskWithInputsDoesNotGoBackToTheWorkerThatItWasTakenFrom() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input, 10_000_000, 10_000);
        final int long1 = scene.run(input);
        final int behind = scene.run(input);
        scene.tick(SECOND_NS);
        final WorkerState b = scene.worker("b", 1);
        scene.tick(2 * SECOND_NS);
        scene.answer(a, behind, true);
        assertThat(scene.on(a)).containsExactly(long1);
        assertThat(scene.on(b)).containsExactly(behind);
    }

    @Test
    void nothingIsTakenBackWhereStealingIsOff() {
        final Scene still = new Scene(new CoreSettings(3, Scene.LEASE_NS, false, 0));
        still.worker("a", 1);
        still.run();
        still.run();
        still.effects.take();
        still.worker("b", 1);
        assertThat(still.effects.take()).isEmpty();
    }

    @Test
    void aPausingWorkerGetsNothingAndGivesBackWhatItHasNotStarted() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        for (int i = 0; i < 4; i++) {
            scene.task().on("a").submit();
        }
        scene.schedule();
        assertThat(a.assigned).isEqualTo(2);
        assertThat(a.queued).isEqualTo(2);
        scene.effects.take();

        scene.pause(a, true);
        assertThat(scene.effects.take()).hasSize(2).allMatch(line -> line.startsWith("take back a run"));
        assertThat(a.queued).isZero();
        scene.answer(a, 0, false);
        scene.answer(a, 1, true);
        assertThat(scene.on(a)).containsExactly(0);
        assertThat(List.of(scene.phase(1), scene.phase(2), scene.phase(3))).containsOnly(TaskPhase.NO_WORKER);
        assertThat(scene.runner(scene.run())).isSameAs(b);

        scene.done(0);
        assertThat(a.assigned).isZero();
        scene.pause(a, false);
        assertThat(scene.on(a)).containsExactly(1, 2);
    }

    @Test
    void whereAllPauseWorkGoesOnWhenOneResumes() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.run();
        scene.done(input);
        scene.pause(a, true);
        scene.pause(b, true);
        final int plain = scene.run();
        final int dependent = scene.run(input);
        final int data = scene.scatter();
        scene.schedule();
        assertThat(a.assigned + b.assigned).isZero();
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.NO_WORKER);
        scene.pause(b, false);
        assertThat(scene.on(b)).containsExactly(plain, dependent);
        assertThat(scene.runner(data)).isSameAs(b);
        scene.done(plain, dependent);
    }

    @Test
    void dataAwaitedByAPausingWorkerIsPlacedElsewhere() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        assertThat(scene.runner(data)).isSameAs(a);
        final WorkerState b = scene.worker("b", 1);
        scene.pause(a, true);
        assertThat(scene.runner(data)).isSameAs(b);
    }

    @Test
    void aPausingWorkerMayLeave() {
        final WorkerState a = scene.worker("a", 1);
        scene.pause(a, true);
        scene.retire(a, WorkerState.NEVER);
        scene.pause(a, false);
        assertThat(scene.effects.take()).contains("stop a: asked");
        scene.remove(a, true);
    }

    @Test
    void whatNeedsResourcesOfAPausingWorkerWaits() {
        final WorkerState a = scene.worker("a", 1, Map.of("gpu", 1.0));
        scene.worker("b", 1);
        scene.pause(a, true);
        final int task = scene.task().needs("gpu", 1).submit();
        scene.schedule();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        assertThat(scene.effects.take()).noneMatch(line -> line.startsWith("warn"));
        scene.pause(a, false);
        assertThat(scene.on(a)).containsExactly(task);
    }
}
