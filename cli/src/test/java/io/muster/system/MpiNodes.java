package io.muster.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Two nodes that {@code labs/mpi-nodes-up.sh} makes on this machine: hosts with names, addresses, processes and SSH servers of their
 * own, and the same files.
 */
final class MpiNodes implements AutoCloseable {
    static final List<String> NAMES = List.of("n1", "n2");

    private static final Path LABS = Path.of("..", "labs");

    private final Path folder;

    private MpiNodes(final Path folder) {
        this.folder = folder;
    }

    /**
     * Makes them.
     *
     * @param folder that does not exist; deleted at the end
     * @throws IOException if they can't be made here; the message says why
     */
    static MpiNodes start(final Path folder) throws IOException, InterruptedException {
        final Site.Result made = script("mpi-nodes-up.sh", folder);
        if (made.exitCode() != 0) {
            throw new IOException(made.output());
        }
        final MpiNodes nodes = new MpiNodes(folder);
        Runtime.getRuntime().addShutdownHook(new Thread(nodes::close, "nodes-ender"));
        return nodes;
    }

    /** The command that runs another one on a node. */
    List<String> on(final String node, final List<String> command) {
        final List<String> line = new ArrayList<>(List.of(folder.resolve("on").toString(), node));
        line.addAll(command);
        return line;
    }

    /** The program by which a launcher reaches the other nodes. */
    String ssh() {
        return folder.resolve("ssh").toString();
    }

    /** The names of the programs that run on a node. */
    List<String> programs(final String node) throws IOException, InterruptedException {
        return Site.here()
                .run(on(node, List.of("sh", "-c", "cat /proc/[0-9]*/comm")).toArray(String[]::new))
                .output()
                .lines()
                .toList();
    }

    /** Ends them and all that runs there. */
    @Override
    public void close() {
        try {
            script("mpi-nodes-down.sh", folder);
        } catch (final IOException e) {
            System.err.println(e.getMessage());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Site.Result script(final String name, final Path folder) throws IOException, InterruptedException {
        return Site.here().run(LABS.resolve(name).toRealPath().toString(), folder.toString());
    }
}
