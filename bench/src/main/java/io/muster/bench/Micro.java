package io.muster.bench;

import io.muster.MusterException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A small benchmark of one thing, after dask's and coiled's of the same names, scaled to seconds. Where tasks only sleep there is an
 * ideal: what their time takes on all threads, with nothing else.
 */
enum Micro {
    /** Tasks one by one, each waited for. */
    SINGLE_FUTURE("submits 100 tasks one by one, and waits for each", 2, 1, true, 100, 0, 0),
    /** Many tasks without inputs. */
    LARGE_MAP("maps a function over 10,000 numbers", 2, 1, true, 10_000, 0, 0),
    /** Many tasks that share some inputs. */
    LARGE_MAP_DEPS("the same, each task with 5 inputs that all share", 2, 1, true, 10_000, 0, 0),
    /** The first of many tasks. */
    LARGE_MAP_FIRST_WORK("the same map, but only until the first result is there", 2, 1, true, 10_000, 0, 0),
    /** Chains that begin with much data. */
    MEMORY_EFFICIENT(
            "100 chains of a task that makes 4 MB, one that copies and one that drops them, 20 ms each; peak_bytes is the most"
                    + " that was made and not yet dropped",
            2,
            1,
            true,
            100,
            4_000_000,
            20_000),
    /** Tasks too short to be moved. */
    TRIVIAL_WORK_NOT_STOLEN(
            "10,000 tasks that do nothing with one input of 1 MiB; moves, from worker to worker, are useless",
            2,
            1,
            true,
            10_000,
            1 << 20,
            0),
    /** Tasks of very different lengths. */
    INHOMOGENEOUS(
            "500 sleeps with lognormal(1, 1.3) lengths, 32 ms in the mean, on 4 workers of 2 threads",
            4,
            2,
            true,
            500,
            0,
            32_000),
    /** More workers while tasks run. */
    SCALING_UP(
            "two rows of 300 sleeps of 50 ms, the second on neighbours of the first, on 1 worker that becomes 20, all in one"
                    + " process; the ideal is for 20",
            1,
            1,
            false,
            300,
            0,
            50_000),
    /** A worker that hangs most of the time. */
    STRAGGLER(
            "400 sleeps of 100 ms on 4 workers of 2 threads, one of which is stopped for 1 s of every 1.5 s; the ideal is"
                    + " without stops",
            4,
            2,
            true,
            400,
            0,
            100_000);

    /** How many workers {@link #SCALING_UP} ends with. */
    static final int MOST_WORKERS = 20;

    private static final long SEED = 42;
    private static final double LOG_MEAN = 1;
    private static final double LOG_DEVIATION = 1.3;
    private static final double LONGEST = 60;

    private final String text;
    private final int workers;
    private final int threads;
    private final boolean processes;
    private final int tasks;
    private final int bytes;
    private final int sleepUs;

    Micro(
            final String text,
            final int workers,
            final int threads,
            final boolean processes,
            final int tasks,
            final int bytes,
            final int sleepUs) {
        this.text = text;
        this.workers = workers;
        this.threads = threads;
        this.processes = processes;
        this.tasks = tasks;
        this.bytes = bytes;
        this.sleepUs = sleepUs;
    }

    static Micro of(final String name) {
        return Arrays.stream(values())
                .filter(micro -> micro.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new MusterException("micro=" + name + " must be one of "
                        + Arrays.stream(values()).map(Micro::label).collect(Collectors.joining(", "))));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What it does, for people. */
    String text() {
        return text;
    }

    int workers() {
        return workers;
    }

    int threads() {
        return threads;
    }

    boolean isOfProcesses() {
        return processes;
    }

    int tasks() {
        return tasks;
    }

    int bytes() {
        return bytes;
    }

    int sleepUs() {
        return sleepUs;
    }

    /** Whether its tasks only wait: no compilers need to be warm for it. */
    boolean isAsleep() {
        return sleepUs > 0;
    }

    /** Whether it is about tasks that go from a worker to another. */
    boolean hasMoves() {
        return this == TRIVIAL_WORK_NOT_STOLEN || this == INHOMOGENEOUS || this == SCALING_UP || this == STRAGGLER;
    }

    /** How long each task sleeps, in microseconds: the same for the same micro. */
    int[] sleepsUs() {
        if (this != INHOMOGENEOUS) {
            return IntStream.range(0, tasks).map(i -> sleepUs).toArray();
        }
        final Random random = new Random(SEED);
        final double[] lengths = new double[tasks];
        for (int i = 0; i < tasks; i++) {
            lengths[i] = Math.min(LONGEST, Math.exp(LOG_MEAN + LOG_DEVIATION * random.nextGaussian()));
        }
        final double scale = (double) sleepUs * tasks / Arrays.stream(lengths).sum();
        return Arrays.stream(lengths)
                .mapToInt(length -> (int) Math.round(length * scale))
                .toArray();
    }

    /** The seconds that the sleeps take on all threads; 0 where tasks do not sleep. */
    double idealSeconds() {
        final int rows = this == MEMORY_EFFICIENT ? 3 : this == SCALING_UP ? 2 : 1;
        final int slots = this == SCALING_UP ? MOST_WORKERS : workers * threads;
        final int[] sleeps = sleepsUs();
        final double most = Arrays.stream(sleeps).max().orElse(0);
        return Math.max(
                        rows * most,
                        rows * (double) Arrays.stream(sleeps).asLongStream().sum() / slots)
                / 1e6;
    }

    /**
     * What a run showed.
     *
     * @param seconds how long it took
     * @param moves how many tasks went from a worker to another, before they started
     * @param peakBytes the most that there was at once
     */
    record Outcome(double seconds, long moves, long peakBytes) {}
}
