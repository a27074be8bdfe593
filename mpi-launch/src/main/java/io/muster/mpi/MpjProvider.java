package io.muster.mpi;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Launches of MPJ Express. It puts the rank, its configuration and a device in front of the program's arguments.
 *
 * <p>It is asked before launchers of processes, because its native mode runs in one of them.
 */
final class MpjProvider implements RankTransportProvider {
    static final String NAME = "mpj-express";

    /** How many arguments are MPJ Express's own. */
    static final int ARGUMENTS = 3;

    private static final Set<String> DEVICES = Set.of("smpdev", "niodev", "hybdev", "mxdev", "native");

    private final LaunchOptions options;

    MpjProvider(final LaunchOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 100;
    }

    @Override
    public Optional<RankTransport> open(final Launch launch) {
        return isMpj(launch) ? Optional.of(MpjTransport.open(launch, options.timeout())) : Optional.empty();
    }

    /** Whether the arguments are those of MPJ Express, and its classes are there. */
    static boolean isMpj(final Launch launch) {
        final List<String> arguments = launch.arguments();
        return arguments.size() >= ARGUMENTS
                && arguments.get(0).matches("[0-9]{1,9}")
                && DEVICES.contains(arguments.get(2))
                && MpjLibrary.find().isPresent();
    }
}
