package io.muster.mpi;

import java.util.Map;
import java.util.Optional;

/**
 * Launches of MPICH and its family, Slurm's {@code --mpi=pmi2}, and Flux: those that offer PMI-1 on a socket.
 *
 * <p>{@code PMI_RANK} alone is not enough, because Cray's launchers set it too, and have no socket. And Open MPI's ranks may have
 * inherited the variables of a Slurm step that {@code mpirun} ran in.
 */
final class PmiProvider implements RankTransportProvider {
    static final String NAME = "pmi-1";

    private final LaunchOptions options;

    PmiProvider(final LaunchOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 200;
    }

    @Override
    public Optional<RankTransport> open(final Launch launch) {
        final Map<String, String> environment = launch.environment();
        final boolean offered = environment.containsKey("PMI_FD") || environment.containsKey("PMI_PORT");
        return offered && !belongsToPmix(environment)
                ? Optional.of(PmiTransport.open(environment, options.timeout()))
                : Optional.empty();
    }

    private static boolean belongsToPmix(final Map<String, String> environment) {
        return RankEnvironment.of(environment)
                .map(RankEnvironment::launcher)
                .filter(launcher -> launcher.equals(RankEnvironment.OPEN_MPI) || launcher.equals(RankEnvironment.JSRUN))
                .isPresent();
    }
}
