package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.worker.WorkerStatus;
import org.junit.jupiter.api.Test;

final class WorkerMemoryTest {
    private final Scene scene = new Scene();

    @Test
    void aTaskWhoseInputsFitIntoNoWorkerFailsAtOnce() {
        final WorkerState a = limited("a", 100);
        final int left = large(60);
        final int right = large(60);

        final int both = scene.run(left, right);

        assertThat(scene.phase(both)).isEqualTo(TaskPhase.ERRED);
        assertThat(scene.effects.take()).anyMatch(effect -> effect.contains("TOO_LARGE"));
        assertThat(scene.core.tasks().count(TaskPhase.MEMORY)).isEqualTo(2);
        assertThat(a.assigned).isZero();
    }

    @Test
    void aTaskThatFitsIntoOneOfTheWorkersRuns() {
        limited("a", 100);
        limited("b", 200);

        final int both = scene.run(large(60), large(60));

        assertThat(scene.phase(both)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void aWorkerWithoutLimitTakesWhatOthersCannot() {
        limited("a", 100);
        scene.worker("b", 1);

        final int both = scene.run(large(60), large(60));

        assertThat(scene.phase(both)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void whatDependsOnATaskThatIsTooLargeFailsWithIt() {
        limited("a", 100);
        final int left = large(60);
        final int right = large(60);
        final int both = scene.task().after(left, right).submit();
        final int next = scene.task().after(both).submit();
        scene.schedule();

        assertThat(scene.phase(next)).isEqualTo(TaskPhase.ERRED);
    }

    @Test
    void aPausedWorkerGetsNothingUntilItGoesOn() {
        final WorkerState a = scene.worker("a", 1);
        scene.core.pause(1, a, true);
        scene.schedule();

        final int task = scene.run();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.QUEUED);

        scene.core.pause(2, a, false);
        scene.schedule();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void aWorkerTellsWhatTakesItsMemory() {
        final WorkerState a = scene.worker("a", 1);
        assertThat(a.memory.describe()).containsEntry("managed_bytes", null);

        scene.core.memory(a, new WorkerStatus(false, 30, 40, 100, 0));

        assertThat(a.memory.describe())
                .containsEntry("managed_bytes", 30L)
                .containsEntry("spilled_bytes", 40L)
                .containsEntry("process_bytes", 100L)
                .containsEntry("unmanaged_bytes", 70L);
    }

    private WorkerState limited(final String name, final long hardLimitBytes) {
        final WorkerState worker = scene.worker(name, 1);
        scene.core.memory(worker, new WorkerStatus(false, 0, 0, 0, hardLimitBytes));
        return worker;
    }

    private int large(final long sizeBytes) {
        final int task = scene.run();
        scene.done(task, sizeBytes, 1_000);
        return task;
    }
}
