/**
 * A cluster in one thread and virtual time around the production scheduler core; start at {@link io.muster.scheduler.SimulatedWorld}. The
 * package is split with core's on the class path, so that the core stays package-private, see
 * docs/decisions/0014-the-simulator-shares-packages.md.
 */
@NullMarked
package io.muster.scheduler;

import org.jspecify.annotations.NullMarked;
