package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What workers are given before its inputs are there. */
final class AheadTest {
    private static final long SHORT_US = 50;
    private static final long MILLISECOND_NS = 1_000_000;

    private final Scene scene = new Scene();
    private final WorkerState a = scene.worker("a", 1);

    @BeforeEach
    void theFunctionIsKnownToBeShort() {
        scene.takes(0, scene.client, SHORT_US);
    }

    @Test
    void aChainIsWithItsWorkerBeforeTheFirstLinkIsDoneAndIsNotSentAgain() {
        final int first = scene.run();
        final int second = scene.run(first);
        final int third = scene.run(second);
        assertThat(assigned()).containsExactly("assign a " + first, "assign a " + second, "assign a " + third);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.WAITING);
        assertThat(scene.on(a)).containsExactly(first);

        final long run = scene.runId(scene.slot(second));
        done(first);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.PROCESSING);
        assertThat(scene.runId(scene.slot(second))).isEqualTo(run);
        assertThat(scene.on(a)).containsExactly(second);
        done(second);
        done(third);
        assertThat(assigned()).isEmpty();
        assertThat(scene.core.tasks().attempt[scene.slot(third)]).isEqualTo((short) 1);
    }

    @Test
    void aChainThatIsThereAsAWholeGoesSomeWayAheadAndIsContinuedInPieces() {
        int last = scene.task().moreFollow().submit();
        for (int i = 1; i < 60; i++) {
            last = scene.task().after(last).moreFollow().submit();
        }
        scene.schedule();
        assertThat(assigned()).hasSize(33);
        int task = last - 59;
        while (assigned().isEmpty()) {
            done(task++);
        }
        assertThat(task).as("tasks done before more are given").isEqualTo(last - 59 + 16);
        assertThat(a.early.count).isEqualTo(32);
    }

    @Test
    void whatTakesLongOrWhoKnowsHowLongIsNotGivenAhead() {
        scene.core.registerFunction(scene.client, 1, "body", "unknown");
        scene.core.registerFunction(scene.client, 2, "body", "long");
        scene.takes(2, scene.client, 5_000);
        final int first = scene.run();
        scene.task().function(1).after(first).submit();
        scene.task().function(2).after(first).submit();
        scene.schedule();
        assertThat(assigned()).containsExactly("assign a " + first);
    }

    @Test
    void nothingIsGivenAheadOfWhatWaitsForAWorker() {
        final int first = scene.run();
        scene.worker("b", 1, Map.of("gpu", 1.0));
        scene.task().needs("gpu", 1).submit();
        final int waiting = scene.task().needs("gpu", 1).submit();
        scene.schedule();
        assertThat(scene.phase(waiting)).isEqualTo(TaskPhase.QUEUED);
        scene.effects.take();
        final int second = scene.run(first);
        assertThat(assigned()).isEmpty();
        done(first);
        assertThat(assigned()).containsExactly("assign a " + second);
    }

    @Test
    void whatHasManyDependentsOrManyInputsIsNotLookedAt() {
        final int first = scene.run();
        for (int i = 0; i < 17; i++) {
            scene.task().after(first).moreFollow().submit();
        }
        scene.schedule();
        assertThat(assigned()).containsExactly("assign a " + first);

        final int[] inputs = new int[9];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = scene.run();
        }
        scene.run(inputs);
        assertThat(assigned()).hasSize(9);
    }

    @Test
    void anIdleWorkerGetsItsShareOfWhatBranchesOutButNoLinkOfAChain() {
        scene.worker("b", 1);
        final int root = scene.run();
        final int link = scene.run(root);
        assertThat(assigned()).containsExactly("assign a " + root, "assign a " + link);
        scene.run(root);
        assertThat(assigned()).isEmpty();
        assertThat(scene.phase(link)).isEqualTo(TaskPhase.WAITING);
    }

    @Test
    void anInputOfAnotherWorkerIsWaitedForByTheScheduler() {
        final int first = scene.run();
        scene.worker("b", 1);
        final int second = scene.task().on("b").submit();
        scene.schedule();
        scene.run(first, second);
        assertThat(assigned()).containsExactly("assign a " + first, "assign b " + second);
    }

    @Test
    void whatFollowsAFailureIsTakenBackAndFails() {
        final int first = scene.run();
        final int second = scene.run(first);
        final int third = scene.run(second);
        final long secondRun = scene.runId(scene.slot(second));
        final long thirdRun = scene.runId(scene.slot(third));
        scene.effects.take();
        scene.failed(first, "boom");
        assertThat(scene.effects.take())
                .contains("abandon a run " + secondRun, "abandon a run " + thirdRun, "erred " + third + " boom");
        assertThat(a.early.count).isZero();
    }

    @Test
    void whatFollowsAnotherTryIsGivenAnew() {
        final int first = scene.task().retries(1).submit();
        final int second = scene.run(first);
        final long run = scene.runId(scene.slot(second));
        assertThat(run).isPositive();
        scene.effects.take();
        scene.failed(first, "boom");
        assertThat(scene.effects.take()).contains("abandon a run " + run, "assign a " + first);
        assertThat(scene.runId(scene.slot(second))).isGreaterThan(run);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.WAITING);
    }

    @Test
    void whatFollowsAStolenTaskIsTakenBackAndFollowsItToTheThief() {
        scene.run();
        final int stolen = scene.run();
        final int follower = scene.run(stolen);
        final long run = scene.runId(scene.slot(follower));
        assertThat(run).isPositive();
        final WorkerState b = scene.worker("b", 1);
        scene.tick(100 * MILLISECOND_NS);
        scene.effects.take();
        scene.answer(a, stolen, true);
        assertThat(scene.effects.take()).contains("abandon a run " + run, "assign b " + stolen, "assign b " + follower);
        assertThat(scene.on(b)).containsExactly(stolen);
    }

    @Test
    void whatWaitsAtAWorkerThatIsGoneGoesOnElsewhere() {
        final int first = scene.run();
        final int second = scene.run(first);
        assertThat(scene.runId(scene.slot(second))).isPositive();
        scene.worker("b", 1);
        scene.effects.take();
        scene.remove(a, true);
        assertThat(assigned()).containsExactly("assign b " + first, "assign b " + second);
    }

    @Test
    void aNannysWordThatAnEarlyRunHadStartedIsBelieved() {
        final WorkerState c = scene.worker("c", "host", 1, true);
        scene.remove(a, true);
        final int first = scene.run();
        final int second = scene.run(first);
        final long run = scene.runId(scene.slot(second));
        assertThat(run).isPositive();
        scene.lose(c);
        scene.core.blame(c, new long[] {run}, "killed");
        scene.check();
        assertThat(scene.core.tasks().deaths[scene.slot(first)]).isZero();
        assertThat(scene.core.tasks().deaths[scene.slot(second)]).isEqualTo((byte) 1);
    }

    @Test
    void aCancelledTaskIsTakenBackAndWhatItWouldHaveLeftIsDropped() {
        final int first = scene.run();
        final int second = scene.run(first);
        final long run = scene.runId(scene.slot(second));
        scene.effects.take();
        scene.cancel(second);
        assertThat(scene.effects.take()).contains("abandon a run " + run, "free a " + second);
        assertThat(a.early.count).isZero();
        done(first);
    }

    @Test
    void aWorkerThatPausesOrLeavesKeepsNothingThatHasNotBegun() {
        final int first = scene.run();
        final int second = scene.run(first);
        scene.pause(a, true);
        assertThat(a.early.count).isZero();
        scene.pause(a, false);
        done(first);
        assertThat(scene.on(a)).containsExactly(second);
        scene.run(second);
        assertThat(a.early.count).isOne();
        scene.retire(a, 0);
        assertThat(a.early.count).isZero();
    }

    @Test
    void aResultThatComesBeforeThoseItIsMadeFromIsTakenAllTheSame() {
        final int first = scene.run();
        final int second = scene.run(first);
        done(second);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.MEMORY);
        done(first);
        assertThat(scene.phase(first)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void anEarlyRunThatCannotHaveAnInputEndsAndItsTaskWaitsOn() {
        final int there = scene.run();
        done(there);
        final int first = scene.run();
        final int second = scene.run(there, first);
        assertThat(scene.runId(scene.slot(second))).isPositive();
        scene.missing(second, there, a, true);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.WAITING);
        done(first);
        done(there);
        done(second);
    }

    private void done(final int task) {
        scene.done(task, 8, SHORT_US);
    }

    private List<String> assigned() {
        return scene.effects.take().stream()
                .filter(line -> line.startsWith("assign"))
                .toList();
    }
}
