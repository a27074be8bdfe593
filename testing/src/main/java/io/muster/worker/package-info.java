/**
 * What the simulator sees of the production worker: {@link io.muster.worker.SimulatedRuns} drives its state machine, which is
 * package-private. The package is split with core's on the class path, see docs/decisions/0014-the-simulator-shares-packages.md.
 */
@NullMarked
package io.muster.worker;

import org.jspecify.annotations.NullMarked;
