package io.muster.jobqueue.manager;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** How many jobs there are, by group and in all. */
final class Census {
    private final List<Count> counts = new ArrayList<>();
    private final Count all = new Count();

    Census(final int groups, final Collection<Job> live) {
        for (int i = 0; i < groups; i++) {
            counts.add(new Count());
        }
        live.forEach(this::add);
    }

    Count of(final GroupState group) {
        return counts.get(group.order);
    }

    /** How many more jobs the limits allow in a group. */
    int room(final GroupState group, final JobLimits cluster) {
        return Math.min(of(group).room(group.shape.limits()), all.room(cluster));
    }

    /** More jobs are there. */
    void submitted(final GroupState group, final int jobs) {
        of(group).submitted(jobs);
        all.submitted(jobs);
    }

    private void add(final Job job) {
        of(job.group).add(job);
        all.add(job);
    }

    /** Numbers of jobs that are not over. */
    static final class Count {
        /** All. */
        int jobs;
        /** Those that wait. */
        int pending;
        /** Those that fill a place: not to go, and not about to go. */
        int present;
        /** Those of them that have workers. */
        int working;

        private void add(final Job job) {
            jobs++;
            pending += job.isPending() ? 1 : 0;
            present += job.counts() ? 1 : 0;
            working += job.counts() && !job.workers.isEmpty() ? 1 : 0;
        }

        private void submitted(final int count) {
            jobs += count;
            pending += count;
            present += count;
        }

        private int room(final JobLimits limits) {
            return Math.min(limits.maximumJobs() - jobs, limits.maximumPending() - pending);
        }
    }
}
