package io.muster.mpi;

import java.util.Map;
import java.util.Optional;

/**
 * Launches by scripts that give each process its {@code RANK} and {@code WORLD_SIZE}, perhaps {@code LOCAL_RANK} and
 * {@code LOCAL_WORLD_SIZE}, and a directory of the launch's own.
 */
final class GivenRankProvider implements RankTransportProvider {
    static final String NAME = "given-rank";

    private final LaunchOptions options;

    GivenRankProvider(final LaunchOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<RankTransport> open(final Launch launch) {
        final Map<String, String> environment = launch.environment();
        final Optional<Integer> rank = RankEnvironment.number(environment, "RANK");
        final Optional<Integer> size = RankEnvironment.number(environment, "WORLD_SIZE");
        if (rank.isEmpty() || size.isEmpty() || options.directory() == null) {
            return Optional.empty();
        }
        final Place place = new Place(
                rank.get(),
                size.get(),
                RankEnvironment.number(environment, "LOCAL_RANK").orElse(Place.UNKNOWN_RANK),
                RankEnvironment.number(environment, "LOCAL_WORLD_SIZE").orElse(Place.UNKNOWN_SIZE));
        final Optional<RankEnvironment> launcher = RankEnvironment.of(environment);
        launcher.ifPresent(found -> found.requireSame("RANK and WORLD_SIZE", rank.get(), size.get()));
        final String job = launcher.map(RankEnvironment::job).orElse(NAME);
        return Optional.of(FileTransport.join(NAME, place, new SharedDirectory(options).meeting(job, place)));
    }
}
