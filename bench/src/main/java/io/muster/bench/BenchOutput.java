package io.muster.bench;

import io.muster.progress.Bar;
import io.muster.progress.ProgressBars;
import java.io.PrintWriter;
import java.util.List;
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

    @Option(names = "--no-floor", description = "Do not measure first what the machine does at best.")
    private boolean noFloor;

    private @Nullable ProgressBars bars;

    boolean isJson() {
        return json;
    }

    /** Shows how far a benchmark is, between what it measures: nothing of its own runs meanwhile. */
    void stage(final String benchmark, final int done, final int total) {
        floor();
        if (bars == null) {
            bars = ProgressBars.onStandardError();
        }
        bars.show(List.of(new Bar(benchmark, done, 0, total, "rounds")));
    }

    /** Ends what {@link #stage} shows. */
    void endStages() {
        if (bars != null) {
            bars.close();
            bars = null;
        }
    }

    /** Prints a result, and how long a cache line takes now to the other core and back: on a virtual machine that comes and goes. */
    void print(final BenchResult result) {
        endStages();
        floor();
        write(result.with("spin_us", Floor.spinUs()), false);
    }

    /**
     * Prints what the machine does at best, once; before the first stage and the first result at the latest. With JSON it goes to standard
     * error, so that standard output has nothing but results.
     */
    void floor() {
        if (!noFloor) {
            noFloor = true;
            write(Floor.measure(), json);
        }
    }

    /** Prints what the machine does at best, as a result. */
    void printFloor() {
        noFloor = true;
        endStages();
        write(Floor.measure(), false);
    }

    private void write(final BenchResult result, final boolean aside) {
        if (mixee != null && !help) {
            final PrintWriter out =
                    aside ? mixee.commandLine().getErr() : mixee.commandLine().getOut();
            out.println(json ? result.json() : result.text());
            out.flush();
        }
    }
}
