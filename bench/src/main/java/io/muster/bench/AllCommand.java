package io.muster.bench;

import static java.util.Map.entry;

import io.muster.MusterException;
import io.muster.config.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
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
            "Runs all benchmarks with their defaults, each in a JVM of its own, which takes about ten minutes; one that"
                    + " fails does not keep the others from running.",
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

    /** The benchmark that runs. */
    private @Nullable Process running;

    private boolean isStopped;

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
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "muster-bench-stop"));
            final CommandLine bench = spec.commandLine().getParent();
            final List<String> results = new ArrayList<>();
            for (final String run : runs(bench)) {
                exitCode = Math.max(exitCode, run(bench.getCommandSpec(), run, results));
            }
            if (report != null) {
                Report.write(results, report);
            }
        }
        return exitCode;
    }

    private int run(final CommandSpec bench, final String run, final List<String> results) throws IOException {
        final List<String> arguments = new ArrayList<>(List.of(run.split(" ")));
        arguments.add("--json");
        if (!run.equals(Floor.NAME)) {
            arguments.add("--no-floor");
        }
        final PrintWriter out = bench.commandLine().getOut();
        final Process process = start(new ProcessBuilder(command(bench, arguments)));
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                results.add(line);
                out.println(output.isJson() ? line : text(line));
                out.flush();
            }
            return process.waitFor();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MusterException("interrupted while " + run + " ran", e);
        } finally {
            process.destroy();
        }
    }

    private synchronized Process start(final ProcessBuilder benchmark) throws IOException {
        if (isStopped) {
            throw new MusterException("stopped by a signal");
        }
        running = benchmark.redirectError(ProcessBuilder.Redirect.INHERIT).start();
        return running;
    }

    /** What runs ends with this process, and nothing else is begun. */
    private synchronized void stop() {
        isStopped = true;
        if (running != null) {
            running.destroy();
        }
    }

    /** Starts this program again as it was started, for another benchmark. */
    private static List<String> command(final CommandSpec bench, final List<String> arguments) {
        final List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        line.addAll(List.of("-cp", System.getProperty("java.class.path")));
        line.add(System.getProperty("sun.java.command").split(" ")[0]);
        final List<String> names = List.of(bench.qualifiedName(" ").split(" "));
        line.addAll(names.subList(1, names.size()));
        line.addAll(arguments);
        return line;
    }

    private static String text(final String line) {
        if (Json.parse(line) instanceof Map<?, ?> values) {
            return BenchResult.of(values).text();
        }
        throw new MusterException("a result must be an object: " + line);
    }
}
