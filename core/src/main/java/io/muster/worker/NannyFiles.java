package io.muster.worker;

import io.muster.MusterException;
import io.muster.security.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalInt;

/**
 * What a worker process leaves for its nanny in the directory they share: the run recorder's file and its worker
 * number.
 */
public final class NannyFiles {
    private NannyFiles() {}

    /**
     * Where the {@link RunRecorder} of the worker process is.
     *
     * @param directory the shared directory
     * @return the file
     */
    public static Path runs(final Path directory) {
        return directory.resolve("runs");
    }

    /**
     * Notes which number the scheduler gave the worker process.
     *
     * @param directory the shared directory
     * @param workerNumber the number
     * @throws MusterException if it can't be written
     */
    public static void writeSession(final Path directory, final int workerNumber) {
        final Path unfinished = directory.resolve("session.new");
        try {
            Files.writeString(unfinished, Integer.toString(workerNumber));
            Files.move(unfinished, session(directory), StandardCopyOption.ATOMIC_MOVE);
        } catch (final IOException e) {
            throw new MusterException("can't write file=" + session(directory) + ": " + e.getMessage(), e);
        }
    }

    /**
     * The number that the scheduler gave the worker process.
     *
     * @param directory the shared directory
     * @return the number; empty if it never had a session
     */
    public static OptionalInt readSession(final Path directory) {
        try {
            return OptionalInt.of(
                    Integer.parseInt(Files.readString(session(directory)).trim()));
        } catch (final IOException | NumberFormatException e) {
            return OptionalInt.empty();
        }
    }

    /**
     * Makes room for what only one worker process uses; the nanny empties it before the next one.
     *
     * @param directory the shared directory
     * @return a private directory
     */
    static Path scratch(final Path directory) {
        return PrivateFiles.ensurePrivateDirectory(directory.resolve("scratch"));
    }

    static void clear(final Path directory) {
        try {
            Files.deleteIfExists(runs(directory));
            Files.deleteIfExists(session(directory));
            PrivateFiles.deleteRecursively(directory.resolve("scratch"));
        } catch (final IOException e) {
            throw new MusterException("can't empty the nanny's directory=" + directory + ": " + e.getMessage(), e);
        }
    }

    private static Path session(final Path directory) {
        return directory.resolve("session");
    }
}
