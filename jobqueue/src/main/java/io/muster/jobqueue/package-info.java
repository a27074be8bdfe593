/**
 * Jobs that hold workers, for whatever batch system. Start at {@link io.muster.jobqueue.JobqueueConfig}, which reads a
 * site's {@code jobqueue.yaml}; a {@link io.muster.jobqueue.JobSpec} is what one job asks for, checked, and
 * {@link io.muster.jobqueue.JobScript} its script. What is peculiar to a batch system is a
 * {@link io.muster.jobqueue.BatchSystem}, found by {@link java.util.ServiceLoader}.
 */
@NullMarked
package io.muster.jobqueue;

import org.jspecify.annotations.NullMarked;
