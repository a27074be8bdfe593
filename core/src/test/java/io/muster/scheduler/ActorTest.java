package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.scheduler.Effects.FailureKind;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Results that stay where they are, and what calls them. */
final class ActorTest {
    private static final int TOLD = 0;
    private static final long PATIENCE_NS = 2 * Scene.LEASE_NS;

    private final Scene scene = new Scene();
    private final WorkerState a = scene.worker("a", 1);

    @Test
    void callsGoToItsWorkerAtOnceInTheirOrderWhateverThatDoes() {
        final int actor = made();
        final int busy = scene.run();

        final int first = scene.call(actor);
        final int second = scene.call(actor);

        assertThat(scene.on(a)).containsExactly(busy);
        assertThat(scene.calls(a)).containsExactly(first, second);
        assertThat(a.assigned).isEqualTo(1);
        assertThat(a.hasRoom()).as("calls take no place").isTrue();
        scene.done(second);
        assertThat(scene.effects.take()).contains("finished " + second);
    }

    @Test
    void callsWaitInTheirOrderUntilItIsMade() {
        final int actor = scene.task().actor().submit();
        scene.schedule();
        final int first = scene.call(actor);
        final int second = scene.call(scene.joinClient(), actor, ClientRequests.WANTED);
        assertThat(scene.calls(a)).isEmpty();
        scene.effects.take();

        scene.done(actor);

        assertThat(scene.effects.take()).containsSubsequence("assign a " + first, "assign a " + second);
    }

    @Test
    void callsFailWithItsConstructor() {
        final int actor = scene.task().actor().submit();
        scene.schedule();
        final int early = scene.call(actor);
        scene.failed(actor, "no memory");
        final int late = scene.call(actor);

        assertThat(scene.effects.take()).contains("erred " + early + " no memory", "erred " + late + " no memory");
    }

    @Test
    void whatNobodyHoldsAFutureOnIsCalledAllTheSame() {
        final int actor = made();
        final int told = scene.call(scene.client, actor, TOLD);
        final int forgotten = scene.call(actor);
        final int cancelled = scene.call(actor);

        scene.release(forgotten);
        scene.cancel(cancelled);

        assertThat(scene.calls(a)).containsExactly(told, forgotten, cancelled);
        scene.done(told, forgotten);
        scene.failed(cancelled, "too late");
        assertThat(scene.phase(told)).isEqualTo(TaskPhase.FORGOTTEN);
        assertThat(scene.phase(forgotten)).isEqualTo(TaskPhase.FORGOTTEN);
        assertThat(scene.phase(cancelled)).isEqualTo(TaskPhase.FORGOTTEN);
    }

    @Test
    void whatAClientCallsIsDroppedWhenItLeaves() {
        final int actor = made();
        final ClientState other = scene.joinClient();
        scene.call(other, actor, TOLD);

        scene.core.removeClient(other.number);

        scene.check();
        assertThat(scene.calls(a)).isEmpty();
        assertThat(scene.phase(actor)).isEqualTo(TaskPhase.MEMORY);
    }

    @Test
    void itIsFreedWhenItIsClosedAndTheCallsBeforeThatAreOver() {
        final int actor = made();
        final ClientState other = scene.joinClient();
        final int before = scene.call(other, actor, TOLD);
        scene.release(actor);
        scene.effects.take();

        final int after = scene.call(other, actor, ClientRequests.WANTED);
        assertThat(scene.effects.take()).containsExactly("erred " + after + " ACTOR_LOST");
        core().runDone(
                        a,
                        core().tasks().runId[other.slot(before)],
                        core().identity(other.slot(before)),
                        8,
                        1,
                        false,
                        null);

        scene.check();
        assertThat(scene.effects.take()).contains("free a " + actor);
        assertThat(a.actors).isZero();
        final int late = scene.call(other, actor, ClientRequests.WANTED);
        assertThat(scene.effects.take()).containsExactly("erred " + late + " ACTOR_LOST");
    }

