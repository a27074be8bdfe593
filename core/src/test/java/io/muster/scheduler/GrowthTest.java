package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class GrowthTest {
    @Test
    void capacitiesGrowByAQuarterAtLeastAndFillWholePages() {
        int capacity = Growth.INITIAL;
        while (capacity < 1_000_000_000) {
            final int next = Growth.beyond(capacity);
            assertThat(next).isGreaterThan(capacity + capacity / 4).isLessThanOrEqualTo(2 * capacity + 16);
            final int withHeader = next + 16;
            assertThat(withHeader % (1 << 19) == 0 || Integer.bitCount(withHeader) == 1)
                    .isTrue();
            capacity = next;
        }
    }

    @Test
    void moreThanAnArrayCanHoldIsRefused() {
        assertThatThrownBy(() -> Growth.beyond(Integer.MAX_VALUE - 16)).isInstanceOf(ArithmeticException.class);
    }
}
