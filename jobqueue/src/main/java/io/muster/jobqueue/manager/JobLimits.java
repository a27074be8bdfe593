package io.muster.jobqueue.manager;

import io.muster.config.ConfigurationException;

/**
 * What a site lets one user have, or what the user wants to keep within.
 *
 * @param maximumPending jobs that may wait in the queue at once
 * @param maximumJobs jobs that may be there at once, waiting and running together
 * @param submittedPerMinute jobs that may be submitted within any minute
 * @param maximumArraySize jobs that may be submitted as one array; 1 for no arrays
 */
public record JobLimits(int maximumPending, int maximumJobs, int submittedPerMinute, int maximumArraySize) {
    /** The most jobs that anybody may ask for: {@value}. */
    public static final int MOST_JOBS = 100_000;

    /** No limits but {@link #MOST_JOBS}, and arrays of at most 500 jobs. */
    public static final JobLimits NONE = new JobLimits(MOST_JOBS, MOST_JOBS, MOST_JOBS, 500);

    /**
     * Checks them.
     *
     * @throws ConfigurationException if one is less than 1 or more than {@link #MOST_JOBS}
     */
    public JobLimits {
        check("maximumPending", maximumPending, 1);
        check("maximumJobs", maximumJobs, 1);
        check("submittedPerMinute", submittedPerMinute, 1);
        check("maximumArraySize", maximumArraySize, 1);
    }

    /**
     * The same with another number of jobs that wait.
     *
     * @param jobs at least 1
     * @return other limits
     */
    public JobLimits maximumPending(final int jobs) {
        return new JobLimits(jobs, maximumJobs, submittedPerMinute, maximumArraySize);
    }

    /**
     * The same with another number of jobs in all.
     *
     * @param jobs at least 1
     * @return other limits
     */
    public JobLimits maximumJobs(final int jobs) {
        return new JobLimits(maximumPending, jobs, submittedPerMinute, maximumArraySize);
    }

    /**
     * The same with another rate.
     *
     * @param jobs at least 1
     * @return other limits
     */
    public JobLimits submittedPerMinute(final int jobs) {
        return new JobLimits(maximumPending, maximumJobs, jobs, maximumArraySize);
    }

    /**
     * The same with another size of arrays.
     *
     * @param jobs at least 1; 1 for no arrays
     * @return other limits
     */
    public JobLimits maximumArraySize(final int jobs) {
        return new JobLimits(maximumPending, maximumJobs, submittedPerMinute, jobs);
    }

    static int check(final String name, final int jobs, final int least) {
        if (jobs < least || jobs > MOST_JOBS) {
            throw new ConfigurationException(name + "=" + jobs + " must be in " + least + ".." + MOST_JOBS
                    + "; it counts jobs, not workers or cores: say how many jobs you want");
        }
        return jobs;
    }
}
