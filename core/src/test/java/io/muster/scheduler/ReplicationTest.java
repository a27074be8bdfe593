package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReplicationTest {
    private static final long INTERVAL_NS = 10;

    private final Scene scene = new Scene();

    @Test
    void asManyCopiesAreMadeAsAreAskedFor() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        scene.worker("c", 1);
        final int task = scene.run();
        scene.done(task);
        scene.effects.take();
        scene.replicate(2, task);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to b");
        scene.stored(b, task);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(holders(task)).containsExactly(a.number, b.number);
    }

    @Test
    void whatIsAskedForBeforeTheResultExistsIsCopiedWhenItDoes() {
        scene.worker("a", 1);
        scene.worker("b", 1);
        final int task = scene.run();
        scene.replicate(2, task);
        scene.effects.take();
        scene.done(task);
        assertThat(scene.effects.take()).containsExactly("finished " + task, "replicate " + task + " to b");
    }

    @Test
    void moreCopiesThanWorkersAreMadeAsWorkersCome() {
        scene.worker("a", 1);
        final int task = scene.run();
        scene.done(task);
        scene.replicate(3, task);
        scene.effects.take();
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to b");
        scene.stored(b, task);
        scene.worker("c", 1);
        scene.worker("d", 1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to c");
    }

    @Test
    void whatIsAskedForEverywhereComesToEachNewWorker() {
        final WorkerState a = scene.worker("a", 1);
        final int data = scene.scatter();
        scene.stored(a, data);
        scene.replicate(Copies.EVERYWHERE, data);
        for (final String name : List.of("b", "c", "d")) {
            scene.effects.take();
            final WorkerState worker = scene.worker(name, 1);
            assertThat(scene.effects.take()).containsExactly("replicate " + data + " to " + name);
            scene.stored(worker, data);
        }
    }

    @Test
    void copiesSpreadFromThoseThatHaveThemTwoAtATimeEach() {
        final WorkerState a = scene.worker("a", 1);
        final List<WorkerState> others = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            others.add(scene.worker("w" + i, 1));
        }
        final int task = scene.task().on("a").orElsewhere().submit();
        scene.schedule();
        scene.done(task);
        scene.effects.take();
        scene.replicate(Copies.EVERYWHERE, task);
        assertThat(scene.effects.take()).hasSize(2);
        scene.stored(others.get(0), task);
        assertThat(scene.effects.take()).hasSize(3);
        assertThat(a.copying.size()).isZero();
    }

    @Test
    void aCopyThatIsLostIsMadeAgain() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int data = scene.scatter();
        scene.stored(a, data);
        scene.replicate(2, data);
        scene.stored(b, data);
        scene.effects.take();
        scene.worker("c", 1);
        scene.lose(a);
        assertThat(scene.effects.take()).containsExactly("gone a", "replicate " + data + " to c");
        assertThat(scene.phase(data)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void aCopyThatALeavingWorkerHoldsDoesNotCount() {
        scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.run();
        scene.done(task);
        scene.replicate(2, task);
        scene.stored(b, task);
        scene.worker("c", 1);
        scene.effects.take();
        scene.retire(b, WorkerState.NEVER);
        assertThat(scene.effects.take()).contains("replicate " + task + " to c");
    }

    @Test
    void aCopyThatFailsIsTriedAgainAtTheNextTick() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.run();
        scene.done(task);
        scene.replicate(2, task);
        scene.effects.take();
        scene.notCopied(b, task, a, false);
        assertThat(scene.effects.take()).isEmpty();
        scene.tick(1);
        assertThat(scene.effects.take()).containsExactly("replicate " + task + " to b");
    }

    @Test
    void aResultThatIsReleasedIsFreedEverywhereAndItsCopiesEnd() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final WorkerState c = scene.worker("c", 1);
        final int task = scene.run();
        scene.done(task);
        scene.replicate(3, task);
        scene.stored(b, task);
        scene.effects.take();
        scene.release(task);
        assertThat(scene.effects.take()).containsExactly("free a " + task, "free b " + task);
        assertThat(c.copying.size() + a.copying.size()).isZero();
        scene.stored(c, task);
        assertThat(scene.effects.take()).containsExactly("free c " + task);
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void fewerCopiesThanBeforeAreDroppedAtOnceOnTheFullestWorkersFirst() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final WorkerState c = scene.worker("c", 1);
        final int task = scene.run();
        scene.done(task);
        scene.replicate(3, task);
        scene.stored(b, task);
        scene.stored(c, task);
        scene.effects.take();
        scene.replicate(1, task);
        assertThat(scene.effects.take()).containsExactly("free c " + task, "free b " + task);
        assertThat(holders(task)).containsExactly(a.number);
    }

    @Test
    void aNumberBelowOneIsRefused() {
        scene.worker("a", 1);
        final int task = scene.run();
        assertThatThrownBy(() -> scene.replicate(0, task))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("copies=0 must be >= 1");
    }

    @Test
    void aCopyThatCameWithAnInputIsDroppedOnceNoTaskNeedsIt() {
        final int task = fetchedInput();
        scene.done(task + 1);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(scene.effects.take()).containsExactly("free b " + task);
        scene.tick(2 * INTERVAL_NS);
        assertThat(scene.effects.take()).isEmpty();
        assertThat(holders(task)).hasSize(1);
    }

    @Test
    void nothingIsDroppedUnlessItIsAskedFor() {
        final int task = fetchedInput();
        scene.core.reduceReplicasEvery(0);
        scene.done(task + 1);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void whatWasAskedForStaysWhereverItCameFrom() {
        final int task = fetchedInput();
        scene.replicate(2, task);
        scene.done(task + 1);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void whatAWorkerMayHaveSaidBeforeItWasToldToDropItIsNoCopy() {
        scene.core.reduceReplicasEvery(INTERVAL_NS);
        final WorkerState runs = scene.worker("runs", 1);
        final int task = scene.run();
        final WorkerState returned = scene.worker("returned", 1);
        scene.stored(returned, task);
        assertThat(scene.effects.take()).contains("free runs " + task);

        scene.stored(runs, task);
        scene.tick(INTERVAL_NS);

        assertThat(scene.effects.take()).containsExactly("free runs " + task);
        assertThat(holders(task)).containsExactly(returned.number);
    }

    @Test
    void aCopyStaysWhereATaskUsesIt() {
        final int task = fetchedInput();
        final WorkerState b = scene.runner(task + 1);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(scene.effects.take()).containsExactly("free a " + task);
        assertThat(holders(task)).containsExactly(b.number);
    }

    @Test
    void nothingIsDroppedWhileATaskFetchesIt() {
        final int task = fetchedInput();
        scene.done(task + 1);
        scene.worker("c", 1);
        final int fetching = scene.task().after(task).on("c").submit();
        scene.schedule();
        assertThat(scene.phase(fetching)).isEqualTo(TaskPhase.PROCESSING);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(scene.effects.take()).isEmpty();
        scene.stored(scene.runner(fetching), task);
        scene.tick(2 * INTERVAL_NS);
        assertThat(scene.effects.take()).containsExactly("free b " + task, "free a " + task);
    }

    @Test
    void tasksThatWaitHaveACopyEach() {
        final int task = fetchedInput();
        scene.done(task + 1);
        final int other = scene.run();
        scene.run(task, other);
        scene.run(task, other);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(scene.effects.take()).isEmpty();
        scene.cancel(other);
        scene.effects.take();
        scene.tick(2 * INTERVAL_NS);
        assertThat(scene.effects.take()).containsExactly("free b " + task);
    }

    @Test
    void aWorkerThatIsShortOfMemoryKeepsNoCopyForTasksThatWait() {
        final int task = fetchedInput();
        scene.done(task + 1);
        final int other = scene.run();
        scene.run(task, other);
        scene.run(task, other);
        final WorkerState b = scene.core.workers().get(1);
        scene.pause(b, true);
        scene.effects.take();

        scene.tick(INTERVAL_NS);

        assertThat(scene.effects.take()).containsExactly("free b " + task);
        assertThat(holders(task)).containsExactly(0);
        scene.tick(2 * INTERVAL_NS);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void aCopyThatWasAskedForStaysOnAWorkerThatIsShortOfMemory() {
        final int task = fetchedInput();
        scene.replicate(2, task);
        scene.done(task + 1);
        scene.pause(scene.core.workers().get(1), true);
        scene.effects.take();

        scene.tick(INTERVAL_NS);

        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void aCopyOnALeavingWorkerIsNotTheOneThatStays() {
        final int task = fetchedInput();
        scene.done(task + 1);
        final WorkerState b = scene.core.workers().get(1);
        scene.worker("c", 1);
        scene.run();
        scene.retire(b, WorkerState.NEVER);
        scene.effects.take();
        scene.tick(INTERVAL_NS);
        assertThat(holders(task)).contains(0);
    }

    @Test
    void aClientThatMissedACopyBeforeItCameBackDoesNotEndTheNewOne() {
        final int task = fetchedInput();
        scene.done(task + 1);
        scene.tick(INTERVAL_NS);
        final WorkerState b = scene.core.workers().get(1);
        scene.stored(b, task);
        scene.lose(scene.core.workers().get(0));
        assertThat(holders(task)).containsExactly(b.number);
        scene.effects.take();
        scene.core.resultMissing(scene.client, task, b.number, true);
        assertThat(scene.effects.take()).containsExactly("finished " + task);
        assertThat(scene.phase(task)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void whoHasWhatIsTold() {
        final int task = fetchedInput();
        assertThat(scene.core.whereabouts(scene.client, new int[] {task, task + 1}, 2))
                .isEqualTo("{\"" + task + "\":[\"a\",\"b\"]}");
        assertThat(scene.core.whereabouts(scene.client, new int[0], 0))
                .isEqualTo("{\"a\":{\"f-1-" + task + "\":8},\"b\":{\"f-1-" + task + "\":8}}");
    }

    /** A result on worker a, of which b has fetched a copy for the task after it, which runs. */
    private int fetchedInput() {
        scene.core.reduceReplicasEvery(INTERVAL_NS);
        scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int task = scene.task().on("a").submit();
        scene.schedule();
        scene.done(task);
        scene.task().after(task).on("b").submit();
        scene.schedule();
        scene.stored(b, task);
        return task;
    }

    private List<Integer> holders(final int task) {
        final int slot = scene.slot(task);
        final List<Integer> holders = new ArrayList<>();
        holders.add(scene.core.tasks().holder[slot]);
        for (final int further : scene.core.tasks().furtherHolders(slot)) {
            holders.add(further);
        }
        return holders;
    }
}
