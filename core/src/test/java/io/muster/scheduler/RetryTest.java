package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Failed tasks that run again, clusters that begin anew, and what is interrupted. */
final class RetryTest {
    private final Scene scene = new Scene();
    private final WorkerState a = scene.worker("a", 2);

    @Test
    void aFailedTaskRunsAgain() {
        final int task = scene.run();
        scene.failed(task, "no disk");
        scene.retry(task);
        assertThat(scene.on(a)).containsExactly(task);
        scene.done(task);
        assertThat(scene.effects.take()).contains("erred " + task + " no disk", "finished " + task);
    }

    @Test
    void whatItIsMadeFromThatFailedRunsAgainToo() {
        final int root = scene.run();
        final int middle = scene.task().inner().moreFollow().after(root).submit();
        final int top = scene.task().after(middle).submit();
        final int other = scene.task().after(root).submit();
        scene.failed(root, "no disk");
        scene.effects.take();

        scene.retry(top);
        assertThat(scene.on(a)).containsExactly(root);
        scene.done(root);
        scene.done(middle);
        scene.done(top);

        assertThat(scene.effects.take()).contains("finished " + root, "finished " + top);
        assertThat(scene.phase(other)).isEqualTo(TaskPhase.ERRED);
        scene.release(root, top, other);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void whatFailedAfterNobodyNeededWhatIsMadeFromItRunsAgainToo() {
        final int first = scene.run();
        final int second = scene.run();
        final int middle = scene.task().inner().moreFollow().after(second).submit();
        final int top = scene.task().after(first, middle).submit();
        scene.failed(first, "no disk");
        assertThat(scene.phase(middle)).isEqualTo(TaskPhase.RELEASED);
        scene.failed(second, "no disk");

        scene.retry(top);
        assertThat(scene.on(a)).containsExactlyInAnyOrder(first, second);
        scene.done(first);
        scene.done(second);
        scene.done(middle);
        scene.done(top);
        assertThat(scene.effects.take()).contains("finished " + top);
        scene.release(first, second, top);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aTaskThatFailsAgainSaysSoAgain() {
        final int task = scene.run();
        scene.failed(task, "first");
        scene.retry(task);
        scene.failed(task, "second");
        assertThat(scene.effects.take()).contains("erred " + task + " first", "erred " + task + " second");
    }

    @Test
    void dataThatIsLostStaysLost() {
        final int data = scene.scatter();
        scene.stored(a, data);
        final int task = scene.run(data);
        scene.lose(a);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.ERRED);
        final WorkerState b = scene.worker("b", 1);

        scene.retry(task);

        assertThat(scene.phase(task)).isEqualTo(TaskPhase.ERRED);
        assertThat(scene.on(b)).isEmpty();
    }

    @Test
    void aClientThatCouldNotReadAResultIsToldOfItAgain() {
        final int done = scene.run();
        scene.done(done);
        final int runs = scene.run();
        scene.effects.take();

        scene.retry(done, runs, 99);

        assertThat(scene.effects.take()).containsExactly("finished " + done, "cancelled 99");
    }

    @Test
    void aResultThatTheClientHadAndThatIsLostIsComputedAgain() {
        final int task = scene.run();
        scene.doneInline(task);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).isEmpty();

        scene.retry(task);

        assertThat(scene.on(b)).containsExactly(task);
    }

    @Test
    void deathsAreForgottenAndNamedAnew() {
        final Scene strict = new Scene(1);
        final int task = strict.task().submit();
        for (final String name : new String[] {"x", "y"}) {
            strict.lose(strict.worker(name, 1));
        }
        assertThat(((RecordingEffects.Failure) strict.core.tasks().failure(strict.slot(task))).details())
                .containsExactly("x: it was killed", "y: it was killed");

        strict.retry(task);
        strict.lose(strict.worker("z", 1));

        assertThat(strict.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        assertThat(strict.core.tasks().deathReports(strict.slot(task))).containsExactly("z: it was killed");
    }

    @Test
    void aRestartDropsTheTasksOfAllClients() {
        final ClientState other = scene.joinClient();
        final int done = scene.run();
        scene.done(done);
        final int runs = scene.run();
        final int open = scene.task().moreFollow().submit();
        final int theirs = scene.task(other).submit();
        scene.schedule();
        scene.effects.take();

        assertThat(scene.core.restart(0, "asked")).isEmpty();
        scene.check();

        assertThat(scene.effects.take())
                .contains("cancelled " + done, "cancelled " + runs, "cancelled " + open, "cancelled " + theirs)
                .anyMatch(line -> line.startsWith("interrupt a"))
                .contains("free a " + done);
        new StateCheck(scene.core).checkEmpty();
        final int next = scene.run();
        assertThat(scene.on(a)).containsExactly(next);
    }

    @Test
    void aRestartReplacesTheWorkersThatHaveANanny() {
        final WorkerState nannied = scene.worker("n", "host", 1, true);
        final int task = scene.run();
        scene.effects.take();

        assertThat(scene.core.restart(0, "asked")).containsExactly(nannied.number);
        scene.check();

        assertThat(scene.effects.take()).contains("cancelled " + task, "restart n: asked");
        assertThat(scene.core.restart(0, "again")).isEmpty();
        final int next = scene.run();
        assertThat(scene.on(nannied)).isEmpty();
        assertThat(scene.on(a)).containsExactly(next);
    }

    @Test
    void aCancelledRunIsInterruptedIfAskedFor() {
        final int one = scene.run();
        final int two = scene.run();
        scene.effects.take();

        scene.core.cancel(scene.client, new int[] {one}, 1, true);
        scene.core.cancel(scene.client, new int[] {two}, 1, false);
        scene.check();

        assertThat(scene.effects.take())
                .anyMatch(line -> line.startsWith("interrupt a run"))
                .anyMatch(line -> line.startsWith("abandon a run"));
    }
}
