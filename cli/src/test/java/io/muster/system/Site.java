package io.muster.system;

import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Where a program and its batch system are: what its environment has besides that of this process. Runs programs there. */
final class Site {
    private static final long PATIENCE_S = 240;
    private static final List<String> SMALL = List.of("-Xmx512m", "-XX:TieredStopAtLevel=1");

    private final Map<String, String> variables;

    private Site(final Map<String, String> variables) {
        this.variables = variables;
    }

    /**
     * What a program did.
     *
     * @param exitCode how it ended
     * @param output what it wrote, both streams
     */
    record Result(int exitCode, String output) {}

    /** This process's own environment. */
    static Site here() {
        return new Site(Map.of());
    }

    /** A fake batch system that keeps its jobs in a folder; its commands are test resources of the module that it is for. */
    static Site fake(final String system, final Path home) throws IOException {
        final Path commands = Path.of("..", "jobqueue-" + system, "src", "test", "resources", "fake", "bin")
                .toRealPath();
        Files.createDirectories(home);
        return here().with("PATH", commands + ":" + System.getenv("PATH"))
                .with("FAKE_" + system.toUpperCase(Locale.ROOT) + "_HOME", home.toString())
                .with("HOME", home.toString());
    }

    /** The same with one variable more. */
    Site with(final String name, final String value) {
        final Map<String, String> more = new LinkedHashMap<>(variables);
        more.put(name, value);
        return new Site(more);
    }

    /** Runs the command {@code muster}. */
    Result muster(final String... arguments) throws IOException, InterruptedException {
        return java("io.muster.cli.Main", arguments);
    }

    /** Runs a class with the class path of this process. */
    Result java(final String mainClass, final String... arguments) throws IOException, InterruptedException {
        return run(JavaCommand.command(mainClass, SMALL, List.of(arguments)));
    }

    /** Runs a program. */
    Result run(final String... words) throws IOException, InterruptedException {
        return run(List.of(words));
    }

    /** Makes a command {@code muster} that runs the classes of this process, with a Java that may be told. */
    static Path launcher(final Path folder) throws IOException {
        final Path file = folder.resolve("muster");
        Files.writeString(
                file,
                "#!/bin/sh\numask 077\nexec \"${MUSTER_JAVA_HOME:-" + System.getProperty("java.home")
                        + "}/bin/java\" --add-exports java.base/jdk.internal.misc=ALL-UNNAMED -Xmx512m"
                        + " -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path") + "'"
                        + "${MUSTER_CLASSPATH:+:$MUSTER_CLASSPATH} io.muster.cli.Main \"$@\"\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private Result run(final List<String> words) throws IOException, InterruptedException {
        final Path output = Files.createTempFile("muster-site", ".log");
        try {
            final ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile());
            builder.environment().putAll(variables);
            final Process process = builder.start();
            if (!process.waitFor(PATIENCE_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new AssertionError(words.get(0) + " did not end in " + PATIENCE_S + " s:\n"
                        + Files.readString(output, StandardCharsets.ISO_8859_1));
            }
            return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.deleteIfExists(output);
        }
    }
}
