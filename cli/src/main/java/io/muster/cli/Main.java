package io.muster.cli;

import io.muster.bench.BenchCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code muster} command. */
@Command(
        name = "muster",
        description = "Gathers workers into a cluster and runs tasks on them.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionText.class,
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "A cluster by hand, in three terminals that see one file system:",
            "  muster scheduler --scheduler-file s.json",
            "  muster worker --scheduler-file s.json",
            "  muster info --scheduler-file s.json",
            "All settings, and how to set them in files: docs/configuration.md"
        },
        subcommands = {
            SchedulerCommand.class,
            WorkerCommand.class,
            MpiCommand.class,
            InfoCommand.class,
            JobScriptCommand.class,
            JobsCommand.class,
            LogsCommand.class,
            DoctorCommand.class,
            NodeCheckCommand.class,
            DemoCommand.class,
            BenchCommand.class,
            CompletionCommand.class
        })
public final class Main implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the whole stack trace when something fails.")
    private boolean verbose;

    private Main() {}

    /**
     * Runs the command and ends the JVM: with 0 if all went well, 1 if something failed, 2 if the input was bad.
     *
     * @param arguments the command line
     */
    public static void main(final String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The command, ready to be executed; it prints to standard output and standard error unless told otherwise. */
    static CommandLine commandLine() {
        final Main main = new Main();
        final Failures failures = new Failures(() -> main.verbose);
        return new CommandLine(main)
                .setOut(new PrintWriter(System.out, true))
                .setErr(new PrintWriter(System.err, true))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /** Without a subcommand there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is required");
    }
}
