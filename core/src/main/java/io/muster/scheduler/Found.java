package io.muster.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * What {@link Diagnosis} finds: tasks that make no progress for one reason.
 *
 * @param subject the same for what is the same finding at another time
 * @param what the kind of it, one word
 * @param why one sentence for people
 * @param task the key of one of the tasks, if it is about tasks
 * @param worker the name of a worker, if it is about one
 * @param job the batch job, if it is about one
 * @param sinceNs since when, if that is known; else {@link WorkerState#NEVER}
 * @param count how many tasks
 */
record Found(
        String subject,
        String what,
        String why,
        @Nullable String task,
        @Nullable String worker,
        @Nullable String job,
        long sinceNs,
        long count) {}