    @Test
    void itGoesWithTheClientThatMadeIt() {
        made();
        scene.core.removeClient(scene.client.number);
        scene.check();
        assertThat(a.actors).isZero();
        assertThat(scene.live()).isZero();
    }

    @Test
    void itIsLostWithItsWorkerAndSoAreCallsOfIt() {
        final int actor = made();
        final WorkerState b = scene.worker("b", 1);
        final int underWay = scene.call(actor);
        scene.call(scene.client, actor, TOLD);
        final int depends = scene.task().after(underWay).submit();
        scene.effects.take();

        scene.lose(a);
        final int late = scene.call(actor);

        assertThat(scene.effects.take())
                .contains(
                        "erred " + underWay + " ACTOR_LOST",
                        "erred " + depends + " ACTOR_LOST",
                        "erred " + late + " ACTOR_LOST")
                .doesNotContain("assign b " + actor);
        assertThat(scene.on(b)).isEmpty();
        assertThat(failure(late).message()).contains("the actor is lost: it was killed");
    }

    @Test
    void aResultOfACallThatIsLostIsNotComputedAgain() {
        final int actor = made();
        final int call = scene.call(actor);
        scene.done(call);
        scene.lose(a);
        scene.worker("b", 1);

        assertThat(failure(call).kind()).isEqualTo(FailureKind.ACTOR_LOST);
    }

    @Test
    void neitherItNorItsCallsAreRunAgainOnDemand() {
        final int actor = made();
        final int call = scene.call(actor);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        scene.effects.take();

        scene.retry(call, actor);

        assertThat(scene.on(b)).isEmpty();
        assertThat(scene.effects.take()).contains("erred " + call + " ACTOR_LOST");
    }

    @Test
    void itsConstructorRunsElsewhereIfItsWorkerIsLostBeforeItIsMade() {
        final int actor = scene.task().actor().submit();
        scene.schedule();
        final int call = scene.call(actor);
        scene.lose(a);
        final WorkerState b = scene.worker("b", 1);
        scene.done(actor);

        assertThat(scene.calls(b)).containsExactly(call);
    }

    @Test
    void whatAWorkerBringsFromAnEarlierSessionIsFreed() {
        final int actor = scene.task().actor().submit();
        scene.schedule();
        scene.lose(a);
        final WorkerState again = scene.worker("a", 1);
        scene.worker("b", 1);
        assertThat(scene.on(again)).containsExactly(actor);
        scene.done(actor);
        final WorkerState stray = scene.worker("c", 1);
        scene.effects.take();

        scene.stored(stray, actor);

        assertThat(scene.effects.take()).containsExactly("free c " + actor);
        assertThat(again.actors).isOne();
    }

    @Test
    void eachIsMadeWhereTheFewestAre() {
        final WorkerState b = scene.worker("b", 1);
        final WorkerState c = scene.worker("c", 1);
        for (int i = 0; i < 6; i++) {
            made();
        }
        assertThat(a.actors).isEqualTo(2);
        assertThat(b.actors).isEqualTo(2);
        assertThat(c.actors).isEqualTo(2);
    }

    @Test
    void itKeepsTheResourcesOfItsConstructorUntilItIsFreed() {
        final WorkerState g = scene.worker("g", 2, Map.of("gpu", 1.0));
        final int actor = scene.task().actor().needs("gpu", 1).submit();
        scene.schedule();
        scene.done(actor);
        final int waits = scene.task().needs("gpu", 1).submit();
        scene.schedule();
        assertThat(scene.on(g)).isEmpty();

        scene.release(actor);

        assertThat(scene.on(g)).containsExactly(waits);
    }

    @Test
    void itGoesOnlyWhereItMay() {
        final WorkerState b = scene.worker("b", 1);
        final int actor = scene.task().actor().on("b").submit();
        scene.schedule();
        assertThat(scene.on(b)).containsExactly(actor);
    }

