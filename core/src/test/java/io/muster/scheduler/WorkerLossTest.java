package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorkerLossTest {
    private final Scene scene = new Scene();

    @Test
    void whatRanOnALostWorkerRunsOnAnother() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.lose(a);
        assertThat(scene.effects.take()).contains("gone a");
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).containsExactly(task);
        assertThat(scene.core.tasks().attempt[scene.slot(task)]).isEqualTo((short) 2);
    }

    @Test
    void aLostResultThatIsWantedIsComputedAgainAndNobodyIsToldTwiceThatItFailed() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        scene.effects.take();
        assertThat(scene.on(b)).containsExactly(task);
        scene.done(task);
        assertThat(scene.effects.take()).containsExactly("finished " + task);
    }

    @Test
    void aLostResultThatTheClientHasIsComputedAgainOnlyWhenAnotherTaskNeedsIt() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.doneInline(task);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).isEmpty();
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.RELEASED);

        final int next = scene.run(task);
        assertThat(scene.on(b)).containsExactly(task);
        scene.done(task);
        scene.done(next);
        scene.release(task);
        scene.release(next);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aLostResultIsComputedAgainFromWhatItWasMadeFromHoweverFarBack() {
        final WorkerState a = scene.worker("a", 1);
        int last = scene.run();
        scene.done(last);
        for (int i = 0; i < 20; i++) {
            final int next = scene.run(last);
            scene.done(next);
            scene.release(last);
            last = next;
        }
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        for (int i = 0; i < 21; i++) {
            assertThat(scene.on(b)).hasSize(1);
            scene.done(scene.on(b).get(0));
        }
        assertThat(scene.phase(last)).isEqualTo(TaskPhase.MEMORY);
        assertThat(scene.core.tasks().count(TaskPhase.MEMORY)).isEqualTo(1);
        scene.release(last);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void manyLostInputsOfOneTaskAreAllComputedAgain() {
        final WorkerState a = scene.worker("a", 100);
        final int[] inputs = new int[50];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = scene.run();
        }
        final int sum = scene.run(inputs);
        scene.done(inputs);
        scene.release(inputs);
        scene.lose(a);
        assertThat(scene.phase(sum)).isEqualTo(TaskPhase.WAITING);
        final WorkerState b = scene.worker("b", 100);
        scene.done(inputs);
        assertThat(scene.on(b)).containsExactly(sum);
        scene.done(sum);
        scene.release(sum);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aQueuedTaskWhoseInputIsLostWaitsForItAgain() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.task().on("a").orElsewhere().submit();
        scene.schedule();
        scene.done(input, 10_000_000_000L, 1_000_000);
        for (int i = 0; i < 2; i++) {
            scene.task().on("a").submit();
            scene.task().on("b").submit();
        }
        final int user = scene.run(input);
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.QUEUED);

        scene.core.resultMissing(scene.client, input, a.number, true);
        scene.check();
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.WAITING);
        scene.lose(a);
        for (final int running : scene.on(b)) {
            scene.done(running);
        }
        scene.done(input);
        assertThat(scene.on(b)).containsExactly(user);
    }

    @Test
    void aResultWithACopyElsewhereIsNotLost() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        final WorkerState b = scene.worker("b", 1);
        scene.stored(b, task);
        scene.stored(b, task);
        assertThat(b.storedBytes).isEqualTo(8);
        scene.effects.take();
        scene.lose(a);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.MEMORY);
        scene.release(task);
        assertThat(scene.effects.take()).containsExactly("gone a", "free b " + task);
        assertThat(b.storedBytes).isZero();
    }

    @Test
    void aCopyOfAResultThatNobodyNeedsIsFreed() {
        final WorkerState a = scene.worker("a", 1);
        final int inner = scene.task().inner().moreFollow().submit();
        final int outer = scene.task().after(inner).submit();
        final int failed = scene.run();
        scene.schedule();
        scene.done(inner);
        scene.failed(failed, "boom");
        scene.done(outer);
        scene.effects.take();

        scene.stored(a, inner);
        scene.stored(a, failed);
        scene.stored(a, 4_711);
        assertThat(scene.effects.take()).containsExactly("free a " + inner, "free a " + failed, "free a 4711");
        assertThat(a.storedBytes).isEqualTo(8);
    }

    @Test
    void aResultThatTurnsUpNeedNotBeComputed() {
        final WorkerState a = scene.worker("a", 1);
        final int running = scene.run();
        scene.run();
        final int queued = scene.run();
        final int waiting = scene.run(queued);
        final int nowhere = scene.task().on("gpu").submit();
        scene.schedule();
        final long run = scene.runId(scene.slot(running));
        final WorkerState b = scene.worker("b", "host", 1, false);
        scene.effects.take();

        scene.stored(b, running);
        assertThat(scene.effects.take()).contains("finished " + running, "abandon a run " + run, "free a " + running);
        scene.stored(b, waiting);
        scene.stored(b, queued);
        scene.stored(b, nowhere);
        assertThat(scene.effects.take()).contains("finished " + waiting, "finished " + queued, "finished " + nowhere);
        assertThat(scene.core.tasks().count(TaskPhase.MEMORY)).isEqualTo(4);
        assertThat(a.assigned + b.assigned).isEqualTo(1);
    }

    @Test
    void aRunOnTheWorkerWhereItsResultTurnsUpIsStoppedButTheResultStays() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.effects.take();
        scene.stored(a, task);
        assertThat(scene.effects.take()).containsExactly("abandon a run 1", "finished " + task);
    }

    @Test
    void withoutANannyTheOldestRunsAreBlamedForADeath() {
        final WorkerState a = scene.worker("a", 2);
        final int[] tasks = {scene.run(), scene.run(), scene.run()};
        assertThat(scene.on(a)).hasSize(3);
        scene.lose(a);
        assertThat(deaths(tasks)).containsExactly(1, 1, 0);
    }

    @Test
    void withANannyTheRunsThatItReportsAreBlamed() {
        final WorkerState a = scene.worker("a", "host", 2, true);
        final int[] tasks = {scene.run(), scene.run(), scene.run()};
        final long reported = scene.runId(scene.slot(tasks[1]));
        scene.lose(a);
        assertThat(deaths(tasks)).containsExactly(0, 0, 0);

        scene.core.blame(a, new long[] {reported, reported, 4_711}, "signal 9");
        scene.check();
        assertThat(deaths(tasks)).containsExactly(0, 1, 0);
    }

    @Test
    void anExpectedEndIsNobodysFault() {
        final Scene strict = new Scene(0);
        final WorkerState a = strict.worker("a", 2);
        final int task = strict.run();
        strict.remove(a, true);
        assertThat(strict.phase(task)).isEqualTo(TaskPhase.QUEUED);
        assertThat(strict.core.tasks().deaths[strict.slot(task)]).isZero();
    }

    @Test
    void theFourthDeathFailsTheTaskAndWhatDependsOnIt() {
        final int task = scene.task().key("culprit").submit();
        final int user = scene.task().after(task).submit();
        for (int i = 0; i < 3; i++) {
            scene.lose(scene.worker("w" + i, 1));
            assertThat(scene.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        }
        scene.effects.take();
        scene.lose(scene.worker("last", 1));
        assertThat(scene.effects.take())
                .contains("erred " + task + " KILLED_WORKER", "erred " + user + " KILLED_WORKER");
        final Object failure = scene.core.tasks().failure(scene.slot(user));
        assertThat(failure).isInstanceOfSatisfying(RecordingEffects.Failure.class, found -> {
            assertThat(found.key()).isEqualTo("culprit");
            assertThat(found.worker()).isEqualTo("last");
            assertThat(found.message()).contains("allowedFailures=3").contains("it was killed");
        });
    }

    @Test
    void aTaskBlamedTooOftenFailsThoughItRunsAgainAlready() {
        final Scene strict = new Scene(0);
        final WorkerState a = strict.worker("a", "host", 1, true);
        final int task = strict.run();
        final long run = strict.runId(strict.slot(task));
        strict.lose(a);
        final WorkerState b = strict.worker("b", 1);
        strict.tick(Scene.LEASE_NS);
        assertThat(strict.on(b)).containsExactly(task);
        strict.effects.take();

        strict.core.blame(a, new long[] {run}, "signal 9");
        strict.check();
        assertThat(strict.effects.take())
                .containsExactly("abandon b run 2", "free b " + task, "erred " + task + " KILLED_WORKER");
    }

    @Test
    void aTaskThatKillsItsWorkersKillsNoMoreThanAllowedThoughReportsComeLate() {
        final Scene some = new Scene(1);
        final int deadly = some.task().submit();
        final int innocent = some.task().submit();
        final WorkerState[] workers = new WorkerState[3];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = some.worker("w" + i, "host", 2, true);
        }
        final List<WorkerState> dead = new ArrayList<>();
        final List<Long> runs = new ArrayList<>();
        while (some.phase(deadly) == TaskPhase.PROCESSING) {
            final WorkerState killed = some.runner(deadly);
            runs.add(some.runId(some.slot(deadly)));
            dead.add(killed);
            some.lose(killed);
        }
        assertThat(dead).hasSize(2);
        assertThat(some.phase(deadly)).isEqualTo(TaskPhase.NO_WORKER);
        final int waits = some.worker("late", 1).assigned;
        assertThat(waits).isLessThanOrEqualTo(1);

        some.core.blame(dead.get(0), new long[] {runs.get(0)}, "signal 9");
        some.check();
        some.schedule();
        assertThat(some.phase(deadly)).isEqualTo(TaskPhase.NO_WORKER);
        some.core.blame(dead.get(1), new long[] {runs.get(1)}, "signal 9");
        some.check();
        some.schedule();
        assertThat(some.phase(deadly)).isEqualTo(TaskPhase.ERRED);
        assertThat(some.phase(innocent)).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void whatOthersAreBlamedForRunsAgain() {
        final Scene strict = new Scene(0);
        final WorkerState a = strict.worker("a", "host", 2, true);
        final int deadly = strict.run();
        final int innocent = strict.run();
        final long run = strict.runId(strict.slot(deadly));
        strict.lose(a);
        final WorkerState b = strict.worker("b", 2);
        assertThat(strict.on(b)).isEmpty();
        strict.core.blame(a, new long[] {run}, "signal 9");
        strict.check();
        strict.schedule();
        assertThat(strict.on(b)).containsExactly(innocent);
        assertThat(strict.phase(deadly)).isEqualTo(TaskPhase.ERRED);
    }

    @Test
    void aWorkerWithoutASignOfLifeIsRemovedWhenItsLeaseEnds() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.task().on("a").orElsewhere().submit();
        scene.schedule();
        scene.core.heartbeat(10, b);
        scene.core.tick(Scene.LEASE_NS);
        assertThat(a.gone).isFalse();
        scene.core.tick(Scene.LEASE_NS + 1);
        scene.check();
        scene.schedule();
        assertThat(a.gone).isTrue();
        assertThat(b.gone).isFalse();
        assertThat(scene.on(b)).containsExactly(task);
        assertThat(scene.core.tasks().deaths[scene.slot(task)]).isZero();
        assertThat(scene.effects.take()).contains("gone a");
        scene.lose(a);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(scene.core.livingWorkers()).isEqualTo(1);
    }

    @Test
    void aRunThatCouldNotGetAnInputRunsAgainOnceTheInputIsThere() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input);
        final int user = scene.task().after(input).on("b").submit();
        scene.schedule();
        scene.effects.take();

        scene.missing(user, input, a, true);
        assertThat(scene.phase(user)).isEqualTo(TaskPhase.WAITING);
        assertThat(scene.on(a)).containsExactly(input);
        assertThat(a.storedBytes).isZero();
        scene.done(input);
        assertThat(scene.on(b)).containsExactly(user);
    }

    @Test
    void aRunWhoseInputIsHeldBySomebodyWhoDoesNotAnswerIsTriedAgainUntilTheHolderIsGivenUp() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input);
        final int user = scene.task().after(input).on("b").submit();
        scene.schedule();
        for (int i = 0; i < 9; i++) {
            scene.missing(user, input, a, false);
            assertThat(scene.on(b)).containsExactly(user);
        }
        scene.missing(user, input, a, false);
        assertThat(scene.on(b)).isEmpty();
        assertThat(scene.on(a)).containsExactly(input);
    }

    @Test
    void aHolderThatIsSaidToHaveNoCopyIsToldToFreeItLestItHasOneAfterAll() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.effects.take();
        scene.core.resultMissing(scene.client, task, a.number, true);
        scene.check();
        assertThat(scene.effects.take()).containsExactly("free a " + task);
        scene.schedule();
        assertThat(scene.on(a)).containsExactly(task);
    }

    @Test
    void aHolderThatDoesNotAnswerIsAskedTenTimesAndEachHolderAnew() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.task().on("a").submit();
        scene.schedule();
        scene.done(task);
        scene.stored(b, task);
        scene.effects.take();
        for (int i = 0; i < 9; i++) {
            scene.core.resultMissing(scene.client, task, a.number, false);
            assertThat(scene.effects.take()).containsExactly("finished " + task);
        }
        scene.core.resultMissing(scene.client, task, a.number, false);
        scene.check();
        assertThat(scene.effects.take()).containsExactly("free a " + task, "finished " + task);
        scene.core.resultMissing(scene.client, task, b.number, false);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void whatAClientCouldNotGetIsComputedAgainAndAnnouncedAgain() {
        final WorkerState a = scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.core.resultMissing(scene.client, task, a.number, true);
        scene.schedule();
        scene.effects.take();
        scene.done(task);
        assertThat(scene.effects.take()).containsExactly("finished " + task);
        scene.core.resultMissing(scene.client, task, 4_711, true);
        assertThat(scene.effects.take()).containsExactly("finished " + task);
    }

    @Test
    void aReportOnAHolderThatIsGoneFindsTheCopyThatIsThere() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input);
        scene.stored(b, input);
        final int user = scene.task().after(input).on("b").submit();
        scene.schedule();
        scene.missing(user, input, a, true);
        assertThat(scene.on(b)).containsExactly(user);
        assertThat(scene.phase(input)).isEqualTo(TaskPhase.MEMORY);
    }

    private List<Integer> deaths(final int[] tasks) {
        final List<Integer> counts = new ArrayList<>();
        for (final int task : tasks) {
            counts.add((int) scene.core.tasks().deaths[scene.slot(task)]);
        }
        return counts;
    }
}
