package io.muster.bench;

/**
 * Runs of a graph on workers that answer at once.
 *
 * @param tasks how many tasks each had
 * @param coldNs what the first took
 * @param medianNs what those after the warm-ups took, in the middle
 * @param cpuUsPerTask processor time of the scheduler's process in those, for a task
 * @param loopUsPerTask of that, what its loop took, in the middle
 * @param gcUsPerTask of that, what collecting garbage took
 */
record ZeroRuns(
        int tasks, long coldNs, double medianNs, double cpuUsPerTask, double loopUsPerTask, double gcUsPerTask) {
    /** The loop's thread, as far as the kernel knows its name. */
    private static final String LOOP = "muster-schedule";

    private static final String[] GC = {"GC Thread", "VM Thread", "G1 "};

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
        final double[] loopNs = new double[runs];
        final long usedBeforeNs = Processes.cpuNs(schedulerPid);
        final long gcBeforeNs = Processes.threadsCpuNs(schedulerPid, GC);
        for (int i = 0; i < runs; i++) {
            final long loopBeforeNs = Processes.threadsCpuNs(schedulerPid, LOOP);
            elapsedNs[i] = run.run();
            loopNs[i] = Processes.threadsCpuNs(schedulerPid, LOOP) - loopBeforeNs;
        }
        final long usedNs = Processes.cpuNs(schedulerPid) - usedBeforeNs;
        final long gcNs = Processes.threadsCpuNs(schedulerPid, GC) - gcBeforeNs;
        client.awaitAccepted(0);
        return new ZeroRuns(
                tasks,
                coldNs > 0 ? coldNs : (long) elapsedNs[0],
                Ratios.median(elapsedNs),
                usedNs / 1e3 / ((double) tasks * runs),
                Ratios.median(loopNs) / 1e3 / tasks,
                gcNs / 1e3 / ((double) tasks * runs));
    }

    /** Processor time of the scheduler for a task, without that of its JIT compilers. */
    double costUs() {
        return loopUsPerTask + gcUsPerTask;
    }

    double seconds() {
        return medianNs / 1e9;
    }

    double tasksPerS() {
        return tasks * 1e9 / medianNs;
    }
}
