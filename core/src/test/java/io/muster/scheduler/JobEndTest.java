package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class JobEndTest {
    private static final long MS = 1_000_000;

    private final Scene scene = new Scene(0);

    @Test
    void aWorkerLeavesInTimeBeforeItsJobEnds() {
        final WorkerState a = scene.worker("a", 1, 80, 100);
        final int task = scene.run();
        scene.tick(79);
        assertThat(a.draining).isFalse();
        scene.tick(80);
        assertThat(a.draining).isTrue();
        scene.effects.take();
        scene.tick(100);
        assertThat(scene.effects.take())
                .containsExactly(
                        "abandon a run 1", "free a " + task, "stop a: its job ends; its time to leave is over");
    }

    @Test
    void theEndOfAJobIsNobodysFaultEvenIfItWasNotNoticedThatItCame() {
        final WorkerState a = scene.worker("a", 1, 80, 100);
        final int task = scene.run();
        scene.core.heartbeat(90, a);
        scene.lose(a);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.QUEUED);
    }

    @Test
    void aTaskThatWouldNotEndInTimeWaitsForAWorkerThatHasTheTime() {
        scene.takes(0, scene.client, 20_000);
        scene.worker("a", 1, 90 * MS, 100 * MS);
        scene.tick(85 * MS);
        final int task = scene.run();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).containsExactly(task);
    }

    @Test
    void aTaskThatWouldNotEndInTimeHoldsUpNoOthers() {
        scene.core.registerFunction(scene.client, 1, "body", "quick");
        scene.takes(0, scene.client, 20_000);
        scene.takes(1, scene.client, 100);
        final WorkerState a = scene.worker("a", 1, 90 * MS, 100 * MS);
        scene.tick(85 * MS);
        final int slow = scene.task().submit();
        final int quick = scene.task().function(1).submit();
        scene.schedule();
        assertThat(scene.phase(slow)).isEqualTo(TaskPhase.NO_WORKER);
        assertThat(scene.on(a)).containsExactly(quick);
    }

    @Test
    void whatIsAssignedBeforeItCountsToo() {
        scene.takes(0, scene.client, 20_000);
        final WorkerState a = scene.worker("a", 1, 90 * MS, 100 * MS);
        scene.tick(65 * MS);
        final int first = scene.run();
        final int second = scene.run();
        assertThat(scene.on(a)).containsExactly(first);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.QUEUED);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).containsExactly(second);
    }

    @Test
    void aTaskWithInputsOrForCertainWorkersDoesNotGoWhereItWouldNotEndInTimeEither() {
        final WorkerState a = scene.worker("a", 1, 90 * MS, 100 * MS);
        final int input = scene.run();
        scene.done(input, 10_000_000_000L, 20_000);
        scene.tick(85 * MS);
        final int user = scene.run(input);
        final int there = scene.task().on("a").submit();
        final int thereOrElsewhere = scene.task().on("a").orElsewhere().submit();
        scene.schedule();
        assertThat(a.assigned).isZero();
        final WorkerState b = scene.worker("b", 2);
        assertThat(scene.on(b)).containsExactlyInAnyOrder(user, thereOrElsewhere);
        assertThat(scene.phase(there)).isEqualTo(TaskPhase.NO_WORKER);
    }

    @Test
    void aTaskThatIsLongerThanAnyJobGoesToTheWorkerThatHasMostTimeLeft() {
        scene.takes(0, scene.client, 200_000);
        scene.worker("a", 1, 90 * MS, 100 * MS);
        final WorkerState b = scene.worker("b", 1, 100 * MS, 110 * MS);
        scene.worker("c", 1, 90 * MS, 100 * MS);
        final int task = scene.run();
        assertThat(scene.on(b)).containsExactly(task);
    }

    @Test
    void aTaskThatFitsIntoAWholeJobWaitsForOneUntilThereIsNone() {
        scene.takes(0, scene.client, 105_000);
        scene.worker("a", 1, 90 * MS, 100 * MS);
        final WorkerState b = scene.worker("b", 1, 100 * MS, 110 * MS);
        scene.tick(20 * MS);
        final int task = scene.run();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        scene.remove(b, true);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void aTaskThatTurnsOutToFitIntoAWholeJobIsNotPutWhereItDoesNotFit() {
        scene.takes(0, scene.client, 110_000);
        final WorkerState a = scene.worker("a", 1, 90 * MS, 100 * MS);
        final int[] tasks = {scene.run(), scene.run(), scene.run()};
        scene.tick(50 * MS);
        scene.done(tasks[0], 8, 10_000);
        assertThat(scene.on(a)).containsExactly(tasks[1]);
        assertThat(scene.phase(tasks[2])).isEqualTo(TaskPhase.NO_WORKER);
    }

    @Test
    void whatWaitsForAWorkerThatHasNoTimeLeftGoesElsewhere() {
        final WorkerState a = scene.worker("a", 1, 90 * MS, 100 * MS);
        final int input = scene.run();
        scene.done(input, 10_000_000_000L, 20_000);
        final int[] users = {scene.run(input), scene.run(input), scene.run(input)};
        assertThat(a.queued).isEqualTo(1);
        scene.tick(50 * MS);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.runner(users[2])).isSameAs(a);
        scene.tick(85 * MS);
        scene.done(users[0], 8, 20_000);
        assertThat(scene.on(b)).containsExactly(users[2]);
    }

    @Test
    void whatWaitsForABusyWorkerIsNotTakenOverByOneThatHasNoTimeLeft() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input, 8, 20_000);
        for (int i = 0; i < 6; i++) {
            scene.run(input);
        }
        scene.tick(85 * MS);
        final WorkerState b = scene.worker("b", 1, 90 * MS, 100 * MS);
        assertThat(b.assigned).isZero();
        final WorkerState c = scene.worker("c", 1, 180 * MS, 200 * MS);
        assertThat(c.assigned).isPositive();
        assertThat(a.queued).isPositive();
    }

    @Test
    void copiesDoNotGoToWorkersThatLeaveBeforeLong() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.worker("b", 1, 80 * MS, 100 * MS);
        scene.worker("c", 1, 800 * MS, 820 * MS);
        scene.tick(70 * MS);
        scene.effects.take();
        scene.retire(a, 1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
    }
}
