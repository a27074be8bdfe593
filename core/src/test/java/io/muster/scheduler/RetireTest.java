package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RetireTest {
    private static final long PATIENCE_NS = 100;
    private static final String STOP_A = "stop a: asked";
    private static final String STOP_A_AT_ONCE = "stop a: asked; its time to leave is over";

    private final Scene scene = new Scene();

    @Test
    void aWorkerWithNothingToDoIsStoppedAtOnce() {
        final WorkerState a = scene.worker("a", 1);
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly(STOP_A);
        scene.run();
        assertThat(a.assigned).isZero();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void whatRunsMayEndAndItsResultIsCopiedBeforeTheWorkerIsStopped() {
        final WorkerState a = scene.worker("a", 1);
        final int running = scene.run();
        final WorkerState b = scene.worker("b", 1);
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).doesNotContain(STOP_A);

        scene.done(running);
        assertThat(scene.effects.take()).containsExactly("finished " + running, "replicate " + running + " to b");
        scene.stored(b, running);
        assertThat(scene.effects.take()).containsExactly(STOP_A);
        scene.remove(a, false);
        assertThat(scene.phase(running)).isEqualTo(TaskPhase.MEMORY);
        assertThat(scene.core.tasks().holder[scene.slot(running)]).isEqualTo(b.number);
    }

    @Test
    void aCopyOnAWorkerThatIsToldToDropItIsNotReliedOn() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        final WorkerState b = scene.worker("b", 1);
        scene.stored(b, task);
        assertThat(scene.effects.take()).contains("free a " + task);

        scene.stored(a, task);
        assertThat(scene.effects.take()).contains("free a " + task);
        scene.retire(b, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to a");
        scene.stored(a, task);
        assertThat(scene.effects.take()).containsExactly("stop b: asked");
    }

    @Test
    void whatAWorkerSaysToHaveAfterItHeardOfARunIsBelieved() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        final WorkerState b = scene.worker("b", 1);
        scene.stored(b, task);
        final int later = scene.task().on("a").submit();
        scene.schedule();
        scene.done(later);
        scene.effects.take();

        scene.stored(a, task);

        assertThat(scene.effects.take()).isEmpty();
        assertThat(scene.core.tasks().furtherHolders(scene.slot(task))).containsExactly(a.number);
    }

    @Test
    void aResultThatTheClientHasIsKeptAsItMayAskAgain() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.doneInline(task);
        scene.worker("b", 1);
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).contains("replicate " + task + " to b");
    }

    @Test
    void scatteredDataIsCopiedToo() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        scene.stored(a, data);
        final WorkerState b = scene.worker("b", 1);
        scene.retire(a, PATIENCE_NS);
        scene.stored(b, data);
        scene.remove(a, true);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void dataThatIsToComeIsPlacedElsewhere() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        final WorkerState b = scene.worker("b", 1);
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly("scatter " + data + " to " + b.number, STOP_A);
        scene.stored(a, data);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.PROCESSING);
        scene.stored(b, data);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void whatAnotherWorkerHoldsAndWhatIsReleasedNeedsNoCopy() {
        final WorkerState a = scene.worker("a", 1);
        final int shared = scene.run();
        final int released = scene.run();
        scene.done(shared, released);
        final WorkerState b = scene.worker("b", 1);
        scene.stored(b, shared);
        scene.release(released);
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly(STOP_A);
    }

    @Test
    void aResultReleasedWhileItIsCopiedIsWaitedForNoLonger() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        scene.retire(a, PATIENCE_NS);
        scene.effects.take();
        scene.release(task);
        assertThat(scene.effects.take()).containsExactly("free a " + task, STOP_A);
        scene.stored(b, task);
        assertThat(scene.effects.take()).containsExactly("free b " + task);
    }

    @Test
    void aFewCopiesAreUnderWayAtATime() {
        final WorkerState a = scene.worker("a", 100);
        final int[] tasks = new int[100];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = scene.run();
        }
        scene.done(tasks);
        final WorkerState b = scene.worker("b", 1);
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).hasSize(16);
        for (final int task : tasks) {
            scene.stored(b, task);
        }
        assertThat(scene.effects.take()).hasSize(100 - 16 + 1).endsWith(STOP_A);
    }

    @Test
    void largeResultsAreCopiedOneByOne() {
        final WorkerState a = scene.worker("a", 2);
        final int[] tasks = {scene.run(), scene.run()};
        scene.done(tasks[0], 1L << 30, 1);
        scene.done(tasks[1], 1L << 30, 1);
        final WorkerState b = scene.worker("b", 1);
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly("replicate " + tasks[0] + " to b");
        scene.stored(b, tasks[0]);
        assertThat(scene.effects.take()).containsExactly("replicate " + tasks[1] + " to b");
    }

    @Test
    void copiesGoToTheWorkerThatIsLeastFilledAndHasTheMemory() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task, 800, 1);
        scene.workerWithMemory("small", 900);
        final WorkerState large = scene.workerWithMemory("large", 10_000);
        scene.workerWithMemory("larger", 100_000);
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to large");
        assertThat(large.copyingBytes).isEqualTo(800);
    }

    @Test
    void withoutAnybodyToCopyToAWorkerWaitsForOneUntilItsTimeIsOver() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.retire(a, PATIENCE_NS);
        scene.tick(PATIENCE_NS - 1);
        assertThat(scene.effects.take()).noneMatch(line -> line.startsWith("stop"));
        scene.tick(PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly(STOP_A_AT_ONCE);
        scene.worker("b", 1);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void aWorkerThatNeedNotWaitIsStoppedWhereNobodyStays() {
        final WorkerState a = scene.worker("a", 1);
        scene.done(scene.run());
        scene.retire(a, PATIENCE_NS);
        assertThat(a.stopping).isFalse();
        scene.retire(a, PATIENCE_NS, false);
        assertThat(a.stopping).isTrue();
    }

    @Test
    void theLastWorkerDoesNotWaitForSomebodyToTakeWhatTheClientHas() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.doneInline(task);
        scene.retire(a, PATIENCE_NS);
        assertThat(a.stopping).isTrue();
    }

    @Test
    void twoWorkersThatLeaveWithACopyEachDoNotRelyOnEachOther() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.task().on("a").submit();
        scene.schedule();
        scene.done(task);
        scene.stored(b, task);
        scene.retire(a, PATIENCE_NS);
        assertThat(a.stopping).isTrue();
        scene.retire(b, PATIENCE_NS);
        assertThat(b.stopping).isFalse();

        final Scene both = new Scene();
        final WorkerState c = both.worker("c", 1);
        final WorkerState d = both.worker("d", 1);
        final int shared = both.task().on("c").submit();
        final int there = both.task().on("d").submit();
        both.schedule();
        both.done(shared);
        both.stored(d, shared);
        both.run();
        both.retire(d, PATIENCE_NS);
        both.retire(c, PATIENCE_NS);
        for (final WorkerState worker : List.of(c, d)) {
            both.on(worker).forEach(both::doneInline);
        }
        assertThat(both.phase(there)).isEqualTo(TaskPhase.MEMORY);
        assertThat(c.stopping || d.stopping).isFalse();
    }

    @Test
    void aWorkerIsNeededOnlyForWhatItStillHolds() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        assertThat(isNeeded(a)).isTrue();
        scene.release(task);
        final WorkerState b = scene.worker("b", 1);
        final int other = scene.task().on("b").submit();
        scene.schedule();
        scene.done(other);
        assertThat(scene.slot(other)).isZero();
        assertThat(isNeeded(a)).isFalse();
        assertThat(isNeeded(b)).isTrue();
        scene.stored(a, other);
        assertThat(isNeeded(b)).isFalse();
    }

    @Test
    void aWorkerThatComesMeanwhileTakesTheCopies() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.retire(a, PATIENCE_NS);
        scene.effects.take();
        scene.worker("b", 1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to b");
    }

    @Test
    void whatRunsTooLongRunsElsewhereAndNothingIsBlamed() {
        final Scene strict = new Scene(0);
        final WorkerState a = strict.worker("a", 1);
        final int task = strict.run();
        final WorkerState b = strict.worker("b", 1);
        strict.retire(a, PATIENCE_NS);
        strict.effects.take();
        strict.tick(PATIENCE_NS);
        assertThat(strict.effects.take())
                .containsExactly(
                        "abandon a run 1", "free a " + task, STOP_A_AT_ONCE, "register b f", "assign b " + task);
        strict.lose(a);
        assertThat(strict.on(b)).containsExactly(task);
        assertThat(strict.core.tasks().deaths[strict.slot(task)]).isZero();
    }

    @Test
    void aWorkerThatDiesWhileItLeavesIsNobodysFault() {
        final Scene strict = new Scene(0);
        final WorkerState a = strict.worker("a", 1);
        final int task = strict.run();
        strict.retire(a, PATIENCE_NS);
        strict.lose(a);
        assertThat(strict.phase(task)).isEqualTo(TaskPhase.QUEUED);
    }

    @Test
    void aSecondRequestCanOnlyMakeItQuicker() {
        final WorkerState a = scene.worker("a", 1);
        scene.run();
        scene.retire(a, PATIENCE_NS);
        scene.retire(a, 10 * PATIENCE_NS);
        assertThat(a.stopAtNs).isEqualTo(PATIENCE_NS);
        scene.retire(a, 10);
        assertThat(a.stopAtNs).isEqualTo(10);
        assertThat(scene.effects.take()).doesNotContain(STOP_A);
        scene.tick(10);
        assertThat(scene.effects.take()).contains(STOP_A_AT_ONCE);
    }

    @Test
    void aCopyThatFailsIsTriedAgainOnAnotherWorker() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        scene.worker("c", 1);
        scene.retire(a, PATIENCE_NS);
        scene.effects.take();
        scene.notCopied(b, task, a, false);
        scene.tick(1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
        scene.notCopied(b, task, a, true);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void aResultThatTurnsOutToBeGoneIsComputedAgain() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        scene.retire(a, PATIENCE_NS);
        scene.effects.take();
        scene.notCopied(b, task, a, true);
        assertThat(scene.effects.take()).containsExactly("free a " + task, "register b f", "assign b " + task, STOP_A);
    }

    @Test
    void aCopyOnItsWayToAWorkerThatDiesOrLeavesGoesToAnother() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        final WorkerState c = scene.worker("c", 1);
        scene.retire(a, PATIENCE_NS);
        scene.effects.take();
        scene.lose(b);
        assertThat(scene.effects.take()).containsExactly("gone b", "replicate " + task + " to c");
        scene.worker("d", 1);
        scene.retire(c, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to d", "stop c: asked");
    }

    @Test
    void aCopyIsNotEnoughWhenItsHolderLeavesToo() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        final WorkerState c = scene.worker("c", 1);
        scene.stored(b, task);
        scene.run();
        scene.run();
        scene.run();
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        assertThat(scene.effects.take()).isEmpty();
        scene.retire(b, PATIENCE_NS);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
        scene.stored(c, task);
        for (final WorkerState worker : List.of(a, b)) {
            for (final int running : scene.on(worker)) {
                scene.done(running);
                scene.stored(c, running);
            }
        }
        assertThat(scene.effects.take()).contains(STOP_A, "stop b: asked");
    }

    @Test
    void aLostCopyIsMadeAgain() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        scene.stored(b, task);
        scene.run();
        scene.run();
        scene.effects.take();
        scene.retire(a, PATIENCE_NS);
        scene.worker("c", 1);
        scene.lose(b);
        assertThat(scene.effects.take()).contains("replicate " + task + " to c").doesNotContain(STOP_A);
    }

    @Test
    void aWorkerThatWasToldToStopAndDoesNotIsRemoved() {
        final WorkerState a = scene.worker("a", 1);
        scene.retire(a, PATIENCE_NS);
        scene.tick(Scene.LEASE_NS);
        assertThat(a.gone).isFalse();
        scene.tick(Scene.LEASE_NS + 1);
        assertThat(a.gone).isTrue();
    }

    @Test
    void aWorkerThatAsksToLeaveHasTheTimeThatItGives() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1, 900, 1_000);
        scene.run();
        scene.run();
        scene.core.drain(0, a, 50, "SIGTERM");
        scene.core.drain(0, b, 0, "SIGTERM");
        scene.check();
        assertThat(a.stopAtNs).isEqualTo(50);
        assertThat(b.stopAtNs).isEqualTo(1_000);
        scene.core.drain(0, b, 5_000, "SIGTERM");
        assertThat(b.stopAtNs).isEqualTo(1_000);
    }

    private boolean isNeeded(final WorkerState worker) {
        return scene.core.load().workers().stream()
                .filter(busy -> busy.number() == worker.number)
                .allMatch(Load.Busy::isNeeded);
    }
}
