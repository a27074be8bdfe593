package io.muster.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LocalDataPlaneTest {
    private final LocalDataPlane plane = new LocalDataPlane();
    private final MapStore first = new MapStore();
    private final MapStore second = new MapStore();
    private final Outcome outcome = new Outcome();

    LocalDataPlaneTest() {
        plane.register(1, first);
        plane.register(2, second);
    }

    @Test
    void aResultIsHandedOverAsTheLiveObject() {
        final int[] value = {1, 2, 3};
        second.keep(7, value);

        plane.fetch(new long[] {7}, new int[][] {{1, 2}}, outcome);

        assertThat(outcome.values.get(7L)).containsSame(value);
    }

    @Test
    void aHolderWithoutTheResultSaysSoAndOneThatIsNotThereDoesNotAnswer() {
        plane.fetch(new long[] {7}, new int[][] {{1, 3}}, outcome);

        assertThat(outcome.missing.get(7L).holders()).containsExactly(1, 3);
        assertThat(outcome.missing.get(7L).gone()).containsExactly(true, false);
    }

    @Test
    void aStoredValueIsKeptByItsWorker() {
        plane.store(1, 8, "scattered", outcome);
        plane.store(3, 9, "lost", outcome);

        assertThat(first.get(8)).isEqualTo("scattered");
        assertThat(outcome.failures.get(9L)).hasMessageContaining("worker=3");
    }

    @Test
    void aWorkerThatIsGoneIsNotAsked() {
        first.keep(7, "x");
        plane.workerDown(1);

        plane.fetch(new long[] {7}, new int[][] {{1}}, outcome);

        assertThat(outcome.missing).containsKey(7L);
    }
}
