package io.muster.system;

import io.muster.worker.JavaCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What starts the ranks of a launch on this machine. */
enum MpiLauncher {
    OPEN_MPI("mpirun.openmpi", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none"),
    MPICH("mpirun.mpich"),
    /** Of a real Slurm, see {@link SlurmLab}; on two of its nodes, without PMI, and with room for another launch there. */
    SRUN("srun", "--mpi=none", "-N2", "-c1", "--mem=1900M", "-t20"),
    /** All ranks are threads of one JVM. */
    MPJ_EXPRESS("java");

    private static final Path MPJ_LIBRARIES = Path.of("/usr/share/mpj/lib");
    private static final Path MPJ_SETTINGS = Path.of("/etc/mpj");
    private static final List<String> MPJ_NEEDS = List.of("log4j-1.2", "commons-cli", "commons-codec", "commons-io");
    private static final String HEAP = "-Xmx768m";

    private final String program;
    private final List<String> options;

    MpiLauncher(final String program, final String... options) {
        this.program = program;
        this.options = List.of(options);
    }

    /** What this machine lacks for it; empty if nothing. */
    String missing() {
        if (this == SRUN && !SlurmLab.isHere()) {
            return SlurmLab.VARIABLE + " is not set";
        }
        if (this == MPJ_EXPRESS) {
            return Files.isDirectory(MPJ_LIBRARIES) ? "" : "MPJ Express is not installed: libmpj-java";
        }
        return Stream.of(System.getenv("PATH").split(":"))
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)))
                ? ""
                : program + " is not installed";
    }

    /** The command that makes a cluster of three ranks, two of them workers with two threads, on this machine. */
    ProcessBuilder cluster(final Path folder, final Path schedulerFile) {
        final List<String> line = new ArrayList<>();
        final ProcessBuilder builder = new ProcessBuilder(line);
        if (this == MPJ_EXPRESS) {
            final Path home = mpjHome(folder);
            builder.environment().put("MPJ_HOME", home.toString());
            line.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            line.addAll(List.of("-jar", home.resolve("lib/starter.jar").toString(), "-np", "3"));
            line.addAll(List.of("-cp", System.getProperty("java.class.path")));
            line.addAll(List.of(ServingRank.class.getName(), schedulerFile.toString()));
            return builder;
        }
        line.add(program);
        line.addAll(options);
        line.addAll(List.of("-n", "3"));
        line.addAll(JavaCommand.command(
                "io.muster.cli.Main",
                List.of(HEAP, "-Dmuster.mpi.directory=" + folder.resolve("meeting")),
                List.of("mpi", "--scheduler-file", schedulerFile.toString(), "--threads", "2")));
        return builder;
    }

    /** The command that starts four ranks on both of {@link MpiNodes} in turn, without the program; to be run on the first. */
    List<String> onTwoNodes(final String ssh) {
        return switch (this) {
            case OPEN_MPI ->
                List.of((program + " --allow-run-as-root --bind-to none --map-by node --host n1:2,n2:2 -np 4"
                                + " --mca plm_rsh_agent " + ssh)
                        .split(" "));
            case MPICH -> List.of((program + " -hosts n1:1,n2:1 -np 4 -launcher ssh -launcher-exec " + ssh).split(" "));
            case SRUN, MPJ_EXPRESS -> throw new IllegalStateException(this + " does not start ranks by ssh");
        };
    }

    /** What Debian's package would be if its jars found each other: copies beside one another. */
    private static Path mpjHome(final Path folder) {
        try {
            final Path home = Files.createDirectory(folder.resolve("mpj"));
            final Path lib = Files.createDirectory(home.resolve("lib"));
            copyAll(MPJ_LIBRARIES, lib);
            copyAll(MPJ_SETTINGS, Files.createDirectory(home.resolve("conf")));
            for (final String library : MPJ_NEEDS) {
                Files.copy(Path.of("/usr/share/java", library + ".jar"), lib.resolve(library + ".jar"));
            }
            return home;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyAll(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }
}
