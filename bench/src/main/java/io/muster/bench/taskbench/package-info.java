/**
 * Task Bench: task graphs of given patterns whose tasks check each of their inputs. Start at {@link io.muster.bench.taskbench.TaskBench},
 * which runs graphs; a {@link io.muster.bench.taskbench.TaskGraph} says what depends on what.
 */
@NullMarked
package io.muster.bench.taskbench;

import org.jspecify.annotations.NullMarked;
