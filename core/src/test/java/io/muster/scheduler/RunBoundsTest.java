package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunBoundsTest {
    private static final long RUN = 18;

    private final RunBounds bounds = new RunBounds();

    @Test
    void aClockThatSeemsToBeLateIsSetBackToTheEndThatWasHeardOf() {
        bounds.add(1_000, TaskPhase.QUEUED, TaskPhase.PROCESSING, RUN);
        bounds.add(9_000, TaskPhase.PROCESSING, TaskPhase.MEMORY, RUN);

        final long offsetNs = bounds.offsetNs(500, RUN, 8_900);

        assertThat(bounds.whenNs(RUN, 8_900, offsetNs)).isEqualTo(8_999);
        assertThat(bounds.whenNs(RUN, 8_000, offsetNs)).isEqualTo(8_099);
    }

    @Test
    void aClockThatIsRightStaysAsItIs() {
        bounds.add(1_000, TaskPhase.QUEUED, TaskPhase.PROCESSING, RUN);
        bounds.add(9_000, TaskPhase.PROCESSING, TaskPhase.MEMORY, RUN);

        assertThat(bounds.offsetNs(500, RUN, 5_000)).isEqualTo(500);
        assertThat(bounds.whenNs(RUN, 5_000, 500)).isEqualTo(5_500);
    }

    @Test
    void nothingHappensBeforeTheRunIsGiven() {
        bounds.add(1_000, TaskPhase.QUEUED, TaskPhase.PROCESSING, RUN);

        assertThat(bounds.whenNs(RUN, 600, 100)).isEqualTo(1_001);
    }

    @Test
    void aRunThatIsGivenAheadOfItsInputsMayBeginBeforeTheSchedulerKnowsThatItCan() {
        bounds.add(1_000, TaskPhase.WAITING, TaskPhase.WAITING, RUN);
        bounds.add(5_000, TaskPhase.WAITING, TaskPhase.PROCESSING, RUN);

        assertThat(bounds.whenNs(RUN, 2_000, 0)).isEqualTo(2_000);
    }

    @Test
    void whatIsOfNoRunIsNotBound() {
        bounds.add(1_000, TaskPhase.PROCESSING, TaskPhase.WAITING, 0);

        assertThat(bounds.offsetNs(500, 0, 8_000)).isEqualTo(500);
        assertThat(bounds.whenNs(0, 200, 500)).isEqualTo(700);
    }
}
