/** Jobs in the queues of Grid Engine. Start at {@link io.muster.jobqueue.sge.Sge}. */
@NullMarked
package io.muster.jobqueue.sge;

import org.jspecify.annotations.NullMarked;
