/** Simulated clusters for finding bugs in schedulers: start at {@link io.muster.testing.Simulator}. */
@NullMarked
package io.muster.testing;

import org.jspecify.annotations.NullMarked;
