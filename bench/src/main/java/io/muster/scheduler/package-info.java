/**
 * What a task costs the scheduler, stage by stage; start at {@link io.muster.scheduler.TaskStages}. The package is split with core's on the
 * class path, so that the core stays package-private, see docs/decisions/0014-the-simulator-shares-packages.md.
 */
@NullMarked
package io.muster.scheduler;

import org.jspecify.annotations.NullMarked;
