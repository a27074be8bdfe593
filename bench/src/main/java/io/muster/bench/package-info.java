/** Benchmarks that check their results and print JSON; start at {@link io.muster.bench.BenchCommand}. */
@NullMarked
package io.muster.bench;

import org.jspecify.annotations.NullMarked;
