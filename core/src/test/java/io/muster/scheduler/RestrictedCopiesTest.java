package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Copies of what some workers only may compute or hold. */
final class RestrictedCopiesTest {
    private static final long SIZE = 100;

    private final Scene scene = new Scene();
    private final WorkerState a = scene.worker("a", 1);

    @Test
    void copiesThatAreAskedForAreMadeOnThoseWorkersOnly() {
        scene.worker("b", 1);
        final int task = onAOrC();
        scene.effects.take();
        scene.replicate(Copies.EVERYWHERE, task);
        assertThat(scene.effects.take()).isEmpty();

        final WorkerState c = scene.worker("c", 1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
        scene.stored(c, task, SIZE);
        scene.tick(1);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void copiesGoAnywhereWhereTheTaskMay() {
        scene.worker("b", 1);
        final int task = scene.task().on("a").orElsewhere().submit();
        scene.schedule();
        scene.done(task);
        scene.effects.take();
        scene.replicate(2, task);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to b");
    }

    @Test
    void aCopyThatWasFetchedElsewhereIsNoneOfThemAndGoesFirst() {
        final WorkerState b = scene.worker("b", 1);
        final int task = onAOrC();
        final WorkerState c = scene.worker("c", 1);
        scene.stored(b, task, SIZE);
        scene.effects.take();
        scene.replicate(2, task);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
        scene.stored(c, task, SIZE);

        scene.replicate(2, task);

        assertThat(scene.effects.take()).containsExactly("free b " + task);
    }

    @Test
    void nothingIsMovedToOthers() {
        final int[] tasks = {onAOrC(), onAOrC(), onAOrC(), onAOrC()};
        scene.worker("b", 1);
        scene.effects.take();
        scene.rebalance(1);
        assertThat(scene.effects.take()).singleElement().asString().contains("\"moved\":0");

        scene.worker("c", 1);
        scene.effects.take();
        scene.rebalance(2);
        assertThat(scene.effects.take()).first().isEqualTo("replicate " + tasks[0] + " to c");
    }

    @Test
    void whatAWorkerThatLeavesHoldsGoesToThoseAndToOthersOnlyIfNoneIsThere() {
        scene.worker("b", 1);
        final int task = onAOrC();
        final WorkerState c = scene.worker("c", 1);
        scene.effects.take();

        scene.retire(a, WorkerState.NEVER);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
        scene.stored(c, task, SIZE);
        scene.effects.take();
        scene.retire(c, WorkerState.NEVER);

        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to b");
    }

    private int onAOrC() {
        final int task = scene.task().on("a", "c").submit();
        scene.schedule();
        scene.done(task, SIZE, 1_000);
        return task;
    }
}
