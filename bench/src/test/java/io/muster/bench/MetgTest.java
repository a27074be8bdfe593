package io.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MetgTest {
    private static final Metg.Point LONG = new Metg.Point(100, 9);
    private static final Metg.Point GOOD = new Metg.Point(20, 6);
    private static final Metg.Point BAD = new Metg.Point(10, 4);

    @Test
    void isInterpolatedBetweenTheRunsAboveAndBelowHalfOfThePeak() {
        final Metg found = Metg.of(List.of(LONG, GOOD, BAD), 10);

        assertThat(found.granularityUs()).isCloseTo(15, within(1e-9));
        assertThat(found.reached()).isTrue();
        assertThat(found.leastUs()).isEqualTo(10);
    }

    @Test
    void isNotReachedWhereAllRunsAreEfficient() {
        assertThat(Metg.of(List.of(LONG, GOOD), 10)).isEqualTo(new Metg(20, false, 20));
    }
}
