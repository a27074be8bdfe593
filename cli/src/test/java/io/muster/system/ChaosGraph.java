package io.muster.system;

import io.muster.Client;
import io.muster.TaskFuture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A graph of tasks that follows from a seed: each makes an array out of up to three arrays that others made shortly before, and takes up to
 * 12 ms for it.
 *
 * @param seed what it follows from
 * @param count how many tasks it has
 */
record ChaosGraph(long seed, int count) {
    private static final int REACH = 60;
    private static final int MOST_INPUTS = 3;
    private static final int LEAST_LENGTH = 500;
    private static final int LENGTHS = 2_000;
    private static final int LONGEST_MS = 12;

    /** What a task makes of its inputs; another array for any others. */
    static long[] compute(final int task, final List<long[]> inputs) {
        long mixed = task * 0x9E3779B97F4A7C15L + 1;
        for (final long[] input : inputs) {
            mixed = Long.rotateLeft(mixed ^ Arrays.hashCode(input), 17) * 0xBF58476D1CE4E5B9L;
        }
        final SplittableRandom random = new SplittableRandom(mixed);
        return random.longs(LEAST_LENGTH + random.nextInt(LENGTHS)).toArray();
    }

    /** Submits all of it. */
    List<TaskFuture<long[]>> submit(final Client client) {
        final List<TaskFuture<long[]>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final int task = i;
            final List<TaskFuture<long[]>> inputs = new ArrayList<>();
            for (final int input : inputs(task)) {
                inputs.add(futures.get(input));
            }
            futures.add(
                    inputs.isEmpty()
                            ? client.submit(() -> work(task, List.of()))
                            : client.combineAll(inputs, arrays -> work(task, arrays)));
        }
        return futures;
    }

    /** What one thread would make of it. */
    List<long[]> expected() {
        final List<long[]> arrays = new ArrayList<>();
        for (int task = 0; task < count; task++) {
            final List<long[]> inputs = new ArrayList<>();
            for (final int input : inputs(task)) {
                inputs.add(arrays.get(input));
            }
            arrays.add(compute(task, inputs));
        }
        return arrays;
    }

    private int[] inputs(final int task) {
        final SplittableRandom random = new SplittableRandom(seed * 31 + task);
        final int reach = Math.min(task, REACH);
        return reach == 0
                ? new int[0]
                : random.ints(random.nextInt(MOST_INPUTS + 1), 1, reach + 1)
                        .map(back -> task - back)
                        .distinct()
                        .toArray();
    }

    private static long[] work(final int task, final List<long[]> inputs) throws InterruptedException {
        Thread.sleep(task % LONGEST_MS);
        return compute(task, inputs);
    }
}
