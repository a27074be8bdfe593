package io.muster.bench;

import io.muster.Client;
import io.muster.LocalCluster;
import io.muster.MusterException;
import io.muster.TaskFuture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How fast a large result goes from one worker to another, and how much memory both take. */
@Command(
        name = "transfer",
        description = {
            "One worker makes an array of double, the other takes it as its input: from submitting the second task to"
                    + " its result.",
            "A small array goes first, untimed. The default heap of a worker is a quarter of the memory."
        })
final class TransferCommand implements Callable<Integer> {
    private static final long SMALL_BYTES = 1 << 20;
    private static final long LIMIT_BYTES = (long) Double.BYTES * (Integer.MAX_VALUE - 8);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String SENDER = "w-0";
    private static final String RECEIVER = "w-1";

    @Mixin
    private BenchOutput output = new BenchOutput();

    @Option(
            names = "--bytes",
            paramLabel = "N",
            description = "How large the array is, a multiple of 8 below 16 GiB; default ${DEFAULT-VALUE}.")
    private long bytes = 1L << 30;

    @Override
    public Integer call() {
        if (bytes < Double.BYTES || bytes >= LIMIT_BYTES || bytes % Double.BYTES != 0) {
            throw new MusterException("bytes=" + bytes + " must be a multiple of 8, >= 8 and < " + LIMIT_BYTES);
        }
        try (LocalCluster cluster = ClusterKind.AERON.builder().workers(2).start();
                Client client = cluster.connect()) {
            output.stage("transfer", 0, 2);
            transfer(client, Math.min(bytes, SMALL_BYTES));
            output.stage("transfer", 1, 2);
            final double seconds = transfer(client, bytes) / 1e9;
            final Map<String, Long> pids = Processes.workers(client);
            output.print(new BenchResult("transfer")
                    .with("bytes", bytes)
                    .with("seconds", seconds)
                    .with("mb_per_s", bytes / 1e6 / seconds)
                    .with("sender_peak_rss_bytes", Processes.peakRssBytes(Objects.requireNonNull(pids.get(SENDER))))
                    .with(
                            "receiver_peak_rss_bytes",
                            Processes.peakRssBytes(Objects.requireNonNull(pids.get(RECEIVER)))));
        } finally {
            output.endStages();
        }
        return 0;
    }

    private static long transfer(final Client client, final long bytes) {
        final int length = Math.toIntExact(bytes / Double.BYTES);
        final TaskFuture<double[]> made =
                client.with(options -> options.workers(SENDER)).submit(() -> make(length));
        client.awaitAll(List.of(made), PATIENCE);
        final long startNs = System.nanoTime();
        final TaskFuture<Integer> taken =
                client.with(options -> options.workers(RECEIVER)).then(made, TransferCommand::check);
        final int arrived = taken.join();
        final long elapsedNs = System.nanoTime() - startNs;
        if (arrived != length) {
            throw new MusterException("arrived=" + arrived + " elements must be " + length + ", each its own index");
        }
        taken.release();
        made.release();
        return elapsedNs;
    }

    private static double[] make(final int length) {
        final double[] array = new double[length];
        for (int i = 0; i < length; i++) {
            array[i] = i;
        }
        return array;
    }

    /** The array's length, or -1 if some page of it is not what was made. */
    private static int check(final double[] array) {
        final int elementsPerPage = 512;
        for (int i = array.length - 1; i >= 0; i -= elementsPerPage) {
            if (array[i] != i) {
                return -1;
            }
        }
        return array.length;
    }
}
