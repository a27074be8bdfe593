package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.bench.taskbench.TaskBench;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** Task Bench, with the original's options and output. */
@Command(
        name = "taskbench",
        description = {
            "Runs task graphs of Task Bench, all of whose tasks check all of their inputs, and prints the original's lines.",
            "A graph: -type DEPENDENCE -steps N -width N -radix N -period N -fraction F -output BYTES; what its tasks do:"
                    + " -kernel KERNEL -iter N -scratch BYTES -sample N -imbalance F; -and begins another graph.",
            "DEPENDENCE: trivial, no_comm, stencil_1d, stencil_1d_periodic, dom, tree, fft, all_to_all, nearest, spread,"
                    + " random_nearest.",
            "KERNEL: empty, busy_wait, memory_bound, compute_dgemm, memory_daxpy, compute_bound, compute_bound2,"
                    + " load_imbalance."
        })
final class TaskBenchCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Mixin
    private ClusterOptions cluster = new ClusterOptions("inproc", 1);

    @Option(
            names = "--warm-ups",
            paramLabel = "N",
            description = "How many untimed runs come first; default ${DEFAULT-VALUE}.")
    private int warmUps;

    @Unmatched
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() {
        final TaskBench bench = TaskBench.parse(arguments);
        if (!output.isJson()) {
            print(bench.configuration());
        }
        final double seconds;
        try (LocalCluster local = cluster.builder().start();
                Client client = local.connect()) {
            for (int i = 0; i < warmUps; i++) {
                bench.run(client);
            }
            seconds = bench.run(client) / 1e9;
        }
        if (output.isJson()) {
            output.print(cluster.kind()
                    .describe(new BenchResult("taskbench"))
                    .with("tasks", bench.tasks())
                    .with("dependencies", bench.dependencies())
                    .with("flops", bench.flops())
                    .with("bytes", bench.bytes())
                    .with("seconds", seconds));
        } else {
            print(bench.report(seconds));
        }
        return 0;
    }

    private void print(final List<String> lines) {
        if (spec != null) {
            final PrintWriter out = spec.commandLine().getOut();
            lines.forEach(out::println);
            out.flush();
        }
    }
}
