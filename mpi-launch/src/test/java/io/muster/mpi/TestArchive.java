package io.muster.mpi;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The class path of this JVM as jars, and an archive of the classes that a rank of {@link ClusterProgram} needs: ranks that map them
 * take half the processor time until they run. Made once, for all tests of this JVM.
 */
final class TestArchive {
    private static final long LIMIT_SECONDS = 90;

    private final String classPath;
    private final Path archive;

    private TestArchive() throws IOException, InterruptedException {
        final Path folder = Files.createTempDirectory("muster-ranks");
        final List<Path> made = new ArrayList<>();
        final List<String> entries = new ArrayList<>();
        for (final String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            final Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                made.add(jar(path, folder.resolve(made.size() + ".jar")));
                entries.add(made.get(made.size() - 1).toString());
            } else if (Files.exists(path)) {
                entries.add(entry);
            }
        }
        classPath = String.join(File.pathSeparator, entries);
        archive = folder.resolve("classes.jsa");
        write(folder);
        made.add(archive);
        folder.toFile().deleteOnExit();
        made.forEach(file -> file.toFile().deleteOnExit());
    }

    /** The only one. */
    static TestArchive get() {
        return Holder.ARCHIVE;
    }

    /** The options that a rank's JVM needs for it, class path and all. */
    List<String> options() {
        return List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable", "-cp", classPath);
    }

    /** A launch of one rank writes the archive at its end. */
    private void write(final Path folder) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(Launched.SMALL);
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable", "-cp", classPath));
        command.addAll(List.of(ClusterProgram.class.getName(), "execute", "0", "0", "false"));
        final Path meeting = Files.createDirectory(folder.resolve("meeting"));
        final ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put(DirectoryTransport.RANK, "0");
        builder.environment().put(DirectoryTransport.SIZE, "1");
        builder.environment().put(DirectoryTransport.DIRECTORY, meeting.toString());
        final Process process = builder.start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(Files.readString(folder.resolve("log")));
        }
        Stream.of(folder.resolve("log"), meeting).forEach(file -> file.toFile().delete());
    }

    /** Puts a folder of classes into a jar, in which newer Javas find those that are their own. */
    static Path jar(final Path classes, final Path jar) throws IOException {
        final Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MULTI_RELEASE, "true");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest);
                Stream<Path> found = Files.walk(classes)) {
            found.filter(Files::isRegularFile)
                    .filter(each -> !each.endsWith(Path.of("META-INF", "MANIFEST.MF")))
                    .forEach(each -> add(out, classes, each));
        }
        return jar;
    }

    private static void add(final JarOutputStream out, final Path classes, final Path file) {
        try {
            out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
            Files.copy(file, out);
            out.closeEntry();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Holder {
        static final TestArchive ARCHIVE = make();

        private static TestArchive make() {
            try {
                return new TestArchive();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
