package io.muster.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.muster.scheduler.VirtualCluster;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class VirtualClusterTest {
    private static final double BYTES_PER_SECOND = 1e9;

    @Test
    void likeTasksFillAllCores() {
        final VirtualGraph graph = new VirtualGraph();
        for (int i = 0; i < 1_000; i++) {
            graph.add("sleep", 1, 8, 1, 0);
        }

        assertThat(cluster(10, 2).run(graph)).isBetween(50.0, 50.5);
    }

    @Test
    void tasksOfVeryDifferentDurationsEndAsIfEachWereGivenToTheFirstFreeThread() {
        final SplittableRandom random = new SplittableRandom(42);
        final VirtualGraph graph = new VirtualGraph();
        final double[] free = new double[10];
        for (int i = 0; i < 500; i++) {
            final double normal =
                    Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
            final double seconds = Math.min(60, Math.exp(1 + 1.3 * normal));
            graph.add("sleep", seconds, 8, 1, 0);
            Arrays.sort(free);
            free[0] += seconds;
        }
        Arrays.sort(free);

        assertThat(cluster(10, 1).run(graph)).isLessThan(1.05 * free[9]);
    }

    @Test
    void aWorkerThatIsSlowerGetsFewerTasks() {
        final VirtualGraph graph = new VirtualGraph();
        for (int i = 0; i < 1_000; i++) {
            graph.add("sleep", 1, 8, 1, 0);
        }
        final VirtualCluster cluster = cluster(10, 1);
        cluster.slow(3, 3);

        assertThat(cluster.run(graph)).isLessThan(1.05 * 1_000 / (9 + 1 / 3.0));
    }

    @Test
    void nextToNoWorkIsNotTakenBack() {
        final VirtualGraph graph = new VirtualGraph();
        final int root = graph.add("root", 0.1, 1 << 20, 1, 0);
        for (int i = 0; i < 10_000; i++) {
            graph.add("nothing", 0.000_001, 8, 1, 0, root);
        }
        final VirtualCluster cluster = cluster(10, 1);
        cluster.run(graph);

        assertThat(cluster.moved()).isZero();
    }

    private static VirtualCluster cluster(final int workers, final int cores) {
        final VirtualClock clock = new VirtualClock();
        return new VirtualCluster(clock, new FairNetwork(clock, workers, BYTES_PER_SECOND), workers, cores);
    }
}
