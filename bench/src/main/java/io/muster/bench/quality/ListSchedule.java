package io.muster.bench.quality;

import java.util.Arrays;

/** A plan of what runs where and when, made job by job from what is expected of durations and transfers. */
final class ListSchedule {
    private final Workflow flow;
    private final Place place;
    private final Estimates estimates;
    private final double[][] coreFree;
    private final int[] worker;
    private final double[] start;
    private final double[] end;
    private final double[][] dataReady;

    ListSchedule(final Workflow flow, final Place place, final Estimates estimates) {
        this.flow = flow;
        this.place = place;
        this.estimates = estimates;
        final int count = flow.jobs.size();
        coreFree = new double[place.workers()][place.cores()];
        worker = new int[count];
        Arrays.fill(worker, Imitation.NOBODY);
        start = new double[count];
        end = new double[count];
        dataReady = new double[count][];
    }

    /** Whether it has no place yet, and all before it have one. */
    boolean isPlaceable(final Job job) {
        if (worker[job.id] != Imitation.NOBODY) {
            return false;
        }
        for (final Output input : job.inputs) {
            if (worker[input.producer.id] == Imitation.NOBODY) {
                return false;
            }
        }
        return true;
    }

    /** When it could start, at the earliest. */
    double earliest(final Job job) {
        double earliest = Double.POSITIVE_INFINITY;
        for (int on = 0; on < place.workers(); on++) {
            earliest = Math.min(earliest, earliest(job, on));
        }
        return earliest;
    }

    void placeEarliest(final Job job) {
        int best = 0;
        for (int on = 1; on < place.workers(); on++) {
            best = earliest(job, on) < earliest(job, best) ? on : best;
        }
        start[job.id] = earliest(job, best);
        end[job.id] = start[job.id] + estimates.seconds(job);
        worker[job.id] = best;
        Arrays.fill(coreFree[best], 0, job.cores, end[job.id]);
        Arrays.sort(coreFree[best]);
    }

    /** Gives all jobs to their workers at the start; what was planned to start first has the highest priority. */
    Policy policy() {
        return run -> {
            for (final Job job : flow.jobs) {
                if (run.workerOf(job) == Imitation.NOBODY) {
                    run.assign(job, worker[job.id], -start[job.id]);
                }
            }
        };
    }

    private double earliest(final Job job, final int on) {
        if (dataReady[job.id] == null) {
            dataReady[job.id] = new double[place.workers()];
            for (final Output input : job.inputs) {
                final Job producer = input.producer;
                final double fetch = estimates.mib(input) / place.mibPerSecond();
                for (int to = 0; to < place.workers(); to++) {
                    dataReady[job.id][to] =
                            Math.max(dataReady[job.id][to], end[producer.id] + (worker[producer.id] == to ? 0 : fetch));
                }
            }
        }
        return Math.max(dataReady[job.id][on], coreFree[on][job.cores - 1]);
    }
}
