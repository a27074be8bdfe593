package io.muster.cli;

import static java.util.Map.entry;

import io.muster.bench.BenchCommand;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code muster} command as its library for command lines sees it. */
@Command(
        name = "muster",
        description = "Gathers workers into a cluster and runs tasks on them.",
        mixinStandardHelpOptions = true,
        addMethodSubcommands = false,
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
        })
final class MainCommand implements Runnable {
    private static final String COMPLETION = "completion";

    private static final List<Map.Entry<String, Class<?>>> COMMANDS = List.of(
            entry("scheduler", SchedulerCommand.class),
            entry("worker", WorkerCommand.class),
            entry("mpi", MpiCommand.class),
            entry("info", InfoCommand.class),
            entry("check", CheckCommand.class),
            entry("dump", DumpCommand.class),
            entry("inspect", InspectCommand.class),
            entry("job-script", JobScriptCommand.class),
            entry("jobs", JobsCommand.class),
            entry("logs", LogsCommand.class),
            entry("doctor", DoctorCommand.class),
            entry("node-check", NodeCheckCommand.class),
            entry("demo", DemoCommand.class),
            entry("bench", BenchCommand.class),
            entry("simulate", SimulateCommand.class),
            entry("train", TrainCommand.class),
            entry(COMPLETION, CompletionCommand.class));

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Show the whole stack trace when something fails.")
    private boolean verbose;

    private MainCommand() {}

    /**
     * The command, ready to be executed; it prints to standard output and standard error unless told otherwise. Knows only the subcommand
     * that the arguments begin with, if they begin with one: to look at all of them takes most of a second of processor time.
     */
    static CommandLine commandLine(final String... arguments) {
        final MainCommand main = new MainCommand();
        final Failures failures = new Failures(() -> main.verbose);
        final CommandLine line = new CommandLine(main);
        final List<Map.Entry<String, Class<?>>> named = COMMANDS.stream()
                .filter(each -> arguments.length > 0 && arguments[0].equals(each.getKey()))
                .filter(each -> !each.getKey().equals(COMPLETION))
                .toList();
        (named.isEmpty() ? COMMANDS : named).forEach(each -> line.addSubcommand(each.getKey(), each.getValue()));
        return line.setOut(new PrintWriter(System.out, true))
                .setErr(new PrintWriter(System.err, true))
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures);
    }

    /** Tells of a failure of a subcommand that ran without the library, as it is told of all others; gives the exit code. */
    static int failed(final String subcommand, final Exception failure) {
        final CommandLine command =
                Objects.requireNonNull(commandLine(subcommand).getSubcommands().get(subcommand));
        return new Failures(() -> false).handleExecutionException(failure, command, null);
    }

    /** Without a subcommand there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is required");
    }
}
