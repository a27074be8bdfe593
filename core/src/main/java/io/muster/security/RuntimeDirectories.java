package io.muster.security;

import io.muster.MusterException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose the directories of {@link PrivateFiles#runtimeDirectory()} are: each has a file that its process keeps locked until it ends. */
final class RuntimeDirectories {
    /*
     * A process that is killed leaves its directory behind, and much memory with it where that is /dev/shm; the lock on the file in it
     * ends with the process, whatever ended it and in whatever namespace its id was. One that is about to be locked is told apart by its
     * age. A process must never open the files of its own directories again: closing one would end the lock.
     */
    static final String OWNER = ".owner";

    private static final long YOUNG_MS = 10_000;
    private static final Map<Path, FileChannel> OWN = new ConcurrentHashMap<>();

    private RuntimeDirectories() {}

    /** Marks a new directory as this process's, and deletes those beside it, of names that begin alike, whose processes are dead. */
    static Path claim(final Path directory, final String prefix) {
        try {
            final FileChannel channel = PrivateFiles.createFile(directory.resolve(OWNER));
            OWN.put(directory, channel);
            channel.lock();
        } catch (final IOException e) {
            log().warn("directory={} stays behind if this process is killed: {}", directory, FileChecks.reason(e));
        }
        final Path parent = directory.getParent();
        if (parent != null) {
            sweep(parent, prefix, System.currentTimeMillis() - YOUNG_MS);
        }
        return directory;
    }

    /** This process's directory is about to be deleted. */
    static void release(final Path directory) {
        final FileChannel channel = OWN.remove(directory);
        if (channel != null) {
            try {
                channel.close();
            } catch (final IOException e) {
                log().debug("directory={} could not be released", directory, e);
            }
        }
    }

    /** Deletes what dead processes of this user left before a time, in milliseconds since 1970. */
    static void sweep(final Path parent, final String prefix, final long beforeMs) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, prefix + "*")) {
            for (final Path directory : found) {
                if (!OWN.containsKey(directory) && PrivateFiles.isPrivateDirectory(directory)) {
                    sweep(directory, beforeMs);
                }
            }
        } catch (final IOException e) {
            log().debug("parent={} could not be listed", parent, e);
        }
    }

    private static void sweep(final Path directory, final long beforeMs) {
        final Path owner = directory.resolve(OWNER);
        try {
            if (!Files.isRegularFile(owner, LinkOption.NOFOLLOW_LINKS)
                    || Files.getLastModifiedTime(owner).toMillis() > beforeMs) {
                return;
            }
            try (FileChannel channel = FileChannel.open(owner, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                final @Nullable FileLock lock = channel.tryLock();
                if (lock != null) {
                    PrivateFiles.deleteRecursively(directory);
                    log().info("deleted directory={}, which a process that was killed left behind", directory);
                }
            }
        } catch (final IOException | OverlappingFileLockException | MusterException e) {
            log().debug("directory={} stays", directory, e);
        }
    }

    /** Not before there is something to say, as a start should not wait for the log to be set up. */
    private static Logger log() {
        return LoggerFactory.getLogger(RuntimeDirectories.class);
    }
}
