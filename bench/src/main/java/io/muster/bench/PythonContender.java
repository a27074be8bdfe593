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

/** A peer in Python: a script that reads the graph from a file, and runs it for each line that it is sent. */
final class PythonContender implements Contender {
    private static final String MODULE = "muster_peer.py";

    private final Path directory = PrivateFiles.runtimeDirectory();
    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final Writer orders;
    private final String version;

    PythonContender(
            final Path python,
            final String name,
            final GraphShape.Family family,
            final GraphShape graph,
            final String layout) {
        this.name = name;
        try {
            copy(MODULE);
            final Path script = copy(name + "_peer.py");
            final Path file = Files.write(directory.resolve("graph.txt"), graph.lines());
            process = new ProcessBuilder(
                            python.toString(),
                            script.toString(),
                            file.toString(),
                            family.label(),
                            layout,
                            Integer.toString(Runtime.getRuntime().availableProcessors()))
                    .directory(directory.toFile())
                    .redirectError(directory.resolve("error.log").toFile())
                    .start();
        } catch (final IOException e) {
            PrivateFiles.deleteRecursively(directory);
            throw new MusterException("can't start " + python + ": " + e.getMessage(), e);
        }
        answers = process.inputReader();
        orders = process.outputWriter();
        try {
            version = next()[1];
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    private Path copy(final String resource) throws IOException {
        final Path file = directory.resolve(resource);
        try (InputStream in = Objects.requireNonNull(PythonContender.class.getResourceAsStream("peers/" + resource))) {
            Files.copy(in, file);
        }
        return file;
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public Run run() {
        try {
            orders.write('\n');
            orders.flush();
        } catch (final IOException e) {
            throw new MusterException("peer=" + name + " is gone: " + errors(), e);
        }
        final String[] words = next();
        return new Run(Double.parseDouble(words[0]), Long.parseLong(words[1]));
    }

    private String[] next() {
        @Nullable String line = null;
        try {
            line = answers.readLine();
        } catch (final IOException e) {
            throw new MusterException("peer=" + name + " is gone: " + errors(), e);
        }
        final List<String> words = line == null ? List.of() : List.of(line.split(" "));
        if (words.size() != 2) {
            throw new MusterException("peer=" + name + " said " + line + ", which must be two words: " + errors());
        }
        return words.toArray(String[]::new);
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("error.log"));
        } catch (final IOException e) {
            return "its errors can't be read: " + e.getMessage();
        }
    }

    /** Ends the peer, which does so when it is sent nothing more. */
    @Override
    public void close() {
        try {
            orders.close();
        } catch (final IOException e) {
            process.destroy();
        }
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (final InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        PrivateFiles.deleteRecursively(directory);
    }
}
