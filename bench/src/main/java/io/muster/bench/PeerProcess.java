package io.muster.bench;

import io.muster.MusterException;
import io.muster.security.PrivateFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A peer's process: says "ready" and its version, then answers each line that it is sent with a line, and ends with its input. */
final class PeerProcess implements AutoCloseable {
    private static final int PATIENCE_S = 20;

    private final Path directory = PrivateFiles.runtimeDirectory();
    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;
    private final String version;

    PeerProcess(final String name, final Preparation preparation) {
        this.name = name;
        try {
            process = new ProcessBuilder(preparation.command(directory))
                    .directory(directory.toFile())
                    .redirectError(directory.resolve("error.log").toFile())
                    .start();
        } catch (final IOException e) {
            PrivateFiles.deleteRecursively(directory);
            throw new MusterException("can't start peer=" + name + ": " + e.getMessage(), e);
        } catch (final RuntimeException e) {
            PrivateFiles.deleteRecursively(directory);
            throw e;
        }
        answers = process.inputReader();
        orders = process.outputWriter();
        try {
            version = next(2)[1];
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Copies what a peer needs from here into its folder. */
    static Path copy(final String resource, final Path directory) throws IOException {
        final Path file = directory.resolve(resource);
        try (InputStream in = Objects.requireNonNull(PeerProcess.class.getResourceAsStream("peers/" + resource))) {
            Files.copy(in, file);
        }
        return file;
    }

    /** The folder it runs in, which goes with it. */
    Path directory() {
        return directory;
    }

    String version() {
        return version;
    }

    /** Sends a line, and waits for the one that answers it, which has so many words. */
    String[] ask(final String line, final int words) {
        try {
            orders.write(line + "\n");
            orders.flush();
        } catch (final IOException e) {
            throw new MusterException("peer=" + name + " is gone: " + errors(), e);
        }
        return next(words);
    }

    private String[] next(final int words) {
        @Nullable String line = null;
        try {
            line = answers.readLine();
        } catch (final IOException e) {
            throw new MusterException("peer=" + name + " is gone: " + errors(), e);
        }
        final String[] found = line == null ? new String[0] : line.split(" ");
        if (found.length != words) {
            throw new MusterException(
                    "peer=" + name + " said " + line + ", which must be words=" + words + ": " + errors());
        }
        return found;
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("error.log"));
        } catch (final IOException e) {
            return "its errors can't be read: " + e.getMessage();
        }
    }

    /** Ends the peer, which does so when it is sent nothing more, with all that it started. */
    @Override
    public void close() {
        final List<ProcessHandle> children = process.descendants().toList();
        try {
            orders.close();
        } catch (final IOException e) {
            process.destroy();
        }
        try {
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
        PrivateFiles.deleteRecursively(directory);
    }

    /** What a peer's process needs before it starts. */
    @FunctionalInterface
    interface Preparation {
        /** Puts what it reads into its folder, and tells how it is started. */
        List<String> command(Path directory) throws IOException;
    }
}
