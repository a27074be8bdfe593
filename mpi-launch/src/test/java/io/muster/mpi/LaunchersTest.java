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
        final MpjExpress mpj = MpjExpress.copied(directory);

        assertMet("mpj-express", programs.run(mpj.variables(), mpj.multicore(SIZE, hello())));
    }

    @Test
    void ranksOfMpjExpressInSeveralJvmsMeet() throws Exception {
        final MpjExpress mpj = MpjExpress.copied(directory);

        assertMet("mpj-express", programs.run(mpj.variables(), mpj.cluster(SIZE, hello())));
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

    private List<String> hello() {
        return List.of("-cp", programs.classPath(), RankHello.class.getName(), "a", "b");
    }

    private List<String> with(final List<String> command, final String sizeOption, final List<String> options) {
        command.addAll(List.of(sizeOption, Integer.toString(SIZE)));
        command.addAll(programs.java(options, List.of("a", "b")));
        return command;
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
        return programs.run(SlurmForLaunches.variables(), command);
    }

    private static void assumeInstalled(final String program) {
        assumeTrue(isInstalled(program), program + " is not installed");
    }

    private static boolean isInstalled(final String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }
}
