/** What helps to see what a cluster's processes do: {@link io.muster.diagnosis.CallTree}, {@link io.muster.diagnosis.LogRing}. */
@NullMarked
package io.muster.diagnosis;

import org.jspecify.annotations.NullMarked;
