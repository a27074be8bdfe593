package io.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MicroTest {
    @ParameterizedTest
    @EnumSource
    void isFoundByItsName(final Micro micro) {
        assertThat(Micro.of(micro.label())).isSameAs(micro);
        assertThat(micro.sleepsUs()).hasSize(micro.tasks()).isEqualTo(micro.sleepsUs());
        assertThat(micro.idealSeconds() > 0).isEqualTo(micro.isAsleep());
        assertThat(micro.idealSeconds()).isLessThan(10);
    }

    @Test
    void inhomogeneousSleepsAreSkewed() {
        final int[] sleeps = Micro.INHOMOGENEOUS.sleepsUs();

        assertThat(Arrays.stream(sleeps).average().orElseThrow()).isBetween(31_900.0, 32_100.0);
        assertThat(Arrays.stream(sleeps)
                        .sorted()
                        .skip(sleeps.length / 2)
                        .findFirst()
                        .orElseThrow())
                .isLessThan(20_000);
    }

    @Test
    void whatEndsAsAnotherBeginsIsNotThereAtOnce() {
        assertThat(MicroTasks.mostAtOnce(List.of())).isZero();
        assertThat(MicroTasks.mostAtOnce(List.of(List.of(0L, 5L), List.of(5L, 9L))))
                .isOne();
        assertThat(MicroTasks.mostAtOnce(List.of(List.of(0L, 6L), List.of(5L, 9L), List.of(1L, 2L))))
                .isEqualTo(2);
    }
}
