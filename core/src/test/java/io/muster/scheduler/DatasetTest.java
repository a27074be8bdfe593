package io.muster.scheduler;

import static io.muster.protocol.CoordinationOperation.DATASET_NAMES;
import static io.muster.protocol.CoordinationOperation.DATASET_PUBLISH;
import static io.muster.protocol.CoordinationOperation.DATASET_REMOVE;
import static io.muster.protocol.CoordinationOperation.DATASET_SIZE;
import static io.muster.protocol.CoordinationStatus.DONE;
import static io.muster.protocol.CoordinationStatus.REFUSED;
import static io.muster.protocol.CoordinationStatus.UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.coordination.CoordinationAnswer;
import io.muster.coordination.CoordinationRequest;
import io.muster.protocol.ArrayBuffer;
import io.muster.protocol.CoordinationOperation;
import org.junit.jupiter.api.Test;

/** Published results outlive their client, and serve others. */
final class DatasetTest {
    private final Scene scene = new Scene();
    private final WorkerState worker = scene.worker("w", 2);
    private final ClientState other = scene.joinClient();
    private long lastRequest;

    @Test
    void aPublishedResultStaysWhenItsClientLeavesAndAnotherClientHasItAsInput() {
        final int input = scene.run();
        scene.done(input);
        final int task = scene.run(input);
        scene.done(task);
        assertThat(publish("d", task).status()).isEqualTo(DONE);
        final int slot = scene.slot(task);

        scene.core.removeClient(scene.client.number);
        scene.check();

        assertThat(scene.core.tasks().phase(slot)).isEqualTo(TaskPhase.MEMORY);
        assertThat(worker.storedBytes).isEqualTo(8);
        assertThat(ask(other, DATASET_SIZE, "d").amount()).isOne();
        get(0, "d", 0);
        final int mine = other.slot(0);
        assertThat(scene.core.tasks().phase(mine)).isEqualTo(TaskPhase.PROCESSING);
        doneByOther(0);
        assertThat(scene.effects.take()).anyMatch(line -> line.startsWith("finished"));
    }

