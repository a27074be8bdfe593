package io.muster.security;

import com.sun.security.auth.module.UnixSystem;
import io.muster.security.PrivateFileException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What makes a file or directory private: its kind, its owner and its mode. */
final class FileChecks {
    private static final AtomicBoolean WARNED = new AtomicBoolean();
    private static final String UNIX_ATTRIBUTES = "unix:mode,uid,fileKey,isRegularFile,isDirectory,isSymbolicLink";
    private static final int OTHERS = 0077;
    private static final int PERMISSIONS = 07777;

    private FileChecks() {}

    static long currentUid() {
        return isPosix(Path.of(System.getProperty("java.io.tmpdir"))) ? Uid.VALUE : -1;
    }

    /** Refuses a path that is not private; returns what identifies the file behind it. */
    static @Nullable Object check(Path path, String what, boolean directory, long uid) {
        try {
            if (!isPosix(path)) {
                warnNonPosix(path);
                var basic = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                checkKind(path, what, directory, basic.isSymbolicLink(), basic.isDirectory(), basic.isRegularFile());
                return basic.fileKey() == null ? basic.lastModifiedTime() : basic.fileKey();
            }
            Map<String, Object> found = Files.readAttributes(path, UNIX_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            checkKind(
                    path,
                    what,
                    directory,
                    Boolean.TRUE.equals(found.get("isSymbolicLink")),
                    Boolean.TRUE.equals(found.get("isDirectory")),
                    Boolean.TRUE.equals(found.get("isRegularFile")));
            checkOwner(path, what, number(found, "uid"), uid);
            checkMode(path, what, directory, (int) number(found, "mode"));
            return found.get("fileKey");
        } catch (NoSuchFileException e) {
            throw missing(path, what);
        } catch (IOException e) {
            throw new PrivateFileException(
                    Reason.REFUSED, "can't read attributes of " + what + "=" + path + ": " + reason(e), e);
        }
    }

    private static void checkKind(
            Path path, String what, boolean wantsDirectory, boolean link, boolean directory, boolean regular) {
        if (link) {
            throw refused(path, what, "is a symbolic link, which is not followed; give the path of the file itself");
        }
        if (wantsDirectory && !directory) {
            throw refused(path, what, "is not a directory");
        }
        if (!wantsDirectory && !regular) {
            throw refused(
                    path,
                    what,
                    "is " + (directory ? "a directory" : "a pipe, socket or device") + ", required is a regular file");
        }
    }

    private static void checkOwner(Path path, String what, long owner, long uid) {
        if (owner != uid) {
            throw refused(path, what, "belongs to uid=" + owner + ", required is this process's uid=" + uid);
        }
    }

    private static void checkMode(Path path, String what, boolean directory, int mode) {
        if ((mode & OTHERS) != 0) {
            String octal = "0" + Integer.toOctalString(mode & PERMISSIONS);
            throw refused(
                    path,
                    what,
                    "has mode=" + octal + ", which lets others in; run: chmod " + (directory ? "700 " : "600 ") + path);
        }
    }

    static void checkContent(Path file, String what, byte[] bytes) {
        if (bytes.length == 0) {
            throw new PrivateFileException(Reason.INCOMPLETE, what + "=" + file + " is empty");
        }
        if (bytes.length > PrivateFiles.MAX_FILE_BYTES) {
            throw refused(file, what, "is larger than " + PrivateFiles.MAX_FILE_BYTES + " bytes");
        }
    }

    static PrivateFileException refused(Path path, String what, String why) {
        return new PrivateFileException(Reason.REFUSED, what + "=" + path + " " + why);
    }

    static PrivateFileException missing(Path path, String what) {
        return new PrivateFileException(Reason.MISSING, what + "=" + path + " does not exist");
    }

    static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().containsAll(List.of("posix", "unix"));
    }

    static void warnNonPosix(Path path) {
        if (WARNED.compareAndSet(false, true)) {
            log().warn(
                            "path={} is on a file system without POSIX permissions: owner and mode are neither set nor checked,"
                                    + " so keep other users away from it by other means",
                            path);
        }
    }

    static String reason(IOException e) {
        return e.getClass().getSimpleName() + ": " + e.getMessage();
    }

    private static long number(Map<String, Object> attributes, String name) {
        return ((Number) Objects.requireNonNull(attributes.get(name), name)).longValue();
    }

    private static final class Uid {
        static final long VALUE = new UnixSystem().getUid();
    }

    /** Not before there is something to say, as a start should not wait for the log to be set up. */
    private static Logger log() {
        return LoggerFactory.getLogger(FileChecks.class);
    }
}
