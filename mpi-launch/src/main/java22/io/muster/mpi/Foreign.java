package io.muster.mpi;

import io.muster.mpi.RankTransportProvider.Launch;
import java.io.IOException;
import java.util.Optional;

/** What needs {@code java.lang.foreign}: the version for Java 22 and newer. */
final class Foreign {
    private Foreign() {}

    /** The streams of an inherited socket. */
    static ByteStreams socket(final int number) throws IOException {
        return new NativeDescriptor(number).streams();
    }

    /** The launch as PMIx knows it; empty if there is no PMIx here. */
    static Optional<RankTransport> pmix(final Launch launch, final LaunchOptions options) {
        return PmixLibrary.load(options.pmixLibrary())
                .map(library -> PmixTransport.open(
                        library, RankEnvironment.of(launch.environment()).orElse(null), options.timeout()));
    }
}
