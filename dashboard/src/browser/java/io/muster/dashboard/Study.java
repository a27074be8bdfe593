package io.muster.dashboard;

import io.muster.Client;
import io.muster.TaskFuture;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** A made-up study that goes on until it is closed: rounds of small graphs, some of whose results it keeps. */
final class Study implements AutoCloseable {
    private static final int CELLS = 60;
    private static final int KEPT = 3;

    private final Client client;
    private final Thread thread;
    private volatile boolean isOver;

    Study(final Client client) {
        this.client = client;
        thread = new Thread(this::run, "study");
        thread.start();
    }

    private void run() {
        final List<?>[] kept = new List<?>[KEPT];
        for (int round = 0; !isOver; round++) {
            final List<TaskFuture<double[]>> cells = client.map(
                    Study::loadCells, IntStream.range(0, CELLS).boxed().toList());
            final List<TaskFuture<double[]>> residuals = cells.stream()
                    .<TaskFuture<double[]>>map(cell -> client.then(cell, Study::residual))
                    .toList();
            final TaskFuture<Double> norm = client.combineAll(residuals, Study::norm);
            try {
                norm.join();
            } catch (final CompletionException | CancellationException e) {
                isOver = true;
            }
            kept[round % KEPT] = List.of(cells, residuals, norm);
        }
    }

    static double[] loadCells(final int cell) {
        pause(4 + cell % 7);
        return new double[20_000];
    }

    static double[] residual(final double[] cells) {
        final double[] result = cells.clone();
        final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(2);
        for (int i = 0; System.nanoTime() < endNs; i = (i + 1) % result.length) {
            result[i] = Math.sqrt(Math.abs(Math.sin(i)) + result[i]);
        }
        pause(6);
        return result;
    }

    static double norm(final List<double[]> parts) {
        pause(10);
        return parts.stream().mapToDouble(part -> part[0]).max().orElse(0);
    }

    static int diverges() {
        throw new IllegalStateException("the residual grows: <script>alert(1)</script>");
    }

    private static void pause(final long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
