package io.muster.cli;

import io.muster.Client;
import io.muster.config.Settings;
import io.muster.mpi.MpiLaunch;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;

/**
 * Goes once through what the start of any member of a cluster needs, as a launch of one rank. The launcher script has a JVM do this that
 * writes down the classes, and later JVMs map them into memory instead of loading each.
 */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Makes later starts quicker: has the launcher write an archive of the classes that a start needs, beside the"
                    + " libraries, for each Java that it finds, 17 and newer. The build does that; an installed"
                    + " distribution needs it once, and again when another Java comes."
        })
final class TrainCommand implements Callable<Integer> {
    private static final int TASKS = 200;
    private static final List<String> COMMANDS = List.of("demo", "worker", "scheduler", "mpi", "info");

    @Override
    public Integer call() {
        for (final String command : COMMANDS) {
            Main.commandLine(command)
                    .setOut(new PrintWriter(Writer.nullWriter()))
                    .execute(command, "--help");
        }
        return MpiLaunch.builder()
                .settings(Settings.load())
                .clientRank(0)
                .exclusiveWorkers(false)
                .execute(new String[0], TrainCommand::work)
                .orElse(0);
    }

    private static int work(final Client client) {
        final List<Integer> numbers = IntStream.range(0, TASKS).boxed().toList();
        client.combineAll(client.map(n -> n * n, numbers), List::size).join();
        client.info();
        return 0;
    }
}
