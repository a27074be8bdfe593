package io.muster.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.bench.GraphShape.Family;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GraphShapeTest {
    @ParameterizedTest
    @CsvSource({
        "map, 300, 300, 0",
        "merge, 10000, 10001, 10000",
        "tree, 15, 32767, 32766",
        "tree, 1, 1, 0",
        "numpy, 10, 209, 228",
        "join, 24, 673, 1224"
    })
    void publishedSizesAreMet(final String family, final int size, final int tasks, final int edges) {
        final GraphShape graph = Family.of(family).ofSize(size);

        assertThat(graph.tasks()).isEqualTo(tasks);
        assertThat(graph.edges()).isEqualTo(edges);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10, 50, 100})
    void bagHasAsManyTasksAsItsFormulaSays(final int p) {
        final GraphShape graph = Family.BAG.ofSize(p);

        assertThat(graph.tasks()).isEqualTo(2 * p + 2 * p * p + tree(p * p, 8));
        assertThat(graph.edges()).isEqualTo(p + (2 * p * p - p) + p * p + p * p + tree(p * p, 8) - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 10, 50, 100, 200})
    void numpyHasAsManyTasksAsItsFormulaSays(final int p) {
        final GraphShape graph = Family.NUMPY.ofSize(p);
        final int half = p / 2;
        final int trees = p * tree(half, 4) + tree(p, 4);

        assertThat(graph.tasks()).isEqualTo(p * p - half * half + 2 * p * half + trees);
        assertThat(graph.edges()).isEqualTo(2 * p * half - half + p * half + p * half + trees - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 270, 1080, 8640})
    void groupbyHasAsManyTasksAsItsFormulaSays(final int p) {
        final GraphShape graph = Family.GROUPBY.ofSize(p);

        assertThat(graph.tasks()).isEqualTo(5 * p + 2 * tree(p, 8) + 2);
        assertThat(graph.edges()).isEqualTo(graph.tasks() + 2 * p - 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 24, 77})
    void joinHasAsManyTasksAsItsFormulaSays(final int p) {
        final GraphShape graph = Family.JOIN.ofSize(p);

        assertThat(graph.tasks()).isEqualTo(p * p + 4 * p + 1);
        assertThat(graph.edges()).isEqualTo(2 * p * p + 3 * p);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void inputsComeFirst(final Family family) {
        final GraphShape graph = family.ofTasks(2_000);

        assertThat(graph.tasks()).isBetween(900, 2_001);
        for (int task = 0; task < graph.tasks(); task++) {
            for (final int input : graph.inputs(task)) {
                assertThat(input).isBetween(0, task - 1);
            }
        }
        assertThat(graph.ends().length).isEqualTo(family == Family.MAP ? 2_000 : 1);
        assertThat(graph.lines()).hasSize(graph.tasks());
    }

    @Test
    void anUnknownGraphIsRefused() {
        assertThatThrownBy(() -> Family.of("star"))
                .isInstanceOf(MusterException.class)
                .hasMessage("graph=star must be one of map, merge, tree, bag, numpy, groupby, join");
    }

    private static int tree(final int leaves, final int fanIn) {
        int nodes = 0;
        int level = leaves;
        do {
            level = (level + fanIn - 1) / fanIn;
            nodes += level;
        } while (level > 1);
        return nodes;
    }
}
