package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who gets the threads: clients, suspects, consumers and producers of large results, and what no worker can run. */
final class SharesTest {
    private static final long CHUNK = 100_000_000;

    private final Scene scene = new Scene();

    @Test
    void twoClientsHaveAsManyThreadsEach() {
        final ClientState other = scene.joinClient();
        final WorkerState a = scene.worker("a", 8);
        for (int i = 0; i < 100; i++) {
            scene.task().submit();
        }
        for (int i = 0; i < 100; i++) {
            scene.task(other).submit();
        }
        scene.schedule();
        assertThat(a.assigned).isEqualTo(9);
        for (int i = 0; i < 20; i++) {
            finishFirstOf(a, i % 3 == 0 ? other : scene.client);
            assertThat(Math.abs(scene.client.share.assigned - other.share.assigned))
                    .isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aClientThatComesLaterNeedNotWaitForAllThatWasSubmittedBefore() {
        final WorkerState a = scene.worker("a", 2);
        for (int i = 0; i < 1_000; i++) {
            scene.task().submit();
        }
        scene.schedule();
        final ClientState other = scene.joinClient();
        final int task = scene.task(other).submit();
        scene.schedule();
        finishFirstOf(a, scene.client);
        assertThat(scene.core.tasks().phase(other.slot(task))).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void prioritiesCountWithinAClient() {
        final ClientState other = scene.joinClient();
        for (int i = 0; i < 4; i++) {
            scene.task().priority(100).submit();
        }
        final int later = scene.task(other).submit();
        final int first = scene.task(other).priority(1).submit();
        scene.worker("a", 4);
        assertThat(scene.client.share.assigned).isEqualTo(3);
        assertThat(scene.core.tasks().phase(other.slot(first))).isEqualTo(TaskPhase.PROCESSING);
        assertThat(scene.core.tasks().phase(other.slot(later))).isEqualTo(TaskPhase.PROCESSING);
    }

    @Test
    void fifteenClientsShareInTheOrderOfWhoWasServedLeast() {
        final List<ClientState> clients = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            clients.add(scene.joinClient());
        }
        for (final ClientState client : clients) {
            for (int i = 0; i < 10; i++) {
                scene.task(client).submit();
            }
        }
        final WorkerState a = scene.worker("a", 30);
        assertThat(clients).allMatch(client -> client.share.assigned >= 2);
        for (int i = 0; i < 60; i++) {
            finishFirstOf(a, clients.get(i * 7 % 15));
            assertThat(clients).allMatch(client -> client.share.assigned >= 2);
        }
        clients.forEach(client -> scene.core.removeClient(client.number));
        scene.schedule();
    }

    @Test
    void chunksAreUsedUpBeforeOthersAreMade() {
        scene.unchecked();
        final List<WorkerState> workers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            workers.add(scene.workerWithMemory("w" + i, 200 * CHUNK));
        }
        final List<Integer> level = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            level.add(scene.task().inner().moreFollow().submit());
        }
        int root = -1;
        while (level.size() > 1) {
            final List<Integer> next = new ArrayList<>();
            for (int from = 0; from < level.size(); from += 10) {
                final int[] inputs = level.subList(from, Math.min(level.size(), from + 10)).stream()
                        .mapToInt(Integer::intValue)
                        .toArray();
                final boolean isLast = level.size() <= 10;
                root = isLast
                        ? scene.task().after(inputs).submit()
                        : scene.task().inner().moreFollow().after(inputs).submit();
                next.add(root);
            }
            level.clear();
            level.addAll(next);
        }
        scene.schedule();
        long most = 0;
        while (scene.phase(root) != TaskPhase.MEMORY) {
            for (final WorkerState worker : workers) {
                if (worker.assigned > 0) {
                    scene.done(scene.on(worker).get(0), CHUNK, 10_000);
                }
            }
            most = Math.max(most, scene.core.tasks().count(TaskPhase.MEMORY));
        }
        assertThat(most).isLessThan(80);
        new StateCheck(scene.core).checkScheduled();
    }

    @Test
    void aWorkerGetsNoMoreThanItHasThreadsWhereTheResultsWouldFillItsMemory() {
        scene.takes(0, scene.client, 10);
        final WorkerState a = scene.workerWithMemory("a", 10 * CHUNK);
        scene.done(scene.run(), CHUNK, 10);
        for (int i = 0; i < 100; i++) {
            scene.task().submit();
        }
        scene.schedule();
        assertThat(a.assigned).isEqualTo(5);
        assertThat(a.producingBytes).isEqualTo(5 * CHUNK);
        while (a.storedBytes < 9 * CHUNK) {
            scene.done(scene.on(a).get(0), CHUNK, 10);
        }
        assertThat(a.assigned).isEqualTo(1);
    }

