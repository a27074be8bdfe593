package io.muster.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** All benchmarks, one after the other. */
@Command(name = "all", description = "Runs all benchmarks with their defaults, which takes minutes.")
final class AllCommand implements Callable<Integer> {
    static final List<String> RUNS = List.of(
            "floor",
            "overhead --cluster=inproc",
            "overhead --cluster=processes --transport=tcp",
            "overhead --cluster=processes --transport=aeron",
            "overhead --cluster=processes --transport=aeron --array --tasks=1000000",
            "stages merge",
            "stages groupby",
            "zero-worker",
            "latency",
            "latency --busy",
            "idle",
            "transfer",
            "graph map",
            "graph merge",
            "graph tree",
            "graph bag",
            "graph numpy",
            "graph groupby",
            "graph join",
            "compare --peer=executor --graph=map",
            "micro",
            "taskbench -type stencil_1d -steps 1000 -width 2 -kernel empty --warm-ups=3",
            "metg --cluster=inproc",
            "metg --cluster=processes",
            "order",
            "quality --cluster=8x4,32x4 --bandwidth=256");

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BenchOutput output = new BenchOutput();

    /** Goes on after a benchmark that fails, and fails in the end. */
    @Override
    public Integer call() {
        int exitCode = ExitCode.OK;
        if (spec != null) {
            final CommandLine bench = spec.commandLine().getParent();
            for (final String run : RUNS) {
                final List<String> arguments = new ArrayList<>(List.of(run.split(" ")));
                if (output.isJson()) {
                    arguments.add("--json");
                }
                exitCode = Math.max(exitCode, bench.execute(arguments.toArray(String[]::new)));
            }
        }
        return exitCode;
    }
}
