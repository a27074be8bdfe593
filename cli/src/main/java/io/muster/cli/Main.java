package io.muster.cli;

import java.util.concurrent.ExecutionException;
import picocli.CommandLine;

/** The {@code muster} command: where its process begins. Workers start without the library for command lines if they can. */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the JVM: with 0 if all went well, 1 if something failed, 2 if the input was bad.
     *
     * @param arguments the command line
     */
    public static void main(final String[] arguments) {
        final WorkerStart worker = WorkerArguments.read(arguments);
        System.exit(worker == null ? commandLine(arguments).execute(arguments) : run(worker));
    }

    /** Runs a worker whose command line needed no library; what goes wrong is told as it is for all others. */
    private static int run(final WorkerStart worker) {
        try {
            return worker.call();
        } catch (final ExecutionException | InterruptedException | RuntimeException e) {
            return MainCommand.failed("worker", e);
        }
    }

    /** The command, ready to be executed; see {@link MainCommand}. */
    static CommandLine commandLine(final String... arguments) {
        return MainCommand.commandLine(arguments);
    }
}
