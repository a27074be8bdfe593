package io.muster.worker;

import io.muster.MusterException;
import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one worker puts results that don't fit into memory: a private directory (0700) that is made when it is first needed. A lock on a
 * file in it says that its process lives; {@link #sweep} deletes those of dead ones.
 */
public final class SpillDirectory implements AutoCloseable {
    /*
     * A lock and not a process id tells the living from the dead: the folder may be shared by several hosts, or by containers that number
     * processes each in its own way. Between the making of a lock file and its lock a sweeper may get the lock; it deletes the directory
     * while it holds it, so that whoever made it does not get it, and makes another.
     */
    private static final Logger LOG = LoggerFactory.getLogger(SpillDirectory.class);
    private static final String PREFIX = "muster-spill-";
    private static final String LOCK = "lock";
    private static final int ATTEMPTS = 3;

    private final Path parent;
    private @Nullable Path directory;
    private @Nullable FileChannel lock;
    private long last;
    private boolean closed;

    SpillDirectory(final Path parent) {
        this.parent = parent;
    }

    /**
     * Deletes what workers of this user left behind that were killed. Nothing happens where that can't be done.
     *
     * @param parent the folder that {@code worker.local-directory} names, or the temporary folder
     */
    public static void sweep(final Path parent) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (final Path directory : found) {
                sweepOne(directory);
            }
        } catch (final IOException | RuntimeException e) {
            LOG.debug("can't look for abandoned directories in {}", parent, e);
        }
    }

    private static void sweepOne(final Path directory) {
        final Path file = directory.resolve(LOCK);
        if (!Files.isRegularFile(file) || !PrivateFiles.isPrivateDirectory(directory)) {
            return;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            final FileLock held = channel.tryLock();
            if (held != null) {
                PrivateFiles.deleteRecursively(directory);
                LOG.info("deleted directory={}, which a worker that was killed had left", directory);
            }
        } catch (final OverlappingFileLockException e) {
            LOG.debug("directory={} is used in this process", directory);
        } catch (final IOException | RuntimeException e) {
            LOG.debug("can't delete abandoned directory={}", directory, e);
        }
    }

    /** The path of a new file. */
    synchronized Path next() throws IOException {
        if (closed) {
            throw new IOException("the worker is closed");
        }
        Path current = directory;
        for (int i = 0; current == null; i++) {
            current = make();
            if (current == null && i == ATTEMPTS) {
                throw new IOException("can't lock a file in a new directory of folder=" + parent);
            }
        }
        directory = current;
        return current.resolve(Long.toString(++last));
    }

    /** Deletes everything. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            if (directory != null) {
                PrivateFiles.deleteRecursively(directory);
            }
            if (lock != null) {
                lock.close();
            }
        } catch (final IOException | MusterException e) {
            LOG.warn("directory={} is left behind: {}", directory, e.getMessage());
        }
    }

    private @Nullable Path make() throws IOException {
        final Path made;
        try {
            Files.createDirectories(parent);
            made = PrivateFiles.createPrivateDirectory(parent, PREFIX);
        } catch (final MusterException e) {
            throw new IOException(e.getMessage(), e);
        }
        final FileChannel channel = PrivateFiles.createFile(made.resolve(LOCK));
        if (channel.tryLock() == null) {
            channel.close();
            return null;
        }
        lock = channel;
        return made;
    }
}
