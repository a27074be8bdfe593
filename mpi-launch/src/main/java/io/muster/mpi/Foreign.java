package io.muster.mpi;

import io.muster.mpi.RankTransportProvider.Launch;
import java.io.IOException;
import java.util.Optional;

/**
 * What needs {@code java.lang.foreign}. This is the version for Java below 22, which goes without; that for Java 22 and newer is in
 * {@code src/main/java22}.
 */
final class Foreign {
    private Foreign() {}

    /** The streams of an inherited socket. */
    static ByteStreams socket(final int number) throws IOException {
        return InheritedSocket.bySunMiscUnsafe(number);
    }

    /** The launch as PMIx knows it; empty if there is no PMIx here. */
    static Optional<RankTransport> pmix(final Launch launch, final LaunchOptions options) {
        return Optional.empty();
    }
}
