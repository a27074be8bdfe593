/** The scheduler's core under a virtual clock; start reading at {@link io.muster.scheduler.VirtualRun}. */
@org.jspecify.annotations.NullMarked
package io.muster.scheduler;
