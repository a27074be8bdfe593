package io.muster.security;

import io.muster.MusterException;
import io.muster.security.PrivateFileException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files and directories that only this user may access: made so from the first moment, and checked when they are found.
 *
 * <p>On a file system without POSIX permissions, owner and mode can be neither set nor checked; a warning says so once
 * and the rest works.
 */
public final class PrivateFiles {
    /** The largest file that {@link Secret#read} and {@link SchedulerFile#read} accept, in bytes: {@value}. */
    public static final int MAX_FILE_BYTES = 1 << 20;

    /** How often a file is read that is replaced meanwhile; where that goes on without a pause one in a few is whole. */
    private static final int MAX_ATTEMPTS = 100;

    private PrivateFiles() {}

    /**
     * Creates a new directory that only this user may access (0700).
     *
     * @param parent an existing directory
     * @param prefix how the new name begins; a random part follows
     * @return the new directory
     * @throws MusterException if it can't be created
     */
    public static Path createPrivateDirectory(Path parent, String prefix) {
        Path directory = parent.resolve(prefix + RandomName.hex(8));
        try {
            Files.createDirectory(directory, attributes(parent, "rwx------"));
            setPermissions(directory, "rwx------");
            return directory;
        } catch (IOException e) {
            throw new MusterException("can't create private directory=" + directory + ": " + FileChecks.reason(e), e);
        }
    }

    /**
     * Makes sure that a directory exists and that only this user may access it.
     *
     * @param directory created with mode 0700 if there is nothing, its parents with the default mode
     * @return the directory
     * @throws PrivateFileException if it is a symbolic link, no directory, someone else's, or open to others
     * @throws MusterException if it can't be created
     */
    public static Path ensurePrivateDirectory(Path directory) {
        Path parent = directory.toAbsolutePath().getParent();
        try {
            if (parent != null && Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(parent);
                Files.createDirectory(directory, attributes(parent, "rwx------"));
                setPermissions(directory, "rwx------");
            }
        } catch (FileAlreadyExistsException e) {
            log().debug("directory={} was created by another process at the same time", directory);
        } catch (IOException e) {
            throw new MusterException("can't create private directory=" + directory + ": " + FileChecks.reason(e), e);
        }
        FileChecks.check(directory, "private directory", true, FileChecks.currentUid());
        return directory;
    }

    /**
     * Whether a path is a directory that only this user may access.
     *
     * @param directory looked at without following links
     * @return false if it is a symbolic link, no directory, someone else's, or open to others
     */
    public static boolean isPrivateDirectory(Path directory) {
        try {
            FileChecks.check(directory, "private directory", true, FileChecks.currentUid());
            return true;
        } catch (MusterException e) {
            return false;
        }
    }

    /**
     * Creates a new file that only this user may access (0600).
     *
     * @param file where; there must be nothing
     * @return the file, open for writing
     * @throws IOException if it can't be created
     */
    public static FileChannel createFile(Path file) throws IOException {
        Path directory = Objects.requireNonNull(file.toAbsolutePath().getParent(), "file has no directory");
        return FileChannel.open(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                attributes(directory, "rw-------"));
    }

    /**
     * A new 0700 directory for what this process keeps in memory or for its lifetime only.
     *
     * <p>It lies in {@code XDG_RUNTIME_DIR} if that is a private directory of this user, else in {@code /dev/shm} if
     * that is writable, else in {@code java.io.tmpdir}, and its name is {@code muster-<uid>-<random>}. The caller
     * deletes it; what earlier processes of this user left there because they were killed is deleted now.
     *
     * @return the new directory
     * @throws MusterException if it can't be created in any of these places
     */
    public static Path runtimeDirectory() {
        return runtimeDirectory(System.getenv("XDG_RUNTIME_DIR"), Path.of("/dev/shm"));
    }