    @Test
    void suspectsRunApartSoThatOneDeadlyTaskTakesNobodyWithIt() {
        final WorkerState a = scene.worker("a", 4);
        final int deadly = scene.run();
        final int[] innocent = {scene.run(), scene.run(), scene.run()};
        final WorkerState b = scene.worker("b", 4);
        final WorkerState c = scene.worker("c", 4);
        final int fresh = scene.run();
        scene.lose(a);
        assertThat(b.suspectRuns.asSet()).hasSize(1);
        assertThat(c.suspectRuns.asSet()).hasSize(1);
        assertThat(scene.phase(innocent[1])).isEqualTo(TaskPhase.QUEUED);
        assertThat(scene.phase(fresh)).isEqualTo(TaskPhase.PROCESSING);

        scene.done(innocent[0]);
        scene.done(innocent[1]);
        scene.done(innocent[2]);
        final WorkerState next = scene.runner(deadly);
        scene.lose(next);
        assertThat(scene.runner(deadly)).isSameAs(next == b ? c : b);
        assertThat(scene.core.tasks().deaths[scene.slot(deadly)]).isEqualTo((byte) 2);
    }

    @Test
    void whereThereIsOneWorkerNobodyIsGivenUpForWhatAnotherTaskDid() {
        WorkerState only = scene.worker("a", 4);
        final int[] suspects = {scene.run(), scene.run(), scene.run()};
        for (int death = 1; death <= 3; death++) {
            scene.lose(only);
            only = scene.worker("b" + death, 4);
        }
        assertThat(only.assigned).isEqualTo(1);
        assertThat(scene.phase(suspects[0])).isEqualTo(TaskPhase.PROCESSING);

        scene.done(suspects[0]);
        scene.done(suspects[1]);
        scene.lose(only);
        assertThat(scene.phase(suspects[2])).isEqualTo(TaskPhase.ERRED);
    }

    @Test
    void aSuspectThatWaitsForAnotherOneLetsItRun() {
        final WorkerState a = scene.worker("a", 4);
        final int parent = scene.run();
        final int other = scene.run();
        final int child = scene.run();
        scene.worker("b", 4);
        scene.worker("c", 4);
        scene.lose(a);
        final WorkerState its = scene.runner(parent);
        assertThat(scene.phase(other)).isEqualTo(TaskPhase.PROCESSING);
        assertThat(scene.phase(child)).isEqualTo(TaskPhase.QUEUED);

        scene.occupies(parent, false);
        assertThat(scene.runner(child)).isSameAs(its);
    }

    @Test
    void whereThereIsOneWorkerSuspectsRunTogether() {
        final WorkerState a = scene.worker("a", 4);
        for (int i = 0; i < 4; i++) {
            scene.run();
        }
        scene.lose(a);
        assertThat(scene.worker("b", 4).assigned).isEqualTo(4);
    }

    @Test
    void aSuspectDoesNotStartBeforeWhatIsMoreUrgent() {
        final WorkerState a = scene.worker("a", 1);
        final int suspect = scene.task().priority(-1).submit();
        scene.schedule();
        scene.lose(a);
        final int urgent = scene.run();
        final int alsoUrgent = scene.run();
        final WorkerState b = scene.worker("b", 1);
        assertThat(scene.on(b)).containsExactly(urgent, alsoUrgent);
        assertThat(scene.phase(suspect)).isEqualTo(TaskPhase.QUEUED);

        scene.done(urgent);
        assertThat(scene.on(b)).containsExactly(alsoUrgent, suspect);
    }

    @Test
    void aSuspectStartsBeforeWhatIsLessUrgent() {
        final WorkerState a = scene.worker("a", 1);
        final int suspect = scene.run();
        scene.lose(a);
        final int between = scene.task().priority(1).submit();
        final int later = scene.run();
        assertThat(scene.on(scene.worker("b", 1))).containsExactly(between, suspect);
        assertThat(scene.phase(later)).isEqualTo(TaskPhase.QUEUED);
    }

    @Test
    void othersPassASuspectThatFindsNoWorkerWithoutOne() {
        final WorkerState a = scene.worker("a", 3);
        final int[] suspects = {scene.run(), scene.run(), scene.run()};
        final WorkerState b = scene.worker("b", 1);
        scene.worker("c", 1);
        scene.lose(a);
        assertThat(scene.phase(suspects[2])).isEqualTo(TaskPhase.QUEUED);
        assertThat(scene.phase(scene.run())).isEqualTo(TaskPhase.PROCESSING);
        scene.done(scene.on(b).get(0));
        assertThat(scene.on(b)).contains(suspects[2]);
    }

    @Test
    void whatIsNoSuspectAnyMoreWhenItsTurnComesStillGetsItsResources() {
        final WorkerState a = scene.workerWithNanny("a", 1, Map.of("gpu", 1.0));
        final int cleared = scene.task().priority(-1).needs("gpu", 1).submit();
        scene.schedule();
        final int[] urgent = {scene.run(), scene.run(), scene.run()};
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1, Map.of("gpu", 1.0));
        assertThat(scene.on(b)).containsExactly(urgent[0], urgent[1]);
        scene.core.blame(a, new long[0], "killed by the batch system");