    @Test
    void itIsNeverCopied() {
        scene.worker("b", 1);
        final int actor = made();
        scene.effects.take();

        scene.replicate(2, actor);
        scene.rebalance(7, actor);
        scene.tick(10_000_000_000L);

        assertThat(scene.effects.take()).noneMatch(line -> line.startsWith("replicate"));
    }

    @Test
    void aWorkerThatPausesGoesOnWithItsCalls() {
        final int actor = made();
        final int call = scene.call(actor);
        scene.pause(a, true);
        final int other = scene.call(actor);

        assertThat(scene.effects.take()).noneMatch(line -> line.startsWith("take back"));
        assertThat(scene.calls(a)).containsExactly(call, other);
    }

    @Test
    void aWorkerThatLeavesKeepsItForAWhileAndThenLosesIt() {
        scene.worker("b", 1);
        final int actor = made();
        final int call = scene.call(actor);
        scene.retire(a, WorkerState.NEVER);
        scene.tick(PATIENCE_NS - 1);
        scene.done(call);
        scene.release(call);
        final int last = scene.call(actor);
        assertThat(scene.calls(a)).containsExactly(last);
        scene.effects.take();

        scene.tick(PATIENCE_NS);

        assertThat(scene.effects.take()).contains("erred " + last + " ACTOR_LOST", "free a " + actor);
        assertThat(failure(last).message()).contains("the worker leaves: asked");
        scene.tick(PATIENCE_NS + 1);
        assertThat(a.stopping).isTrue();
    }

    @Test
    void anActorThatIsMadeOnceTheTimeOfActorsIsOverKeepsItsWorkerNotLonger() {
        scene.worker("b", 1);
        final int actor = made();
        final int slow = scene.task().actor().on("a").submit();
        scene.schedule();
        scene.retire(a, WorkerState.NEVER);
        scene.tick(PATIENCE_NS);
        scene.release(actor);
        scene.done(slow);
        assertThat(a.stopping).isFalse();

        scene.tick(2 * PATIENCE_NS);

        assertThat(failure(slow).kind()).isEqualTo(FailureKind.ACTOR_LOST);
        assertThat(a.stopping).isTrue();
    }

    @Test
    void aWorkerThatLeavesGoesOnceItsActorsAreClosed() {
        scene.worker("b", 1);
        final int actor = made();
        scene.retire(a, WorkerState.NEVER);
        assertThat(a.stopping).isFalse();
        scene.release(actor);
        assertThat(a.stopping).isTrue();
    }

    @Test
    void aWorkerWithoutTimeLosesItAtOnce() {
        scene.worker("b", 1);
        final int actor = made();
        final int call = scene.call(actor);
        scene.retire(a, 100);
        scene.tick(100);
        assertThat(failure(call).kind()).isEqualTo(FailureKind.ACTOR_LOST);
        assertThat(scene.calls(a)).isEmpty();
        assertThat(a.stopping).isTrue();
    }

    @Test
    void allAreDroppedWhenTheClusterIsRestarted() {
        final int actor = made();
        scene.call(scene.client, actor, TOLD);
        scene.core.restart(0, "restarted");
        scene.check();
        assertThat(a.actors).isZero();
        assertThat(scene.calls(a)).isEmpty();
    }

    @Test
    void aTaskThatIsNoActorCanNotBeCalled() {
        final int task = scene.run();
        assertThatThrownBy(() -> scene.call(task)).isInstanceOf(InvalidRequestException.class);
    }

    @Test
    void whatNeverWasCanNotBeCalledEither() {
        final int call = scene.call(77);
        assertThat(failure(call).kind()).isEqualTo(FailureKind.ACTOR_LOST);
        assertThat(failure(call).message()).contains("it was closed");
    }

    private int made() {
        final int actor = scene.task().actor().submit();
        scene.schedule();
        scene.done(actor);
        return actor;
    }

    private SchedulerCore core() {
        return scene.core;
    }

    private RecordingEffects.Failure failure(final int task) {
        return (RecordingEffects.Failure) scene.core.tasks().failure(scene.slot(task));
    }
}
