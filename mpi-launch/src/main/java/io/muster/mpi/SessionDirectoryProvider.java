package io.muster.mpi;

import io.muster.MusterException;
import io.muster.security.PrivateFiles;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Launches of Open MPI on one node: its private directory for this launch, which it deletes at the end, serves to meet. */
final class SessionDirectoryProvider implements RankTransportProvider {
    static final String NAME = "session-directory";

    private static final Logger LOG = LoggerFactory.getLogger(SessionDirectoryProvider.class);
    private static final String VARIABLE = "PMIX_SERVER_TMPDIR";

    private final LaunchOptions options;

    SessionDirectoryProvider(final LaunchOptions options) {
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
        final String session = launch.environment().get(VARIABLE);
        final Optional<RankEnvironment> environment = RankEnvironment.of(launch.environment())
                .filter(found -> found.place().onOneNode());
        if (session == null || environment.isEmpty() || !isPrivate(Path.of(session))) {
            return Optional.empty();
        }
        final MeetingDirectory directory = new MeetingDirectory(Path.of(session, "muster"), options.timeout());
        return Optional.of(FileTransport.join(NAME, environment.get().place(), directory));
    }

    private static boolean isPrivate(final Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.isDirectory(PrivateFiles.ensurePrivateDirectory(directory));
        } catch (final MusterException e) {
            LOG.debug("{} is not used", VARIABLE, e);
            return false;
        }
    }
}
