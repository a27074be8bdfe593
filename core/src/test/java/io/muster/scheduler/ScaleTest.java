package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** A million tasks: nothing recurses, and nothing takes longer than in proportion. Limits leave room for busy machines. */
final class ScaleTest {
    private static final int MILLION = 1_000_000;
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Scene scene = new Scene().unchecked();

    @Test
    void aChainOfAMillionIsFailedAndReleased() {
        within(() -> {
            scene.worker("a", 1);
            final int last = chain();
            scene.schedule();
            scene.failed(0, "boom");
            assertThat(scene.core.tasks().count(TaskPhase.ERRED)).isEqualTo(MILLION);
            scene.release(last);
            return scene;
        });
    }

    @Test
    void aChainOfAMillionIsCancelled() {
        within(() -> {
            chain();
            scene.cancel(0);
            return scene;
        });
    }

    @Test
    void aChainOfAMillionIsComputedLostAndNeededAgain() {
        within(() -> {
            final WorkerState a = scene.worker("a", 1);
            final int last = chain();
            scene.schedule();
            for (int task = 0; task < MILLION; task++) {
                finish(task);
            }
            scene.effects.take();
            scene.lose(a);
            assertThat(scene.core.tasks().count(TaskPhase.WAITING)).isEqualTo(MILLION - 1);
            scene.release(last);
            return scene;
        });
    }

    @Test
    void aTaskWithAMillionInputsIsComputedLostAndReleased() {
        within(() -> {
            final WorkerState a = scene.worker("a", 1_000);
            final int[] inputs = new int[MILLION];
            for (int i = 0; i < MILLION; i++) {
                inputs[i] = scene.task().inner().moreFollow().submit();
            }
            final int sum = scene.task().after(inputs).submit();
            scene.schedule();
            for (int task = 0; task < MILLION; task++) {
                finish(task);
            }
            assertThat(scene.on(a)).containsExactly(sum);
            scene.lose(a);
            assertThat(scene.phase(sum)).isEqualTo(TaskPhase.WAITING);
            scene.release(sum);
            return scene;
        });
    }

    @Test
    void aMillionDependentsOfOneTaskFailTogether() {
        within(() -> {
            scene.worker("a", 1);
            scene.task().submit();
            for (int i = 0; i < MILLION; i++) {
                scene.task().after(0).submit();
            }
            scene.schedule();
            scene.failed(0, "boom");
            scene.core.removeClient(scene.client.number);
            return scene;
        });
    }

    private int chain() {
        int last = scene.task().inner().moreFollow().submit();
        for (int i = 2; i < MILLION; i++) {
            last = scene.task().inner().moreFollow().after(last).submit();
        }
        return scene.task().after(last).submit();
    }

    private void finish(final int task) {
        final int slot = scene.slot(task);
        scene.core.runDone(scene.runner(task), scene.runId(slot), scene.core.identity(slot), 8, 10_000, false, null);
        scene.core.schedule();
    }

    private static void within(final Supplier<Scene> story) {
        final Scene told = Assertions.assertTimeout(LIMIT, story::get);
        new StateCheck(told.core).checkEmpty();
    }
}
