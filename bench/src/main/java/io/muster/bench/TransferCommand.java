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
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * How fast a large result goes from one worker to another, against a plain socket between the same two processes, and
 * how much memory both take.
 */
@Command(
        name = "transfer",
        description = {
            "One worker makes an array of double, the other takes it as its input: from submitting the second task to"
                    + " its result (seconds).",
            "The same array goes between the same two processes over a plain blocking TCP socket on loopback, through"
                    + " direct buffers of 1 MiB, into a new array: from asking for it to its last element"
                    + " (socket_seconds). ratio is socket_seconds / seconds: above 1, Muster is faster.",
            "Both look at one element of each page of what came. They take turns, AB BA AB, after one such round that"
                    + " is not counted, because a heap that was never used before has to get its pages first"
                    + " (cold_seconds: Muster's part of it). Each figure is the median. Garbage is collected before"
                    + " each round. The default heap of a worker is a quarter of the memory."
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

    @Option(names = "--rounds", paramLabel = "N", description = "How often each is measured; default ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Override
    public Integer call() {
        if (bytes < Double.BYTES || bytes >= LIMIT_BYTES || bytes % Double.BYTES != 0) {
            throw new MusterException("bytes=" + bytes + " must be a multiple of 8, >= 8 and < " + LIMIT_BYTES);
        }
        if (rounds < 1) {
            throw new MusterException("rounds=" + rounds + " must be >= 1");
        }
        try (LocalCluster cluster = ClusterKind.AERON.builder().workers(2).start();
                Client client = cluster.connect()) {
            round(client, Math.min(bytes, SMALL_BYTES), false);
            output.stage("transfer", 0, rounds + 1);
            final double cold = round(client, bytes, false)[0];
            final double[] seconds = new double[rounds];
            final double[] socketSeconds = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                output.stage("transfer", i + 1, rounds + 1);
                final double[] pair = round(client, bytes, i % 2 == 1);
                seconds[i] = pair[0];
                socketSeconds[i] = pair[1];
            }
            final double median = Ratios.median(seconds);
            final double socketMedian = Ratios.median(socketSeconds);
            final Map<String, Long> pids = Processes.workers(client);
            output.print(new BenchResult("transfer")
                    .with("bytes", bytes)
                    .with("seconds", median)
                    .with("mb_per_s", bytes / 1e6 / median)
                    .with("cold_seconds", cold)
                    .with("socket_seconds", socketMedian)
                    .with("ratio", socketMedian / median)
                    .with("sender_peak_rss_bytes", Processes.peakRssBytes(Objects.requireNonNull(pids.get(SENDER))))
                    .with(
                            "receiver_peak_rss_bytes",
                            Processes.peakRssBytes(Objects.requireNonNull(pids.get(RECEIVER)))));
        } finally {
            output.endStages();
        }
        return 0;
    }

    /** Seconds that Muster took, and the socket, in the order that is asked for. */
    private static double[] round(final Client client, final long bytes, final boolean socketFirst) {
        final int length = Math.toIntExact(bytes / Double.BYTES);
        collectGarbage(client);
        final TaskFuture<double[]> made =
                client.with(options -> options.workers(SENDER)).submit(() -> make(length));
        client.awaitAll(List.of(made), PATIENCE);
        final double[] seconds = new double[2];
        if (socketFirst) {
            seconds[1] = copy(client, made, length) / 1e9;
        }
        seconds[0] = transfer(client, made, length) / 1e9;
        if (!socketFirst) {
            seconds[1] = copy(client, made, length) / 1e9;
        }
        made.release();
        return seconds;
    }

    private static long transfer(final Client client, final TaskFuture<double[]> made, final int length) {
        final long startNs = System.nanoTime();
        final TaskFuture<Integer> taken =
                client.with(options -> options.workers(RECEIVER)).then(made, TransferCommand::check);
        final int arrived = taken.join();
        final long elapsedNs = System.nanoTime() - startNs;
        taken.release();
        checkWhole(arrived == length, "as a task's input");
        return elapsedNs;
    }

    private static long copy(final Client client, final TaskFuture<double[]> made, final int length) {
        final int port = SocketCopy.freePort();
        final TaskFuture<Long> received =
                client.with(options -> options.workers(RECEIVER)).submit(() -> SocketCopy.receive(length, port));
        final TaskFuture<Integer> sent =
                client.with(options -> options.workers(SENDER)).then(made, array -> SocketCopy.send(array, port));
        final long elapsedNs = received.join();
        sent.join();
        received.release();
        sent.release();
        checkWhole(elapsedNs >= 0, "over a socket");
        return elapsedNs;
    }

    private static void checkWhole(final boolean whole, final String how) {
        if (!whole) {
            throw new MusterException("the array that arrived " + how + " must be the one that was sent");
        }
    }

    private static void collectGarbage(final Client client) {
        final List<TaskFuture<Boolean>> collections = Stream.of(SENDER, RECEIVER)
                .map(worker -> client.with(options -> options.workers(worker)).submit(TransferCommand::collectGarbage))
                .toList();
        client.awaitAll(collections, PATIENCE);
        collections.forEach(TaskFuture::release);
    }

    private static boolean collectGarbage() {
        System.gc();
        return true;
    }

    private static double[] make(final int length) {
        final double[] array = new double[length];
        for (int i = 0; i < length; i++) {
            array[i] = i;
        }
        return array;
    }

    /** The array's length, or -1 if some page of it is not what was made. */
    static int check(final double[] array) {
        final int elementsPerPage = 512;
        for (int i = array.length - 1; i >= 0; i -= elementsPerPage) {
            if (array[i] != i) {
                return -1;
            }
        }
        return array.length;
    }
}
