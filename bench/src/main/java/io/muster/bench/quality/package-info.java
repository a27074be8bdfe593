/**
 * How good the scheduler's decisions are: the workflows of a published comparison of schedulers, those schedulers, and Muster's own in the
 * same virtual time; start at {@link io.muster.bench.quality.Comparison}.
 */
@NullMarked
package io.muster.bench.quality;

import org.jspecify.annotations.NullMarked;
