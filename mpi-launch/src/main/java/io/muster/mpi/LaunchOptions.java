package io.muster.mpi;

import io.muster.config.DurationText;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a user can say about how ranks find each other, as system properties.
 *
 * @param transport {@code muster.mpi.transport}: the name of the only provider to ask; by default all are asked
 * @param directory {@code muster.mpi.directory}: where ranks leave files for each other; by default {@code ~/.muster/launch}
 * @param timeout {@code muster.mpi.timeout}: how long a rank waits for the others in one call; by default 2 min
 * @param pmixLibrary {@code muster.mpi.pmix}: name or path of the PMIx library; by default {@code libpmix.so.2}
 */
record LaunchOptions(
        @Nullable String transport,
        @Nullable Path directory,
        Duration timeout,
        @Nullable String pmixLibrary) {
    static final String TRANSPORT = "muster.mpi.transport";
    static final String DIRECTORY = "muster.mpi.directory";
    static final String TIMEOUT = "muster.mpi.timeout";
    static final String PMIX_LIBRARY = "muster.mpi.pmix";

    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(2);

    static LaunchOptions of(final Function<String, @Nullable String> properties) {
        final String directory = properties.apply(DIRECTORY);
        return new LaunchOptions(
                properties.apply(TRANSPORT),
                directory == null ? null : Path.of(directory).toAbsolutePath(),
                timeout(properties.apply(TIMEOUT)),
                properties.apply(PMIX_LIBRARY));
    }

    /** The directory where ranks leave files for each other, given or default. */
    Path directoryOrDefault() {
        return directory != null ? directory : Path.of(System.getProperty("user.home"), ".muster", "launch");
    }

    private static Duration timeout(final @Nullable String text) {
        if (text == null) {
            return DEFAULT_TIMEOUT;
        }
        try {
            final Duration timeout = DurationText.parse(text);
            if (timeout.toMillis() > 0) {
                return timeout;
            }
        } catch (final IllegalArgumentException e) {
            throw new MpiLaunchException(TIMEOUT + "=" + text + ": " + e.getMessage(), e);
        }
        throw new MpiLaunchException(TIMEOUT + "=" + text + " must be at least 1ms", null);
    }
}
