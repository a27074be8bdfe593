package io.muster.mpi;

import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A directory of this user alone in which ranks leave files for each other. Who waits for a file looks for it again after naps of
 * 2 ms to 200 ms, a twentieth of the time that it has waited.
 */
final class MeetingDirectory {
    private static final long SHORTEST_NAP_MS = 2;
    private static final long LONGEST_NAP_MS = 200;
    private static final long NAPS_IN_WAITING_TIME = 20;

    private final Path path;
    private final Duration timeout;

    /** Creates the directory if it is not there. */
    MeetingDirectory(final Path path, final Duration timeout) {
        this.path = PrivateFiles.ensurePrivateDirectory(path);
        this.timeout = timeout;
    }

    /** The names of all files. Asking for them also makes a network file system look at the server again. */
    Set<String> names() {
        final Set<String> names = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            files.forEach(file -> names.add(String.valueOf(file.getFileName())));
        } catch (final IOException e) {
            throw failed("read", path, e);
        }
        return names;
    }

    /** Leaves an empty file. */
    void leave(final String name) {
        final Path file = path.resolve(name);
        try {
            Files.createFile(file);
        } catch (final FileAlreadyExistsException e) {
            return;
        } catch (final IOException e) {
            throw failed("create", file, e);
        }
    }

    /** Leaves a file that appears with all of its bytes. */
    void leave(final String name, final byte[] bytes) {
        PrivateFiles.write(path.resolve(name), "launch file", bytes);
    }

    /** The bytes of a file; null if it is not there, or is being replaced on a network file system. */
    byte @Nullable [] read(final String name) {
        try {
            return Files.readAllBytes(path.resolve(name));
        } catch (final IOException e) {
            return null;
        }
    }

    /** The text of a file; empty if it is not there. */
    String readText(final String name) {
        final byte[] bytes = read(name);
        return bytes == null ? "" : new String(bytes, StandardCharsets.US_ASCII);
    }

    /**
     * Looks again and again until there is something.
     *
     * @param what what is waited for; asked when it has not come in time
     * @param look returns null if it is not there yet
     * @return what the look has found
     */
    <T> T await(final Supplier<String> what, final Supplier<@Nullable T> look) {
        final T found = awaitFor(timeout, look);
        if (found == null) {
            throw TimeLimit.expired(
                    what.get() + " in directory=" + path + ", which all ranks must see,", timeout, null);
        }
        return found;
    }

    /** Looks again and again until there is something; null if there is nothing in time. */
    <T> @Nullable T awaitFor(final Duration limit, final Supplier<@Nullable T> look) {
        final long start = System.nanoTime();
        T found = look.get();
        long waitedNs = 0;
        while (found == null && waitedNs < limit.toNanos()) {
            nap(waitedNs / NAPS_IN_WAITING_TIME / 1_000_000);
            found = look.get();
            waitedNs = System.nanoTime() - start;
        }
        return found;
    }

    /** Deletes files. */
    void delete(final Predicate<String> which) {
        for (final String name : names()) {
            if (which.test(name)) {
                deleteFile(path.resolve(name));
            }
        }
    }

    /** Deletes the directory with all that is in it. */
    void delete() {
        PrivateFiles.deleteRecursively(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }

    private static void deleteFile(final Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (final IOException e) {
            throw failed("delete", file, e);
        }
    }

    private void nap(final long ms) {
        try {
            Thread.sleep(Math.max(SHORTEST_NAP_MS, Math.min(LONGEST_NAP_MS, ms)));
        } catch (final InterruptedException e) {
            throw TimeLimit.interrupted("waiting for ranks in directory=" + path, e);
        }
    }

    private static MpiLaunchException failed(final String action, final Path file, final IOException cause) {
        return new MpiLaunchException(
                "cannot " + action + " launch file=" + file + ": "
                        + cause.getClass().getSimpleName() + " " + cause.getMessage(),
                cause);
    }
}
