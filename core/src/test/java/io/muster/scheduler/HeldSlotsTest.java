package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldSlotsTest {
    private final HeldSlots held = new HeldSlots();

    @Test
    void itHoldsWhatAListWouldHold() {
        final Random random = new Random(7);
        final List<Integer> expected = new ArrayList<>();
        for (int step = 0; step < 10_000; step++) {
            if (expected.isEmpty() || random.nextInt(5) < 3) {
                expected.add(step);
                held.addInt(step);
            } else {
                final int at = random.nextInt(expected.size());
                final int last = expected.remove(expected.size() - 1);
                if (at < expected.size()) {
                    expected.set(at, last);
                }
                held.fastUnorderedRemove(at);
            }
            if (step % 1_000 == 0) {
                held.trimToSize();
            }
            assertThat(held.size()).isEqualTo(expected.size());
        }

        assertThat(held.stream()).containsExactlyElementsOf(expected);
        assertThat(held.containsInt(expected.get(0))).isTrue();
        assertThat(held.containsInt(-1)).isFalse();
    }

    @Test
    void whatIsClearedIsFilledAnew() {
        held.addInt(1);
        held.addInt(2);
        held.clear();
        held.trimToSize();
        held.addInt(3);

        assertThat(held.stream()).containsExactly(3);
    }
}
