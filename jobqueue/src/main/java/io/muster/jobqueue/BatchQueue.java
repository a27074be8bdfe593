package io.muster.jobqueue;

import java.util.Collection;
import java.util.List;

/**
 * A batch system's commands: submit, ask, cancel. Methods block until the commands have ended or their time is over; they may be called
 * by several threads. Job ids are texts as the batch system writes them; each job of an array has its own.
 */
public interface BatchQueue {
    /**
     * Submits a job, or an array of equal jobs.
     *
     * @param request what to submit
     * @return an id for each job, in the order of the array
     * @throws SubmissionException if it was not taken, or nobody knows; the message has the batch system's own words
     */
    List<String> submit(JobRequest request);

    /**
     * Asks for the state of jobs, by as few commands as the batch system allows: one, plus at most one for those that it has put away
     * as finished. Never one for each job.
     *
     * @param ids the jobs
     * @return what is known; a job that is not in the answer is one that the batch system says it does not know
     * @throws QueueUnavailableException if it did not answer: then nothing is known, of no job
     */
    List<JobStatus> query(Collection<String> ids);

    /**
     * Looks for the jobs of one submission whose answer was lost.
     *
     * @param token what they were marked with
     * @return the jobs, in the order of the array; empty if there are none
     * @throws QueueUnavailableException if the batch system did not answer
     */
    List<JobStatus> find(String token);

    /**
     * Cancels jobs. Jobs that are over or unknown are passed over.
     *
     * @param ids the jobs
     * @throws QueueUnavailableException if the batch system did not answer, or refused; the message has its own words
     */
    void cancel(Collection<String> ids);

    /**
     * Where a job's output goes.
     *
     * @param request as it was submitted
     * @param id the job's id
     * @return paths on the submitting host, standard output first; they need not exist yet
     */
    List<String> logFiles(JobRequest request, String id);

    /**
     * Tries whether the batch system would take a job, without submitting it, where it has a way to.
     *
     * @param request what would be submitted
     * @return the batch system's own words if it would take it; empty if it has no such way
     * @throws SubmissionException if it would not take it
     */
    String tryOut(JobRequest request);

    /**
     * Asks which batch system answers.
     *
     * @return its name and version, in its own words
     * @throws QueueUnavailableException if its commands are not here, or it does not answer
     */
    String version();
}
