package io.muster.mpi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Two nodes that {@code labs/mpi-nodes-up.sh} makes on this machine: hosts with names, addresses, processes and SSH servers of their
 * own, and the same files. Of four ranks the even ones are on the first, the odd ones on the second.
 */
final class TwoNodes {
    private static final Path LABS = Path.of("..", "labs");

    private final Path folder;

    private TwoNodes(final Path folder) {
        this.folder = folder;
    }

    /** Makes them in a folder; tests are skipped where that can't be done. */
    static TwoNodes start(final Path folder) throws IOException, InterruptedException {
        final Path log = folder.resolveSibling(folder.getFileName() + ".log");
        final boolean made = run(log, LABS.resolve("mpi-nodes-up.sh").toString(), folder.toString()) == 0;
        assumeTrue(made, () -> "two nodes are only tested where they can be made: " + text(log));
        return new TwoNodes(folder);
    }

    /** The command that runs another one on a node. */
    List<String> on(final int node, final String... command) {
        final List<String> line = new ArrayList<>(List.of(folder.resolve("on").toString(), "n" + (node + 1)));
        line.addAll(Arrays.asList(command));
        return line;
    }

    /** Has Open MPI, on the first node, start ranks on both in turn; the number of ranks is to follow. */
    List<String> openMpi(final String... options) {
        final List<String> line = on(0, "mpirun.openmpi", "--allow-run-as-root", "--bind-to", "none");
        line.addAll(List.of("--map-by", "node", "--host", "n1:2,n2:2", "--mca", "plm_rsh_agent", ssh()));
        line.addAll(Arrays.asList(options));
        line.add("-np");
        return line;
    }

    /** The same with MPICH. */
    List<String> mpich() {
        return on(0, "mpirun.mpich", "-hosts", "n1:1,n2:1", "-launcher", "ssh", "-launcher-exec", ssh(), "-np");
    }

    /** Sends a signal to the process of a rank. */
    void signal(final int rank, final long pid, final String name) throws IOException, InterruptedException {
        new ProcessBuilder(on(rank % 2, "kill", "-" + name, Long.toString(pid)))
                .start()
                .waitFor();
    }

    /** Ends them and all that runs there. */
    void close() throws IOException, InterruptedException {
        run(Path.of("/dev/null"), LABS.resolve("mpi-nodes-down.sh").toString(), folder.toString());
    }

    private String ssh() {
        return folder.resolve("ssh").toString();
    }

    private static int run(final Path log, final String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
    }

    private static String text(final Path file) {
        try {
            return Files.readString(file);
        } catch (final IOException e) {
            return e.toString();
        }
    }
}