    @Test
    void withoutItsNameAPublishedResultGoesAndWithItsLastTaskTheFunctionsOfItsClient() {
        final int task = scene.run();
        scene.done(task);
        publish("d", task);
        scene.core.removeClient(scene.client.number);
        assertThat(scene.core.state().departed).hasSize(1);
        assertThat(scene.effects.take()).noneMatch(line -> line.contains("forget"));

        assertThat(ask(other, DATASET_REMOVE, "d").amount()).isOne();

        scene.check();
        assertThat(scene.core.state().departed).isEmpty();
        assertThat(worker.storedBytes).isZero();
        assertThat(scene.effects.take())
                .anyMatch(line -> line.startsWith("free"))
                .anyMatch(line -> line.contains("forget"));
        assertThat(ask(other, DATASET_REMOVE, "d").amount()).isZero();
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aPublishedResultThatIsLostIsComputedAgainAlthoughItsClientLeft() {
        final int input = scene.run();
        scene.done(input);
        final int task = scene.run(input);
        scene.done(task);
        publish("d", task);
        final int slot = scene.slot(task);
        final int inputSlot = scene.slot(input);
        scene.core.removeClient(scene.client.number);
        scene.lose(worker);

        scene.worker("v", 1);
        finish(inputSlot);
        finish(slot);

        assertThat(scene.core.tasks().phase(slot)).isEqualTo(TaskPhase.MEMORY);
        assertThat(scene.core.tasks().phase(inputSlot)).isEqualTo(TaskPhase.RELEASED);
    }

    @Test
    void whoTookAPublishedResultStillGetsItWhenItIsUnpublishedMeanwhile() {
        final int task = scene.run();
        scene.done(task);
        publish("d", task);
        scene.core.removeClient(scene.client.number);
        get(0, "d", 0);
        ask(other, DATASET_REMOVE, "d");
        scene.check();
        assertThat(scene.core.state().departed).hasSize(1);

        doneByOther(0);

        assertThat(scene.core.tasks().count(TaskPhase.MEMORY)).isOne();
        scene.core.release(other, 0);
        scene.check();
        assertThat(scene.core.state().departed).isEmpty();
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void aResultUnderTwoNamesStaysForTheOther() {
        final int task = scene.run();
        scene.done(task);
        publish("one", task, task);
        publish("two", task);
        scene.release(task);
        ask(other, DATASET_REMOVE, "one");
        assertThat(scene.core.tasks().count(TaskPhase.MEMORY)).isOne();
        ask(other, DATASET_REMOVE, "two");
        scene.check();
        new StateCheck(scene.core).checkEmpty();
    }

    @Test
    void onlyResultsThatExistArePublishedAndOnlyUnderANewName() {
        final int pending = scene.run();
        assertThat(publish("d", pending).status()).isEqualTo(REFUSED);
        assertThat(publish("d", 99).text())
                .contains("result 0 must exist to be published")
                .contains("dataset=d");
        scene.done(pending);
        publish("d", pending);
        assertThat(publish("d", pending).text()).contains("dataset=d is published already");
        publish("a", pending);
        assertThat(ask(other, DATASET_NAMES, "").text()).isEqualTo("a\nd");
        assertThat(ask(other, DATASET_SIZE, "none").status()).isEqualTo(UNAVAILABLE);
    }

    @Test
    void whatIsNotPublishedEndsAsCancelledForWhoTakesIt() {
        get(0, "none", 0);
        assertThat(scene.effects.take()).anyMatch(line -> line.contains("cancelled 0"));
        final int task = scene.run();
        scene.done(task);
        publish("d", task);
        get(1, "d", 1);
        get(2, "d", -1);
        assertThat(scene.live()).isOne();
        assertThatThrownBy(() -> get(7, "d", 0)).isInstanceOf(InvalidRequestException.class);
        assertThatThrownBy(() -> scene.core.submitPublished(other, 3, 55, "p", "d", 0))
                .isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void cancellingATaskLeavesAloneWhatOthersMakeOfIt() {
        final int task = scene.run();
        scene.done(task);
        publish("d", task);
        get(0, "d", 0);
        doneByOther(0);
        final int slot = scene.slot(task);
        scene.core.release(other, 0);
        scene.lose(worker);
        assertThat(scene.core.tasks().phase(slot)).isEqualTo(TaskPhase.QUEUED);
        get(1, "d", 0);
        scene.effects.take();

        scene.cancel(task);

        assertThat(scene.effects.take()).noneMatch(line -> line.contains("cancelled 1"));
        assertThat(scene.core.tasks().phase(other.slot(1))).isEqualTo(TaskPhase.WAITING);
        assertThat(scene.core.tasks().phase(slot)).isEqualTo(TaskPhase.QUEUED);
    }

    private CoordinationAnswer publish(final String name, final int... tasks) {
        final byte[] packed = new byte[tasks.length * Integer.BYTES];
        final ArrayBuffer buffer = new ArrayBuffer(packed);
        for (int i = 0; i < tasks.length; i++) {
            Wire.putInt(buffer, i * Integer.BYTES, tasks[i]);
        }
        return ask(scene.client, DATASET_PUBLISH, name, packed);
    }

    private CoordinationAnswer ask(final ClientState client, final CoordinationOperation operation, final String name) {
        return ask(client, operation, name, new byte[0]);
    }

    private CoordinationAnswer ask(
            final ClientState client, final CoordinationOperation operation, final String name, final byte[] value) {
        scene.core
                .sharing()
                .coordinate(client, new CoordinationRequest(++lastRequest, operation, name, 0, 0, 0, 0, false, value));
        scene.check();
        assertThat(scene.effects.lastAnswer().requestId()).isEqualTo(lastRequest);
        return scene.effects.lastAnswer();
    }

    private void get(final int taskId, final String name, final int index) {
        scene.core.submitPublished(other, taskId, 0, "payload", name, index);
        scene.check();
        scene.schedule();
    }

    private void doneByOther(final int taskId) {
        finish(other.slot(taskId));
    }

    private void finish(final int slot) {
        final WorkerState on = scene.core.workers().get(scene.core.tasks().worker[slot]);
        scene.core.runDone(on, scene.runId(slot), scene.core.identity(slot), 8, 1_000, false, null);
        scene.check();
        scene.schedule();
    }
}
