package io.muster.bench;

import io.muster.MusterException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a worker takes from its process's start until it is there. */
@Command(
        name = "start",
        description = {
            "Starts muster worker, one after the other beside a scheduler: from the process's start until a client hears of"
                    + " the worker; with a nanny, which starts the worker in a second process, and without.",
            "The JVM has the flags and the class data of this one: run it by ./muster, which keeps them ready."
        })
final class StartCommand implements Callable<Integer> {
    private static final String MAIN = "io.muster.cli.Main";

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(names = "--samples", paramLabel = "N", description = "How many starts; default ${DEFAULT-VALUE}.")
    private int samples = 5;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (samples < 1) {
            throw new MusterException("samples=" + samples + " must be >= 1");
        }
        for (final boolean nanny : new boolean[] {true, false}) {
            output.stage("start", nanny ? 0 : 1, 2);
            final double[] seconds = new double[samples];
            try (ZeroCluster cluster = ZeroCluster.start()) {
                for (int i = 0; i < samples; i++) {
                    seconds[i] = start(cluster, nanny) / 1e9;
                }
            } finally {
                output.endStages();
            }
            output.print(new BenchResult("start")
                    .with("nanny", nanny)
                    .with("samples", samples)
                    .with("seconds", Ratios.median(seconds))
                    .with("max_seconds", Arrays.stream(seconds).max().orElse(0)));
        }
        return 0;
    }

    private static long start(final ZeroCluster cluster, final boolean nanny) throws IOException, InterruptedException {
        final Path file = cluster.schedulerFile();
        final List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN, "worker"));
        command.addAll(List.of("--scheduler-file=" + file, "--threads=1", nanny ? "--nanny" : "--no-nanny"));
        final Process process;
        final long elapsedNs;
        try (MergeClient client = MergeClient.connect(file)) {
            final long startNs = System.nanoTime();
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            client.awaitWorkers(1);
            elapsedNs = System.nanoTime() - startNs;
        }
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        return elapsedNs;
    }
}
