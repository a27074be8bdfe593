/**
 * The scheduler: {@link io.muster.scheduler.SchedulerCore} decides, a pure state machine; the classes around it decode what peers say,
 * feed it, and encode what it says.
 */
@NullMarked
package io.muster.scheduler;

import org.jspecify.annotations.NullMarked;
