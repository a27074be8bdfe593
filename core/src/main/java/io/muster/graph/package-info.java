/**
 * What a task computes and in which order a graph of tasks is best computed. Start at {@link io.muster.graph.Call} for
 * one task, at {@link io.muster.graph.StaticOrder} for many.
 */
@NullMarked
package io.muster.graph;

import org.jspecify.annotations.NullMarked;
