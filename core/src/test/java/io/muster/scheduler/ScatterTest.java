package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ScatterTest {
    private final Scene scene = new Scene();

    @Test
    void scatteredDataIsPlacedOnOneWorkerAfterTheOther() {
        scene.worker("a", 1);
        scene.worker("b", 1);
        final int first = scene.scatter();
        final int second = scene.scatter();
        assertThat(scene.runner(first)).isNotSameAs(scene.runner(second));
        assertThat(scene.effects.take())
                .containsExactly(
                        "scatter " + first + " to " + scene.runner(first).number,
                        "scatter " + second + " to " + scene.runner(second).number);
    }

    @Test
    void scatteredDataGoesToTheWorkersThatItNames() {
        scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.runner(scene.scatter("b"))).isSameAs(b);
        final int data = scene.scatter("gpu");
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.NO_WORKER);
        scene.worker("c", 1);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.NO_WORKER);
        final WorkerState gpu = scene.worker("gpu", 1);
        assertThat(scene.runner(data)).isSameAs(gpu);
    }

    @Test
    void whatNeedsScatteredDataRunsWhenItIsThere() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        final int user = scene.run(data);
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.WAITING);
        scene.stored(a, data);
        assertThat(scene.on(a)).containsExactly(user);
        assertThat(scene.effects.take()).contains("finished " + data);
    }

    @Test
    void scatteredDataIsPlacedAgainWhenItsWorkerDiesBeforeItHasIt() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        scene.lose(a);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.NO_WORKER);
        scene.effects.take();
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.effects.take()).containsExactly("scatter " + data + " to " + b.number);
        scene.stored(b, data);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void whoWantsLostScatteredDataIsToldAndWhatDependsOnItFails() {
        final WorkerState a = scene.worker("a", 1);
        scene.worker("b", 1);
        final int data = scene.scatter("a");
        scene.stored(a, data);
        final int waiting =
                scene.task().after(data, scene.task().on("gpu").submit()).submit();
        final int queued = scene.task().after(data).on("gpu").submit();
        scene.schedule();
        scene.effects.take();
        scene.lose(a);
        assertThat(scene.effects.take())
                .containsExactly(
                        "gone a", "lost " + data, "erred " + waiting + " DATA_LOST", "erred " + queued + " DATA_LOST");
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.ERRED);
        scene.release(waiting, queued);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.FORGOTTEN);
    }

    @Test
    void aRunThatHasItsScatteredInputAlreadyGoesOnThoughTheDataIsLost() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int data = scene.scatter("a");
        scene.stored(a, data);
        final int user = scene.task().after(data).on("b").submit();
        scene.schedule();
        scene.lose(a);
        assertThat(scene.on(b)).containsExactly(user);
        scene.done(user);
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.MEMORY);
        scene.lose(b);
        assertThat(scene.effects.take()).contains("erred " + user + " DATA_LOST");
        scene.release(user);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void scatteredDataStaysWhileSomethingDependsOnIt() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int data = scene.scatter("a");
        final int user = scene.task().after(data).on("b").orElsewhere().submit();
        scene.release(data);
        scene.stored(a, data);
        scene.done(user);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.MEMORY);
        scene.lose(b);
        assertThat(scene.on(a)).containsExactly(user);
        scene.done(user);
        scene.release(user);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void scatteredDataThatIsReleasedBeforeItIsPlacedIsForgotten() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        scene.release(data);
        new StateCheck(scene.core).checkEmpty();
        scene.effects.take();
        scene.stored(a, data);
        assertThat(scene.effects.take()).containsExactly("free a " + data);
    }

    @Test
    void whatDependsOnDataThatWasDroppedBeforeItCameFailsInsteadOfRunningIt() {
        scene.worker("a", 1);
        final int boom = scene.run();
        scene.failed(boom, "boom");
        final int data = scene.scatter();
        final int erred = scene.run(data, boom);
        scene.release(data);
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.RELEASED);

        final int late = scene.run(data);
        assertThat(scene.effects.take()).contains("erred " + late + " DATA_LOST");
        scene.release(boom, erred, late);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void dataOnItsWayToALostWorkerIsForgottenIfNobodyNeedsItAnyMore() {
        final WorkerState a = scene.worker("a", 1);
        final int lost = scene.scatter();
        scene.stored(a, lost);
        final int coming = scene.scatter();
        final int user = scene.task().inner().moreFollow().after(lost, coming).submit();
        scene.task().after(user).submit();
        scene.release(coming);
        scene.cancel(user + 1);
        scene.effects.take();
        scene.release(lost);
        new StateCheck(scene.core).checkEmpty();

        final int held = scene.scatter();
        scene.stored(a, held);
        final int awaited = scene.scatter();
        final int doomed = scene.run(held, awaited);
        scene.release(awaited);
        scene.lose(a);
        assertThat(scene.phase(doomed)).isEqualTo(TaskPhase.ERRED);
        assertThat(scene.phase(awaited)).isEqualTo(TaskPhase.RELEASED);
        scene.release(doomed);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aResultLostTogetherWithTheDataItIsMadeFromIsNotFreedTwice() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        scene.stored(a, data);
        final int inner = scene.task().inner().moreFollow().after(data).submit();
        final int never = scene.task().moreFollow().on("gpu").submit();
        final int outer = scene.task().after(inner, data, never).submit();
        scene.schedule();
        scene.done(inner);
        scene.lose(a);
        assertThat(scene.phase(outer)).isEqualTo(TaskPhase.ERRED);
        scene.release(outer, never);
        new StateCheck(scene.core).checkEmpty();
    }
}
