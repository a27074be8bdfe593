package io.muster.jobqueue.manager;

import io.muster.jobqueue.ClusterFolder;
import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The folders of clusters that ended long ago and left theirs behind, because jobs failed or nobody was there to delete it. */
final class OldClusters {
    private static final Logger LOG = LoggerFactory.getLogger(OldClusters.class);
    private static final Duration KEPT = Duration.ofDays(30);

    private OldClusters() {}

    /** Deletes those beside a cluster's folder that are of the same user, have no scheduler file, and have not changed for 30 days. */
    static void sweep(final Path own, final Instant now) {
        final Path parent = own.toAbsolutePath().getParent();
        if (parent == null) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent)) {
            for (final Path folder : folders) {
                if (!folder.equals(own) && isOver(folder, own, now)) {
                    LOG.info("deleting {}, which an old cluster has left", folder);
                    PrivateFiles.deleteRecursively(folder);
                }
            }
        } catch (final IOException | RuntimeException e) {
            LOG.debug("old clusters in {} are left as they are", parent, e);
        }
    }

    private static boolean isOver(final Path folder, final Path own, final Instant now) throws IOException {
        return ClusterFolder.isName(folder.getFileName().toString())
                && Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                && !Files.exists(folder.resolve(ClusterFolder.SCHEDULER_FILE))
                && Files.getLastModifiedTime(folder).toInstant().isBefore(now.minus(KEPT))
                && Files.getOwner(folder).equals(Files.getOwner(own));
    }
}
