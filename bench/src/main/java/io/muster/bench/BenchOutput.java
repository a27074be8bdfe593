package io.muster.bench;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Where a benchmark's results go, and the options that all benchmarks share. */
final class BenchOutput {
    @Spec(Target.MIXEE)
    private @Nullable CommandSpec mixee;

    @Option(names = "--json", description = "Print JSON, one line for each result.")
    private boolean json;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    boolean isJson() {
        return json;
    }

    void print(final BenchResult result) {
        if (mixee != null && !help) {
            final PrintWriter out = mixee.commandLine().getOut();
            out.println(json ? result.json() : result.text());
            out.flush();
        }
    }
}
