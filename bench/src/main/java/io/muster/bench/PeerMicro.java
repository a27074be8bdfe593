package io.muster.bench;

import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;

/** A small benchmark on a peer in Python. */
final class PeerMicro implements MicroContender {
    private final PeerProcess process;

    PeerMicro(final Peer peer, final PeerHome home, final Micro micro) {
        process = new PeerProcess(peer.label(), directory -> {
            PeerProcess.copy("micro_tasks.py", directory);
            Files.write(
                    directory.resolve("sleeps.txt"),
                    Arrays.stream(micro.sleepsUs()).mapToObj(Integer::toString).toList());
            return home.command(
                    directory,
                    peer.label() + "_micro",
                    List.of(
                            micro.label(),
                            Integer.toString(micro.workers()),
                            Integer.toString(micro.threads()),
                            micro.isOfProcesses() ? "processes" : "threads",
                            Integer.toString(micro.tasks()),
                            Integer.toString(micro.bytes()),
                            Integer.toString(Micro.MOST_WORKERS)));
        });
    }

    String version() {
        return process.version();
    }

    @Override
    public Micro.Outcome run() {
        final String[] words = process.ask("", 3);
        return new Micro.Outcome(Double.parseDouble(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    @Override
    public void close() {
        process.close();
    }
}
