package io.muster.jobqueue;

import io.muster.config.ConfigurationException;
import io.muster.jobqueue.command.Command;
import io.muster.jobqueue.command.CommandResult;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command {@code muster} as jobs run it, found from how this program was started: the distribution that this class is from, that of
 * {@code MUSTER_HOME}, this program's own class path if Muster's command line is on it, else {@code muster} on {@code PATH}.
 */
final class MusterCommand {
    private static final String MAIN = "io.muster.cli.Main";
    private static final String LAUNCHER = "bin/muster";
    private static final String FIND = "if [ -n \"${MUSTER_HOME:-}\" ] && [ -x \"$MUSTER_HOME/bin/muster\" ]; then"
            + " echo \"$MUSTER_HOME/bin/muster\"; else command -v muster; fi";

    private final List<String> program;
    private final String classPath;

    private MusterCommand(final List<String> program, final String classPath) {
        this.program = program;
        this.classPath = classPath;
    }

    /**
     * Finds it.
     *
     * @param environment the variables of this process
     * @return the command, and the classes of this program
     * @throws ConfigurationException if there is none
     */
    static MusterCommand find(final Map<String, String> environment) {
        final Optional<Path> launcher = Stream.of(ofThisJar(), ofHome(environment))
                .flatMap(Optional::stream)
                .findFirst();
        if (launcher.isPresent()) {
            return of(launcher.get());
        }
        if (isMainHere()) {
            return new MusterCommand(
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--add-exports",
                            "java.base/jdk.internal.misc=ALL-UNNAMED",
                            "-cp",
                            absolute(System.getProperty("java.class.path", ""), null),
                            MAIN),
                    "");
        }
        return onPath(environment)
                .map(MusterCommand::of)
                .orElseThrow(() -> new ConfigurationException(
                        "the command muster is not here, and jobs need it: install Muster where the nodes see it, and"
                                + " set MUSTER_HOME to its folder, put it on PATH, or name it with muster(…)"));
    }

    /**
     * Finds it on a login host across SSH: that of {@code MUSTER_HOME} there, else {@code muster} on {@code PATH}.
     *
     * @throws ConfigurationException if there is none
     */
    static MusterCommand findOn(final Login login) {
        final CommandResult found = login.commands().run(Command.of("sh", "-c", FIND));
        final String launcher = found.output().strip();
        if (!found.isSuccess() || !launcher.startsWith("/") || launcher.indexOf('\n') >= 0) {
            throw new ConfigurationException(
                    "the command muster is not on " + login.commands().where()
                            + ", neither in MUSTER_HOME nor on PATH: install Muster there, where the nodes see it too,"
                            + " and name it with muster(…)");
        }
        return of(Path.of(launcher));
    }

    /** The same command, if it is there on a login host. */
    MusterCommand checkedOn(final Login login) {
        final String launcher = program.get(0);
        if (!login.commands().run(Command.of("test", "-x", launcher)).isSuccess()) {
            throw new ConfigurationException("muster=" + launcher + " must be a program on "
                    + login.commands().where() + ": install Muster there, where the nodes see it too");
        }
        return this;
    }

    /** A given command, and the classes of this program. */
    static MusterCommand of(final Path launcher) {
        final Path absolute = launcher.toAbsolutePath().normalize();
        final Path bin = absolute.getParent();
        return new MusterCommand(
                List.of(absolute.toString()),
                absolute(System.getProperty("java.class.path", ""), bin == null ? null : bin.resolveSibling("lib")));
    }

    /** The command's words. */
    List<String> program() {
        return program;
    }

    /** What holds the classes of this program, as jobs are to see it. */
    String classPath() {
        return classPath;
    }

    private static Optional<Path> ofThisJar() {
        final CodeSource source = MusterCommand.class.getProtectionDomain().getCodeSource();
        try {
            final Path jar =
                    source == null ? null : Path.of(source.getLocation().toURI());
            final Path lib = jar == null ? null : jar.getParent();
            return lib == null || !Files.isRegularFile(jar) ? Optional.empty() : existing(lib.resolveSibling(LAUNCHER));
        } catch (final URISyntaxException e) {
            throw new IllegalStateException("location=" + source.getLocation() + " must be a file", e);
        }
    }

    private static Optional<Path> ofHome(final Map<String, String> environment) {
        final String home = environment.get("MUSTER_HOME");
        return home == null || home.isEmpty()
                ? Optional.empty()
                : existing(Path.of(home).resolve(LAUNCHER));
    }

    private static Optional<Path> onPath(final Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "muster"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Optional<Path> existing(final Path launcher) {
        return Files.isExecutable(launcher) ? Optional.of(launcher) : Optional.empty();
    }

    private static boolean isMainHere() {
        return MusterCommand.class.getClassLoader().getResource(MAIN.replace('.', '/') + ".class") != null;
    }

    /** Without what is in a folder, as the command has that itself. */
    private static String absolute(final String classPath, final @Nullable Path without) {
        return Arrays.stream(classPath.split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(entry -> without == null || !entry.startsWith(without))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }
}
