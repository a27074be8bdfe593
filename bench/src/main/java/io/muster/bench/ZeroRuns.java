package io.muster.bench;

/**
 * Runs of a graph on workers that answer at once.
 *
 * @param tasks how many tasks each had
 * @param coldNs what the first took
 * @param medianNs what those after the warm-ups took, in the middle
 * @param cpuUsPerTask processor time of the scheduler in those, for a task
 */
record ZeroRuns(int tasks, long coldNs, double medianNs, double cpuUsPerTask) {

    /** Runs a graph; returns the nanoseconds until it was done. */
    interface Run {
        long run() throws InterruptedException;
    }

    /** What a benchmark shows of its progress. */
    interface Progress {
        void done(int runs);
    }

    /** Warms up, then measures so many runs, after which the scheduler must know of no task. */
    static ZeroRuns of(
            final MergeClient client,
            final long schedulerPid,
            final int tasks,
            final int warmUps,
            final Run warmUp,
            final int runs,
            final Run run,
            final Progress progress)
            throws InterruptedException {
        long coldNs = 0;
        for (int i = 0; i < warmUps; i++) {
            progress.done(i);
            final long elapsedNs = warmUp.run();
            coldNs = i == 0 ? elapsedNs : coldNs;
        }
        progress.done(warmUps);
        final double[] elapsedNs = new double[runs];
        final long usedBeforeNs = Processes.cpuNs(schedulerPid);
        for (int i = 0; i < runs; i++) {
            elapsedNs[i] = run.run();
        }
        final long usedNs = Processes.cpuNs(schedulerPid) - usedBeforeNs;
        client.awaitAccepted(0);
        return new ZeroRuns(
                tasks,
                coldNs > 0 ? coldNs : (long) elapsedNs[0],
                Ratios.median(elapsedNs),
                usedNs / 1e3 / ((double) tasks * runs));
    }

    double seconds() {
        return medianNs / 1e9;
    }

    double tasksPerS() {
        return tasks * 1e9 / medianNs;
    }
}
