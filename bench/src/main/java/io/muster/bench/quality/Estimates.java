package io.muster.bench.quality;

/** What a scheduler expects jobs to take and results to be. */
final class Estimates {
    private final Workflow flow;
    private final Knowledge knowledge;
    private final double meanSeconds;
    private final double meanMib;

    Estimates(final Workflow flow, final Knowledge knowledge) {
        this.flow = flow;
        this.knowledge = knowledge;
        meanSeconds =
                flow.jobs.stream().mapToDouble(job -> job.seconds).average().orElse(0);
        meanMib = flow.jobs.stream()
                .flatMap(job -> job.outputs.stream())
                .mapToDouble(output -> output.mib)
                .average()
                .orElse(0);
    }

    double seconds(final Job job) {
        return switch (knowledge) {
            case EXACT -> job.seconds;
            case USER -> job.expectedSeconds;
            case MEAN -> meanSeconds;
        };
    }

    double mib(final Output output) {
        return switch (knowledge) {
            case EXACT -> output.mib;
            case USER -> output.expectedMib;
            case MEAN -> meanMib;
        };
    }

    /** For each job the longest path from its start to the end of the workflow, in seconds; sending a MiB adds so many to a path. */
    double[] bottomLevels(final double secondsPerMib) {
        final double[] levels = new double[flow.jobs.size()];
        for (int i = levels.length - 1; i >= 0; i--) {
            final Job job = flow.jobs.get(i);
            for (final Output output : job.outputs) {
                for (final Job consumer : output.consumers) {
                    levels[i] = Math.max(levels[i], levels[consumer.id] + mib(output) * secondsPerMib);
                }
            }
            levels[i] += seconds(job);
        }
        return levels;
    }

    /** For each job the longest path from the start of the workflow to its start, in seconds. */
    double[] topLevels() {
        final double[] levels = new double[flow.jobs.size()];
        for (final Job job : flow.jobs) {
            for (final Output input : job.inputs) {
                levels[job.id] = Math.max(levels[job.id], levels[input.producer.id] + seconds(input.producer));
            }
        }
        return levels;
    }
}
