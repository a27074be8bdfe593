package io.muster.bench;

import io.muster.MusterException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where peers are, and whether they are put there. */
final class PeerOptions {
    @Option(
            names = "--peer-home",
            paramLabel = "FOLDER",
            description = "Where the peer is: a Python environment, or a folder with jars in lib; default"
                    + " ~/.cache/muster/peers/PEER.")
    private @Nullable Path folder;

    @Option(
            names = "--install",
            description =
                    "Install peers that are missing, by pip from PyPI or by Maven from Central; never into Muster's"
                            + " own class path.")
    private boolean install;

    /** The home of a peer that is or has been installed. */
    PeerHome home(final Peer peer) {
        final PeerHome home = peer.home(folder);
        home.require(install);
        return home;
    }

    /** Those that are installed, maybe just now; the executor always is. */
    List<Peer> installed(final Stream<Peer> peers) {
        if (folder != null) {
            throw new MusterException("peer-home=" + folder + " must not be given for many peers");
        }
        return peers.filter(peer -> peer == Peer.EXECUTOR || (install ? home(peer) : peer.home(null)).isInstalled())
                .toList();
    }
}
