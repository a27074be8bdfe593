package io.muster.mpi;

import java.util.Optional;

/**
 * Launches of Open MPI, {@code srun --mpi=pmix} and others that offer PMIx, on Java 22 and newer.
 *
 * <p>It is asked after {@link SessionDirectoryProvider}: loading the library and connecting costs four ranks on two cores a second,
 * and once connected a rank that dies takes all others with it until they have taken leave.
 */
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
        return 400;
    }

    @Override
    public Optional<RankTransport> open(final Launch launch) {
        if (!launch.environment().containsKey("PMIX_NAMESPACE")) {
            return Optional.empty();
        }
        final Optional<RankTransport> transport = Foreign.pmix(launch, options);
        if (transport.isEmpty() && NAME.equals(options.transport())) {
            throw new MpiLaunchException(
                    LaunchOptions.TRANSPORT + "=" + NAME + " needs Java 22 or newer, this is java.version="
                            + System.getProperty("java.version")
                            + "; a Muster that was built with Java 22 or newer; and libpmix.so.2, or its path by -D"
                            + LaunchOptions.PMIX_LIBRARY,
                    null);
        }
        return transport;
    }
}
