/** Jobs in the queues of OpenPBS, PBS Pro and Torque. Start at {@link io.muster.jobqueue.pbs.Pbs}. */
@NullMarked
package io.muster.jobqueue.pbs;

import org.jspecify.annotations.NullMarked;
