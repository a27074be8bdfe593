package io.muster.jobqueue;

import io.muster.config.ConfigurationException;

/**
 * One submission: one job, or an array of equal ones.
 *
 * @param spec what each job asks for
 * @param script the script, directives included; the same for all of an array
 * @param token what the jobs are marked with, so that they are found again if the answer gets lost; letters, digits and dashes
 * @param count how many jobs; more than 1 asks for an array
 * @param logFolder the absolute path of the folder for the jobs' output, on the submitting host; counts where the spec names no log
 *     directory
 */
public record JobRequest(JobSpec spec, String script, String token, int count, String logFolder) {
    /**
     * Checks it.
     *
     * @throws ConfigurationException if the count is less than 1 or the token has other characters
     */
    public JobRequest {
        if (count < 1) {
            throw new ConfigurationException("count=" + count + " must be >= 1");
        }
        if (!token.matches("[A-Za-z0-9-]{1,64}")) {
            throw new ConfigurationException(
                    "token=" + Shown.of(token) + " must be 1 to 64 letters, digits and dashes");
        }
    }
}
