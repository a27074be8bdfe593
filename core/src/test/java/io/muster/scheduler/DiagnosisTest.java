package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.worker.RunList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    private static final byte[] FETCHING = {RunList.FETCHING};
    private static final byte[] RUNNING = {RunList.RUNNING};
    private static final long[] NONE = {};

    private final Scene scene = new Scene();

    @Test
    void nothingIsWrongWithTasksThatRunOrWaitForTheirTurn() {
        scene.worker("a", 1);
        final int running = scene.run();
        final int waiting = scene.run();
        scene.run();
        final int after = scene.run(waiting);

        assertThat(why(running)).isEqualTo("is assigned to a");
        assertThat(why(waiting + 1)).startsWith("waits for a free thread with ");
        assertThat(why(after)).isEqualTo("waits for f-1-1, which is assigned to a");
        assertThat(findings()).isEmpty();
    }

    @Test
    void aTaskThatAsksForWhatNobodyHasWaitsForThat() {
        scene.worker("a", 1, Map.of("gpu", 1.0));
        final int big = scene.task().needs("gpu", 2).submit();
        scene.task().needs("gpu", 2).submit();
        scene.schedule();

        assertThat(why(big)).isEqualTo("waits for a worker: no worker has resource gpu=2; the most that one has is 1");
        final Found only = only();
        assertThat(only.what()).isEqualTo("no-worker");
        assertThat(only.task()).isEqualTo("f-1-0");
        assertThat(only.count()).isEqualTo(2);
        assertThat(only.why()).isEqualTo("no worker has resource gpu=2; the most that one has is 1");
    }

    @Test
    void aTaskForANamedWorkerThatIsNotThereWaitsForThatOne() {
        scene.worker("a", 1);
        final int task = scene.task().on("b", "c").submit();
        scene.schedule();

        assertThat(why(task)).isEqualTo("waits for a worker: none that is or runs on b or c is there");
        assertThat(only().what()).isEqualTo("no-worker");
    }

    @Test
    void whatIsTakenIsWaitedForAndIsNoFinding() {
        scene.worker("a", 4, Map.of("gpu", 1.0));
        scene.task().needs("gpu", 1).submit();
        final int second = scene.task().needs("gpu", 1).submit();
        scene.schedule();

        assertThat(why(second)).isEqualTo("waits until gpu=1 is free; the most that is free is 0 of 1 on a");
        assertThat(findings()).isEmpty();
    }

    @Test
    void tasksWithoutAnyWorkerAreOneFinding() {
        final int task = scene.run();
        scene.task().needs("gpu", 1).submit();
        scene.schedule();

        assertThat(why(task)).isEqualTo("waits for a worker: there are none");
        final Found only = only();
        assertThat(only.what()).isEqualTo("no-workers");
        assertThat(only.count()).isEqualTo(2);
    }

    @Test
    void whatWaitsForAPausedWorkerSaysSo() {
        final WorkerState a = scene.worker("a", 1);
        final int first = scene.run();
        final int second = scene.run(first);
        scene.pause(a, true);
        final int third = scene.run();

        assertThat(why(second)).isEqualTo("waits for f-1-0 on a, which is paused");
        assertThat(why(third)).isEqualTo("waits for a worker: a, the only one that is there, is paused");
        assertThat(only().what()).isEqualTo("paused");
    }

    @Test
    void aLongChainNamesWhatIsWaitedForInTheEnd() {
        scene.worker("a", 1, Map.of("gpu", 1.0));
        final int root = scene.task().needs("gpu", 2).submit();
        final int middle = scene.run(root);
        final int last = scene.run(middle);

        assertThat(why(last))
                .isEqualTo("waits for f-1-1, and so in the end for f-1-0, which waits for a worker: no worker has"
                        + " resource gpu=2; the most that one has is 1");
    }

    @Test
    void aVeryLongChainIsNotToldToItsEnd() {
        scene.unchecked().worker("a", 1);
        int last = scene.run();
        for (int i = 0; i < 1_000; i++) {
            last = scene.task().after(last).submit();
        }

        assertThat(why(last))
                .isEqualTo("waits for f-1-999, and so in the end for f-1-899, which waits for others in turn");
    }

    @Test
    void aWorkerThatIsNotHeardOfIsAFindingWithWhatWaitsForIt() {
        final WorkerState a = scene.worker("a", 1);
        final WorkerState b = scene.worker("b", 1);
        final int input = scene.task().on("a").submit();
        scene.schedule();
        scene.done(input);
        final int run = scene.task().after(input).on("b").submit();
        scene.schedule();
        tell(b, 1, new long[] {runId(run)}, FETCHING);
        scene.core.heartbeat(500, b);
        scene.core.tick(500);

        assertThat(why(run))
                .isEqualTo("is on b and waits there for f-1-0 from a, which has not been heard of for 0.0 s");
        assertThat(findings()).extracting(Found::what).containsExactly("silent-worker", "input-unreachable");
        assertThat(findings().get(0).worker()).isEqualTo(a.name);
        assertThat(findings().get(0).sinceNs()).isZero();
        assertThat(findings().get(1).task()).isEqualTo("f-1-1");
    }

    @Test
    void aRunThatTheWorkerDoesNotNameInTwoHeartbeatsIsLost() {
        final WorkerState a = scene.worker("a", 1);
        final int run = scene.run();

        tell(a, 0, NONE, new byte[0]);
        tell(a, 0, NONE, new byte[0]);
        tell(a, 0, NONE, new byte[0]);
        assertThat(findings()).isEmpty();
        tell(a, 0, NONE, new byte[0]);

        assertThat(only().what()).isEqualTo("lost-message");
        assertThat(only().count()).isEqualTo(1);
        assertThat(why(run)).isEqualTo("is assigned to a, which does not know of it: a message was lost");
        tell(a, 1, new long[] {runId(run)}, RUNNING);
        assertThat(findings()).isEmpty();
        assertThat(why(run)).isEqualTo("runs on a");
    }

    @Test
    void aRunBeyondThoseThatAWorkerNamesIsNotTakenForLost() {
        final WorkerState a = scene.worker("a", 1);
        final int first = scene.run();
        scene.run();

        for (int i = 0; i < 5; i++) {
            tell(a, 2, new long[] {runId(first)}, RUNNING);
        }

        assertThat(findings()).isEmpty();
    }

    @Test
    void aWorkerThatCannotLeaveSaysWhatItWaitsFor() {
        final WorkerState a = scene.worker("a", 1);
        final int input = scene.run();
        scene.done(input);
        scene.retire(a, Long.MAX_VALUE);

        assertThat(only().what()).isEqualTo("leaving");
        assertThat(only().worker()).isEqualTo("a");
    }

    @Test
    void aHundredFindingsAreEnough() {
        scene.worker("a", 1);
        for (int i = 0; i < 150; i++) {
            scene.task().on("no-" + i).submit();
        }
        scene.schedule();

        assertThat(findings()).hasSize(Diagnosis.MAX_FOUND);
    }

    private void tell(final WorkerState worker, final int total, final long[] runs, final byte[] states) {
        scene.core.knownRuns(worker, new RunList(total, runs, states));
    }

    private long runId(final int task) {
        return scene.runId(scene.slot(task));
    }

    private String why(final int task) {
        return new Diagnosis(scene.core).why(scene.slot(task));
    }

    private List<Found> findings() {
        return new Diagnosis(scene.core).findings(true);
    }

    private Found only() {
        assertThat(findings()).hasSize(1);
        return findings().get(0);
    }
}
