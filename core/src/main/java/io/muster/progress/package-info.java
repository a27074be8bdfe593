/**
 * How far work is, for people at a terminal and in log files. Start at {@link io.muster.progress.Progress}; {@code client.progress} makes
 * one of futures.
 */
@NullMarked
package io.muster.progress;

import org.jspecify.annotations.NullMarked;
