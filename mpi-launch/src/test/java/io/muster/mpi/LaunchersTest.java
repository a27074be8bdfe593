package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** Ranks below the launchers that this machine has; skipped for those that it has not. */
final class LaunchersTest {
    private static final int SIZE = 3;
    private static final String OPEN_MPI = "mpirun.openmpi";
    private static final String MPICH = "mpirun.mpich";
    private static final Path MPJ_EXPRESS = Path.of("/usr/share/mpj/lib");
    private static final List<String> MPJ_LIBRARIES =
            List.of("log4j-1.2", "commons-cli", "commons-codec", "commons-io");
    private static final List<String> NATIVE_ACCESS = List.of("--enable-native-access=ALL-UNNAMED");

    @TempDir
    private Path directory;

    private RankPrograms programs;

    @BeforeEach
    void makePrograms() throws IOException {
        programs = new RankPrograms(directory);
    }

    @AfterEach
    void deletePrograms() throws IOException {
        programs.close();
    }

    @Test
    void ranksOfMpichMeetOnTheInheritedSocket() throws Exception {
        assertMeet("pmi-1", mpich(List.of(), List.of()));
    }

    @Test
    void ranksOfMpichWithMustersFlagMeetOnTheInheritedSocket() throws Exception {
        final String output = run(mpich(List.of(), List.of(InheritedSocket.FLAG.split(" "))));

        assertThat(output).doesNotContain("WARNING");
        assertMet("pmi-1", output);
    }

    @Test
    void ranksOfMpichMeetAtAPort() throws Exception {
        assertMeet("pmi-1", mpich(List.of("-pmi-port"), List.of()));
    }

    @Test
    void ranksOfOpenMpiMeetInTheSessionDirectory() throws Exception {
        assertMeet("session-directory", openMpi(List.of()));
    }

    @Test
    void ranksOfOpenMpiMeetInASharedDirectory() throws Exception {
        assertMeet("shared-file", openMpi(List.of("-Dmuster.mpi.transport=shared-file", sharedDirectory())));
        assertThat(directory.resolve("shared")).isEmptyDirectory();
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_22)
    void ranksOfOpenMpiMeetByPmix() throws Exception {
        assumeTrue(
                RankTransports.class.getResource("/META-INF/versions/22/io/muster/mpi/Foreign.class") != null,
                "Muster was built with a Java below 22");
        final List<String> options = new ArrayList<>(NATIVE_ACCESS);
        options.add("-Dmuster.mpi.transport=pmix");

        assertMeet("pmix", openMpi(options));
    }

    @Test
    void ranksOfMpjExpressInOneJvmMeet() throws Exception {
        final List<String> command = mpjExpress(List.of(), mpjHome());

        assertMet("mpj-express", programs.run(Map.of("MPJ_HOME", mpjHome().toString()), command));
    }

    @Test
    void ranksOfMpjExpressInSeveralJvmsMeet() throws Exception {
        assumeTrue(
                canIsolate(), "no new network namespace: MPJ Express's daemon obeys everybody, so it runs in one only");
        final Path home = mpjHome();
        final Path machines = Files.writeString(directory.resolve("machines"), "127.0.0.1\n");
        final List<String> device = List.of("-dev", "niodev", "-machinesfile", machines.toString());
        final String script = "set -e; ip link set lo up; D=" + home + "/lib;"
                + " java -cp $D/daemon.jar:$D/log4j-1.2.jar:$D/commons-cli.jar runtime.daemon.MPJDaemon 40055 > "
                + directory + "/daemon.txt 2>&1 & daemon=$!; trap 'kill $daemon' EXIT;"
                + " until (exec 3<>/dev/tcp/127.0.0.1/40055) 2>/dev/null; do sleep 0.1; done; \"$@\"";
        final List<String> command = new ArrayList<>(List.of("unshare", "-n", "/bin/bash", "-c", script, "bash"));
        command.addAll(mpjExpress(device, home));

        assertMet("mpj-express", programs.run(Map.of("MPJ_HOME", home.toString()), command));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "SLURM_LAB", matches = ".+")
    void tasksOfSlurmMeetInASharedDirectory() throws Exception {
        assertMeet("shared-file", srun("none"));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "SLURM_LAB", matches = ".+")
    void tasksOfSlurmMeetByPmi2() throws Exception {
        assertMeet("pmi-1", srun("pmi2"));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "SLURM_LAB", matches = ".+")
    void theBatchScriptOfSlurmIsNoLaunchButMpirunInItIs() throws Exception {
        final Path script = directory.resolve("job.sh");
        Files.writeString(
                script,
                "#!/bin/bash\n" + String.join(" ", programs.java(List.of(sharedDirectory()), List.of()))
                        + " && exit 1\nexec " + String.join(" ", mpich(List.of(), List.of())) + "\n");
        final Path output = directory.resolve("job.txt");
        run(List.of("sbatch", "--wait", "-N1", "-n3", "-o", output.toString(), script.toString()));

        assertThat(output).content().contains("put srun or mpirun before the command");
        assertMet("pmi-1", Files.readString(output));
    }

