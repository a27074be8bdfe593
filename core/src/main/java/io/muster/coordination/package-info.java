/**
 * What clients and tasks ask of the scheduler about locks, queues and their like. Start at
 * {@link io.muster.coordination.CoordinationCalls}: it sends requests and waits for their answers.
 */
@NullMarked
package io.muster.coordination;

import org.jspecify.annotations.NullMarked;
