package io.muster.bench.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.MusterException;
import io.muster.config.Json;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TaskGraphTest {
    @ParameterizedTest
    @MethodSource("graphs")
    void graphsAreThoseOfTheOriginal(final Map<String, Object> expected) {
        final TaskGraph graph = new TaskGraph(
                0,
                number(expected, "steps"),
                number(expected, "width"),
                Names.parse("type", String.valueOf(expected.get("type")), Dependence.values()),
                number(expected, "radix"),
                number(expected, "period"),
                ((Number) Objects.requireNonNull(expected.get("fraction"))).doubleValue(),
                Kernel.EMPTY,
                TaskGraph.PAIR,
                0);
        final Hash forward = new Hash();
        final Hash reverse = new Hash();
        long dependencies = 0;
        for (long t = 0; t < graph.timesteps(); t++) {
            for (long p = graph.offset(t); p < graph.offset(t) + graph.width(t); p++) {
                final long[] inputs = graph.inputs(t, p);
                dependencies += inputs.length;
                forward.add(t, p);
                forward.add(inputs);
                reverse.add(t, p);
                reverse.add(graph.reverseDependencies(graph.dependenceSet(t), p));
            }
        }

        assertThat(graph.dependenceSets()).isEqualTo(number(expected, "dsets"));
        assertThat(graph.tasks()).isEqualTo(number(expected, "tasks"));
        assertThat(dependencies).isEqualTo(number(expected, "deps"));
        assertThat(forward).hasToString(String.valueOf(expected.get("depsHash")));
        assertThat(reverse).hasToString(String.valueOf(expected.get("revHash")));
    }

    @ParameterizedTest
    @MethodSource("randomNumbers")
    void randomNumbersAreThoseOfTheOriginal(final Map<String, Object> expected) {
        final long[] longs = ((List<?>) Objects.requireNonNull(expected.get("longs")))
                .stream().mapToLong(each -> ((Number) each).longValue()).toArray();

        assertThat(Chance.uniform(longs)).isEqualTo(expected.get("value"));
    }

    @Test
    void aPeriodWhereThePatternHasNoneIsRefused() {
        assertThatThrownBy(() -> graph(Dependence.STENCIL_1D, 4, 3))
                .isInstanceOf(MusterException.class)
                .hasMessage("period=3 must be 0 for type=stencil_1d");
    }

    @Test
    void spreadOverNothingIsRefused() {
        assertThatThrownBy(() -> new TaskGraph(0, 4, 4, Dependence.SPREAD, 0, 3, 0.25, Kernel.EMPTY, TaskGraph.PAIR, 0))
                .isInstanceOf(MusterException.class)
                .hasMessage("radix=0 must be >= 1");
    }

    private static TaskGraph graph(final Dependence dependence, final long width, final long period) {
        return new TaskGraph(0, 4, width, dependence, 3, period, 0.25, Kernel.EMPTY, TaskGraph.PAIR, 0);
    }

    private static Stream<Map<String, Object>> graphs() throws IOException {
        return cases("graphs");
    }

    private static Stream<Map<String, Object>> randomNumbers() throws IOException {
        return cases("random");
    }

    @SuppressWarnings("unchecked")
    private static Stream<Map<String, Object>> cases(final String name) throws IOException {
        try (InputStream file = Objects.requireNonNull(TaskGraphTest.class.getResourceAsStream("cases.json"))) {
            final Map<?, ?> all = (Map<?, ?>) Objects.requireNonNull(Json.parse(file.readAllBytes()));
            return ((List<Map<String, Object>>) Objects.requireNonNull(all.get(name))).stream();
        }
    }

    private static long number(final Map<String, Object> values, final String name) {
        return ((Number) Objects.requireNonNull(values.get(name))).longValue();
    }

    /** FNV-1a over little-endian longs. */
    private static final class Hash {
        private long value = 0xcbf29ce484222325L;

        void add(final long... longs) {
            for (final long each : longs) {
                for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
                    value = (value ^ (each >>> shift & 0xff)) * 0x100000001b3L;
                }
            }
        }

        @Override
        public String toString() {
            return String.format("%016x", value);
        }
    }
}
