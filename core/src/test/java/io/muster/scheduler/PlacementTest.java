package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PlacementTest {
    private static final long HUGE = 10_000_000_000L;

    private final Scene scene = new Scene();

    @Test
    void aTaskGoesWhereItsInputsAreWhenTheyAreLarge() {
        scene.worker("a", 4);
        scene.worker("b", 4);
        final int input = scene.task().on("b").submit();
        scene.schedule();
        scene.done(input, HUGE, 1_000);
        for (int i = 0; i < 8; i++) {
            assertThat(scene.runner(scene.run(input)).name).isEqualTo("b");
        }
    }

    @Test
    void aTaskGoesToAnIdleWorkerWhenItsInputsAreSmallAndTheirHolderIsBusy() {
        scene.worker("a", 1);
        scene.worker("b", 1);
        final int input = scene.task().on("b").submit();
        scene.schedule();
        scene.done(input, 1_000, 1_000_000);

        final int first = scene.run(input);
        final int second = scene.run(input);
        assertThat(scene.runner(first).name).isEqualTo("b");
        assertThat(scene.runner(second).name).isEqualTo("a");
    }

    @Test
    void ofTheWorkersThatATaskNamesTheOneThatHasItsInputsIsChosen() {
        scene.worker("a", 4);
        scene.worker("b", 4);
        scene.worker("c", 4);
        final int onB = scene.task().on("b").submit();
        final int onC = scene.task().on("c").submit();
        scene.schedule();
        scene.done(onB, HUGE, 1_000);
        scene.done(onC, HUGE, 1_000);
        for (int i = 0; i < 3; i++) {
            final int named = scene.task().on("a", "b").after(onB, onC).submit();
            scene.schedule();
            assertThat(scene.runner(named).name).isEqualTo("b");
        }
    }

    @Test
    void ofTwoHoldersTheOneThatHasMoreOfTheInputsIsChosen() {
        scene.worker("a", 4);
        scene.worker("b", 4);
        final int small = scene.task().on("a").submit();
        final int large = scene.task().on("b").submit();
        scene.schedule();
        scene.done(small, 1_000_000, 1_000);
        scene.done(large, HUGE, 1_000);
        assertThat(scene.runner(scene.run(small, large)).name).isEqualTo("b");
    }

    @Test
    void aCopyOfAnInputCountsAsWellAsTheOriginal() {
        scene.worker("a", 4);
        final WorkerState b = scene.worker("b", 4);
        final int original = scene.task().on("a").submit();
        final int other = scene.task().on("b").submit();
        scene.schedule();
        scene.done(original, HUGE, 1_000);
        scene.done(other, HUGE, 1_000);
        scene.stored(b, original);
        assertThat(scene.runner(scene.run(original, other)).name).isEqualTo("b");
    }

    @Test
    void aWorkerOfUnknownTasksGetsATenthMoreThanItHasThreads() {
        final WorkerState one = scene.worker("one", 1);
        for (int i = 0; i < 100; i++) {
            scene.run();
        }
        assertThat(one.assigned).isEqualTo(2);
        final WorkerState ten = scene.worker("ten", 10);
        final WorkerState more = scene.worker("more", 24);
        assertThat(ten.assigned).isEqualTo(11);
        assertThat(more.assigned).isEqualTo(27);
        assertThat(scene.core.tasks().count(TaskPhase.QUEUED)).isEqualTo(60);
    }

    @Test
    void shortTasksAreHandedOutAheadOfTime() {
        scene.takes(0, scene.client, 10);
        for (int i = 0; i < 1_000; i++) {
            scene.unchecked().task().submit();
        }
        final WorkerState a = scene.worker("a", 1);
        assertThat(a.assigned).isBetween(100, 200);
    }

    @Test
    void shortTasksThatWaitForOneWorkerAreHandedOutAheadOfTimeToo() {
        scene.takes(0, scene.client, 10);
        final WorkerState a = scene.worker("a", 1);
        for (int i = 0; i < 1_000; i++) {
            scene.unchecked().task().on("a").submit();
        }
        scene.schedule();
        assertThat(a.assigned).isBetween(100, 200);
        new StateCheck(scene.core).checkScheduled();
    }

    @Test
    void ofVeryManyHoldersTheOneThatHoldsMostIsChosenThoughItComesLast() {
        scene.unchecked();
        final int[] inputs = new int[1_200];
        for (int i = 0; i < inputs.length; i++) {
            scene.worker("w-" + i, 1);
            inputs[i] = scene.task().submit();
        }
        scene.schedule();
        final int last = inputs[inputs.length - 1];
        final WorkerState holder = scene.runner(last);
        for (final int input : inputs) {
            scene.done(input, input == last ? 10_000_000 : 8, 1_000);
        }
        final int sum = scene.task().after(inputs).submit();
        scene.schedule();
        assertThat(scene.runner(sum)).isSameAs(holder);
    }

    @Test
    void fiveThousandWorkersSomeOfWhichAreLostGetOneTaskEachAndEndThemAll() {
        scene.unchecked();
        for (int i = 0; i < 5_000; i++) {
            final WorkerState worker = scene.worker("w-" + i, 1);
            if (i % 50 == 0) {
                scene.lose(worker);
            }
        }
        final int[] inputs = new int[4_900];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = scene.task().inner().moreFollow().submit();
        }
        final int sum = scene.task().after(inputs).submit();
        scene.schedule();
        assertThat(scene.core.workers()).allMatch(worker -> worker == null || worker.assigned == 1);
        scene.done(inputs);
        scene.done(sum);
        scene.release(sum);
        assertThat(scene.core.state().readAhead.sum()).isNotZero();
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void tasksAreSpreadOverIdleWorkers() {
        final WorkerState a = scene.worker("a", 2);
        final WorkerState b = scene.worker("b", 2);
        final WorkerState c = scene.worker("c", 2);
        for (int i = 0; i < 6; i++) {
            scene.run();
        }
        assertThat(List.of(a.assigned, b.assigned, c.assigned)).containsExactly(2, 2, 2);
    }

    @Test
    void aTaskRunsOnlyOnTheWorkersThatItNames() {
        scene.worker("a", "north", 1, false);
        final WorkerState b = scene.worker("b", "south", 1, false);
        final WorkerState c = scene.worker("c", "south", 1, false);
        final int byName = scene.task().on("b").submit();
        final int byHost = scene.task().on("south").submit();
        scene.schedule();
        assertThat(scene.on(b)).containsExactly(byName);
        assertThat(scene.on(c)).containsExactly(byHost);
    }

    @Test
    void aTaskWaitsForAWorkerThatIsNotThereYet() {
        scene.worker("a", 1);
        final int task = scene.task().on("gpu").submit();
        scene.schedule();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        scene.worker("b", 1);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        final WorkerState gpu = scene.worker("gpu", 1);
        assertThat(scene.on(gpu)).containsExactly(task);
    }

    @Test
    void aTaskThatMayRunElsewhereDoesSoOnlyWhereItsWorkersAreNotThere() {
        final WorkerState a = scene.worker("a", 1);
        final int elsewhere = scene.task().on("b").orElsewhere().submit();
        scene.schedule();
        assertThat(scene.on(a)).containsExactly(elsewhere);
        final WorkerState b = scene.worker("b", 1);
        final int there = scene.task().on("b").orElsewhere().submit();
        scene.schedule();
        assertThat(scene.on(b)).containsExactly(there);
    }

    @Test
    void aTaskForAFullWorkerWaitsForItAndRunsInItsTurn() {
        final WorkerState a = scene.worker("a", 1);
        scene.worker("b", 4);
        final int[] tasks = new int[4];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = scene.task().on("a").submit();
        }
        final int urgent = scene.task().on("a").priority(1).submit();
        scene.schedule();
        assertThat(scene.on(a)).containsExactly(urgent, tasks[0]);
        scene.done(urgent, 8, 1_000_000);
        assertThat(scene.on(a)).containsExactly(tasks[0], tasks[1]);
        scene.cancel(tasks[2]);
        scene.done(tasks[0], 8, 1_000_000);
        scene.done(tasks[1], 8, 1_000_000);
        assertThat(scene.on(a)).containsExactly(tasks[3]);
    }

    @Test
    void anUrgentTaskWithInputsComesBeforeWhatWaitsForTheWorker() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input, HUGE, 1_000_000);
        for (int i = 0; i < 4; i++) {
            scene.run(input);
        }
        final int running = scene.on(a).get(0);
        final int urgent = scene.task().after(input).priority(1).submit();
        scene.done(running, 8, 1_000_000);
        assertThat(scene.on(a)).endsWith(urgent);
    }

    @Test
    void cancellingATaskThatWaitsForNobodyToComeLeavesNothingBehind() {
        scene.worker("a", 1);
        for (int i = 0; i < 100; i++) {
            final int task = scene.task().on("gpu").submit();
            scene.schedule();
            scene.cancel(task);
        }
        new StateCheck(scene.core).checkEmpty();
        final int task = scene.task().on("gpu").submit();
        scene.schedule();
        assertThat(scene.on(scene.worker("gpu", 1))).containsExactly(task);
    }

    @Test
    void submittingAndCancellingForeverBehindAFullWorkerKeepsTheQueuesShort() {
        final WorkerState a = scene.worker("a", 1);
        for (int i = 0; i < 3; i++) {
            scene.run();
            scene.task().on("a").submit();
        }
        scene.schedule();
        scene.unchecked();
        for (int i = 0; i < 10_000; i++) {
            final int anywhere = scene.task().submit();
            final int there = scene.task().on("a").priority(-1).submit();
            scene.schedule();
            scene.cancel(anywhere, there);
        }
        assertThat(a.queue.size()).isLessThan(200);
        new StateCheck(scene.core).checkScheduled();
    }

    @Test
    void aTaskThatLeftAWorkersQueueIsNotTakenFromThereLater() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input, HUGE, 1_000_000);
        for (int i = 0; i < 2; i++) {
            scene.task().on("a").submit();
            scene.task().on("b").submit();
        }
        final int user = scene.run(input);
        final int later = scene.task().on("a").submit();
        scene.schedule();
        assertThat(scene.runner(user)).isSameAs(a);

        scene.core.resultMissing(scene.client, input, a.number, true);
        scene.check();
        scene.stored(b, input, HUGE);
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.QUEUED);
        assertThat(scene.runner(user)).isSameAs(b);
        scene.done(scene.on(a).get(0), 8, 1_000_000);
        assertThat(scene.on(a)).endsWith(later);
        assertThat(scene.runner(user)).isSameAs(b);
    }

    @Test
    void whatWaitsForABusyWorkerIsTakenOverByOneThatHasNothingToDo() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input, 1_000, 1_000_000);
        for (int i = 0; i < 6; i++) {
            scene.run(input);
        }
        assertThat(a.queued).isEqualTo(4);
        final WorkerState b = scene.worker("b", 1);
        assertThat(b.assigned).isEqualTo(2);
        assertThat(a.queued).isEqualTo(2);
    }

    @Test
    void whatWaitsForABusyWorkerStaysThereWhenItsInputsAreTooLargeToBring() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input, HUGE, 1_000_000);
        for (int i = 0; i < 6; i++) {
            scene.run(input);
        }
        final WorkerState b = scene.worker("b", 1);
        assertThat(b.assigned).isZero();
        assertThat(a.queued).isEqualTo(4);
    }

    @Test
    void whatMayRunOnOneWorkerOnlyIsNotTakenOver() {
        final WorkerState a = scene.worker("a", 1);
        for (int i = 0; i < 6; i++) {
            scene.task().on("a").submit();
        }
        scene.schedule();
        final WorkerState b = scene.worker("b", 1);
        assertThat(b.assigned).isZero();
        assertThat(a.queued).isEqualTo(4);
    }

    @Test
    void whatATaskIsExpectedToTakeCountsInsteadOfWhatItsFunctionTook() {
        scene.takes(0, scene.client, 1_000);
        final WorkerState a = scene.worker("a", 1);
        scene.task().on("a").expected(30_000_000).submit();
        scene.schedule();
        assertThat(a.occupancyUs).isEqualTo(30_000_000);
        scene.task().on("a").submit();
        scene.schedule();
        assertThat(a.occupancyUs).isEqualTo(30_001_002);
    }

    @Test
    void whatIsExpectedToTakeLongIsNotHandedOutAhead() {
        final WorkerState a = scene.worker("a", 4);
        for (int i = 0; i < 10; i++) {
            scene.task().expected(60_000_000).submit();
        }
        scene.schedule();
        assertThat(a.assigned).isEqualTo(4);
    }

    @Test
    void whatHasMuchToFetchIsHandedOutAheadForAsManyAsThereAreThreads() {
        final WorkerState a = scene.worker("a", 2);
        final WorkerState c = scene.worker("c", 2);
        scene.worker("b", 1);
        final int much = scene.task().on("b").submit();
        final int little = scene.task().on("b").submit();
        scene.schedule();
        scene.done(much, HUGE, 1_000);
        scene.done(little, 1_000_000, 1_000);
        for (int i = 0; i < 10; i++) {
            scene.task().on("a").after(little).expected(60_000_000).submit();
        }
        for (int i = 0; i < 10; i++) {
            scene.task().on("c").after(much).expected(60_000_000).submit();
        }
        scene.schedule();
        assertThat(a.assigned).isEqualTo(2);
        assertThat(a.queued).isEqualTo(8);
        assertThat(c.assigned).isEqualTo(4);
        assertThat(c.queued).isEqualTo(6);
    }

    @Test
    void tasksThatAreToldOfStayInTheirOrderThoughTheirInputsComeEarlier() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        final int[] told = {
            scene.task().expected(9_000_000).submit(),
            scene.task().expected(9_000_000).submit()
        };
        final int after = scene.task().after(input).expected(1_000_000).submit();
        scene.schedule();
        scene.done(input);
        assertThat(scene.on(a)).containsExactly(told[0]);
        scene.done(told[0]);
        assertThat(scene.on(a)).containsExactly(told[1]);
        scene.done(told[1]);
        assertThat(scene.on(a)).containsExactly(after);
    }

    @Test
    void aWorkerThatIsSendingMuchIsLeftToItsOwnTasks() {
        scene.core.links().bandwidth(100_000_000);
        scene.worker("a", 1);
        scene.worker("b", 1);
        final int input = scene.task().on("a").submit();
        final int other = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input, 1_000_000_000, 1_000);
        scene.done(other, 1_000_000_000, 1_000);
        final int busy = scene.task().on("a").expected(15_000_000).submit();
        scene.schedule();
        final int first = scene.task().after(input).expected(15_000_000).submit();
        scene.schedule();
        final int second = scene.task().after(other).expected(15_000_000).submit();
        scene.schedule();
        assertThat(scene.runner(busy).name).isEqualTo("a");
        assertThat(scene.runner(first).name).isEqualTo("b");
        assertThat(scene.core.tasks().worker[scene.slot(second)]).isEqualTo(0);
    }

    @Test
    void aTaskGoesToWhereItsInputIsUnderWayAlready() {
        scene.core.links().bandwidth(100_000_000);
        final WorkerState a = scene.worker("a", 2);
        final WorkerState b = scene.worker("b", 2);
        scene.worker("c", 2);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input, 1_000_000_000, 1_000);
        scene.task().on("a").expected(60_000_000).submit();
        scene.task().on("a").expected(60_000_000).submit();
        final int there = scene.task().on("b").after(input).expected(60_000_000).submit();
        scene.schedule();
        assertThat(scene.core.links().isUnderWay(scene.slot(input), b.number)).isTrue();
        final int second = scene.task().after(input).expected(60_000_000).submit();
        scene.schedule();
        assertThat(scene.on(a)).hasSize(2);
        assertThat(scene.runner(there)).isSameAs(b);
        assertThat(scene.runner(second)).isSameAs(b);
        scene.stored(b, input, 1_000_000_000);
        assertThat(scene.core.links().isUnderWay(scene.slot(input), b.number)).isFalse();
    }

    @Test
    void aResultIsBroughtToWhereAnotherInputOfTheSameTaskIsBeingMade() {
        scene.worker("a", 1);
        scene.worker("b", 1);
        final int early = scene.run();
        final int late = scene.run();
        scene.run(early, late);
        final WorkerState home = scene.runner(late);
        scene.done(early, 1_000_000, 1_000);
        assertThat(scene.core.links().isUnderWay(scene.slot(early), home.number))
                .isTrue();
        scene.stored(home, early, 1_000_000);
        assertThat(scene.core.links().isUnderWay(scene.slot(early), home.number))
                .isFalse();
    }

    @Test
    void allInputsOfATaskAreBroughtToOneWorkerOneAfterAnother() {
        for (int i = 0; i < 4; i++) {
            scene.worker("w" + i, 1);
        }
        final int[] inputs = {scene.run(), scene.run(), scene.run(), scene.run(), scene.run()};
        scene.run(inputs);
        scene.done(inputs[0], 100_000_000, 1_000_000);
        final WorkerState home = scene.core.workers().stream()
                .filter(worker -> worker != null && !worker.copying.isEmpty())
                .findFirst()
                .orElseThrow();
        for (int i = 1; i < 4; i++) {
            scene.done(inputs[i], 100_000_000, 1_000_000);
        }
        final int[] elsewhere = IntStream.of(inputs[0], inputs[1], inputs[2], inputs[3])
                .filter(input -> !scene.core.tasks().isHeldBy(scene.slot(input), home.number))
                .toArray();
        assertThat(elsewhere).hasSize(3);
        for (final int input : elsewhere) {
            assertThat(home.copying.toIntArray()).containsExactly(scene.slot(input));
            scene.stored(home, input, 100_000_000);
        }
        assertThat(home.copying).isEmpty();
    }

    @Test
    void aTaskBeginsBesideOneWhoseResultIsNeededTogetherWithItsOwn() {
        for (int i = 0; i < 4; i++) {
            scene.worker("w" + i, 2);
        }
        final int one = scene.task().submit();
        final int other = scene.task().submit();
        final int more = scene.task().submit();
        final int besideOne = scene.task().submit();
        final int besideMore = scene.task().submit();
        scene.task().after(one, besideOne).submit();
        scene.task().after(besideMore, more).submit();
        scene.schedule();
        assertThat(scene.runner(besideOne)).isSameAs(scene.runner(one));
        assertThat(scene.runner(besideMore)).isSameAs(scene.runner(more));
        assertThat(scene.runner(other)).isNotSameAs(scene.runner(one)).isNotSameAs(scene.runner(more));
    }

    @Test
    void whatTakesNextToNoTimeIsSpreadAlsoWhereResultsMeet() {
        scene.worker("a", 2);
        scene.worker("b", 2);
        scene.done(scene.run());
        final int one = scene.task().submit();
        final int other = scene.task().submit();
        scene.task().after(one, other).submit();
        scene.schedule();
        assertThat(scene.runner(one)).isNotSameAs(scene.runner(other));
    }

    @Test
    void whatManyNeedOrIsSmallIsNotBroughtAnywhereBeforeItIsNeeded() {
        final WorkerState a = scene.worker("a", 2);
        final WorkerState b = scene.worker("b", 1);
        final int small = scene.run();
        final int wanted = scene.run();
        final int late = scene.run();
        for (int i = 0; i < 3; i++) {
            scene.run(wanted, late);
        }
        scene.run(small, late);
        scene.done(small, 1_000, 1_000);
        scene.done(wanted, 1_000_000, 1_000);
        assertThat(a.copying).isEmpty();
        assertThat(b.copying).isEmpty();
    }

    @Test
    void manyWorkersThatCameAndWentDoNotHideThoseThatAreThere() {
        final WorkerState holder = scene.worker("holder", 1);
        for (int i = 0; i < 100; i++) {
            scene.remove(scene.worker("passing", 1), true);
        }
        final int input = scene.run();
        scene.done(input, 8, 1_000_000);
        final WorkerState other = scene.worker("other", 1);
        scene.core.drain(0, holder, 0, "asked");
        for (int i = 0; i < 3; i++) {
            final int task = scene.run(input);
            assertThat(scene.phase(task)).isIn(TaskPhase.PROCESSING, TaskPhase.QUEUED);
        }
        assertThat(other.assigned).isEqualTo(2);
    }

    @Test
    void aWorkerThatLeavesGetsNoMoreTasksAndGivesBackThoseThatWaitForIt() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input, HUGE, 1_000_000);
        final int[] tasks = {scene.run(input), scene.run(input), scene.run(input)};
        assertThat(a.queued).isEqualTo(1);

        scene.core.drain(0, a, 0, "asked");
        scene.check();
        scene.schedule();
        assertThat(a.queued).isZero();
        assertThat(scene.phase(tasks[2])).isEqualTo(TaskPhase.NO_WORKER);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).containsExactly(tasks[2]);
        scene.done(tasks[0], 8, 1_000);
        scene.done(tasks[1], 8, 1_000);
        scene.remove(a, true);
        assertThat(scene.effects.take()).contains("gone a");
    }
}
