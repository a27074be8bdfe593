package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs that wait for others, and what tasks submit. */
final class LongRunningTest {
    private final Scene scene = new Scene();

    @Test
    void aRunThatGivesItsThreadUpMakesRoomForAnother() {
        final WorkerState a = scene.worker("a", 1);
        scene.takes(0, scene.client, 1_000_000);
        final int waits = scene.run();
        final int ahead = scene.run();
        final int next = scene.run();
        assertThat(scene.on(a)).containsExactly(waits, ahead);

        scene.occupies(waits, false);

        assertThat(scene.on(a)).containsExactly(waits, ahead, next);
        assertThat(a.occupied()).isEqualTo(2);
    }

    @Test
    void aRunThatHasAThreadAgainCountsAgain() {
        final WorkerState a = scene.worker("a", 1);
        final int waits = scene.run();
        scene.occupies(waits, false);
        assertThat(a.isIdle()).isTrue();

        scene.occupies(waits, true);
        scene.occupies(waits, true);

        assertThat(a.isIdle()).isFalse();
        scene.done(waits);
        assertThat(a.occupied()).isZero();
    }

    @Test
    void aRunThatEndsWithoutAThreadLeavesNothingBehind() {
        final WorkerState a = scene.worker("a", 1);
        final int waits = scene.run();
        scene.occupies(waits, false);

        scene.done(waits);

        assertThat(a.seceded).isZero();
        assertThat(a.assigned).isZero();
    }

    @Test
    void aRunWithoutAThreadKeepsItsResources() {
        final WorkerState a = scene.worker("a", 2, Map.of("gpu", 1.0));
        final int waits = scene.task().needs("gpu", 1).submit();
        scene.schedule();
        scene.occupies(waits, false);
        final int other = scene.task().needs("gpu", 1).submit();
        scene.schedule();
        assertThat(scene.on(a)).containsExactly(waits);

        scene.done(waits);

        assertThat(scene.on(a)).containsExactly(other);
    }

    @Test
    void aReportOfARunThatIsOverChangesNothing() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        final long run = scene.runId(scene.slot(task));
        final long identity = scene.core.identity(scene.slot(task));
        scene.done(task);

        scene.core.longRunning(a, run, identity, true);

        scene.check();
        assertThat(a.seceded).isZero();
    }

    @Test
    void aWorkerThatLeavesWaitsForARunWithoutAThread() {
        final WorkerState a = scene.worker("a", 1);
        scene.worker("b", 1);
        final int waits = scene.task().on("a").submit();
        scene.schedule();
        scene.occupies(waits, false);
        scene.effects.take();

        scene.retire(a, WorkerState.NEVER);
        assertThat(scene.effects.take()).isEmpty();
        scene.done(waits);

        assertThat(scene.effects.take()).anyMatch(line -> line.startsWith("replicate"));
    }

    @Test
    void aRunWithoutAThreadHadStartedWhenItsWorkerDied() {
        final Scene strict = new Scene(0);
        final WorkerState a = strict.worker("a", 1);
        final int waits = strict.run();
        strict.occupies(waits, false);
        final int runs = strict.run();
        final int ahead = strict.run();

        strict.lose(a);

        assertThat(strict.phase(waits)).isEqualTo(TaskPhase.ERRED);
        assertThat(strict.phase(runs)).isEqualTo(TaskPhase.ERRED);
        assertThat(strict.phase(ahead)).isEqualTo(TaskPhase.QUEUED);
    }

    @Test
    void whatATaskSubmitsRunsBeforeWhatWaitsAndTheLatestOfItFirst() {
        final WorkerState a = scene.worker("a", 1);
        scene.takes(0, scene.client, 1_000_000);
        final int parent = scene.run();
        final int ahead = scene.run();
        final int waits = scene.run();
        final int child = scene.task().by(parent).submit();
        final int grandchild = scene.task().by(child).submit();

        scene.done(ahead);
        assertThat(scene.on(a)).containsExactly(parent, grandchild);
        scene.done(grandchild);
        assertThat(scene.on(a)).containsExactly(parent, child);
        scene.done(child);
        assertThat(scene.on(a)).containsExactly(parent, waits);
    }

    @Test
    void whatATaskSubmitsKeepsAPriorityThatIsHigher() {
        final WorkerState a = scene.worker("a", 1);
        scene.takes(0, scene.client, 1_000_000);
        final int parent = scene.run();
        final int ahead = scene.run();
        final int urgent = scene.task().priority(5).submit();
        final int low = scene.task().by(parent).priority(-5).submit();
        final int high = scene.task().by(parent).priority(9).submit();

        scene.done(ahead);
        assertThat(scene.on(a)).contains(high);
        scene.done(high);
        assertThat(scene.on(a)).contains(urgent);
        scene.done(urgent);
        assertThat(scene.on(a)).contains(low);
    }

    @Test
    void aParentThatIsForgottenIsNone() {
        final WorkerState a = scene.worker("a", 1);
        final int parent = scene.run();
        final long identity = scene.core.identity(scene.slot(parent));
        scene.release(parent);

        final int task = scene.task().by(identity).submit();
        scene.schedule();

        assertThat(scene.on(a)).containsExactly(task);
    }
}
