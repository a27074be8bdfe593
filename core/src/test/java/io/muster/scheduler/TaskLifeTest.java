package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TaskLifeTest {
    private final Scene scene = new Scene();

    @Test
    void aTaskRunsWhenAllItsInputsAreThere() {
        final WorkerState a = scene.worker("a", 8);
        final int left = scene.run();
        final int right = scene.run();
        final int sum = scene.run(left, right);

        scene.done(left);
        assertThat(scene.phase(sum)).isEqualTo(TaskPhase.WAITING);
        scene.done(right);
        assertThat(scene.on(a)).containsExactly(sum);
        scene.done(sum);
        assertThat(scene.effects.take()).contains("finished " + sum);
    }

    @Test
    void anInputThatIsNamedTwiceCountsTwice() {
        scene.worker("a", 1);
        final int input = scene.run();
        final int square = scene.run(input, input);

        scene.done(input);
        assertThat(scene.phase(square)).isEqualTo(TaskPhase.PROCESSING);
        scene.done(square);
        scene.release(input, square);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aHigherPriorityRunsFirstThenWhatWasSubmittedFirst() {
        final int second = scene.task().submit();
        final int third = scene.task().submit();
        final int last = scene.task().priority(-1).submit();
        final int first = scene.task().priority(1).submit();

        final WorkerState a = scene.worker("a", 100);
        assertThat(scene.on(a)).containsExactly(first, second, third, last);
    }

    @Test
    void prioritiesBeyondAMillionCountAsAMillionAndDoNotWrapAround() {
        final int lowest = scene.task().priority(Integer.MIN_VALUE).submit();
        final int low = scene.task().priority(-1_000_000).submit();
        final int middle = scene.task().submit();
        final int highest = scene.task().priority(Integer.MAX_VALUE).submit();
        final int high = scene.task().priority(1_000_000).submit();

        final WorkerState a = scene.worker("a", 100);
        assertThat(scene.on(a)).containsExactly(highest, high, middle, lowest, low);
    }

    @Test
    void aNegativeNumberOfRetriesIsNone() {
        scene.worker("a", 1);
        final int task = scene.task().retries(-40_000).submit();
        scene.schedule();
        scene.failed(task, "boom");
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.ERRED);
    }

    @Test
    void aFailedRunIsRepeatedAsOftenAsWasAskedFor() {
        scene.worker("a", 1);
        final int task = scene.task().retries(2).submit();
        scene.schedule();

        scene.failed(task, "first");
        scene.failed(task, "second");
        assertThat(scene.effects.take()).doesNotContain("erred " + task + " second");
        scene.failed(task, "third");
        assertThat(scene.effects.take()).contains("erred " + task + " third");
    }

    @Test
    void aFailureReachesAllThatDependOnItAndKeepsItsCause() {
        scene.worker("a", 1);
        final int root = scene.run();
        final int child = scene.run(root);
        final int grandchild = scene.run(child);
        final int bystander = scene.run();

        scene.failed(root, "boom");
        assertThat(scene.effects.take())
                .contains("erred " + root + " boom", "erred " + child + " boom", "erred " + grandchild + " boom");
        assertThat(scene.phase(bystander)).isEqualTo(TaskPhase.PROCESSING);

        final int late = scene.run(grandchild);
        assertThat(scene.effects.take()).containsExactly("erred " + late + " boom");
        scene.release(root, child, grandchild, late);
        scene.done(bystander);
        scene.release(bystander);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void whatATaskNeedsIsNotComputedWhenItFailsAtOnceForAnotherReason() {
        final WorkerState a = scene.worker("a", 4);
        final int inner = scene.task().inner().moreFollow().submit();
        final int boom = scene.task().moreFollow().submit();
        final int user = scene.task().after(inner).submit();
        scene.schedule();
        scene.done(inner);
        scene.failed(boom, "boom");
        scene.done(user);
        assertThat(scene.phase(inner)).isEqualTo(TaskPhase.RELEASED);

        final int late = scene.run(inner, boom);
        assertThat(scene.phase(late)).isEqualTo(TaskPhase.ERRED);
        assertThat(scene.phase(inner)).isEqualTo(TaskPhase.RELEASED);
        assertThat(scene.on(a)).isEmpty();
    }

    @Test
    void cancellingATaskCancelsWhatDependsOnItAndStopsItsRun() {
        scene.worker("a", 1);
        final int root = scene.run();
        final int child = scene.run(root);
        final int grandchild = scene.run(child);
        scene.effects.take();

        scene.cancel(root);
        assertThat(scene.effects.take())
                .contains("cancelled " + root, "cancelled " + child, "cancelled " + grandchild, "abandon a run 1");
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void cancellingLeavesWhatIsDoneAlone() {
        scene.worker("a", 1);
        final int root = scene.run();
        scene.done(root);
        final int child = scene.run(root);
        scene.effects.take();

        scene.cancel(root);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(scene.phase(child)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void aTaskThatIsComputedAgainForItsDependentsCanBeCancelledWithoutThem() {
        final WorkerState a = scene.worker("a", 1);
        final int root = scene.run();
        scene.done(root);
        final int child = scene.task().after(root).on("b").orElsewhere().submit();
        final WorkerState b = scene.worker("b", 1);
        scene.lose(a);
        assertThat(scene.phase(root)).isEqualTo(TaskPhase.PROCESSING);
        scene.done(root);
        scene.done(child);
        scene.core.resultMissing(scene.client, root, b.number, true);
        scene.schedule();
        assertThat(scene.phase(root)).isEqualTo(TaskPhase.PROCESSING);

        scene.cancel(root);
        assertThat(scene.phase(root)).isEqualTo(TaskPhase.RELEASED);
        assertThat(scene.phase(child)).isEqualTo(TaskPhase.MEMORY);
        scene.release(child);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aLadderOfDiamondsIsCancelledInOneWalk() {
        int top = scene.task().submit();
        final int first = top;
        for (int i = 0; i < 200; i++) {
            final int left = scene.unchecked().task().after(top).submit();
            final int right = scene.task().after(top).submit();
            top = scene.task().after(left, right).submit();
        }
        scene.cancel(first);
        assertThat(scene.effects.take()).hasSize(601);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void anInnerResultIsFreedWhenItsLastUserIsDoneAndItsTaskForgottenWithIt() {
        scene.worker("a", 1);
        final int inner = scene.task().inner().moreFollow().submit();
        final int outer = scene.task().after(inner).submit();
        scene.schedule();
        scene.done(inner);
        assertThat(scene.effects.take()).doesNotContain("finished " + inner, "free a " + inner);
        scene.done(outer);
        assertThat(scene.effects.take()).contains("free a " + inner);
        assertThat(scene.phase(inner)).isEqualTo(TaskPhase.RELEASED);

        scene.release(outer);
        assertThat(scene.effects.take()).containsExactly("free a " + outer);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aWantedResultStaysUntilItIsReleased() {
        scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input);
        final int user = scene.run(input);
        scene.release(input);
        assertThat(scene.phase(input)).isEqualTo(TaskPhase.MEMORY);
        scene.done(user);
        assertThat(scene.phase(input)).isEqualTo(TaskPhase.RELEASED);
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void releasingAPendingTaskStopsItsRun() {
        scene.worker("a", 1);
        final int task = scene.run();
        scene.effects.take();
        scene.release(task);
        assertThat(scene.effects.take()).containsExactly("abandon a run 1", "free a " + task);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void innerTasksStayUntilTheirGraphIsComplete() {
        scene.worker("a", 1);
        final int used = scene.task().inner().moreFollow().submit();
        final int unused = scene.task().inner().moreFollow().submit();
        scene.schedule();
        scene.done(used, unused);
        assertThat(scene.phase(used)).isEqualTo(TaskPhase.MEMORY);

        final int last = scene.task().after(used).submit();
        assertThat(scene.phase(used)).isEqualTo(TaskPhase.MEMORY);
        assertThat(scene.phase(unused)).isEqualTo(TaskPhase.FORGOTTEN);
        scene.schedule();
        scene.done(last);
        scene.release(last);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aGraphWhoseLastTaskIsRefusedIsCompleteAllTheSame() {
        scene.worker("a", 1);
        final int gone = scene.run();
        scene.release(gone);
        final int inner = scene.task().inner().moreFollow().submit();
        final int last = scene.task().after(gone, inner).submit();
        assertThat(scene.effects.take()).contains("cancelled " + last);
        assertThat(scene.phase(inner)).isEqualTo(TaskPhase.FORGOTTEN);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aTaskThatNobodyWantsIsNotRun() {
        final WorkerState a = scene.worker("a", 1);
        scene.task().inner().submit();
        scene.schedule();
        assertThat(scene.on(a)).isEmpty();
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aReportOnARunThatIsNotCurrentChangesNothing() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.task().on("a").orElsewhere().submit();
        scene.schedule();
        final int slot = scene.slot(task);
        final long run = scene.runId(slot);
        final long identity = scene.core.identity(slot);

        scene.core.runDone(b, run, identity, 8, 1, false, null);
        scene.core.runDone(a, run + 1, identity, 8, 1, false, null);
        scene.core.runFailed(b, run, identity, 1, "stale");
        scene.core.runDone(a, run, identity + 1, 8, 1, false, null);
        scene.core.runDone(a, run, -1, 8, 1, false, null);
        scene.check();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void aDuplicateReportIsDropped() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        final int slot = scene.slot(task);
        final long run = scene.runId(slot);
        final long identity = scene.core.identity(slot);
        scene.effects.take();
        for (int i = 0; i < 2; i++) {
            scene.core.runDone(a, run, identity, 8, 1, false, null);
            scene.check();
        }
        assertThat(scene.effects.take()).containsExactly("finished " + task);
        assertThat(a.storedBytes).isEqualTo(8);
    }

    @Test
    void aRunThatEndsWhileItIsBeingStoppedLeavesNoResultBehind() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        final int slot = scene.slot(task);
        final long run = scene.runId(slot);
        final long identity = scene.core.identity(slot);
        scene.effects.take();

        scene.release(task);
        scene.core.runDone(a, run, identity, 8, 1, false, null);
        assertThat(scene.effects.take()).containsExactly("abandon a run " + run, "free a " + task);
    }

    @Test
    void aWorkersReportOnScatteredDataAsIfItWereARunIsDropped() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        scene.core.runDone(a, 0, scene.core.identity(scene.slot(data)), 8, 1, false, null);
        scene.check();
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void anImpossibleRequestIsRefusedAndChangesNothing() {
        scene.worker("a", 1);
        final int task = scene.run();
        final long transitions = scene.core.transitions();
        scene.effects.take();

        final List<Runnable> impossible = new ArrayList<>();
        impossible.add(() -> scene.task().submitAs(task));
        impossible.add(() -> scene.task().submitAs(task + 2));
        impossible.add(() -> scene.task().submitAs(-1));
        impossible.add(() -> scene.task().function(1).submit());
        impossible.add(() -> scene.task().after(task + 1).submit());
        impossible.add(() -> scene.task().after(-1).submit());
        impossible.add(() -> scene.core.registerFunction(scene.client, 0, "body", "again"));
        impossible.add(() -> scene.core.registerFunction(scene.client, -1, "body", "negative"));
        impossible.add(() -> scene.core.scatter(scene.client, task, 8, null, null));
        for (final Runnable request : impossible) {
            assertThatThrownBy(request::run).isInstanceOf(InvalidRequestException.class);
            scene.check();
        }
        scene.release(-1, 4_711);
        scene.cancel(-1, 4_711);
        assertThat(scene.core.transitions()).isEqualTo(transitions);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(scene.live()).isEqualTo(1);
        assertThat(scene.run()).isEqualTo(task + 1);
    }

    @Test
    void whatAClientHadIsDroppedWhenItLeaves() {
        final WorkerState a = scene.worker("a", 1);
        final ClientState other = scene.joinClient();
        final int kept = scene.task().submit();
        final int done = scene.task(other).submit();
        final int pending = scene.task(other).after(done).submit();
        scene.task(other).inner().moreFollow().after(pending).submit();
        scene.schedule();
        final int slot = other.slot(done);
        scene.core.runDone(a, scene.runId(slot), scene.core.identity(slot), 8, 1, false, null);
        scene.schedule();
        scene.effects.take();

        scene.core.removeClient(other.number);
        scene.check();
        assertThat(scene.effects.take()).contains("free a " + done, "forget a f");
        assertThat(scene.live()).isEqualTo(1);
        assertThat(scene.phase(kept)).isEqualTo(TaskPhase.PROCESSING);
        scene.core.removeClient(other.number);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void theFunctionsOfClientsThatLeftMakeRoomForOthers() {
        for (int i = 0; i < 1_000; i++) {
            final ClientState passing = scene.joinClient();
            final int task = scene.task(passing).submit();
            assertThat(scene.core.tasks().kind[passing.slot(task)]).isLessThanOrEqualTo(2);
            scene.core.removeClient(passing.number);
        }
    }

    @Test
    void aClientWithAHugeFunctionNumberLeavesAtOnce() {
        scene.core.registerFunction(scene.client, Integer.MAX_VALUE, "body", "far");
        scene.core.removeClient(scene.client.number);
        assertThat(scene.core.clients()).isEmpty();
    }
}
