package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.MusterException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long one task takes that does nothing, from submit to result. */
@Command(
        name = "latency",
        description = {
            "Submits a task that does nothing and waits for its result, one at a time: in this JVM, over TCP, over"
                    + " Aeron.",
            "What the first seconds take is not counted, as the JVMs compile meanwhile; with --busy half as many more, once"
                    + " the cores are busy. Clusters are as LocalCluster makes"
                    + " them by default."
        })
final class LatencyCommand implements Callable<Integer> {
    private static final int SAMPLES = 20_000;
    private static final int BUSY_SAMPLES = 5_000;

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--cluster",
            paramLabel = "KIND",
            description = "Only with this cluster, inproc or processes; default both.")
    private @Nullable String cluster;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "Only with this transport between processes, aeron or tcp; default both.")
    private @Nullable String transport;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            description = "How long samples are not counted; default ${DEFAULT-VALUE}.")
    private double warmUpSeconds = 15;

    @Option(names = "--busy", description = "Have another process keep every core busy meanwhile.")
    private boolean busy;

    @Option(
            names = "--samples",
            paramLabel = "N",
            description = "How many samples; default " + SAMPLES + ", and " + BUSY_SAMPLES + " with --busy.")
    private int samples;

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        final List<ClusterKind> kinds = Arrays.stream(ClusterKind.values())
                .filter(kind -> kind.isOf(cluster, transport))
                .toList();
        if (kinds.isEmpty()) {
            throw new MusterException("cluster=" + cluster + " must be inproc or processes, and transport=" + transport
                    + " must be aeron or tcp");
        }
        for (final ClusterKind kind : kinds) {
            output.stage("latency", kinds.indexOf(kind), kinds.size());
            final Histogram histogram = measure(kind);
            output.print(kind.describe(new BenchResult("latency"))
                    .with("busy", busy)
                    .with("p50_us", histogram.getValueAtPercentile(50) / 1000.0)
                    .with("p99_us", histogram.getValueAtPercentile(99) / 1000.0));
        }
        return 0;
    }

    private Histogram measure(final ClusterKind kind) throws IOException, InterruptedException, ExecutionException {
        final int count = samples > 0 ? samples : busy ? BUSY_SAMPLES : SAMPLES;
        final Histogram histogram = new Histogram(3);
        try (LocalCluster cluster = kind.builder().start();
                Client client = cluster.connect()) {
            warmUp(client, warmUpSeconds);
            try (Burner burner = Burner.start(busy ? Runtime.getRuntime().availableProcessors() : 0)) {
                if (busy) {
                    warmUp(client, warmUpSeconds / 2);
                }
                for (int i = 0; i < count; i++) {
                    histogram.recordValue(sample(client));
                }
                burner.check();
            }
        }
        return histogram;
    }

    private static void warmUp(final Client client, final double seconds)
            throws InterruptedException, ExecutionException {
        final long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < seconds * 1e9) {
            sample(client);
        }
    }

    private static long sample(final Client client) throws InterruptedException, ExecutionException {
        final long startNs = System.nanoTime();
        final int result = client.<Integer>submit(() -> 1).get();
        final long elapsedNs = System.nanoTime() - startNs;
        if (result != 1) {
            throw new MusterException("result=" + result + " must be 1");
        }
        return elapsedNs;
    }
}
