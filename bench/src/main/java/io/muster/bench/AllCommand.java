package io.muster.bench;

import static java.util.Map.entry;

import io.muster.MusterException;
import io.muster.config.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** All benchmarks, one after the other. */
@Command(
        name = "all",
        description = {
            "Runs all benchmarks with their defaults, which takes about ten minutes; one that fails does not keep the others"
                    + " from running.",
            "With --report=FOLDER the results go to FOLDER/results.jsonl, and as tables and plots to FOLDER/report.html;"
                    + " the plots are files of their own too."
        })
final class AllCommand implements Callable<Integer> {
    /** Those that are not run without arguments; others of its parent's subcommands are. */
    private static final Map<String, List<String>> ARGUMENTS = Map.ofEntries(
            entry(
                    "overhead",
                    List.of(
                            "--cluster=inproc",
                            "--cluster=processes --transport=tcp",
                            "--cluster=processes --transport=aeron",
                            "--cluster=processes --transport=aeron --array --tasks=1000000")),
            entry("latency", List.of("", "--busy")),
            entry("stages", List.of("merge", "groupby")),
            entry("graph", List.of("map", "merge", "tree", "bag", "numpy", "groupby", "join")),
            entry("compare", List.of("--peer=executor --graph=map")),
            entry("virtual", List.of("", "--tasks=524288 --workers=64 --threads=128")),
            entry("taskbench", List.of("-type stencil_1d -steps 1000 -width 2 -kernel empty --warm-ups=3")),
            entry("metg", List.of("--cluster=inproc", "--cluster=processes")),
            entry("quality", List.of("--cluster=8x4,32x4 --bandwidth=256")),
            entry("all", List.of()),
            entry("report", List.of()));

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--report", paramLabel = "FOLDER", description = "Where to write a report; it is made if missing.")
    private @Nullable Path report;

    /** The command lines of all benchmarks. */
    static List<String> runs(final CommandLine bench) {
        final List<String> runs = new ArrayList<>();
        for (final String name : bench.getSubcommands().keySet()) {
            ARGUMENTS.getOrDefault(name, List.of("")).forEach(arguments -> runs.add((name + " " + arguments).strip()));
        }
        return runs;
    }

    /** Goes on after a benchmark that fails, and fails in the end. */
    @Override
    public Integer call() throws IOException {
        int exitCode = ExitCode.OK;
        if (spec != null) {
            final CommandLine bench = spec.commandLine().getParent();
            final List<String> results = new ArrayList<>();
            for (final String run : runs(bench)) {
                exitCode = Math.max(exitCode, run(bench, run, results));
            }
            if (report != null) {
                Report.write(results, report);
            }
        }
        return exitCode;
    }

    private int run(final CommandLine bench, final String run, final List<String> results) {
        final List<String> arguments = new ArrayList<>(List.of(run.split(" ")));
        arguments.add("--json");
        if (!run.equals(Floor.NAME)) {
            arguments.add("--no-floor");
        }
        final PrintWriter out = bench.getOut();
        final StringWriter told = new StringWriter();
        final int exitCode;
        try {
            exitCode = bench.setOut(new PrintWriter(told)).execute(arguments.toArray(String[]::new));
        } finally {
            bench.setOut(out);
        }
        told.toString().lines().forEach(line -> {
            results.add(line);
            out.println(output.isJson() ? line : text(line));
        });
        out.flush();
        return exitCode;
    }

    private static String text(final String line) {
        if (Json.parse(line) instanceof Map<?, ?> values) {
            return BenchResult.of(values).text();
        }
        throw new MusterException("a result must be an object: " + line);
    }
}
