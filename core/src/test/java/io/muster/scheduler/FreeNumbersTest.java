package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FreeNumbersTest {
    @Test
    void whatWasGivenBackInAnyOrderIsTakenInRisingOrder() {
        final FreeNumbers free = new FreeNumbers();
        for (final int number : new int[] {7, 900, 3, 64, 63}) {
            free.add(number);
        }
        assertThat(free.take(40)).isEqualTo(3);
        assertThat(free.take(40)).isEqualTo(7);
        free.add(1);
        assertThat(free.take(40)).isEqualTo(63);
        assertThat(free.take(40)).isEqualTo(64);
        assertThat(free.take(40)).isEqualTo(900);
    }

    @Test
    void aNewRoundBeginsWhenEnoughIsFree() {
        final FreeNumbers free = new FreeNumbers();
        free.add(50);
        assertThat(free.take(100)).isEqualTo(50);
        free.add(1);
        assertThat(free.take(100)).isEqualTo(FreeNumbers.NONE);
        assertThat(free.take(8)).isEqualTo(1);
        assertThat(free.take(8)).isEqualTo(FreeNumbers.NONE);
    }

    @Test
    void nothingIsGivenTwiceAndNothingIsLost() {
        final FreeNumbers free = new FreeNumbers();
        final Random random = new Random(1);
        final BitSet taken = new BitSet();
        int used = 0;
        for (int i = 0; i < 100_000; i++) {
            if (random.nextInt(100_000) >= i || taken.isEmpty()) {
                int number = free.take(used);
                if (number == FreeNumbers.NONE) {
                    number = used++;
                }
                assertThat(taken.get(number)).isFalse();
                taken.set(number);
            } else {
                final int at = random.nextInt(used);
                final int number = taken.nextSetBit(at) >= 0 ? taken.nextSetBit(at) : taken.nextSetBit(0);
                taken.clear(number);
                free.add(number);
            }
        }
        assertThat(used).isLessThan(2 * 50_000);
        while (!taken.isEmpty()) {
            free.add(taken.nextSetBit(0));
            taken.clear(taken.nextSetBit(0));
        }
        for (int number = 0; number < used; number++) {
            assertThat(free.take(used)).isEqualTo(number);
        }
    }
}
