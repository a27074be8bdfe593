package io.muster.mpi;

import io.muster.MusterException;
import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory in which each launch has one of its own. */
final class SharedDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(SharedDirectory.class);
    private static final String PREFIX = "launch-";
    private static final int LONGEST_NAME = 120;
    private static final Duration KEPT = Duration.ofDays(1);

    private final Path path;
    private final Duration timeout;

    SharedDirectory(final LaunchOptions options) {
        path = options.directoryOrDefault();
        timeout = options.timeout();
    }

    /**
     * The directory of one launch. Rank 0 deletes those that dead launches have left behind.
     *
     * @param job what tells the launch from others
     * @param place this rank
     */
    MeetingDirectory meeting(final String job, final Place place) {
        if (!Files.isDirectory(path)) {
            PrivateFiles.ensurePrivateDirectory(path);
        }
        if (place.rank() == 0) {
            deleteOld();
        }
        return new MeetingDirectory(path.resolve(PREFIX + fileName(job)), timeout);
    }

    private void deleteOld() {
        final Instant oldest = Instant.now().minus(KEPT);
        try (DirectoryStream<Path> launches = Files.newDirectoryStream(path, PREFIX + "*")) {
            for (final Path launch : launches) {
                if (Files.getLastModifiedTime(launch, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(oldest)) {
                    PrivateFiles.deleteRecursively(launch);
                }
            }
        } catch (final IOException | MusterException e) {
            LOG.debug("an old launch stays in {}", path, e);
        }
    }

    private static String fileName(final String job) {
        final String name = job.replaceAll("[^A-Za-z0-9._-]", "_");
        return name.length() > LONGEST_NAME ? digest(job) : name;
    }

    private static String digest(final String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (final NoSuchAlgorithmException e) {
            throw new MpiLaunchException("SHA-256 is not available in this JVM", e);
        }
    }
}
