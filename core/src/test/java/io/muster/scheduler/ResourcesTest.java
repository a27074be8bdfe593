package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ResourcesTest {
    private final Scene scene = new Scene();

    @Test
    void aTaskGoesWhereEnoughIsFree() {
        scene.worker("a", 8);
        scene.worker("b", 8, Map.of("gpu", 1.0));
        final WorkerState c = scene.worker("c", 8, Map.of("gpu", 4.0));
        final int[] tasks = new int[3];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = scene.task().needs("gpu", 2).submit();
        }
        scene.schedule();
        assertThat(scene.on(c)).containsExactly(tasks[0], tasks[1]);
        assertThat(scene.phase(tasks[2])).isEqualTo(TaskPhase.QUEUED);
        scene.done(tasks[0]);
        assertThat(scene.on(c)).containsExactly(tasks[1], tasks[2]);
    }

    @Test
    void whatARunTookIsFreeHoweverItEnds() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 1.0));
        final int done = gpu();
        scene.done(done);
        final int failed = gpu();
        scene.failed(failed, "boom");
        final int cancelled = gpu();
        scene.cancel(cancelled);
        final int released = gpu();
        scene.release(released);
        final int last = gpu();
        assertThat(scene.on(a)).containsExactly(last);
        scene.done(last);
        assertThat(a.free(0)).isEqualTo(1_000_000);
    }

    @Test
    void whatNoWorkerHasIsWaitedFor() {
        scene.worker("a", 8, Map.of("gpu", 1.0));
        final int task = scene.task().needs("gpu", 2).submit();
        scene.schedule();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        scene.worker("b", 8, Map.of("gpu", 1.5, "memory", 100.0));
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        final WorkerState c = scene.worker("c", 8, Map.of("gpu", 2.0));
        assertThat(scene.on(c)).containsExactly(task);
    }

    @Test
    void whatOnlyALeavingWorkerHasIsWaitedForToo() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 1.0));
        final int running = gpu();
        final int waiting = gpu();
        assertThat(scene.phase(waiting)).isEqualTo(TaskPhase.QUEUED);
        scene.retire(a, WorkerState.NEVER);
        assertThat(scene.phase(waiting)).isEqualTo(TaskPhase.NO_WORKER);
        final WorkerState b = scene.worker("b", 8, Map.of("gpu", 1.0));
        assertThat(scene.on(b)).containsExactly(waiting);
        assertThat(scene.on(a)).containsExactly(running);
    }

    @Test
    void amountsAddUpExactly() {
        final WorkerState a = scene.worker("a", 20, Map.of("share", 1.0));
        for (int i = 0; i < 10; i++) {
            scene.task().needs("share", 0.1).submit();
        }
        final int eleventh = scene.task().needs("share", 0.1).submit();
        scene.schedule();
        assertThat(a.assigned).isEqualTo(10);
        assertThat(a.free(0)).isZero();
        assertThat(scene.phase(eleventh)).isEqualTo(TaskPhase.QUEUED);
    }

    @Test
    void tasksThatWaitForAResourceHoldUpNoOthers() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 1.0, "licence", 1.0));
        final int first = gpu();
        final int second = gpu();
        final int licensed = scene.task().needs("licence", 1).submit();
        final int plain = scene.task().submit();
        scene.schedule();
        assertThat(scene.on(a)).containsExactly(first, licensed, plain);
        assertThat(scene.phase(second)).isEqualTo(TaskPhase.QUEUED);
    }

    @Test
    void aTaskThatNeedsMuchIsNotStarvedByLaterOnesThatNeedLittle() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 2.0));
        final int[] small = {gpu(), gpu()};
        final int large = scene.task().needs("gpu", 2).submit();
        scene.schedule();
        final int later = gpu();
        scene.done(small[0]);
        assertThat(scene.on(a)).containsExactly(small[1]);
        scene.done(small[1]);
        assertThat(scene.on(a)).containsExactly(large);
        scene.done(large);
        assertThat(scene.on(a)).containsExactly(later);
    }

    @Test
    void workersThatAreNotKeptForALargeTaskServeSmallOnesMeanwhile() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 2.0));
        final int small = gpu();
        final int large = scene.task().needs("gpu", 2).submit();
        scene.schedule();
        final int later = gpu();
        assertThat(scene.phase(later)).isEqualTo(TaskPhase.QUEUED);
        final WorkerState b = scene.worker("b", 8, Map.of("gpu", 1.0));
        assertThat(scene.on(b)).containsExactly(later);
        scene.done(small);
        assertThat(scene.on(a)).containsExactly(large);
    }

    @Test
    void whenTheLargeTaskIsCancelledSmallOnesGoOn() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 2.0));
        final int small = gpu();
        final int large = scene.task().needs("gpu", 2).submit();
        scene.schedule();
        final int later = gpu();
        scene.cancel(large);
        assertThat(scene.on(a)).containsExactly(small, later);
    }

    @Test
    void aTaskThatWaitsForAResourceIsNotStarvedOfThreads() {
        final WorkerState a = scene.worker("a", 1, Map.of("gpu", 1.0));
        final int[] first = {scene.run(), scene.run()};
        final int gpu = gpu();
        for (int i = 0; i < 10; i++) {
            scene.run();
        }
        scene.done(first[0]);
        assertThat(scene.on(a)).containsExactly(first[1], gpu);
    }

    @Test
    void aTaskThatWaitsForAResourceComesBeforeLaterOnesThatWaitForTheWorker() {
        final WorkerState a = scene.worker("a", 1, Map.of("gpu", 1.0));
        final int[] first = {scene.run(), scene.run()};
        final int gpu = gpu();
        final int there = scene.task().on("a").submit();
        scene.schedule();
        scene.done(first[0]);
        assertThat(scene.on(a)).containsExactly(first[1], gpu);
        scene.done(first[1]);
        assertThat(scene.on(a)).containsExactly(gpu, there);
    }

    @Test
    void urgentTasksComeFirst() {
        final WorkerState a = scene.worker("a", 8, Map.of("gpu", 1.0));
        final int running = gpu();
        gpu();
        final int urgent = scene.task().needs("gpu", 1).priority(1).submit();
        scene.schedule();
        scene.done(running);
        assertThat(scene.on(a)).containsExactly(urgent);
    }

    @Test
    void ofWorkersThatHaveTheResourceTheOneWithTheInputsIsChosen() {
        scene.worker("a", 4, Map.of("gpu", 1.0));
        final WorkerState b = scene.worker("b", 4, Map.of("gpu", 1.0));
        final int input = scene.task().on("b").submit();
        scene.schedule();
        scene.done(input, 10_000_000_000L, 1_000);
        final int user = scene.task().after(input).needs("gpu", 1).submit();
        scene.schedule();
        assertThat(scene.runner(user)).isSameAs(b);
    }

    @Test
    void aTaskForCertainWorkersThatNeedsAResourceGetsBoth() {
        scene.worker("a", 4, Map.of("gpu", 1.0));
        scene.worker("b", 4);
        final int there = scene.task().on("b").needs("gpu", 1).submit();
        final int elsewhere = scene.task().on("b").needs("gpu", 1).orElsewhere().submit();
        scene.schedule();
        assertThat(scene.phase(there)).isEqualTo(TaskPhase.NO_WORKER);
        assertThat(scene.runner(elsewhere).name).isEqualTo("a");
    }

    @Test
    void aResourceOfAmountZeroIsNoNeed() {
        final WorkerState a = scene.worker("a", 4);
        final int task = scene.task().needs("gpu", 0).submit();
        scene.schedule();
        assertThat(scene.on(a)).containsExactly(task);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.NEGATIVE_INFINITY})
    void anAmountThatIsNoneIsRefusedAndNothingChanges(final double amount) {
        assertThatThrownBy(() -> scene.task().needs("gpu", amount).submit())
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("gpu=" + amount + " must be a number >= 0");
        new StateCheck(scene.core).checkEmpty();
        assertThat(scene.client.nextTaskId()).isZero();
    }

    @Test
    void nothingIsKeptOfNeedsThatNoTaskHasAnyMore() {
        for (int i = 1; i < 1_000; i++) {
            scene.release(scene.task().needs("memory", i).submit());
        }
        assertThat(scene.core.kinds().limit()).isLessThan(5);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void theLoadCountsWhatCouldRunByWhatItNeeds() {
        scene.takes(0, scene.client, 1_000);
        final WorkerState a = scene.worker("a", 1, Map.of("gpu", 1.0));
        final int gpu = gpu();
        gpu();
        scene.task().after(gpu).submit();
        scene.task().needs("gpu", 9).submit();
        for (int i = 0; i < 3; i++) {
            scene.task().submit();
        }
        scene.scatter();
        scene.schedule();
        final Load load = scene.core.load();
        final long eachUs = 1_002;
        assertThat(load.classes())
                .containsExactlyInAnyOrder(
                        new Load.Need(Map.of(), 3, 3 * eachUs),
                        new Load.Need(Map.of("gpu", 1.0), 2, 2 * eachUs),
                        new Load.Need(Map.of("gpu", 9.0), 1, eachUs));
        assertThat(load.waiting()).isEqualTo(1);
        assertThat(load.workers()).containsExactly(new Load.Busy(a.number, a.assigned, 0, false, false));
        scene.retire(a, WorkerState.NEVER);
        assertThat(scene.core.load().workers())
                .singleElement()
                .satisfies(worker -> assertThat(worker.leaving()).isTrue());
    }

    private int gpu() {
        final int task = scene.task().needs("gpu", 1).submit();
        scene.schedule();
        return task;
    }
}