    private List<String> mpich(final List<String> launcherOptions, final List<String> options) {
        assumeInstalled(MPICH);
        final List<String> command = new ArrayList<>(List.of(MPICH));
        command.addAll(launcherOptions);
        return with(command, "-np", options);
    }

    private List<String> openMpi(final List<String> options) {
        assumeInstalled(OPEN_MPI);
        final List<String> command = new ArrayList<>(
                List.of(OPEN_MPI, "--allow-run-as-root", "--oversubscribe", "--mca", "oob_tcp_if_include", "lo"));
        return with(command, "-np", options);
    }

    private List<String> srun(final String mpi) {
        return with(new ArrayList<>(List.of("srun", "--mpi=" + mpi, "-N2")), "-n", List.of(sharedDirectory()));
    }

    private List<String> mpjExpress(final List<String> launcherOptions, final Path home) {
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-jar", home.resolve("lib/starter.jar").toString(), "-np", Integer.toString(SIZE)));
        command.addAll(launcherOptions);
        command.addAll(List.of("-cp", programs.classPath(), RankHello.class.getName(), "a", "b"));
        return command;
    }

    private List<String> with(final List<String> command, final String sizeOption, final List<String> options) {
        command.addAll(List.of(sizeOption, Integer.toString(SIZE)));
        command.addAll(programs.java(options, List.of("a", "b")));
        return command;
    }

    /** What Debian's package would be if its jars found each other: copies beside one another. */
    private Path mpjHome() throws IOException {
        assumeTrue(Files.isDirectory(MPJ_EXPRESS), "MPJ Express is not installed: libmpj-java");
        final Path home = directory.resolve("mpj");
        if (!Files.isDirectory(home)) {
            final Path lib = Files.createDirectories(home.resolve("lib"));
            copyAll(MPJ_EXPRESS, lib);
            copyAll(Path.of("/etc/mpj"), Files.createDirectories(home.resolve("conf")));
            for (final String library : MPJ_LIBRARIES) {
                Files.copy(Path.of("/usr/share/java", library + ".jar"), lib.resolve(library + ".jar"));
            }
        }
        return home;
    }

    private static void copyAll(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (final Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private String sharedDirectory() {
        return "-Dmuster.mpi.directory=" + directory.resolve("shared");
    }

    private void assertMeet(final String transport, final List<String> command) throws Exception {
        assertMet(transport, run(command));
    }

    private static void assertMet(final String transport, final String output) {
        for (int rank = 0; rank < SIZE; rank++) {
            assertThat(output).containsOnlyOnce("rank=" + rank + " size=" + SIZE + " by=" + transport + " local=");
        }
        assertThat(output.lines().filter(line -> line.contains("heard=" + RankHello.heard(SIZE) + " arguments=[a, b]")))
                .as(output)
                .hasSize(SIZE);
    }

    private String run(final List<String> command) throws Exception {
        return programs.run(Map.of(), command);
    }

    private boolean canIsolate() throws Exception {
        if (!isInstalled("unshare") || !isInstalled("ip")) {
            return false;
        }
        final Process process = new ProcessBuilder("unshare", "-n", "true").start();
        return process.waitFor() == 0;
    }

    private static void assumeInstalled(final String program) {
        assumeTrue(isInstalled(program), program + " is not installed");
    }

    private static boolean isInstalled(final String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
