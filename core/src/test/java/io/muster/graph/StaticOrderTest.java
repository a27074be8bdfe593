package io.muster.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticOrderTest {
    @Test
    void anEmptyGraphHasAnEmptyOrder() {
        assertThat(new Edges().order()).isEmpty();
    }

    @Test
    void aChainOfAMillionHoldsOne() {
        final Edges chain = new Edges();
        chain.node();
        for (int i = 1; i < 1_000_000; i++) {
            chain.node(i - 1);
        }

        assertThat(chain.pressure(chain.order())).isEqualTo(1);
    }

    @Test
    void aFanInOfAMillionIsOrdered() {
        final Edges fan = new Edges();
        final int[] all = new int[1_000_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = fan.node();
        }
        fan.node(all);

        assertThat(fan.order()).hasSize(1_000_001).endsWith(1_000_000);
    }

    @Test
    void whereTimesAreKnownTheTaskGoesFirstFromWhichTheLongestWayIsLeft() {
        final Edges graph = new Edges();
        final int quick = graph.node();
        final int slow = graph.node();
        final int first = graph.node();
        final int last = graph.node(first);

        assertThat(graph.longestWayFirst(3, 7, 4, 4)).containsExactly(first, slow, last, quick);
        assertThat(graph.longestWayFirst(0, 0, 0, 0)).containsExactly(first, quick, slow, last);
        assertThat(graph.longestWayFirst(1, 1, Long.MAX_VALUE, Long.MAX_VALUE))
                .containsExactly(first, last, quick, slow);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whereTimesAreKnownInputsGoFirstTheLess(final long seed) {
        final Random random = new Random(seed);
        final Edges graph = new Edges();
        final long[] lengths = new long[500];
        graph.node();
        for (int i = 1; i < lengths.length; i++) {
            lengths[i] = random.nextInt(3);
            graph.node(random.ints(random.nextInt(3), 0, i).distinct().toArray());
        }

        assertThat(graph.isTopological(graph.longestWayFirst(lengths))).isTrue();
    }

    @Test
    void aTreeReductionHoldsNoMoreThanItsHeight() {
        final Edges tree = reduction(1024);
        final int[] order = tree.order();

        assertThat(tree.pressure(order)).isEqualTo(11);
        assertThat(tree.pressure(tree.breadthFirst())).isEqualTo(1024);
    }

    @Test
    void aMapIsReducedWhileItIsMapped() {
        final Edges graph = new Edges();
        final int[] partial = new int[100];
        for (int i = 0; i < partial.length; i++) {
            final int[] mapped = new int[10];
            for (int j = 0; j < mapped.length; j++) {
                mapped[j] = graph.node(graph.node());
            }
            partial[i] = graph.node(mapped);
        }
        graph.node(partial);

        assertThat(graph.pressure(graph.order())).isEqualTo(109);
        assertThat(graph.pressure(graph.breadthFirst())).isEqualTo(1000);
    }

    @Test
    void aDiamondHoldsTwo() {
        final Edges diamond = new Edges();
        final int top = diamond.node();
        diamond.node(diamond.node(top), diamond.node(top));

        assertThat(diamond.pressure(diamond.order())).isEqualTo(2);
    }

    @Test
    void theInputThatNeedsMostGoesFirst() {
        final Edges graph = new Edges();
        final int light = graph.node();
        final int heavy = graph.node(graph.node(), graph.node(), graph.node());
        graph.node(light, heavy);

        assertThat(graph.order()).endsWith(4, 0, 5);
    }

    @Test
    void sharedInputsAreFreedByTheirLastUser() {
        final Edges graph = new Edges();
        final int[] left = new int[64];
        final int[] right = new int[64];
        for (int i = 0; i < left.length; i++) {
            final int source = graph.node();
            left[i] = graph.node(source);
            right[i] = graph.node(source);
        }
        graph.reduce(left);
        graph.reduce(right);

        assertThat(graph.pressure(graph.order())).isLessThan(graph.pressure(graph.breadthFirst()));
    }

    @Test
    void ofTwoArraysReducedTogetherLittleIsHeld() {
        final Edges graph = new Edges();
        final int[][] reduced = new int[3][256];
        for (int i = 0; i < 256; i++) {
            final int u = graph.node();
            final int v = graph.node();
            reduced[0][i] = graph.node(u);
            reduced[1][i] = graph.node(v);
            reduced[2][i] = graph.node(u, v);
        }
        for (final int[] level : reduced) {
            graph.reduce(level);
        }

        assertThat(graph.pressure(graph.order())).isLessThanOrEqualTo(3 * 8 + 3);
    }

    @Test
    void aGraphTooLargeForAllOrdersIsOrderedTopologicallyToo() {
        final Edges graph = new Edges();
        final int[] last = new int[1_000];
        for (int i = 0; i < last.length; i++) {
            last[i] = graph.node();
        }
        for (int step = 1; step < 150; step++) {
            final int[] before = last.clone();
            for (int i = 0; i < last.length; i++) {
                last[i] = graph.node(before[i], before[(i + 1) % last.length]);
            }
        }
        final int[] order = graph.order();

        assertThat(graph.isTopological(order)).isTrue();
        assertThat(graph.pressure(order)).isLessThanOrEqualTo(graph.pressure(graph.breadthFirst()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyGraphIsOrderedTopologicallyAndNoWorseThanBreadthFirst(final long seed) {
        final Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            final Edges graph = new Edges();
            final int nodes = 1 + random.nextInt(200);
            final int reach = 1 + random.nextInt(60);
            for (int i = 0; i < nodes; i++) {
                final int from = i;
                final int count = i == 0 ? 0 : random.nextInt(4);
                graph.node(random.ints(count, 1, Math.max(2, Math.min(i, reach) + 1))
                        .map(back -> from - back)
                        .toArray());
            }
            final int[] order = graph.order();

            assertThat(graph.isTopological(order))
                    .as("seed=%d round=%d", seed, round)
                    .isTrue();
            assertThat(graph.pressure(order)).isLessThanOrEqualTo(graph.pressure(graph.breadthFirst()));
        }
    }

    @Test
    void aCycleIsFoundAndRefused() {
        final Edges graph = new Edges();
        graph.node();
        graph.node(0, 3);
        graph.node(1);
        graph.node(2);

        assertThat(StaticOrder.findCycle(graph.offsets(), graph.dependencies())).containsExactly(1, 3, 2);
        assertThatThrownBy(graph::order)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nodes=4 orderable=1");
    }

    private static Edges reduction(final int leaves) {
        final Edges tree = new Edges();
        final int[] nodes = new int[leaves];
        for (int i = 0; i < leaves; i++) {
            nodes[i] = tree.node();
        }
        tree.reduce(nodes);
        return tree;
    }

    /** A graph as it is built. */
    private static final class Edges {
        private final List<int[]> inputs = new ArrayList<>();

        int node(final int... dependencies) {
            inputs.add(dependencies);
            return inputs.size() - 1;
        }

        void reduce(final int[] leaves) {
            int[] level = leaves;
            while (level.length > 1) {
                final int[] next = new int[level.length / 2];
                for (int i = 0; i < next.length; i++) {
                    next[i] = node(level[2 * i], level[2 * i + 1]);
                }
                level = next;
            }
        }

        int[] offsets() {
            final int[] offsets = new int[inputs.size() + 1];
            for (int i = 0; i < inputs.size(); i++) {
                offsets[i + 1] = offsets[i] + inputs.get(i).length;
            }
            return offsets;
        }

        int[] dependencies() {
            return inputs.stream().flatMapToInt(Arrays::stream).toArray();
        }

        int[] order() {
            return StaticOrder.order(offsets(), dependencies());
        }

        int[] longestWayFirst(final long... lengths) {
            return StaticOrder.longestWayFirst(offsets(), dependencies(), lengths);
        }

        int[] breadthFirst() {
            return StaticOrder.breadthFirst(offsets(), dependencies());
        }

        int pressure(final int[] order) {
            return StaticOrder.pressure(offsets(), dependencies(), order).most();
        }

        boolean isTopological(final int[] order) {
            final boolean[] done = new boolean[inputs.size()];
            for (final int node : order) {
                for (final int input : inputs.get(node)) {
                    if (!done[input]) {
                        return false;
                    }
                }
                if (done[node]) {
                    return false;
                }
                done[node] = true;
            }
            return order.length == inputs.size();
        }
    }
}
