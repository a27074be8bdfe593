package io.muster.jobqueue.lsf;

import io.muster.jobqueue.JobStatus;
import java.util.Map;
import java.util.Set;

/**
 * What LSF said of jobs.
 *
 * @param jobs those that it knows
 * @param unknown those that it says it does not know
 */
record LsfAnswer(Map<LsfId, JobStatus> jobs, Set<LsfId> unknown) {}
