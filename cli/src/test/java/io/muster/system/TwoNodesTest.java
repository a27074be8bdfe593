package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Launches whose ranks are on two nodes in turn: the scheduler and a worker on the one, the client and a worker on the other. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoNodesTest {
    private static final int EXIT_CODE = 7;

    /** More heap than a rank's share of the memory. */
    private static final String HEAP = "-XX:MaxRAMPercentage=75";

    @TempDir
    static Path directory;

    private static MpiNodes nodes;
    private static String whyNot = "";

    @BeforeAll
    static void start() throws InterruptedException {
        try {
            nodes = MpiNodes.start(directory.resolve("nodes"));
        } catch (final IOException e) {
            whyNot = e.getMessage();
        }
    }

    @AfterAll
    static void stop() {
        if (nodes != null) {
            nodes.close();
        }
    }

    @Test
    void ranksThatOpenMpiStartsOnTwoNodesAreOneCluster() throws Exception {
        final String output = launch(
                MpiLauncher.OPEN_MPI,
                List.of("mpirun.openmpi --allow-run-as-root --bind-to none --map-by node --host n1:2,n2:2 -np 4"
                        .split(" ")),
                List.of("--mca", "plm_rsh_agent", nodes().ssh()));

        assertAcrossNodes(output);
    }

    @Test
    void ranksThatMpichStartsOnTwoNodesAreOneCluster() throws Exception {
        final String output = launch(
                MpiLauncher.MPICH,
                List.of("mpirun.mpich -hosts n1:1,n2:1 -np 4".split(" ")),
                List.of("-launcher", "ssh", "-launcher-exec", nodes().ssh()));

        assertAcrossNodes(output);
    }

    @Test
    void ranksThatSlurmStartsOnTwoNodesAreOneCluster() throws Exception {
        assumeHere(MpiLauncher.SRUN);
        final Site.Result result = Site.here()
                .run(withProgram(List.of(
                        "srun --mpi=none -N2 -n4 --ntasks-per-node=2 -m cyclic -w n1,n2 --mem=1900M -t5".split(" "))));

        assertThat(result.exitCode()).as(result.output()).isEqualTo(EXIT_CODE);
        assertFacts(result.output());
    }

    private String launch(final MpiLauncher launcher, final List<String> command, final List<String> agent)
            throws IOException, InterruptedException {
        assumeHere(launcher);
        final List<String> line = new ArrayList<>(command);
        line.addAll(agent);
        final Site.Result result =
                Site.here().run(nodes().on("n1", List.of(withProgram(line))).toArray(String[]::new));
        assertThat(result.exitCode()).as(result.output()).isEqualTo(EXIT_CODE);
        return result.output();
    }

    private void assertAcrossNodes(final String output) {
        assertFacts(output);
        assertThat(output).contains("links [aeron-ipc, aeron-udp]");
        for (final String node : MpiNodes.NAMES) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(nodes.programs(node)).doesNotContain("java"));
        }
    }

    private static void assertFacts(final String output) {
        assertThat(output)
                .contains("nodes " + MpiNodes.NAMES, "parts of the memory [0.50, 0.50]", "sums [1048576.0, 1048576.0]");
    }

    private static String[] withProgram(final List<String> launcher) {
        final List<String> line = new ArrayList<>(launcher);
        line.addAll(JavaCommand.command(
                TwoNodesProgram.class.getName(),
                List.of(HEAP, "-XX:TieredStopAtLevel=1", "-Dmuster.mpi.directory=" + directory.resolve("meeting")),
                List.of(Integer.toString(EXIT_CODE))));
        return line.toArray(String[]::new);
    }

    private static MpiNodes nodes() {
        return nodes == null ? abort("two nodes are only tested where they can be made: " + whyNot) : nodes;
    }

    private static void assumeHere(final MpiLauncher launcher) {
        assumeTrue(launcher.missing().isEmpty(), launcher.missing());
    }
}
