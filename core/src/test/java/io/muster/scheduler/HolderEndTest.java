package io.muster.scheduler;

import static io.muster.protocol.CoordinationOperation.ACQUIRE;
import static io.muster.protocol.CoordinationStatus.DONE;
import static io.muster.protocol.CoordinationStatus.RUN_OVER;
import static org.assertj.core.api.Assertions.assertThat;

import io.muster.coordination.CoordinationRequest;
import org.junit.jupiter.api.Test;

/** What becomes of a lock when the task, the worker or the client that holds it ends. */
final class HolderEndTest {
    private final Scene scene = new Scene();
    private final WorkerState worker = scene.worker("w", 2);
    private final ClientState other = scene.joinClient();
    private long lastRequest;

    @Test
    void aTaskThatIsDoneHoldsNothing() {
        final int task = locked();
        scene.done(task);
        assertFree();
    }

    @Test
    void aTaskThatFailedHoldsNothing() {
        final int task = locked();
        scene.failed(task, "failure");
        assertFree();
    }

    @Test
    void aTaskThatWasCancelledHoldsNothing() {
        final int task = locked();
        scene.cancel(task);
        assertFree();
    }

    @Test
    void aTaskThatNobodyWantsAnyMoreHoldsNothing() {
        final int task = locked();
        scene.release(task);
        assertFree();
    }

    @Test
    void aWorkerThatIsGoneHoldsNothing() {
        locked();
        scene.lose(worker);
        assertFree();
    }

    @Test
    void aClientThatIsGoneHoldsNothing() {
        ask(scene.client);
        assertThat(scene.effects.lastAnswer().status()).isEqualTo(DONE);
        scene.core.removeClient(scene.client.number);
        assertFree();
    }

    @Test
    void aRunThatStartsAgainElsewhereDoesNotHoldWhatTheFirstHeld() {
        final int task = locked();
        final WorkerState second = scene.worker("v", 2);
        final long firstRun = scene.runId(scene.slot(task));
        scene.lose(worker);
        assertThat(scene.runner(task)).isSameAs(second);
        ask(second, firstRun, scene.core.identity(scene.slot(task)));
        assertThat(scene.effects.lastAnswer().status()).isEqualTo(RUN_OVER);

        ask(second, scene.runId(scene.slot(task)), scene.core.identity(scene.slot(task)));

        assertThat(scene.effects.lastAnswer().status()).isEqualTo(DONE);
    }

    @Test
    void aTaskThatWaitsIsToldWhenItIsCancelled() {
        final int holder = locked();
        final int waiting = scene.run();
        askAs(waiting);
        scene.cancel(waiting);
        assertThat(scene.effects.lastAnswer().status()).isEqualTo(RUN_OVER);
        scene.done(holder);
        assertFree();
    }

    @Test
    void twoTasksOfOneWorkerHoldApart() {
        final int holder = locked();
        final int waiting = scene.run();
        askAs(waiting);
        final long request = lastRequest;
        scene.done(holder);
        assertThat(scene.effects.lastAnswer().requestId()).isEqualTo(request);
        assertThat(scene.effects.lastAnswer().status()).isEqualTo(DONE);
    }

    private int locked() {
        final int task = scene.run();
        askAs(task);
        assertThat(scene.effects.lastAnswer().status()).isEqualTo(DONE);
        return task;
    }

    private void askAs(final int task) {
        final int slot = scene.slot(task);
        ask(scene.runner(task), scene.runId(slot), scene.core.identity(slot));
    }

    private void assertFree() {
        assertThat(scene.core.state().coordination.semaphores().held("l")).isZero();
        ask(other);
        assertThat(scene.effects.lastAnswer().status()).isEqualTo(DONE);
    }

    private void ask(final ClientState client) {
        scene.core.sharing().coordinate(client, acquire(0, 0));
    }

    private void ask(final WorkerState on, final long runId, final long task) {
        scene.core.sharing().coordinate(on, acquire(runId, task));
    }

    private CoordinationRequest acquire(final long runId, final long task) {
        return new CoordinationRequest(++lastRequest, ACQUIRE, "l", runId, task, 0, 1, true, new byte[0]);
    }
}
