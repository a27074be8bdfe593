package io.muster.bench.quality;

import io.muster.testing.VirtualGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** A graph of jobs, inputs before those that need them. */
final class Workflow {
    private static final double MIB = 1024 * 1024;

    /** What a task that picks is said to take, where anything is said. */
    private static final double PICK_SECONDS = 1e-6;

    final String name;
    final List<Job> jobs = new ArrayList<>();
    private final SplittableRandom random;

    Workflow(final String name, final long seed) {
        this.name = name;
        random = new SplittableRandom(seed);
    }

    Job add(final String function, final double seconds, final double expectedSeconds, final int cores) {
        final Job job = new Job(jobs.size(), function, seconds, expectedSeconds, cores);
        jobs.add(job);
        return job;
    }

    Job add(final String function, final double seconds, final double expectedSeconds) {
        return add(function, seconds, expectedSeconds, 1);
    }

    /** A normally distributed number, above 0. */
    double normal(final double mean, final double deviation) {
        final double radius = Math.sqrt(-2 * Math.log(1 - random.nextDouble()));
        return Math.max(1e-8, mean + deviation * radius * Math.cos(2 * Math.PI * random.nextDouble()));
    }

    /** An exponentially distributed number, above 0. */
    double exponential(final double mean) {
        return Math.max(1e-8, -mean * Math.log(1 - random.nextDouble()));
    }

    int below(final int bound) {
        return random.nextInt(bound);
    }

    /** The work of all jobs in core seconds. */
    double work() {
        return jobs.stream().mapToDouble(job -> job.seconds * job.cores).sum();
    }

    /** The least time in which it can be done on so many cores: the longest path, or all the work on all of them. */
    double lowerBound(final int cores) {
        final double[] ends = new double[jobs.size()];
        double longest = 0;
        for (final Job job : jobs) {
            double start = 0;
            for (final Output input : job.inputs) {
                start = Math.max(start, ends[input.producer.id]);
            }
            ends[job.id] = start + job.seconds;
            longest = Math.max(longest, ends[job.id]);
        }
        return Math.max(longest, work() / cores);
    }

    /**
     * The same for a scheduler whose tasks have one result each: where a job has several, and others need some of them only, each of those
     * is picked by a task that takes no time.
     *
     * @param expectedSeconds how long each job is said to take; 0: nothing is said
     */
    VirtualGraph graph(final ToDoubleFunction<Job> expectedSeconds) {
        final VirtualGraph graph = new VirtualGraph();
        final int[] numbers = new int[jobs.size()];
        final Map<Output, Integer> picked = new LinkedHashMap<>();
        for (final Job job : jobs) {
            final List<Integer> inputs = new ArrayList<>();
            for (final Job before : job.before()) {
                final List<Output> used = job.inputs.stream()
                        .filter(input -> input.producer == before)
                        .distinct()
                        .toList();
                if (used.size() == before.outputs.size()) {
                    inputs.add(numbers[before.id]);
                    continue;
                }
                for (final Output input : used) {
                    inputs.add(picked.computeIfAbsent(
                            input,
                            output -> graph.add(
                                    "pick " + before.function,
                                    0,
                                    output.mib * MIB,
                                    1,
                                    PICK_SECONDS * Math.signum(expectedSeconds.applyAsDouble(before)),
                                    numbers[before.id])));
                }
            }
            final double mib =
                    job.outputs.stream().mapToDouble(output -> output.mib).sum();
            numbers[job.id] = graph.add(
                    job.function,
                    job.seconds,
                    mib * MIB,
                    job.cores,
                    expectedSeconds.applyAsDouble(job),
                    inputs.stream().mapToInt(Integer::intValue).toArray());
        }
        return graph;
    }
}