        final WorkerState c = scene.worker("c", 2);
        assertThat(scene.on(c)).containsExactly(urgent[2]);
        assertThat(scene.phase(cleared)).isEqualTo(TaskPhase.QUEUED);
        scene.done(urgent[0]);
        assertThat(scene.on(b)).contains(cleared);
    }

    @Test
    void aSuspectGetsTheResourcesThatAnotherTaskDoesNotNeedAnyMore() {
        final WorkerState a = scene.worker("a", 1, Map.of("gpu", 1.0));
        final int suspect = scene.task().on("a", "b").needs("gpu", 1).submit();
        scene.schedule();
        final WorkerState b = scene.worker("b", 4, Map.of("gpu", 2.0));
        scene.task().on("b").needs("gpu", 1).submit();
        scene.schedule();
        final int urgent = scene.task().priority(1).needs("gpu", 2).submit();
        scene.schedule();
        scene.lose(a);
        assertThat(scene.phase(suspect)).isEqualTo(TaskPhase.QUEUED);

        final WorkerState c = scene.worker("c", 1, Map.of("gpu", 2.0));
        assertThat(scene.on(c)).containsExactly(urgent);
        assertThat(scene.on(b)).contains(suspect);
    }

    @Test
    void aClientIsToldOnceWhatNoWorkerCanRun() {
        scene.worker("a", 1, Map.of("gpu", 1.0));
        scene.effects.take();
        scene.task().key("big").needs("gpu", 4).submit();
        scene.task().needs("gpu", 4).submit();
        scene.schedule();
        assertThat(scene.effects.take())
                .singleElement()
                .asString()
                .contains("warn 1: ", "big", "resources={gpu=4.0}", "a on host with {gpu=1.0}");
        scene.task().on("nowhere").submit();
        scene.schedule();
        assertThat(scene.effects.take()).singleElement().asString().contains("workers=[nowhere]");
        scene.tick(1);
        assertThat(scene.effects.take()).isEmpty();
    }

    @Test
    void beforeTheFirstWorkerNobodyIsWarned() {
        final int task = scene.task().needs("gpu", 4).submit();
        scene.schedule();
        assertThat(scene.effects.take()).isEmpty();
        scene.worker("a", 1);
        assertThat(scene.effects.take()).singleElement().asString().startsWith("warn");
        scene.worker("b", 1, Map.of("gpu", 4.0));
        assertThat(scene.runner(task).name).isEqualTo("b");
    }

    @Test
    void whatNoWorkerCanRunFailsAfterTheTimeout() {
        final Scene impatient = new Scene(new CoreSettings(3, Long.MAX_VALUE / 4, true, 100));
        impatient.worker("a", 1);
        final int task = impatient.task().needs("gpu", 1).submit();
        final int user = impatient.task().after(task).submit();
        impatient.schedule();
        impatient.tick(99);
        assertThat(impatient.phase(task)).isEqualTo(TaskPhase.NO_WORKER);
        impatient.effects.take();
        impatient.tick(100);
        assertThat(impatient.effects.take()).contains("erred " + task + " NO_WORKER", "erred " + user + " NO_WORKER");
        assertThat(impatient.core.tasks().failure(impatient.slot(task)))
                .asString()
                .contains("resources={gpu=1.0}", "scheduler.no-workers-timeout");
    }

    @Test
    void whatWaitsForAPausingWorkerDoesNotFail() {
        final Scene impatient = new Scene(new CoreSettings(3, Long.MAX_VALUE / 4, true, 100));
        final WorkerState a = impatient.worker("a", 1);
        impatient.pause(a, true);
        final int task = impatient.task().on("a").submit();
        final int plain = impatient.run();
        impatient.tick(500);
        impatient.pause(a, false);
        assertThat(impatient.on(a)).containsExactlyInAnyOrder(task, plain);
    }

    @Test
    void whereNobodyIsThereAllFailsAfterTheTimeout() {
        final Scene impatient = new Scene(new CoreSettings(3, Long.MAX_VALUE / 4, true, 100));
        final int task = impatient.run();
        impatient.tick(10);
        impatient.tick(109);
        assertThat(impatient.phase(task)).isEqualTo(TaskPhase.QUEUED);
        impatient.tick(110);
        assertThat(impatient.phase(task)).isEqualTo(TaskPhase.ERRED);
    }

    private void finishFirstOf(final WorkerState worker, final ClientState client) {
        for (int slot = worker.runs.first(); slot != TaskTable.NONE; slot = scene.core.tasks().nextInList[slot]) {
            if (scene.core.tasks().client[slot] == client.number) {
                scene.core.runDone(
                        worker, scene.runId(slot), scene.core.identity(slot), 8, 1_000_000_000L, false, null);
                scene.check();
                scene.schedule();
                return;
            }
        }
    }
}
