package io.muster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.serialize.Serializer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TaskArrayTest {
    private static final int MANY = 200_001;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 129, MANY})
    void eachNumberIsComputedOnceAndFoundAtItsPlace(final int count) {
        try (LocalCluster cluster = LocalCluster.builder().workers(2).start();
                Client client = cluster.connect()) {
            final TaskArray<Integer> squares = client.array(count, number -> number * number);

            assertThat(squares.join())
                    .isEqualTo(IntStream.range(0, count).map(i -> i * i).boxed().toList());
            assertThat(squares.size()).isEqualTo(count);
            if (count > 0) {
                assertThat(squares.join(count - 1)).isEqualTo((count - 1) * (count - 1));
            }
            assertThatThrownBy(() -> squares.join(count)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(squares.chunks().size()).isLessThanOrEqualTo(Math.max(2 * 64, 1 + count / 1_024));
        }
    }

    @Test
    void theChunksAreInputsOfOtherTasks() {
        try (LocalCluster cluster = LocalCluster.builder().workers(2).start();
                Client client = cluster.connect()) {
            final TaskArray<Long> numbers = client.array(1_000, number -> (long) number);

            final TaskFuture<Long> sum = client.combineAll(
                    numbers.chunks(),
                    lists -> lists.stream()
                            .flatMap(List::stream)
                            .mapToLong(Long::longValue)
                            .sum());

            assertThat(sum.join()).isEqualTo(499_500);
        }
    }

    @Test
    void aCallThatFailsFailsItsChunkOnly() {
        try (LocalCluster cluster = LocalCluster.builder().workers(1).start();
                Client client = cluster.connect()) {
            final TaskArray<Integer> inverses = client.array(128, number -> 1 / (number - 100));

            assertThat(inverses.join(0)).isZero();
            assertThatThrownBy(() -> inverses.join(100))
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseInstanceOf(ArithmeticException.class);
            assertThatThrownBy(inverses::join).hasRootCauseInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void aCountBelowZeroIsRefused() {
        try (LocalCluster cluster = LocalCluster.builder().workers(1).start();
                Client client = cluster.connect()) {
            assertThatThrownBy(() -> client.array(-1, number -> number))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("count=-1");
        }
    }

    @Test
    void resultsOfAnyTypeTravel() {
        for (final Object[] results : new Object[][] {
            {}, {1, 2}, {1L, 2L}, {0.5, 1.5}, {1, 2L}, {"a", "b"}, {null, null}, {1, null}, {List.of(1), List.of()}
        }) {
            final List<Object> list = PackedList.of(results.clone());
            assertThat(list).isEqualTo(Arrays.asList(results));
            final Serializer serializer = Serializer.standard();
            final byte[] bytes = serializer.toBytes(list);
            assertThat(serializer.fromBytes(bytes, 0, bytes.length)).isEqualTo(list);
        }
    }
}
