package io.muster.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests of a launch's end have in common: one launch of four ranks, of which nothing may be left. */
abstract class EndsTest {
    private static final int SIZE = 4;
    private static final Map<String, List<String>> LAUNCHERS = Map.of(
            "openmpi", openMpi(),
            "openmpi recovering", openMpi("--enable-recovery"),
            "mpich", List.of("mpirun.mpich", "-np"),
            "srun", List.of("srun", "--mpi=none", "-N2", "-n"),
            "srun pmi2", List.of("srun", "--mpi=pmi2", "-N2", "-n"));

    @TempDir
    Path folder;

    private Launched launched;

    @AfterEach
    void endAll() {
        if (launched != null) {
            launched.endLaunchers();
            living().forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** Starts the ranks by a launcher, which is to be installed. */
    final void launch(final String launcher, final List<String> options, final String... program) throws IOException {
        final List<String> command = new ArrayList<>(launcher(launcher));
        assumeTrue(Launched.isInstalled(command.get(0)), command.get(0) + " is not installed");
        command.add(Integer.toString(SIZE));
        final List<String> all = new ArrayList<>(options);
        all.add("-Dmuster.mpi.directory=" + meeting());
        final List<String> arguments = new ArrayList<>(List.of("initialize"));
        arguments.addAll(Arrays.asList(program));
        command.addAll(Launched.program(all, arguments.toArray(String[]::new)));
        launch(command, Map.of());
    }

    final void launch(final List<String> command, final Map<String, String> variables) throws IOException {
        launched = Launched.by(folder, command, variables);
    }

    final Launched launched() {
        return launched;
    }

    /** The command of a launcher, up to the number of ranks. */
    List<String> launcher(final String name) {
        return LAUNCHERS.get(name);
    }

    /** Where ranks meet that find no other way; no other launch meets there. */
    final Path meeting() {
        return folder.resolve("launch");
    }

    /** Sends a signal to {@code rank N} or to the {@code launcher} of a program that waits. */
    final void signal(final String target, final String signal) throws Exception {
        launched.awaitOutput("the program waits");
        send(target, signal);
    }

    void send(final String target, final String signal) throws Exception {
        Launched.signal(target.equals("launcher") ? launched.process(0).pid() : launched.pid(number(target)), signal);
    }

    static int number(final String rank) {
        return Integer.parseInt(rank.substring("rank ".length()));
    }

    /** The ranks of the launch that still live. */
    List<ProcessHandle> living() {
        return launched.livingRanks();
    }

    /** Waits for the end: the launcher has one of the exit codes, and no rank is left. */
    final void assertEndsWith(final Integer... exitCodes) throws InterruptedException {
        assertThat(launched.exitCodes()).as(launched.output()).isSubsetOf(exitCodes);
        assertNoRankIsLeft();
    }

    final void assertNoRankIsLeft() {
        await().atMost(Launched.BOUND)
                .untilAsserted(() -> assertThat(living()).as(launched.output()).isEmpty());
    }

    private static List<String> openMpi(final String... options) {
        final List<String> command = new ArrayList<>(List.of(
                "mpirun.openmpi", "--allow-run-as-root", "--oversubscribe", "--mca", "oob_tcp_if_include", "lo"));
        command.addAll(Arrays.asList(options));
        command.add("-np");
        return command;
    }
}
