package io.muster.bench.taskbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.MusterException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class TaskBenchTest {
    @Test
    void allPatternsRunWithAllInputsChecked() {
        final List<String> arguments = new ArrayList<>();
        for (final Dependence dependence : Dependence.values()) {
            arguments.addAll(List.of("-type", Names.of(dependence), "-steps", "6", "-output", "40", "-and"));
        }
        arguments.addAll(List.of("-type", "stencil_1d_periodic", "-width", "1"));
        final TaskBench bench = TaskBench.parse(arguments);

        try (LocalCluster cluster = LocalCluster.builder().start();
                Client client = cluster.connect()) {
            assertThat(bench.run(client)).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(KernelType.class)
    void allKernelsRun(final KernelType type) {
        final TaskBench bench = TaskBench.parse(
                List.of("-kernel", Names.of(type), "-iter", "20", "-scratch", "6144", "-imbalance", "2"));

        for (int i = 0; i < 4; i++) {
            assertThat(new PointTask(bench.graphs().get(0), 0, i).call()).hasSize(TaskGraph.PAIR);
        }
    }

    @Test
    void aWrongInputFailsItsTask() {
        final TaskGraph graph =
                TaskBench.parse(List.of("-type", "no_comm")).graphs().get(0);
        final byte[] wrong = new byte[TaskGraph.PAIR];
        ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN).putLong(1).putLong(3);

        assertThatThrownBy(() -> new PointTask(graph, 2, 2).apply(List.of(wrong)))
                .isInstanceOf(MusterException.class)
                .hasMessage("graph=0 timestep=2 point=2 input=0 holds timestep=1 point=3, which must be timestep=1"
                        + " point=2");
    }

    @Test
    void theReportHasTheLinesOfTheOriginal() {
        final TaskBench bench = TaskBench.parse(List.of(
                "-type", "stencil_1d", "-width", "32", "-steps", "1000", "-kernel", "compute_bound", "-iter", "4"));

        assertThat(bench.report(2))
                .contains(
                        "Total Tasks 32000",
                        "Total Dependencies 93906",
                        "Total FLOPs 18432000",
                        "Total Bytes 0",
                        "Elapsed Time 2.000000e+00 seconds",
                        "FLOP/s 9.216000e+06",
                        "B/s 0.000000e+00");
    }

    @Test
    void anUnknownOptionIsRefused() {
        assertThatThrownBy(() -> TaskBench.parse(List.of("-colour", "red")))
                .isInstanceOf(MusterException.class)
                .hasMessageStartingWith("option=-colour must be one of -steps");
    }
}
