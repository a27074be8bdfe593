package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Runs {@link RankHello} below launchers. The classes of this module are put into a jar, because a newer Java looks for those that are
 * its own in jars only.
 */
final class RankPrograms implements AutoCloseable {
    private static final long LIMIT_SECONDS = 90;

    private final Path directory;
    private final String classPath;

    RankPrograms(final Path directory) throws IOException {
        this.directory = directory;
        final Path classes = Path.of(RankTransports.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath());
        final Path jar =
                Files.isDirectory(classes) ? TestArchive.jar(classes, directory.resolve("launch.jar")) : classes;
        classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).equals(classes) ? jar.toString() : entry)
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The class path of the program. */
    String classPath() {
        return classPath;
    }

    /** The command of one rank. */
    List<String> java(final List<String> options, final List<String> arguments) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-Dmuster.mpi.timeout=60s");
        command.addAll(options);
        command.add("-cp");
        command.add(classPath);
        command.add(RankHello.class.getName());
        command.addAll(arguments);
        return command;
    }

    /** Runs a command to its end; returns what it has printed, and fails if its exit code is not 0. */
    String run(final Map<String, String> variables, final List<String> command) throws Exception {
        return run(variables, command, 0);
    }

    /** Runs a command to its end; returns what it has printed, and fails if its exit code is not the expected one. */
    String run(final Map<String, String> variables, final List<String> command, final int expected) throws Exception {
        final Path output = Files.createTempFile(directory, "output", ".txt");
        final ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        final Map<String, String> environment = builder.environment();
        final Map<String, String> stripped = RankEnvironment.stripped(environment);
        environment.keySet().retainAll(stripped.keySet());
        environment.putAll(variables);
        final Process process = builder.start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as("ended in time: %s: %s", command, Files.readString(output))
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as("%s: %s", command, Files.readString(output))
                .isEqualTo(expected);
        return Files.readString(output);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(directory.resolve("launch.jar"));
    }
}
