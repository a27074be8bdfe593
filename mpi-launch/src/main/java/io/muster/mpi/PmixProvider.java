package io.muster.mpi;

import java.util.Optional;

/** Launches of Open MPI, {@code srun --mpi=pmix} and others that offer PMIx, on Java 22 and newer. */
final class PmixProvider implements RankTransportProvider {
    static final String NAME = "pmix";

    private final LaunchOptions options;

    PmixProvider(final LaunchOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 300;
    }

    @Override
    public Optional<RankTransport> open(final Launch launch) {
        return launch.environment().containsKey("PMIX_NAMESPACE")
                ? Foreign.pmix(launch, options)
                : Optional.empty();
    }
}
