package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WaitsTest {
    private static final long SECOND_US = 1_000_000;
    private static final long SECOND_NS = 1_000_000_000;

    private final Scene scene = new Scene();
    private final Waits waits = scene.core.state().waits;

    @Test
    void theFirstThreadIsFreeWhenTheFirstOfItsLongRunsIsExpectedToEnd() {
        final WorkerState worker = scene.worker("a", 2);
        run(10);
        assertThat(waits.untilFreeUs(worker)).isZero();
        scene.tick(4 * SECOND_NS);
        run(10);
        assertIs(waits.untilFreeUs(worker), 6);
        scene.tick(9 * SECOND_NS);
        assertIs(waits.untilFreeUs(worker), 1);
    }

    @Test
    void whatTakesLongerThanExpectedIsExpectedToGoOnAsMuchLonger() {
        final WorkerState worker = scene.worker("a", 1);
        run(10);
        scene.tick(17 * SECOND_NS);
        assertIs(waits.untilFreeUs(worker), 7);
    }

    @Test
    void whatHasEndedCountsNoMore() {
        final WorkerState worker = scene.worker("a", 1);
        final int first = run(10);
        scene.tick(5 * SECOND_NS);
        scene.done(first);
        run(3);
        assertIs(waits.untilFreeUs(worker), 3);
    }

    private static void assertIs(final long actualUs, final long seconds) {
        assertThat(actualUs).isCloseTo(seconds * SECOND_US, within(1_000L));
    }

    private int run(final long seconds) {
        final int task = scene.task().expected(seconds * SECOND_US).submit();
        scene.schedule();
        return task;
    }
}
