package io.muster.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ReadyQueueTest {
    @Test
    void slotsComeOutInTheOrderOfTheirOrdersWhateverTheOrderTheyWentIn() {
        final SplittableRandom random = new SplittableRandom(1);
        for (int round = 0; round < 200; round++) {
            final ReadyQueue queue = new ReadyQueue();
            final PriorityQueue<Long> model = new PriorityQueue<>();
            long rising = 0;
            for (int i = 0; i < 300; i++) {
                if (random.nextInt(5) < 3 || model.isEmpty()) {
                    final long order = random.nextBoolean() ? ++rising * 1_000 : random.nextLong(-100_000, 100_000);
                    queue.add(order, (int) (order % 1_000_003));
                    model.add(order);
                } else {
                    final long expected = model.remove();
                    assertThat(queue.firstOrder()).isEqualTo(expected);
                    assertThat(queue.firstSlot()).isEqualTo((int) (expected % 1_000_003));
                    queue.removeFirst();
                }
                assertThat(queue.size()).isEqualTo(model.size());
                assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
            }
        }
    }
}
