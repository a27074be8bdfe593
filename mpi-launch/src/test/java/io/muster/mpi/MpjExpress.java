package io.muster.mpi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What Debian's package of MPJ Express would be if its jars found each other: copies beside one another. */
final class MpjExpress {
    private static final Path INSTALLED = Path.of("/usr/share/mpj/lib");
    private static final List<String> LIBRARIES = List.of("log4j-1.2", "commons-cli", "commons-codec", "commons-io");

    private final Path directory;
    private final Path home;

    private MpjExpress(final Path directory, final Path home) {
        this.directory = directory;
        this.home = home;
    }

    /** Makes the copies; the test is skipped if the package is not installed. */
    static MpjExpress copied(final Path directory) throws IOException {
        assumeTrue(Files.isDirectory(INSTALLED), "MPJ Express is not installed: libmpj-java");
        final Path home = directory.resolve("mpj");
        final Path lib = Files.createDirectories(home.resolve("lib"));
        copyAll(INSTALLED, lib);
        copyAll(Path.of("/etc/mpj"), Files.createDirectories(home.resolve("conf")));
        for (final String library : LIBRARIES) {
            Files.copy(Path.of("/usr/share/java", library + ".jar"), lib.resolve(library + ".jar"));
        }
        return new MpjExpress(directory, home);
    }

    /** The variables that its programs need. */
    Map<String, String> variables() {
        return Map.of("MPJ_HOME", home.toString());
    }

    /** The command for ranks that are threads of one JVM. */
    List<String> multicore(final int size, final List<String> program) {
        return starter(size, List.of(), program);
    }

    /** The command for ranks that are JVMs below a daemon, which obeys everybody and so runs in a network of its own. */
    List<String> cluster(final int size, final List<String> program) throws IOException, InterruptedException {
        assumeTrue(canIsolate(), "no new network namespace");
        final Path machines = Files.writeString(directory.resolve("machines"), "127.0.0.1\n");
        final List<String> device = List.of("-dev", "niodev", "-machinesfile", machines.toString());
        final String script = "set -e; ip link set lo up; D=" + home + "/lib;"
                + " java -cp $D/daemon.jar:$D/log4j-1.2.jar:$D/commons-cli.jar runtime.daemon.MPJDaemon 40055 > "
                + directory + "/daemon.txt 2>&1 & daemon=$!; trap 'kill $daemon' EXIT;"
                + " until (exec 3<>/dev/tcp/127.0.0.1/40055) 2>/dev/null; do sleep 0.1; done; \"$@\"";
        final List<String> command = new ArrayList<>(List.of("unshare", "-n", "/bin/bash", "-c", script, "bash"));
        command.addAll(starter(size, device, program));
        return command;
    }

    private List<String> starter(final int size, final List<String> options, final List<String> program) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-jar", home.resolve("lib/starter.jar").toString(), "-np", Integer.toString(size)));
        command.addAll(options);
        command.addAll(program);
        return command;
    }

    private static boolean canIsolate() throws IOException, InterruptedException {
        return Stream.of("unshare", "ip").allMatch(Launched::isInstalled)
                && new ProcessBuilder("unshare", "-n", "true").start().waitFor() == 0;
    }

    private static void copyAll(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