    static Path runtimeDirectory(@Nullable String xdgRuntimeDir, Path sharedMemory) {
        String prefix = "muster-" + userTag() + "-";
        if (xdgRuntimeDir != null && Path.of(xdgRuntimeDir).isAbsolute()) {
            try {
                FileChecks.check(Path.of(xdgRuntimeDir), "XDG_RUNTIME_DIR", true, FileChecks.currentUid());
                return RuntimeDirectories.claim(createPrivateDirectory(Path.of(xdgRuntimeDir), prefix), prefix);
            } catch (MusterException e) {
                log().debug("not used: {}", e.getMessage());
            }
        }
        if (Files.isDirectory(sharedMemory) && Files.isWritable(sharedMemory)) {
            try {
                return RuntimeDirectories.claim(createPrivateDirectory(sharedMemory, prefix), prefix);
            } catch (MusterException e) {
                log().debug("not used: {}", e.getMessage());
            }
        }
        return RuntimeDirectories.claim(
                createPrivateDirectory(Path.of(System.getProperty("java.io.tmpdir")), prefix), prefix);
    }

    /**
     * Deletes a file, or a directory with all that is in it; symbolic links are deleted, never followed.
     *
     * @param path what to delete; nothing happens if there is nothing
     * @throws MusterException if something can't be deleted; as much as possible has been deleted then
     */
    public static void deleteRecursively(Path path) {
        RuntimeDirectories.release(path);
        TreeDeleter deleter = new TreeDeleter();
        try {
            Files.walkFileTree(path, deleter);
        } catch (IOException e) {
            deleter.failed(e);
        }
        IOException failure = deleter.failure();
        if (failure != null) {
            throw new MusterException("can't delete path=" + path + ": " + FileChecks.reason(failure), failure);
        }
    }

    /**
     * Reads a private file.
     *
     * @param file which; no symbolic link, and only this user's
     * @param what what it is, for messages
     * @return its bytes
     * @throws PrivateFileException if it can't be read, others can, or it is another user's
     */
    public static byte[] read(Path file, String what) {
        return read(file, what, FileChecks.currentUid());
    }

    /**
     * Reads a private file. The attributes are checked by name before and after the file is opened without following
     * links, because a pipe must not be opened at all; a writer's rename in between is seen by the file key and the
     * file read again.
     */
    static byte[] read(Path file, String what, long uid) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            @Nullable Object before = FileChecks.check(file, what, false, uid);
            try (InputStream in = Channels.newInputStream(
                    Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
                byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
                if (Objects.equals(before, FileChecks.check(file, what, false, uid))) {
                    FileChecks.checkContent(file, what, bytes);
                    return bytes;
                }
            } catch (NoSuchFileException e) {
                throw FileChecks.missing(file, what);
            } catch (IOException e) {
                throw new PrivateFileException(
                        Reason.REFUSED, "can't read " + what + "=" + file + ": " + FileChecks.reason(e), e);
            }
        }
        throw new PrivateFileException(
                Reason.INCOMPLETE,
                what + "=" + file + " is being replaced all the time; is more than one writer at it?");
    }

    /**
     * Writes a private file: to a new 0600 file beside it, forced to disk, then renamed over it.
     *
     * @param file where
     * @param what what it is, for messages
     * @param bytes what to write
     * @throws io.muster.MusterException if it can't be written
     */
    public static void write(Path file, String what, byte[] bytes) {
        Path target = file.toAbsolutePath();
        Path directory = Objects.requireNonNull(target.getParent(), "file has no directory");
        Path temporary = directory.resolve("." + target.getFileName() + "." + RandomName.hex(8) + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    attributes(directory, "rw-------"))) {
                setPermissions(temporary, "rw-------");
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            deleteQuietly(temporary);
            throw new MusterException("can't write " + what + "=" + file + ": " + FileChecks.reason(e), e);
        }
    }

    private static void setPermissions(Path path, String permissions) throws IOException {
        if (FileChecks.isPosix(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }

    private static FileAttribute<?>[] attributes(Path directory, String permissions) {
        if (!FileChecks.isPosix(directory)) {
            FileChecks.warnNonPosix(directory);
            return new FileAttribute<?>[0];
        }
        Set<PosixFilePermission> set = PosixFilePermissions.fromString(permissions);
        return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(set)};
    }

    private static String userTag() {
        long uid = FileChecks.currentUid();
        return uid >= 0 ? Long.toString(uid) : System.getProperty("user.name").replaceAll("[^A-Za-z0-9._]", "_");
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log().warn("temporary file={} is left behind: {}", file, FileChecks.reason(e));
        }
    }

    /** Not before there is something to say, as a start should not wait for the log to be set up. */
    private static Logger log() {
        return LoggerFactory.getLogger(PrivateFiles.class);
    }
}
