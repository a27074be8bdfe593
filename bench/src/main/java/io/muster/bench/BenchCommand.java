package io.muster.bench;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code muster bench} command: each of its subcommands measures one thing on this machine. */
@Command(
        name = "bench",
        description = "Measures Muster on this machine.",
        subcommands = {
            FloorCommand.class,
            OverheadCommand.class,
            ZeroWorkerCommand.class,
            LatencyCommand.class,
            IdleCommand.class,
            StartCommand.class,
            TransferCommand.class,
            GraphCommand.class,
            StagesCommand.class,
            ScaleCommand.class,
            VirtualCommand.class,
            CompareCommand.class,
            MicroCommand.class,
            TaskBenchCommand.class,
            MetgCommand.class,
            OrderCommand.class,
            QualityCommand.class,
            ReportCommand.class,
            AllCommand.class
        })
public final class BenchCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    /** Makes the command; picocli fills it in. */
    public BenchCommand() {
        help = false;
    }

    /** Without a subcommand there is nothing to measure. */
    @Override
    public void run() {
        if (spec != null && !help) {
            throw new ParameterException(spec.commandLine(), "a benchmark is required");
        }
    }
}
