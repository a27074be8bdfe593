/**
 * Keeps as many jobs in a batch queue as are wanted. Start at {@link io.muster.jobqueue.manager.JobTable}, which takes all decisions and
 * does nothing else: what happened goes in, {@link io.muster.jobqueue.manager.JobAction}s come out. {@link
 * io.muster.jobqueue.manager.JobGroup} is what is wanted, {@link io.muster.AdaptiveRule} how many.
 */
@NullMarked
package io.muster.jobqueue.manager;

import org.jspecify.annotations.NullMarked;
