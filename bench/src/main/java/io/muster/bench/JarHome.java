package io.muster.bench;

import io.muster.MusterException;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** A folder with the jars of a peer in Java. Its drivers are sources, compiled when they start. */
final class JarHome implements PeerHome {
    private static final String BASE = "PeerDriver";
    private static final String POM = """
            <project xmlns="http://maven.apache.org/POM/4.0.0">
                <modelVersion>4.0.0</modelVersion>
                <groupId>peer</groupId>
                <artifactId>peer</artifactId>
                <version>1</version>
                <packaging>pom</packaging>
                <dependencies>
                    <dependency>
                        <groupId>%s</groupId>
                        <artifactId>%s</artifactId>
                        <version>%s</version>
                    </dependency>
                </dependencies>
            </project>
            """;

    private final Path folder;
    private final String[] coordinates;
    private final List<String> flags;
    private final List<String> classPath;

    /**
     * Describes one.
     *
     * @param coordinates of the peer's artifact: group, name and version between colons
     * @param flags for the JVMs of its drivers
     * @param classPath what else is on their class path
     */
    JarHome(final Path folder, final String coordinates, final List<String> flags, final List<String> classPath) {
        this.folder = folder;
        this.coordinates = coordinates.split(":");
        this.flags = flags;
        this.classPath = classPath;
    }

    private Path jars() {
        return folder.resolve("lib");
    }

    @Override
    public boolean isInstalled() {
        return Files.exists(jars().resolve(coordinates[1] + "-" + coordinates[2] + ".jar"));
    }

    /** Has Maven resolve the artifact with all that it needs at run time. */
    @Override
    public void install() {
        final Path pom = folder.resolve("pom.xml");
        try {
            Files.createDirectories(folder);
            Files.writeString(pom, POM.formatted((Object[]) coordinates));
            for (final Path file : files()) {
                Files.delete(file);
            }
        } catch (final IOException e) {
            throw new MusterException("can't write " + folder + ": " + e.getMessage(), e);
        }
        PeerHome.run(List.of(
                "mvn",
                "-B",
                "-q",
                "-f",
                pom.toString(),
                "dependency:copy-dependencies",
                "-DincludeScope=runtime",
                "-DoutputDirectory=" + jars()));
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(jars())) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(jars())) {
            return files.sorted().toList();
        }
    }

    @Override
    public String missing() {
        return "artifact=" + String.join(":", coordinates) + " must be installed in " + jars()
                + ": give --install to have Maven do so, or --peer-home=FOLDER of one that has it in lib";
    }

    @Override
    public List<String> command(final Path directory, final String driver, final List<String> arguments)
            throws IOException {
        final List<String> path = new ArrayList<>(classPath);
        files().forEach(jar -> path.add(jar.toString()));
        final Path classes = Files.createDirectory(directory.resolve("classes"));
        compile(
                List.of(PeerProcess.copy(BASE + ".java", directory), PeerProcess.copy(driver + ".java", directory)),
                String.join(File.pathSeparator, path),
                classes);
        path.add(0, classes.toString());
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path), driver, coordinates[2]));
        command.addAll(arguments);
        return command;
    }

    private static void compile(final List<Path> sources, final String classPath, final Path classes) {
        final ToolProvider compiler = ToolProvider.findFirst("javac")
                .orElseThrow(() -> new MusterException("java.home=" + System.getProperty("java.home")
                        + " must be a JDK, for a peer's driver to be compiled"));
        final List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-nowarn", "-encoding", "UTF-8", "-cp", classPath, "-d", classes.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        final StringWriter said = new StringWriter();
        final PrintWriter out = new PrintWriter(said);
        final int exitCode = compiler.run(out, out, arguments.toArray(String[]::new));
        if (exitCode != 0) {
            throw new MusterException("a peer's driver does not compile: " + said);
        }
    }

    /** Where a class of this program was loaded from. */
    static String codeOf(final Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (final java.net.URISyntaxException e) {
            throw new UncheckedIOException(new IOException(e));
        }
    }
}
