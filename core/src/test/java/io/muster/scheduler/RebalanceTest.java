package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RebalanceTest {
    private static final long SIZE = 100;

    private final Scene scene = new Scene();

    @Test
    void resultsMoveUntilAllWorkersHoldTheSame() {
        final WorkerState a = scene.worker("a", 1);
        final int[] tasks = results(4);
        final WorkerState b = scene.worker("b", 1);
        scene.effects.take();
        scene.rebalance(7);
        assertThat(scene.effects.take())
                .containsExactly("replicate " + tasks[0] + " to b", "replicate " + tasks[1] + " to b");
        scene.stored(b, tasks[0], SIZE);
        assertThat(scene.effects.take()).containsExactly("free a " + tasks[0]);
        scene.stored(b, tasks[1], SIZE);
        final List<String> last = scene.effects.take();
        assertThat(last.get(0)).isEqualTo("free a " + tasks[1]);
        assertThat(last.get(1)).startsWith("answer 7 ").contains("\"moved\":2", "\"bytes\":200", "\"failed\":0");
        assertThat(a.storedBytes).isEqualTo(b.storedBytes);
    }

    @Test
    void whatIsEvenStaysAndIsAnsweredAtOnce() {
        scene.worker("a", 1);
        results(1);
        scene.worker("b", 1);
        scene.effects.take();
        scene.rebalance(1);
        assertThat(scene.effects.take()).singleElement().asString().contains("\"moved\":0");
    }

    @Test
    void onlyWhatIsNamedMoves() {
        scene.worker("a", 1);
        final int[] tasks = results(4);
        scene.worker("b", 1);
        scene.effects.take();
        scene.rebalance(1, tasks[3]);
        assertThat(scene.effects.take()).containsExactly("replicate " + tasks[3] + " to b");
    }

    @Test
    void aWorkerThatHasMuchRoomGivesNothing() {
        scene.workerWithMemory("a", 10_000);
        results(4);
        scene.workerWithMemory("b", 10_000);
        scene.effects.take();
        scene.rebalance(1);
        assertThat(scene.effects.take()).singleElement().asString().contains("\"moved\":0");
    }

    @Test
    void aWorkerThatIsNearlyFullTakesNothing() {
        scene.workerWithMemory("a", 1_000);
        results(8);
        scene.workerWithMemory("b", 150);
        scene.workerWithMemory("c", 1_000);
        scene.effects.take();
        scene.rebalance(1);
        assertThat(scene.effects.take()).isNotEmpty().allMatch(line -> line.endsWith("to c"));
    }

    @Test
    void aMoveWhoseCopyFailsIsCountedAndTheRestGoesOn() {
        final WorkerState a = scene.worker("a", 1);
        final int[] tasks = results(4);
        final WorkerState b = scene.worker("b", 1);
        scene.rebalance(1);
        scene.effects.take();
        scene.notCopied(b, tasks[0], a, false);
        scene.stored(b, tasks[1], SIZE);
        assertThat(scene.effects.take().get(1)).contains("\"moved\":1", "\"failed\":1");
        assertThat(scene.phase(tasks[0])).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void aWorkerThatDiesOrAResultThatIsReleasedMeanwhileEndsTheMove() {
        scene.worker("a", 1);
        final int[] tasks = results(4);
        final WorkerState b = scene.worker("b", 1);
        scene.rebalance(1);
        scene.release(tasks[0]);
        scene.effects.take();
        scene.lose(b);
        assertThat(scene.effects.take()).last().asString().contains("\"moved\":0", "\"failed\":2");
    }

    @Test
    void theFirstCopyStaysWhereATaskUsesIt() {
        scene.worker("a", 1);
        final int[] tasks = results(4);
        final WorkerState b = scene.worker("b", 1);
        scene.rebalance(1);
        scene.task().after(tasks[0]).on("a").submit();
        scene.schedule();
        scene.effects.take();
        scene.stored(b, tasks[0], SIZE);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void oneRequestIsServedAfterTheOther() {
        scene.worker("a", 1);
        final int[] tasks = results(4);
        final WorkerState b = scene.worker("b", 1);
        scene.rebalance(1);
        scene.rebalance(2);
        scene.effects.take();
        scene.stored(b, tasks[0], SIZE);
        scene.stored(b, tasks[1], SIZE);
        assertThat(scene.effects.take())
                .anyMatch(line -> line.startsWith("answer 1 ") && line.contains("\"moved\":2"))
                .anyMatch(line -> line.startsWith("answer 2 ") && line.contains("\"moved\":0"));
    }

    private int[] results(final int count) {
        final int[] tasks = new int[count];
        for (int i = 0; i < count; i++) {
            tasks[i] = scene.run();
            scene.done(tasks[i], SIZE, 1);
        }
        return tasks;
    }
}
