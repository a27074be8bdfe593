package io.muster.bench;

import java.nio.file.Files;
import java.util.List;

/** A peer in a process of its own, which reads the graph from a file and runs it for each line that it is sent. */
final class PeerContender implements Contender {
    private final PeerProcess process;

    /**
     * Starts it.
     *
     * @param layout how its workers are laid out, for peers that have a choice
     */
    PeerContender(
            final Peer peer,
            final PeerHome home,
            final GraphShape.Family family,
            final GraphShape graph,
            final String layout) {
        process = new PeerProcess(peer.label(), directory -> {
            Files.write(directory.resolve("graph.txt"), graph.lines());
            return home.command(
                    directory,
                    peer.driver(),
                    List.of(
                            "graph.txt",
                            family.label(),
                            layout,
                            Integer.toString(Runtime.getRuntime().availableProcessors())));
        });
    }

    @Override
    public String version() {
        return process.version();
    }

    @Override
    public Run run() {
        final String[] words = process.ask("", 2);
        return new Run(Double.parseDouble(words[0]), Long.parseLong(words[1]));
    }

    @Override
    public void close() {
        process.close();
    }
}
