package io.muster.mpi;

import java.nio.file.Path;
import java.util.Optional;

/** Launches of which only the variables are known: ranks meet in a directory that all nodes see. */
final class SharedFileProvider implements RankTransportProvider {
    static final String NAME = "shared-file";

    private final LaunchOptions options;

    SharedFileProvider(final LaunchOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int priority() {
        return 500;
    }

    @Override
    public Optional<RankTransport> open(final Launch launch) {
        return RankEnvironment.of(launch.environment()).map(this::join);
    }

    private RankTransport join(final RankEnvironment environment) {
        final String job = environment.job();
        final Path given = options.directory();
        if (job == null && given == null) {
            throw new MpiLaunchException(
                    "launcher=" + environment.launcher() + " does not say which launch this is. Give all ranks -D"
                            + LaunchOptions.DIRECTORY + "=a directory that only this launch uses",
                    null);
        }
        final SharedDirectory shared = new SharedDirectory(options);
        return FileTransport.join(
                NAME,
                environment.place(),
                shared.meeting(job == null ? environment.launcher() : job, environment.place()));
    }
}
