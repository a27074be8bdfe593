/**
 * What a program imports to run tasks on a cluster. Start at {@link io.muster.Client}: it submits
 * {@link io.muster.Task}s and hands out {@link io.muster.TaskFuture}s; {@link io.muster.Graph} describes work that is
 * submitted as a whole.
 */
@NullMarked
package io.muster;

import org.jspecify.annotations.NullMarked;
