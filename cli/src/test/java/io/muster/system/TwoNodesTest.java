package io.muster.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Launches whose ranks are on two nodes in turn: the scheduler and a worker on the one, the client and a worker on the other. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class TwoNodesTest {
    private static final int EXIT_CODE = 7;
    private static final int KILLED = 137;

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

    @ParameterizedTest
    @EnumSource(names = {"OPEN_MPI", "MPICH"})
    void ranksOnTwoNodesAreOneClusterAndTheClientsExitCodeIsTheLaunchs(final MpiLauncher launcher) throws Exception {
        final Site.Result result = launch(launcher, Integer.toString(EXIT_CODE));

        assertThat(result.exitCode()).as(result.output()).isEqualTo(EXIT_CODE);
        assertFacts(result.output());
        assertThat(result.output()).contains("links [aeron-ipc, aeron-udp]");
        assertNoRankIsLeft();
    }

    @ParameterizedTest
    @EnumSource(names = {"OPEN_MPI", "MPICH"})
    void aLauncherThatIsKilledLeavesNoRankOnEitherNode(final MpiLauncher launcher) throws Exception {
        final Site.Result result = launch(launcher, TwoNodesProgram.KILL_LAUNCHER);

        assertThat(result.exitCode()).as(result.output()).isEqualTo(KILLED);
        assertNoRankIsLeft();
    }

    @Test
    void ranksThatSlurmStartsOnTwoNodesAreOneCluster() throws Exception {
        assumeTrue(MpiLauncher.SRUN.missing().isEmpty(), MpiLauncher.SRUN.missing());
        final List<String> launcher =
                List.of("srun --mpi=none -N2 -n4 --ntasks-per-node=2 -m cyclic -w n1,n2 --mem=1900M -t5".split(" "));
        try (LabTurn turn = LabTurn.take()) {
            assertThat(turn).isNotNull();
            final Site.Result result = Site.here()
                    .run(program(launcher, Integer.toString(EXIT_CODE)).toArray(String[]::new));

            assertThat(result.exitCode()).as(result.output()).isEqualTo(EXIT_CODE);
            assertFacts(result.output());
        }
    }

    private static Site.Result launch(final MpiLauncher launcher, final String end)
            throws IOException, InterruptedException {
        assumeTrue(nodes != null, "two nodes are only tested where they can be made: " + whyNot);
        assumeTrue(launcher.missing().isEmpty(), launcher.missing());
        return Site.here()
                .run(nodes.on("n1", program(launcher.onTwoNodes(nodes.ssh()), end))
                        .toArray(String[]::new));
    }

    private static void assertNoRankIsLeft() {
        for (final String node : MpiNodes.NAMES) {
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(nodes.programs(node)).doesNotContain("java"));
        }
    }

    private static void assertFacts(final String output) {
        assertThat(output)
                .contains("nodes " + MpiNodes.NAMES, "parts of the memory [0.50, 0.50]", "sums [1048576.0, 1048576.0]");
    }

    private static List<String> program(final List<String> launcher, final String end) {
        final List<String> line = new ArrayList<>(launcher);
        line.addAll(JavaCommand.command(
                TwoNodesProgram.class.getName(),
                List.of(HEAP, "-XX:TieredStopAtLevel=1", "-Dmuster.mpi.directory=" + directory.resolve("meeting")),
                List.of(end)));
        return line;
    }
}
