/** Jobs in the queues of Slurm. Start at {@link io.muster.jobqueue.slurm.Slurm}. */
@NullMarked
package io.muster.jobqueue.slurm;

import org.jspecify.annotations.NullMarked;
