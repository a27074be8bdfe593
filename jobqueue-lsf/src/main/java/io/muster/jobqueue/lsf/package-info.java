/** Jobs in the queues of LSF. Start at {@link io.muster.jobqueue.lsf.Lsf}. */
@NullMarked
package io.muster.jobqueue.lsf;

import org.jspecify.annotations.NullMarked;
